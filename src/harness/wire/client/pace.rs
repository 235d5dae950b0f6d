//! How fast the target is asked.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::NAP;
use crate::harness::wire::EndAsked;

/// Spaces the requests of all threads, and keeps all of them still while the target is left alone.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    /// Before this nobody asks.
    next: Mutex<Instant>,
}

impl Pace {
    /// Returns a pace of `rate` requests a second at most; none is no limit.
    pub(crate) fn new(rate: Option<f64>) -> Self {
        let interval = rate.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Pace { interval: interval.unwrap_or_default(), next: Mutex::new(Instant::now()) }
    }

    /// Waits until the caller's request may be sent, the run is to end, or such a time is over.
    pub(crate) fn turn(&self, end_asked: EndAsked, most: Option<Duration>) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            if !self.interval.is_zero() {
                *next = turn + self.interval;
            }
            turn
        };
        let turn = most.map_or(turn, |most| turn.min(Instant::now() + most));
        loop {
            let rest = turn.saturating_duration_since(Instant::now());
            if rest.is_zero() || end_asked.is_asked() {
                return;
            }
            thread::sleep(rest.min(NAP));
        }
    }

    /// Lets nobody ask for so long.
    pub(crate) fn hold(&self, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + wait);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{EndAsked, Pace};

    #[test]
    fn requests_are_spaced_and_a_hold_is_for_everybody() {
        let start = Instant::now();
        let pace = Pace::new(Some(100.0));
        (0..4).for_each(|_| pace.turn(EndAsked::default(), None));
        assert!(start.elapsed() >= Duration::from_millis(30), "{:?}", start.elapsed());
        let unlimited = Pace::new(None);
        let start = Instant::now();
        unlimited.hold(Duration::from_millis(50));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    unlimited.turn(EndAsked::default(), None);
                    assert!(start.elapsed() >= Duration::from_millis(50), "{:?}", start.elapsed());
                });
            }
        });
    }
}
