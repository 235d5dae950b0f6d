//! How much of the bodies of a run is kept for its reports and its bundle: what has no bound is the
//! target's to make long.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::outcome::SafeExchange;

/// So many bytes are kept in all. A run on a target with the suite's records alone has some millions.
const MOST: usize = 64 << 20;
/// Beyond it, so much is kept of each.
const BEGINNING: usize = 1 << 10;

/// The bytes of bodies that are kept so far.
#[derive(Debug, Default)]
pub(super) struct Kept(AtomicUsize);

impl Kept {
    /// Returns exchanges whose answers are cut where there is no more room for them.
    pub(super) fn limited(&self, mut exchanges: Vec<SafeExchange>) -> Vec<SafeExchange> {
        for answer in exchanges.iter_mut().filter_map(|each| each.answer.as_mut().ok()) {
            let length = answer.body.len();
            if length > BEGINNING && self.0.fetch_add(length, Ordering::Relaxed) + length > MOST {
                answer.cut(BEGINNING);
            }
        }
        exchanges
    }
}
