//! The end of a run before its time.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether whoever runs the judge has asked it to end: nothing is sent any more, and what was judged
/// is reported.
#[derive(Debug, Clone, Copy)]
pub struct EndAsked(&'static AtomicBool);

impl EndAsked {
    /// Returns what is asked by whoever sets the flag.
    pub fn by(flag: &'static AtomicBool) -> EndAsked {
        EndAsked(flag)
    }

    /// Returns whether the run is to end.
    pub fn is_asked(self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Returns that nobody ever asks.
impl Default for EndAsked {
    fn default() -> Self {
        static NEVER: AtomicBool = AtomicBool::new(false);
        EndAsked(&NEVER)
    }
}
