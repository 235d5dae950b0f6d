//! How far a run has come: a line that changes at a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use etalon::harness::{CaseReport, Progress, Verdict};
use etalon::output::standard_error::tell;
use indicatif::{ProgressBar, ProgressStyle};

/// Where nobody watches a line change, one is written so often.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows progress on standard error.
pub struct Shown(Mutex<State>);

struct State {
    bar: Option<ProgressBar>,
    cases: usize,
    judged: usize,
    failed: usize,
    told: Instant,
}

impl Shown {
    pub fn new() -> Shown {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{pos}/{len} {wide_msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let (cases, judged, failed) = (0, 0, 0);
        Shown(Mutex::new(State { bar, cases, judged, failed, told: Instant::now() }))
    }
}

impl Progress for Shown {
    fn begin(&self, cases: usize) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.cases = cases;
        if let Some(bar) = &state.bar {
            bar.set_length(cases as u64);
        }
    }

    fn judged(&self, case: &CaseReport) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.judged += 1;
        state.failed += usize::from(case.verdict == Verdict::Fail);
        let resource = case.id.rsplit_once('/').map_or(case.id.as_str(), |(resource, _)| resource);
        let State { cases, judged, failed, .. } = *state;
        match &state.bar {
            Some(bar) => {
                bar.set_message(format!("{resource} · {failed} failed"));
                bar.inc(1);
            }
            None if state.told.elapsed() >= PAUSE && judged < cases => {
                tell(format_args!(
                    "{judged} of {cases} cases judged, {failed} failed; now {resource}"
                ));
                state.told = Instant::now();
            }
            None => {}
        }
    }

    fn end(&self) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = &state.bar {
            bar.finish_and_clear();
        }
    }
}
