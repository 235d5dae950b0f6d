//! Following: entries as server-sent events, while they come. Who reads slowly holds up nobody: what went
//! before it was read is counted and said.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, timeout_at};

use super::filter::Filter;
use super::{Journal, Stage, form};
use crate::api::message::Next;
use crate::api::metrics::Metrics;

/// How many entries are written at a time: as many bodies are copied for each who follows.
const AT_ONCE: usize = 16;

/// After so much silence a comment is sent: a proxy would end the connection, and only who writes to a
/// client that has gone learns that it has.
const SILENCE: Duration = Duration::from_secs(15);

/// Who follows.
pub(super) struct Follower {
    pub(super) journal: Arc<Journal>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) filter: Filter,
}

impl Follower {
    /// Returns the events of the entries after the one of that id, from a comment on, by which a client
    /// knows that it is let in.
    pub(super) fn after(self, id: u64) -> Next {
        let bell = self.journal.bell.subscribe();
        let begun = Bytes::from_static(b": following\n\n");
        Next(Box::pin(async move { Some((begun, self.next(id, bell))) }))
    }

    fn next(self, id: u64, mut bell: watch::Receiver<Stage>) -> Next {
        Next(Box::pin(async move {
            let mut id = id;
            let silence = Instant::now() + SILENCE;
            loop {
                let stage = *bell.borrow_and_update();
                let (piece, last) = self.events(id);
                if !piece.is_empty() {
                    return Some((piece, self.next(last, bell)));
                }
                if Instant::now() >= silence {
                    return Some((Bytes::from_static(b":\n\n"), self.next(last, bell)));
                }
                if last > id {
                    // None of them was asked for.
                    id = last;
                    continue;
                }
                if stage == Stage::Closed {
                    return None;
                }
                if let Ok(Err(_)) = timeout_at(silence, bell.changed()).await {
                    return None;
                }
            }
        }))
    }

    /// Returns the events of the next entries, and the id of the last of these.
    fn events(&self, id: u64) -> (Bytes, u64) {
        let (entries, lost) = self.journal.after(id, AT_ONCE);
        let mut out = String::new();
        if lost > 0 {
            out.push_str(&format!("event: lost\ndata: {{\"lost\":{lost}}}\n\n"));
        }
        let mut last = id + lost;
        for (id, entry) in entries {
            last = id;
            if self.filter.admits(&entry, &self.metrics) {
                let data = form::entry(id, &entry, &self.metrics);
                out.push_str(&format!("id: {id}\nevent: request\ndata: {data}\n\n"));
            }
        }
        (Bytes::from(out), last)
    }
}
