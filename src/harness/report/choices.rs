//! What the target chose, a line a choice.

use std::fmt::Write as _;

use crate::harness::outcome::RunReport;
use crate::harness::suite::Suite;

/// Returns a line for each choice that answers showed; several values of one are an advisory.
pub fn choices(report: &RunReport, suite: &Suite) -> String {
    let seen = report.choices();
    let mut text = String::new();
    for (choice, values) in seen.each() {
        let readings = readings_of(suite, choice);
        let mixed = if values.len() > 1 { "; advisory: the answers are mixed" } else { "" };
        let _ = writeln!(text, "choice {choice} ({readings}): {}{mixed}", counts(&values));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Each value and how often it was seen.
pub(super) fn counts(values: &[(&str, usize)]) -> String {
    let each: Vec<_> = values.iter().map(|(value, count)| format!("{value} ({count})")).collect();
    each.join(", ")
}

/// The readings that leave a choice open, in words.
pub(super) fn readings_of(suite: &Suite, choice: &str) -> String {
    let sight = suite.sights.values().flatten().find(|sight| sight.choice == choice);
    let readings: Vec<_> =
        sight.iter().flat_map(|sight| &sight.readings).map(u16::to_string).collect();
    let word = if readings.len() == 1 { "reading" } else { "readings" };
    format!("{word} {}", readings.join(", "))
}
