//! How long a run waited because its target asked for it, in all and for what.

use super::run::RunReport;
use crate::harness::wire::waited;

/// The waits for one answer of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// The answer and what it was given to: `429 of POST http://h/customers`.
    pub what: String,
    /// The number of waits.
    pub times: u64,
    /// The time that they took together, in seconds.
    pub seconds: u64,
}

impl RunReport {
    /// Returns the waits of the run, the longest first.
    pub fn waited(&self) -> Vec<Waited> {
        let of_cases = self.cases.iter().flat_map(|case| case.waits.iter().chain(&case.rerun));
        let mut all: Vec<Waited> = Vec::new();
        for (what, seconds) in self.waits.iter().chain(of_cases).filter_map(|said| waited(said)) {
            match all.iter_mut().find(|known| known.what == what) {
                Some(known) => {
                    known.times += 1;
                    known.seconds = known.seconds.saturating_add(seconds);
                }
                None => all.push(Waited { what, times: 1, seconds }),
            }
        }
        all.sort_by(|a, b| b.seconds.cmp(&a.seconds).then_with(|| a.what.cmp(&b.what)));
        all
    }
}
