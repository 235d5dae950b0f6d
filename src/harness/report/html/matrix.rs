//! The clauses of each API by resource, a cell a clause.

use super::markup::{Markup, put};
use super::{anchor, mark};
use crate::harness::outcome::{ClauseReport, ClauseVerdict, Coverage, RunReport};
use crate::harness::suite::Suite;

/// Writes the matrix, a table an API.
pub(super) fn matrix(page: &mut Markup, run: &RunReport, suite: &Suite) {
    put!(
        page,
        "<section aria-labelledby=\"matrix\"><h2 id=\"matrix\">Clauses</h2>\n<p>A cell is a "
            "sentence, a table row or an example of a document; it leads to what is said of it. "
            "<span class=\"legend\">"
    );
    legend(page, run);
    put!(page, "</span></p>\n");
    for coverage in &run.coverage {
        of_api(page, coverage, suite);
    }
    put!(page, "</section>\n");
}

/// Writes the marks that occur.
fn legend(page: &mut Markup, run: &RunReport) {
    let mut told = Vec::new();
    for clause in run.coverage.iter().flat_map(|coverage| &coverage.each) {
        let mark = mark::of_clause(clause);
        if !told.contains(&mark.word) {
            told.push(mark.word);
            put!(page, "<span><span class=\"dot " (mark.class) "\" aria-hidden=\"true\">"
                (mark.sign) "</span> " (mark.word) "</span> ");
        }
    }
}

fn of_api(page: &mut Markup, coverage: &Coverage, suite: &Suite) {
    put!(page, "<table class=\"matrix\"><caption><strong>" (coverage.api) "</strong> <span>"
        (coverage.must.hold) " of " (coverage.must.checked) " requirements and "
        (coverage.should.hold) " of " (coverage.should.checked)
            " recommendations hold</span></caption>\n"
        "<thead class=\"unseen\"><tr><th scope=\"col\">resource</th><th scope=\"col\">"
            "clauses</th></tr></thead><tbody>\n");
    let mut resources: Vec<(&str, Vec<&ClauseReport>)> = Vec::new();
    for clause in &coverage.each {
        let resource = clause.id.split('/').nth(1).unwrap_or_default();
        match resources.iter_mut().find(|(name, _)| *name == resource) {
            Some((_, clauses)) => clauses.push(clause),
            None => resources.push((resource, vec![clause])),
        }
    }
    for (resource, clauses) in resources {
        let is_ill = |each: &&&ClauseReport| {
            matches!(each.verdict, ClauseVerdict::Broken | ClauseVerdict::Advisory)
        };
        let ill = clauses.iter().filter(is_ill).count();
        put!(page, "<tr><th scope=\"row\">"(resource));
        if ill > 0 {
            put!(page, " <span class=\"ill\">" (ill) " of " (clauses.len()) "</span>");
        }
        put!(page, "</th><td>");
        for clause in clauses {
            let mark = mark::of_clause(clause);
            let words = suite.clause(&clause.id).map_or("", |clause| clause.requires.as_str());
            put!(page, "<a class=\"" (mark.class) "\" href=\"#" (anchor::of_clause(&clause.id)) "\" title=\""
                (clause.id) " " (mark.word) ": " (words) "\"><i aria-hidden=\"true\">"
                    (mark.sign) "</i></a>");
        }
        put!(page, "</td></tr>\n");
    }
    put!(page, "</tbody></table>\n");
}
