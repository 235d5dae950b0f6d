//! What is counted while it happens: additions to numbers that nobody locks, read when somebody asks.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How often a value was within which bound.
#[derive(Debug)]
pub struct Histogram {
    /// Rising; what is above the last has a count of its own.
    bounds: &'static [u64],
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Returns one with nothing in it.
    pub fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Adds a value.
    pub fn add(&self, value: u64) {
        let at = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Relaxed);
            self.sum.fetch_add(value, Relaxed);
        }
    }

    /// Returns the sum of all values.
    pub fn sum(&self) -> u64 {
        self.sum.load(Relaxed)
    }

    /// Returns each bound and how many values were within it and above the one before; the last, which
    /// has no bound, is above all.
    pub fn counts(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter().map(|count| count.load(Relaxed)))
    }
}

/// What the writer has done and has to do.
#[derive(Debug)]
pub struct Work {
    /// How many writes wait for it.
    pub queued: AtomicU64,
    /// How many writes each of its commits held.
    pub commits: Histogram,
}

impl Default for Work {
    fn default() -> Self {
        let commits = Histogram::new(&[1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        Self { queued: AtomicU64::new(0), commits }
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn a_value_is_counted_once_within_the_first_bound_that_holds_it() {
        let histogram = Histogram::new(&[1, 10]);
        [0, 1, 2, 10, 11, 1_000].into_iter().for_each(|value| histogram.add(value));
        let counts: Vec<_> = histogram.counts().collect();
        assert_eq!(counts, [(Some(1), 2), (Some(10), 2), (None, 2)]);
        assert_eq!(histogram.sum(), 1_024);
    }
}
