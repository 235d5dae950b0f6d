//! What stands behind a clause: why it asks so much, the readings that it rests on and the exchange
//! that it states again. Each reading and each exchange stands on the page once, and is linked to.

use std::collections::{BTreeMap, BTreeSet};

use super::anchor;
use super::markup::{Markup, put};
use crate::harness::outcome::RunReport;
use crate::harness::report::about::{
    exchanges as exchanges_of, paragraphs, places, printed, rests,
};
use crate::harness::suite::{Clause, Suite};

/// Writes what stands behind a clause, folded up. There are hundreds of them: their words are few.
pub(super) fn clause(page: &mut Markup, clause: &Clause, suite: &Suite) {
    put!(page, "<details><summary>Why</summary><p>"(rests(suite, clause)));
    for number in &clause.readings {
        put!(page, " · <a href=\"#" (anchor::of_reading(*number)) "\">reading " (number) "</a>");
    }
    for example in exchanges_of(suite, clause) {
        put!(page, " · <a href=\"#" (anchor::of_exchange(&example.example)) "\">as printed</a>");
    }
    put!(page, "</p></details>");
}

/// Returns the clauses of which the report tells.
fn told<'s>(run: &'s RunReport, suite: &'s Suite) -> impl Iterator<Item = &'s Clause> {
    let all = run.coverage.iter().flat_map(|coverage| &coverage.each);
    all.filter_map(|clause| suite.clause(&clause.id))
}

/// Writes every reading that a clause of the report rests on, and those to which they refer.
pub(super) fn readings(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let cited: BTreeSet<u16> =
        told(run, suite).flat_map(|it| it.readings.iter().copied()).collect();
    let seen = cited.iter().filter_map(|number| suite.reading(*number)).flat_map(|it| &it.see);
    let numbers: BTreeSet<u16> = seen.copied().chain(cited.iter().copied()).collect();
    if numbers.is_empty() {
        return;
    }
    put!(page, "<section aria-labelledby=\"readings\"><h2 id=\"readings\">Readings</h2>\n"
        "<p>What the documents leave open, and how it is read.</p>\n"
        "<details class=\"list\"><summary>All that are cited <span class=\"many\">"
            (numbers.len()) "</span></summary><ul class=\"clauses\">\n");
    for reading in numbers.iter().filter_map(|number| suite.reading(*number)) {
        put!(page, "<li id=\"" (anchor::of_reading(reading.number)) "\"><p><b>Reading "
            (reading.number) "</b></p><p class=\"where\">" (places(reading)) "</p><dl>");
        for (label, words) in paragraphs(reading) {
            put!(page, "<dt>" (label) "</dt><dd>" (words) "</dd>");
        }
        put!(page, "</dl></li>\n");
    }
    put!(page, "</ul></details></section>\n");
}

/// Writes every exchange that a clause of the report states again, as its document prints it.
pub(super) fn exchanges(page: &mut Markup, run: &RunReport, suite: &Suite) {
    let cited = told(run, suite).flat_map(|clause| exchanges_of(suite, clause));
    let each: BTreeMap<&str, _> = cited.map(|it| (it.example.as_str(), it)).collect();
    if each.is_empty() {
        return;
    }
    put!(page, "<section aria-labelledby=\"printed\"><h2 id=\"printed\">Exchanges as printed</h2>\n"
        "<details class=\"list\"><summary>All that are cited <span class=\"many\">"
            (each.len()) "</span></summary><ul class=\"clauses\">\n");
    for (name, example) in each {
        put!(page, "<li id=\"" (anchor::of_exchange(name)) "\"><p><code>" (name)
            "</code></p><p class=\"where\">document " (example.document) " › " (example.heading)
            "</p><pre>" (printed(example).join("\n")) "</pre></li>\n");
    }
    put!(page, "</ul></details></section>\n");
}
