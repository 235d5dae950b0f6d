//! What probably caused the failures: what a reader wants to know first.

use super::anchor;
use super::markup::{Markup, put};
use crate::harness::outcome::{Cause, RunReport};
use crate::harness::report::digest::{answer, at, headline, requirement};
use crate::harness::report::unblock::counted;
use crate::harness::suite::Suite;

/// At most this many causes are told, and of each so many cases and clauses are linked to.
const MOST: usize = 40;

/// Writes the causes, if anything fails that is not known to.
pub(super) fn causes(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let causes = run.causes();
    if causes.is_empty() {
        return;
    }
    put!(page, "<section aria-labelledby=\"causes\"><h2 id=\"causes\">Probable causes "
        "<span class=\"many\">" (causes.len()) "</span></h2>\n<p>" (headline(&causes))
        ".</p>\n<ol class=\"causes\">\n");
    for cause in causes.iter().take(MOST) {
        one(page, cause, suite);
    }
    put!(page, "</ol>\n");
    if let Some(more) = causes.get(MOST..).filter(|more| !more.is_empty()) {
        put!(page, "<p class=\"reason\">… and " (counted(more.len(), "more cause"))
            ": --report json=FILE tells all.</p>\n");
    }
    put!(page, "</section>\n");
}

fn one(page: &mut Markup, cause: &Cause, suite: &Suite) {
    put!(page, "<li>");
    match requirement(cause, suite) {
        Some(requires) => {
            put!(page, "<p class=\"message\"><strong>" (requires) "</strong></p>\n<p>"
                (cause.difference) "</p>\n");
        }
        None => put!(page, "<p class=\"message\"><strong>" (cause.difference) "</strong></p>\n"),
    }
    put!(page, "<p class=\"where\"><code>" (at(cause)) "</code></p>\n");
    if let Some(answer) = answer(cause) {
        put!(page, "<p class=\"said\">" (answer) "</p>\n");
    }
    let [look_at, others @ ..] = cause.cases.as_slice() else { return };
    put!(page, "<details><summary>" (counted(cause.cases.len(), "case")) ", such as <a href=\"#"
        (anchor::of_case(look_at)) "\">" (look_at) "</a></summary>\n");
    if !others.is_empty() {
        put!(page, "<p>");
        links(page, others, anchor::of_case);
        put!(page, "</p>\n");
    }
    put!(page, "<p>" (counted(cause.clauses.len(), "requirement")) ": ");
    links(page, &cause.clauses, anchor::of_clause);
    put!(page, "</p>\n");
    if cause.operations.len() > 1 {
        put!(page, "<p>" (counted(cause.operations.len(), "operation")) ": ");
        for (place, operation) in cause.operations.iter().take(MOST).enumerate() {
            put!(page, (if place > 0 { ", " } else { "" }) "<code>" (operation) "</code>");
        }
        put!(page, "</p>\n");
    }
    put!(page, "</details></li>\n");
}

/// Writes ids, each a link to what is said of it, and how many more there are.
fn links(page: &mut Markup, ids: &[String], anchor: fn(&str) -> String) {
    for (place, id) in ids.iter().take(MOST).enumerate() {
        put!(page, (if place > 0 { ", " } else { "" }) "<a href=\"#" (anchor(id)) "\">" (id) "</a>");
    }
    if let Some(more) = ids.get(MOST..).filter(|more| !more.is_empty()) {
        put!(page, " and " (more.len()) " more");
    }
}
