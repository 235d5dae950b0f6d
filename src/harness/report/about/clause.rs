//! A clause in words: what it asks, why it asks so much, what rests beneath it and what judges it.

use super::document::named;
use super::page::Page;
use super::{exchange, listed, reading};
use crate::harness::report::style::Style;
use crate::harness::report::unblock::counted;
use crate::harness::suite::{Clause, ClauseStatus, Contents, Holding, Level, Reading, Row};

/// Returns a clause in words, with its readings whole, the cases that judge it and the exchange that
/// it states again.
pub fn clause(suite: &Contents, clause: &Clause, style: Style) -> String {
    let mut page = Page::new(style, "clause", &clause.id);
    page.paragraph(2, &clause.requires);
    page.line(0, "");
    let document = format!("{} › {}", named(suite, &clause.document), clause.heading);
    let mut facts = vec![("level", why(suite, clause)), ("document", document)];
    facts.extend(clause.row.as_ref().map(|row| ("table", constraint(row))));
    facts.extend(judged_at_all(clause).map(|words| ("status", words)));
    for (label, words) in facts {
        page.labelled(2, &format!("{label:10}"), &words);
    }
    for reading in readings(suite, clause) {
        page.heading(&format!("reading {}", reading.number));
        page.paragraph(4, &reading::places(reading));
        reading::body(&mut page, 4, reading);
    }
    judges(&mut page, suite, clause);
    exchange::all(&mut page, suite, clause);
    page.finish()
}

fn readings<'s>(suite: &'s Contents, clause: &'s Clause) -> impl Iterator<Item = &'s Reading> {
    clause.readings.iter().filter_map(|number| suite.readings.get(number))
}

/// Returns what breaking a clause means, and on what its level rests.
fn why(suite: &Contents, clause: &Clause) -> String {
    let rests = rests(suite, clause);
    match clause.level {
        Level::Must => format!("must: {rests}. A target that breaks it fails."),
        Level::Should => {
            format!("should: {rests}. A target that does otherwise has an advisory, and passes.")
        }
    }
}

/// Returns on what the level of a clause rests.
pub(in crate::harness::report) fn rests(suite: &Contents, clause: &Clause) -> String {
    let (says, verb, otherwise): (fn(&Reading) -> bool, _, _) = match clause.level {
        Level::Must => (|it| it.demanded.is_some(), "demand", "the document states it"),
        Level::Should => (|it| it.advised.is_some(), "advise", "the document suggests it"),
    };
    let saying = readings(suite, clause).filter(|it| says(it)).map(|it| it.number);
    match saying.collect::<Vec<_>>().as_slice() {
        [] => otherwise.to_owned(),
        [one] => format!("it rests on what reading {one} {verb}s"),
        several => format!("it rests on what readings {} {verb}", listed(several, "and")),
    }
}

/// Returns what a row says of its member.
fn constraint(row: &Row) -> String {
    let mut words = Vec::new();
    words.extend(row.kind.iter().map(|kind| format!("of type {kind}")));
    words.extend(row.min_length.map(|length| format!("at least {length} characters")));
    words.extend(row.max_length.map(|length| format!("at most {length} characters")));
    words.extend(row.pattern.iter().map(|pattern| format!("of the pattern {pattern}")));
    if !row.listed.is_empty() {
        let listed =
            row.listed.iter().map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
        words.push(format!("one of {}", listed.collect::<Vec<_>>().join(", ")));
    }
    words.extend(row.required.map(|is| if is { "required" } else { "optional" }.to_owned()));
    let patchable = |is| if is { "a PATCH can change it" } else { "no PATCH can change it" };
    words.extend(row.patchable.map(|is| patchable(is).to_owned()));
    format!("{} of {}: {}", row.member, row.resource, words.join(", "))
}

/// Returns why a clause is not judged, or when a run needs no verdict on it.
fn judged_at_all(clause: &Clause) -> Option<String> {
    let status = match clause.status {
        ClauseStatus::Checked => {
            let unless = clause.unless.as_ref()?;
            return Some(format!("A run is whole without a verdict on it where {unless}."));
        }
        ClauseStatus::Unobservable => "not judged, since no answer shows it",
        ClauseStatus::Contradictory => "not judged, since its document says otherwise elsewhere",
        ClauseStatus::OutOfScope => "not judged, since it asks nothing of a server",
    };
    Some(format!("{status}: {}", clause.reason.as_deref().unwrap_or_default()))
}

/// Adds what judges a clause.
fn judges(page: &mut Page, suite: &Contents, clause: &Clause) {
    let cases = suite.cases_of(clause);
    if !cases.is_empty() {
        page.heading(&format!("judged by {}", counted(cases.len(), "case")));
        for case in cases {
            page.labelled(4, "", &format!("{}: {}", case.id(), case.title()));
        }
    }
    let shapes = suite.shapes(clause.api());
    let holding =
        shapes.iter().filter(|shape| shape.expect.iter().any(|it| it.clause == clause.id));
    let holding: Vec<_> = holding.collect();
    if !holding.is_empty() {
        page.heading("judged in every answer");
        for shape in holding {
            let operations = shape.operations();
            let of = if operations.is_empty() { "any".to_owned() } else { operations.join(", ") };
            page.paragraph(4, &format!("{of}, answered {}", shape.statuses().words()));
        }
    }
    let cites = |holding: &&Holding| holding.clauses().any(|id| *id == clause.id);
    let known: Vec<_> = suite.holdings(clause.api()).iter().filter(cites).collect();
    if !known.is_empty() {
        page.heading("judged wherever what is known shows");
        for holding in known {
            page.paragraph(4, &holding.resource);
        }
    }
}
