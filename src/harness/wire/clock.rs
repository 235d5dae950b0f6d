//! The time of a run, which only goes forward: the machine's clock may be set while a run lasts, and then
//! an exchange would seem to be from before the run.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// Returns the present moment, by the machine's clock as it was when it was first asked.
pub(crate) fn now() -> SystemTime {
    static FIRST: OnceLock<(SystemTime, Instant)> = OnceLock::new();
    let (moment, instant) = FIRST.get_or_init(|| (SystemTime::now(), Instant::now()));
    *moment + instant.elapsed()
}
