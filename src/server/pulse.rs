//! What a connection is doing, and since when: the time-outs of a connection.
//!
//! hyper's own header time-out is off. It starts when the previous answer ends, so it cannot tell
//! an idle client from a slow one, and it sets a timer for each request. Here the parts of a
//! connection only note what they do, and one timer a connection is moved when it must fire
//! earlier than it stands; a busy connection touches it about once a minute.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{
    AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed,
};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::Limits;

/// What a client that stalled must take before the time is counted anew: else one byte now and
/// then would hold a connection for ever.
const STEP: usize = 16 * 1024;

/// A phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Connected; no byte has come.
    New,
    /// A request's head has begun.
    Head,
    /// The head is whole, and the body is being read.
    Receiving,
    /// The request is whole: the answer is made and handed to hyper.
    Answering,
    /// The answer is held back on purpose, or goes on as long as the client likes.
    Held,
    /// The same, and the client has closed its side: most have gone.
    Forsaken,
    /// Between an answer and the next request.
    Idle,
    /// Closing; the client may still be sending.
    Closing,
    /// Closing between requests, because the server stops: nothing is under way.
    Leaving,
}

/// What a server waits for that waits for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// For nothing: it is the client that waits, by its own wish or by somebody's who tries it.
    Nothing,
    /// For the rest of something: a request to be sent, an answer to be taken, a close.
    Rest,
    /// For a request, of which nothing has come.
    Request,
}

const PHASES: [Phase; 9] = [
    Phase::New,
    Phase::Head,
    Phase::Receiving,
    Phase::Answering,
    Phase::Held,
    Phase::Forsaken,
    Phase::Idle,
    Phase::Closing,
    Phase::Leaving,
];

/// The notes that the parts of one connection leave. All of them run in the connection's task, and
/// who else looks on (see [`Pulse::waits`]) may see a little less than all; so the atomics need no
/// order.
#[derive(Debug)]
pub(super) struct Pulse {
    phase: AtomicU8,
    stalled: AtomicBool,
    /// Bytes of a body, or that a stalled client has taken, since the time is counted.
    passed: AtomicUsize,
    changes: AtomicU32,
    opened: Instant,
    /// When something last changed, in milliseconds since it opened.
    moved: AtomicU64,
}

impl Pulse {
    /// Returns the pulse of a connection that has just opened.
    pub(super) fn new() -> Self {
        Self {
            phase: AtomicU8::new(Phase::New as u8),
            stalled: AtomicBool::new(false),
            passed: AtomicUsize::new(0),
            changes: AtomicU32::new(0),
            opened: Instant::now(),
            moved: AtomicU64::new(0),
        }
    }

    /// Returns for what and how long the server has waited `now`; `None` while the client waits, or
    /// leaves.
    pub(super) fn waits(&self, now: Instant) -> Option<(Wait, Duration)> {
        let wait = match self.phase() {
            _ if self.stalled() => Wait::Rest,
            Phase::New | Phase::Idle => Wait::Request,
            Phase::Head | Phase::Receiving | Phase::Closing | Phase::Forsaken => Wait::Rest,
            Phase::Held => Wait::Nothing,
            Phase::Answering | Phase::Leaving => return None,
        };
        let moved = Duration::from_millis(self.moved.load(Relaxed));
        Some((wait, now.saturating_duration_since(self.opened).saturating_sub(moved)))
    }

    /// Returns where the connection stands.
    pub(super) fn phase(&self) -> Phase {
        PHASES[usize::from(self.phase.load(Relaxed)) % PHASES.len()]
    }

