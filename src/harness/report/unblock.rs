//! The way to have blocked cases judged: what to supply, each thing once.

use std::fmt::Write as _;

use crate::harness::outcome::{Lack, RunReport};
use crate::harness::suite::Suite;

/// Returns what to supply and how, for a reader; nothing, if no state is missing.
pub(super) fn unblock(report: &RunReport, suite: &Suite) -> String {
    let lacks = report.lacks(suite);
    if lacks.is_empty() {
        return String::new();
    }
    let cases: usize = lacks.iter().map(|lack| lack.cases).sum();
    let mut text = format!(
        "to unblock {}, load what `etalon fixtures` prints into the target and say how in the target \
         file:\n  provision = \"preloaded\", or a `url` or a `command` under [provision]\n\
         or name what the target holds of the kind (`etalon target init` writes a file to fill in):\n",
        counted(cases, "case")
    );
    for Lack { state, means, identifiers, cases } in lacks {
        let _ = writeln!(
            text,
            "  [known.\"{state}\"] with {} ({}): {means}",
            identifiers.join(", "),
            counted(cases, "case")
        );
    }
    text.push('\n');
    text
}

/// Returns a count with its noun: `1 case`, `2 cases`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
