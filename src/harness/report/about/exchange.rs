//! Documented exchanges as they are printed.

use std::collections::BTreeMap;

use super::listed;
use super::page::Page;
use crate::harness::suite::{Clause, Contents, Example};

/// Returns the exchanges that a clause states again, in the order in which it cites them.
pub(in crate::harness::report) fn exchanges<'s>(
    suite: &'s Contents,
    clause: &'s Clause,
) -> impl Iterator<Item = &'s Example> {
    let all = || suite.documents.iter().flat_map(|document| &document.exchanges);
    let cited = clause.cites.iter().filter_map(move |cite| all().find(|it| it.id == *cite));
    cited.filter_map(|exchange| suite.examples.get(&exchange.example))
}

/// Returns an exchange line by line, as printed.
pub(in crate::harness::report) fn printed(example: &Example) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(request) = &example.request {
        let query = request.query.iter().map(|query| format!("?{query}")).collect::<String>();
        let lost = lost(request.restored);
        lines.push(format!("{} {}{query}{lost}", request.method, request.path));
        message(&mut lines, &request.headers, request.body.as_deref());
    }
    if let Some(response) = &example.response {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let reason = response.reason.iter().map(|reason| format!(" {reason}")).collect::<String>();
        lines.push(format!("{}{reason}{}", response.status, lost(response.restored)));
        message(&mut lines, &response.headers, response.body.as_deref());
    }
    lines
}

/// Returns that a line is not printed, if a reading restores it.
fn lost(restored: Option<u16>) -> String {
    restored.map(|number| format!("  (not printed: reading {number})")).unwrap_or_default()
}

fn message(lines: &mut Vec<String>, headers: &BTreeMap<String, String>, body: Option<&[String]>) {
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    if let Some(body) = body {
        lines.push(String::new());
        lines.extend(body.iter().cloned());
    }
}

/// Adds the exchanges of a clause.
pub(super) fn all(page: &mut Page, suite: &Contents, clause: &Clause) {
    for example in exchanges(suite, clause) {
        page.heading(&format!("as printed: document {} › {}", example.document, example.heading));
        printed(example).iter().for_each(|line| page.line(4, line));
        let changes = changes(example);
        if !changes.is_empty() {
            let numbers = listed(changes, "and");
            page.line(0, "");
            page.paragraph(
                4,
                &format!("What is sent, and expected, is that but for readings {numbers}."),
            );
        }
    }
}

/// Returns the readings by which what is sent, or expected, is not what is printed.
fn changes(example: &Example) -> Vec<u16> {
    let request = example.substitute.request.iter().map(|each| each.reading);
    let response = example.substitute.response.iter().map(|each| each.reading);
    let mut numbers: Vec<_> = request.chain(response).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
