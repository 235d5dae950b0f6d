//! A reading in words.

use super::listed;
use super::page::Page;
use crate::harness::report::style::Style;
use crate::harness::suite::{Contents, Passage, Reading};

/// Returns a reading in words, and what rests on it.
pub fn reading(suite: &Contents, reading: &Reading, style: Style) -> String {
    let mut page = Page::new(style, "reading", &reading.number.to_string());
    page.paragraph(2, &places(reading));
    page.line(0, "");
    body(&mut page, 2, reading);
    let resting: Vec<_> = suite
        .clauses()
        .into_iter()
        .filter(|clause| clause.readings.contains(&reading.number))
        .collect();
    match resting.is_empty() {
        true => page.paragraph(2, &uncited(reading)),
        false => {
            page.heading("the clauses that rest on it");
            for clause in resting {
                let level = format!("{:7}", clause.level.name());
                page.labelled(4, &level, &format!("{}: {}", clause.id, clause.requires));
            }
        }
    }
    page.finish()
}

fn uncited(reading: &Reading) -> String {
    let why = reading.uncited.as_deref().unwrap_or("What it decides shows in no requirement.");
    format!("No clause rests on it. {why}")
}

/// Adds what a reading says.
pub(super) fn body(page: &mut Page, indent: usize, reading: &Reading) {
    for (label, words) in paragraphs(reading) {
        page.labelled(indent, &format!("{label:11}"), &words);
    }
}

/// Returns where the documents leave open what a reading decides.
pub(in crate::harness::report) fn places(reading: &Reading) -> String {
    let same = |a: &Passage, b: &Passage| a.document == b.document;
    let places = reading.passages.chunk_by(same).map(|passages| {
        let headings: Vec<_> = passages.iter().filter_map(|it| it.heading.as_deref()).collect();
        let document = passages.first().map_or("", |passage| passage.document.as_str());
        match headings.is_empty() {
            true => format!("document {document}"),
            false => format!("document {document} › {}", headings.join("; ")),
        }
    });
    places.collect::<Vec<_>>().join("; ")
}

/// Returns what a reading says, each paragraph with its label.
pub(in crate::harness::report) fn paragraphs(reading: &Reading) -> Vec<(&'static str, String)> {
    let is_free = reading.demanded.is_none() && reading.advised.is_none();
    let nothing = || is_free.then(|| "Nothing, and nothing is advised.".to_owned());
    let numbers = |numbers: &[u16]| (!numbers.is_empty()).then(|| listed(numbers, "and"));
    let choices = (!reading.choices.is_empty()).then(|| listed(&reading.choices, "and"));
    let all = [
        ("left open", Some(reading.gap.clone())),
        ("served", Some(reading.served.clone())),
        ("demanded", reading.demanded.clone().or_else(nothing)),
        ("advised", reading.advised.clone()),
        ("judged", reading.judged.clone()),
        ("choices", choices),
        ("see", numbers(&reading.see).map(|all| format!("readings {all}"))),
    ];
    all.into_iter().filter_map(|(label, words)| Some((label, words?))).collect()
}
