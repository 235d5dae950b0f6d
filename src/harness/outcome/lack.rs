//! The states that a target would have to hold so that blocked cases could be judged.

use super::run::RunReport;
use crate::harness::suite::Suite;

/// A state of the suite that the target does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// The state's name.
    pub state: String,
    /// Its meaning in words.
    pub means: String,
    /// The identifiers that would reach it.
    pub identifiers: Vec<String>,
    /// The number of cases that need it.
    pub cases: usize,
}

impl RunReport {
    /// Returns the states that were missing, in the order of the cases.
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
