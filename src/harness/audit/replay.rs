//! A case judged again with one answer changed: from its recording, or, where the change leads it
//! elsewhere, live.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::fault::{Mutation, Original};
use super::other::Listed;
use crate::harness::subject::{Credential, Media};
use crate::harness::wire::{Answer, Connection, Exchange, NoAnswer, Purpose, Request, Transport};

/// Answers from a recording as long as it is asked the same.
pub(super) struct Replay<'r> {
    recording: &'r [Exchange],
    /// The index of the answer that is another, and that answer.
    fault: (usize, &'r Answer),
    next: Cell<usize>,
    diverged: Cell<bool>,
}

impl<'r> Replay<'r> {
    pub(super) fn new(recording: &'r [Exchange], index: usize, answer: &'r Answer) -> Self {
        let fault = (index, answer);
        Replay { recording, fault, next: Cell::new(0), diverged: Cell::new(false) }
    }

    /// Returns whether something else was asked than is recorded, so that nothing is said by the
    /// verdict.
    pub(super) fn diverged(&self) -> bool {
        self.diverged.get()
    }
}

impl Transport for Replay<'_> {
    fn send(&self, request: &Request, _: Connection) -> Result<Answer, NoAnswer> {
        let index = self.next.get();
        match self.recording.get(index) {
            Some(recorded) if same(&recorded.request, request) && !self.diverged.get() => {
                self.next.set(index + 1);
                let (changed, answer) = self.fault;
                if index == changed { Ok(answer.clone()) } else { recorded.answer.clone() }
            }
            _ => {
                self.diverged.set(true);
                Err(NoAnswer::Unsendable("the recording ends here".to_owned()))
            }
        }
    }

    fn is_as_it_passed(&self) -> bool {
        self.next.get() <= self.fault.0
    }
}

fn same(a: &Request, b: &Request) -> bool {
    let authorization =
        |request: &Request| request.credential.as_ref().map(Credential::authorization);
    a.method == b.method
        && a.url == b.url
        && a.headers == b.headers
        && a.body == b.body
        && authorization(a) == authorization(b)
}

/// Passes everything on, and changes one answer of one step, and those to what the step sends after
/// it: a server does not do otherwise for the first way to ask alone.
pub(super) struct Changed<'t> {
    pub(super) through: &'t dyn Transport,
    pub(super) step: &'t str,
    /// The first answer of that step that is changed, counted from 0.
    pub(super) nth: usize,
    pub(super) mutation: &'t Mutation,
    pub(super) media: &'t Media,
    pub(super) listed: &'t Listed,
    pub(super) now: RefCell<Option<String>>,
    pub(super) seen: Cell<usize>,
}

impl Transport for Changed<'_> {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let answer = self.through.send(request, connection)?;
        if self.now.borrow().as_deref() != Some(self.step) {
            return Ok(answer);
        }
        let nth = self.seen.replace(self.seen.get() + 1);
        let changed = (nth >= self.nth)
            .then(|| self.mutation.of(&Original::new(&answer, self.media), self.listed));
        Ok(changed.flatten().unwrap_or(answer))
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        self.through.leave_alone(status, wait)
    }

    fn forget(&self, callback: &str) {
        self.through.forget(callback);
    }

    fn begin(&self, purpose: Purpose) {
        self.through.begin(purpose);
        *self.now.borrow_mut() = purpose.step();
    }
}
