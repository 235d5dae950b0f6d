//! The way to have blocked cases judged: what to supply, each thing once.

use std::fmt::Write as _;

use crate::harness::outcome::{Lack, RunReport};
use crate::harness::suite::Suite;

/// Returns what to supply and how, as tables of a target file to fill in; nothing, if no state is
/// missing.
pub(super) fn unblock(report: &RunReport, suite: &Suite) -> String {
    let lacks = report.lacks(suite);
    if lacks.is_empty() {
        return String::new();
    }
    let cases: usize = lacks.iter().map(|lack| lack.cases).sum();
    let mut text = format!(
        "to unblock {}, load what `etalon fixtures --api {}` prints into the target and say how in \
         the target file:\n  provision = \"preloaded\", or a `url` or a `command` under \
         [provision]\nor name there what the target holds of the kind:\n\n",
        counted(cases, "case"),
        apis_of(&lacks)
    );
    for Lack { state, cases, .. } in lacks {
        let table = suite.known_table(&state).unwrap_or_default();
        let _ = writeln!(text, "# For {}:\n{table}", counted(cases, "case"));
    }
    text
}

/// Returns the APIs that lack a state, as `--api` takes them.
pub(super) fn apis_of(lacks: &[Lack]) -> String {
    let mut apis: Vec<_> = lacks.iter().filter_map(|lack| lack.state.split('/').next()).collect();
    apis.dedup();
    apis.join(",")
}

/// Returns a count with its noun: `1 case`, `2 cases`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
