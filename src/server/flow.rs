//! How far the exchange of a connection is: what the socket must know of it, and what is logged.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use http::{Request, StatusCode};
use http_body::Body;

use super::log::{Entry, Log};

/// No head has been read since the last was asked for.
const NONE: u64 = u64::MAX;

/// The body ends where its chunks say.
const CHUNKED: u64 = NONE - 1;

/// What follows a head, as hyper reads it: nobody else decides where a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes; none at all for most.
    Length(u64),
    Chunked,
}

const FREE: u8 = 0;
const OPEN: u8 = 1;
const HANDED: u8 = 2;

/// The notes on one connection's exchange. All who leave them run in the connection's task, so that
/// the atomics need no order.
pub(super) struct Flow {
    stage: AtomicU8,
    framing: AtomicU64,
    chunks_ended: AtomicBool,
    /// The bytes that were sent of an answer.
    sent: AtomicU64,
    log: Option<Log>,
    entry: Mutex<Option<Entry>>,
}

impl Flow {
    pub(super) fn new(log: Option<Log>) -> Self {
        Self {
            stage: AtomicU8::new(FREE),
            framing: AtomicU64::new(NONE),
            chunks_ended: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            log,
            entry: Mutex::default(),
        }
    }

    /// Notes that hyper has read a head, and returns the id that the exchange has in the log, if
    /// there is one.
    pub(super) fn open<B: Body>(&self, request: &Request<B>) -> Option<String> {
        // Where hyper had read on before the last answer was out, that has no other end.
        self.write(false);
        self.stage.store(OPEN, Relaxed);
        self.chunks_ended.store(false, Relaxed);
        self.framing.store(request.body().size_hint().exact().unwrap_or(CHUNKED), Relaxed);
        self.log?;
        let entry = Entry::new(request.method().as_str(), request.uri().path());
        let id = entry.id();
        self.set(Some(entry));
        Some(id)
    }

    /// Notes an exchange that hyper refused itself, and returns its id as [`Flow::open`] does.
    pub(super) fn open_unread(
        &self,
        method: &str,
        path: &str,
        status: StatusCode,
    ) -> Option<String> {
        self.log?;
        let entry = Entry::new(method, path).answered(status);
        let id = entry.id();
        self.set(Some(entry));
        Some(id)
    }

    /// Returns what follows the head that was read last, once.
    pub(super) fn take_framing(&self) -> Option<Framing> {
        match self.framing.load(Relaxed) {
            NONE => None,
            framing => {
                self.framing.store(NONE, Relaxed);
                Some(if framing == CHUNKED { Framing::Chunked } else { Framing::Length(framing) })
            }
        }
    }

    /// Notes that the body was read to its end.
    pub(super) fn body_ended(&self) {
        self.chunks_ended.store(true, Relaxed);
    }

    pub(super) fn has_body_ended(&self) -> bool {
        self.chunks_ended.load(Relaxed)
    }

    /// Notes the status of the answer.
    pub(super) fn answered(&self, status: StatusCode) {
        if self.log.is_some() {
            let entry = self.take().map(|entry| entry.answered(status));
            self.set(entry);
        }
    }

    /// Notes that hyper has the last of the answer, and all of it.
    pub(super) fn hand(&self) {
        self.stage.store(HANDED, Relaxed);
    }

    /// Returns whether a request is being answered.
    pub(super) fn is_open(&self) -> bool {
        self.stage.load(Relaxed) != FREE
    }

    /// Returns whether an answer is on its way whole.
    pub(super) fn is_handed(&self) -> bool {
        self.stage.load(Relaxed) == HANDED
    }

    /// Notes bytes that were sent.
    pub(super) fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Relaxed);
    }

    /// Ends the exchange, whose answer is out.
    pub(super) fn close(&self) {
        self.stage.store(FREE, Relaxed);
        self.write(false);
    }

    /// Ends the exchange, if there is one, though its answer is not out.
    pub(super) fn cut(&self) {
        self.write(true);
    }

    fn write(&self, is_cut: bool) {
        let sent = self.sent.swap(0, Relaxed);
        if let Some(log) = self.log
            && let Some(entry) = self.take()
        {
            log.write(&entry, sent, is_cut);
        }
    }

    fn take(&self) -> Option<Entry> {
        self.entry.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, entry: Option<Entry>) {
        *self.entry.lock().unwrap_or_else(PoisonError::into_inner) = entry;
    }
}
