//! What to supply so that blocked cases can be judged, each thing once.

use std::fmt::Write as _;

use super::RunReport;
use crate::harness::suite::Suite;

/// A state of the suite that the target does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The state's name.
    pub state: String,
    /// What it is.
    pub means: String,
    /// The identifiers that would reach it.
    pub identifiers: Vec<String>,
    /// How many cases need it.
    pub cases: usize,
}

impl RunReport {
    /// The states that were missing, in the order of the cases.
    pub fn lacks(&self, suite: &Suite) -> Vec<Lack> {
        let mut lacks: Vec<Lack> = Vec::new();
        for state in self.cases.iter().filter_map(|case| case.missing.as_ref()) {
            if let Some(lack) = lacks.iter_mut().find(|lack| lack.state == *state) {
                lack.cases += 1;
                continue;
            }
            let Some(held) = suite.states.get(state) else { continue };
            let ledger = held.ledger.is_some().then(|| "ledger".to_owned());
            lacks.push(Lack {
                state: state.clone(),
                means: held.means.clone(),
                identifiers: ledger.into_iter().chain(held.variables.keys().cloned()).collect(),
                cases: 1,
            });
        }
        lacks
    }
}

/// The same for a reader, with what to do.
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

/// `1 case`, `2 cases`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
