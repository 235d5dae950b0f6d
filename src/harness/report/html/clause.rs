//! Clauses in words: those that are not well, and the register of all others.

use std::collections::BTreeMap;

use super::markup::{Markup, put};
use super::{anchor, behind, mark};
use crate::harness::outcome::{ClauseReport, ClauseVerdict, RunReport};
use crate::harness::suite::Suite;

/// At most this many cases of a clause are named.
const MOST: usize = 5;

fn is_well(clause: &ClauseReport) -> bool {
    !matches!(clause.verdict, ClauseVerdict::Broken | ClauseVerdict::Advisory)
}

/// Writes the clauses that are broken or not followed, those that most cases found so first.
pub(super) fn broken(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in &run.cases {
        for finding in &case.findings {
            let cases = found.entry(&finding.clause).or_default();
            if cases.last() != Some(&case.id.as_str()) {
                cases.push(&case.id);
            }
        }
    }
    let all = run.coverage.iter().flat_map(|coverage| &coverage.each);
    let mut ill: Vec<_> = all.filter(|clause| !is_well(clause)).collect();
    if ill.is_empty() {
        return;
    }
    let cases =
        |clause: &ClauseReport| found.get(clause.id.as_str()).map_or(&[][..], Vec::as_slice);
    ill.sort_by_key(|clause| {
        (clause.verdict != ClauseVerdict::Broken, usize::MAX - cases(clause).len())
    });
    put!(
        page,
        "<section aria-labelledby=\"broken\"><h2 id=\"broken\">What is not as the documents "
            "say</h2>\n<ul class=\"clauses\">\n"
    );
    for clause in ill {
        row(page, clause, suite, |page| {
            let cases = cases(clause);
            put!(page, "<p class=\"in\">"(if cases.len() == 1 { "1 case: " } else { "" }));
            if cases.len() > 1 {
                put!(page, (cases.len()) " cases: ");
            }
            for (place, id) in cases.iter().take(MOST).enumerate() {
                put!(page, (if place > 0 { ", " } else { "" }) "<a href=\"#" (anchor::of_case(id))
                    "\">" (id) "</a>");
            }
            put!(page, (if cases.len() > MOST { " …" } else { "" }) "</p>");
        });
    }
    put!(page, "</ul></section>\n");
}

/// Writes every other clause, an API at a time.
pub(super) fn register(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let mut judges: BTreeMap<&str, usize> = BTreeMap::new();
    for id in run.cases.iter().flat_map(|case| case.judged.keys()) {
        *judges.entry(id).or_default() += 1;
    }
    put!(
        page,
        "<section aria-labelledby=\"register\"><h2 id=\"register\">All other clauses</h2>\n"
    );
    for coverage in &run.coverage {
        let well: Vec<_> = coverage.each.iter().filter(|clause| is_well(clause)).collect();
        put!(page, "<details class=\"list\"><summary>" (coverage.api) " <span class=\"many\">"
            (well.len()) "</span></summary><ul class=\"clauses\">\n");
        for clause in well {
            row(page, clause, suite, |page| {
                match (judges.get(clause.id.as_str()), suite.clause(&clause.id)) {
                    (Some(1), _) => put!(page, "<p class=\"in\">1 case</p>"),
                    (Some(count), _) => put!(page, "<p class=\"in\">" (count) " cases</p>"),
                    (None, Some(clause)) => {
                        if let Some(reason) = &clause.reason {
                            put!(page, "<p class=\"in\">" (reason) "</p>");
                        }
                    }
                    (None, None) => {}
                }
            });
        }
        put!(page, "</ul></details>\n");
    }
    put!(page, "</section>\n");
}

/// Writes a clause: its id, its words, where it stands, and what `more` says.
fn row(page: &mut Markup, clause: &ClauseReport, suite: &Suite, more: impl Fn(&mut Markup)) {
    let mark = mark::of_clause(clause);
    put!(page, "<li id=\"" (anchor::of_clause(&clause.id)) "\"><p><span class=\"tag " (mark.class)
        "\"><span aria-hidden=\"true\">" (mark.sign) "</span> " (mark.word) "</span> <code>"
            (clause.id) "</code></p>");
    if let Some(known) = suite.clause(&clause.id) {
        put!(page, "<p>" (known.requires) "</p><p class=\"where\">" (clause.level.name()) " · "
            (known.stands()) "</p>");
    }
    more(page);
    if let Some(known) = suite.clause(&clause.id) {
        behind::clause(page, known, suite);
    }
    put!(page, "</li>\n");
}
