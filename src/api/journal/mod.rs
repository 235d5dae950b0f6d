//! The journal: the last requests to the APIs and what they were answered, in memory, up to so many
//! bytes. The oldest make room for the newest; nobody who reads holds up who writes.

mod entry;
mod filter;
mod follow;
mod form;
mod redaction;
mod resource;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::store::micros;

pub(super) use entry::Draft;
use entry::Entry;
pub(super) use resource::answer;

/// What is kept of requests and answers.
pub(super) struct Journal {
    /// The most bytes.
    most: usize,
    /// The id of the first entry that ever was: the time in microseconds, so that whoever saw entries of an
    /// earlier server has seen none of these.
    begun: u64,
    kept: Mutex<Kept>,
    /// Rings with each entry, where somebody listens.
    bell: watch::Sender<Stage>,
}

/// Whether there are more entries to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Closed,
}

/// Entries in the order of their ids, without a gap.
struct Kept {
    entries: VecDeque<Arc<Entry>>,
    /// The id of the first.
    first: u64,
    /// What they take.
    bytes: usize,
}

/// Entries and their ids, in order.
type Numbered = Vec<(u64, Arc<Entry>)>;

impl Journal {
    /// Returns one of at most so many bytes.
    pub(super) fn new(most: usize) -> Self {
        let begun = micros().max(1);
        let kept = Kept { entries: VecDeque::new(), first: begun, bytes: 0 };
        Self { most, begun, kept: Mutex::new(kept), bell: watch::Sender::new(Stage::Open) }
    }

    /// Adds an entry; as many of the oldest go as it needs room.
    fn add(&self, entry: Entry) {
        let entry = Arc::new(entry);
        let mut kept = self.lock();
        kept.bytes += entry.bytes();
        kept.entries.push_back(entry);
        while kept.bytes > self.most
            && let Some(oldest) = kept.entries.pop_front()
        {
            kept.bytes -= oldest.bytes();
            kept.first += 1;
        }
        drop(kept);
        if self.bell.receiver_count() > 0 {
            self.bell.send_modify(|_| ());
        }
    }

    /// Returns all that is kept, and how many have made room.
    fn all(&self) -> (Numbered, u64) {
        let kept = self.lock();
        ((kept.first..).zip(kept.entries.iter().cloned()).collect(), kept.first - self.begun)
    }

    /// Returns the id after which those entries are that came after the one of this id. An id that was not
    /// given is an earlier server's, and all of these came after it.
    fn place_of(&self, id: u64) -> u64 {
        if (self.begun..=self.last()).contains(&id) { id } else { self.begun - 1 }
    }

    /// Returns so many entries at most after a [place](Journal::place_of), and how many before these are no
    /// longer kept.
    fn after(&self, id: u64, most: usize) -> (Numbered, u64) {
        let kept = self.lock();
        let from = (id + 1).max(kept.first);
        let skipped = usize::try_from(from - kept.first).unwrap_or(usize::MAX);
        let entries = kept.entries.iter().skip(skipped).take(most).cloned();
        ((from..).zip(entries).collect(), from - (id + 1))
    }

    /// Returns the id of the last entry that was added.
    fn last(&self) -> u64 {
        let kept = self.lock();
        kept.first + kept.entries.len() as u64 - 1
    }

    /// Ends those who follow: nothing is added any more that they would wait for.
    pub(super) fn close(&self) {
        self.bell.send_replace(Stage::Closed);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