    /// Enters `phase`, now.
    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
        self.moved();
    }

    /// Notes that bytes were read: a head begins, unless one is being answered.
    pub(super) fn received(&self, bytes: usize) {
        match self.phase() {
            Phase::New | Phase::Idle => self.enter(Phase::Head),
            Phase::Receiving => self.pass(bytes),
            _ => {}
        }
    }

    /// Returns whether an answer is held back, so that nothing shows that its client has gone.
    pub(super) fn is_held(&self) -> bool {
        self.phase() == Phase::Held
    }

    /// Notes that the client has closed its side.
    pub(super) fn forsaken(&self) {
        if self.is_held() {
            self.enter(Phase::Forsaken);
        }
    }

    /// Notes that the last of an answer was handed over.
    pub(super) fn answered(&self) {
        if matches!(self.phase(), Phase::Answering | Phase::Held | Phase::Forsaken) {
            self.enter(Phase::Idle);
        }
    }

    /// Notes that the server stops: a connection between requests has nothing to wait for.
    pub(super) fn leave(&self) {
        if matches!(self.phase(), Phase::New | Phase::Idle) && !self.stalled() {
            self.enter(Phase::Leaving);
        }
    }

    /// Returns whether the client does not take what is being written.
    fn stalled(&self) -> bool {
        self.stalled.load(Relaxed)
    }

    /// Bytes were offered to the client: it took some, or none for now.
    pub(super) fn wrote(&self, written: &Poll<io::Result<usize>>) {
        match written {
            Poll::Pending if !self.stalled() => {
                self.passed.store(0, Relaxed);
                self.note_stalled();
            }
            Poll::Ready(Ok(taken)) if self.stalled() => self.pass(*taken),
            _ => {}
        }
    }

    /// Counts bytes, and the time anew with each step of them.
    fn pass(&self, bytes: usize) {
        let passed = self.passed.load(Relaxed) + bytes;
        self.passed.store(passed % STEP, Relaxed);
        if passed >= STEP {
            self.moved();
        }
    }

    /// Notes that what was offered is taken whole, or not yet.
    pub(super) fn flushed(&self, flushed: &Poll<io::Result<()>>) {
        match flushed {
            Poll::Pending => self.note_stalled(),
            Poll::Ready(_) => self.note_taking(),
        }
    }

    /// Notes that the client takes nothing; from here on its stall is timed.
    fn note_stalled(&self) {
        if !self.stalled.swap(true, Relaxed) {
            self.moved();
        }
    }

    /// Notes that the client takes bytes; the phase's own time starts afresh.
    fn note_taking(&self) {
        if self.stalled.swap(false, Relaxed) {
            self.moved();
        }
    }

    /// Something happened from which the time is to be counted anew.
    fn moved(&self) {
        self.changes.store(self.changes.load(Relaxed).wrapping_add(1), Relaxed);
        let moved = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(moved, Relaxed);
    }

    /// Returns how long the connection may stay as it is; `None` while the client waits for us.
    fn limit(&self, limits: &Limits) -> Option<Duration> {
        if self.stalled() {
            return Some(limits.write_stall);
        }
        match self.phase() {
            Phase::New => Some(limits.first_byte),
            Phase::Head => Some(limits.header_time),
            // How long a body may take is said where it is read.
            Phase::Receiving | Phase::Answering | Phase::Held | Phase::Forsaken => None,
            Phase::Idle => Some(limits.keep_alive),
            Phase::Closing | Phase::Leaving => Some(limits.linger),
        }
    }
}

/// The one timer of a connection.
pub(super) struct Clock {
    seen: u32,
    since: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Clock {
    /// Returns the clock of a connection that has just opened.
    pub(super) fn new(limits: &Limits) -> Self {
        let since = Instant::now();
        Self { seen: 0, since, sleep: Box::pin(sleep_until(since + limits.first_byte)) }
    }

    /// Ready when the connection has stayed too long as it is. To be polled after everything else
    /// of the connection.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        pulse: &Pulse,
        limits: &Limits,
    ) -> Poll<()> {
        let changes = pulse.changes.load(Relaxed);
        if changes != self.seen {
            self.seen = changes;
            self.since = Instant::now();
        }
        let Some(limit) = pulse.limit(limits) else {
            return Poll::Pending;
        };
        let deadline = self.since + limit;
        if deadline < self.sleep.deadline() {
            self.sleep.as_mut().reset(deadline);
        }
        while self.sleep.as_mut().poll(cx).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client that takes a byte now and then is not one that reads.
    #[test]
    fn a_stalled_client_gains_time_by_16_kib_and_not_by_a_byte() {
        let pulse = Pulse::new();
        let changes = |written| {
            pulse.wrote(&written);
            pulse.changes.load(Relaxed)
        };
        assert_eq!(changes(Poll::Ready(Ok(STEP))), 0, "it never stalled");
        assert_eq!(changes(Poll::Pending), 1);
        assert_eq!(changes(Poll::Ready(Ok(1))), 1);
        assert_eq!(changes(Poll::Pending), 1);
        assert_eq!(changes(Poll::Ready(Ok(STEP - 1))), 2);
    }
}
