//! A record of the exchanges between judge and target, as they pass.

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime};

use super::clock::now;
use super::exchange::Exchange;
use super::message::{Answer, Connection, NoAnswer, Request};
use super::transport::{Joined, Purpose, Transport};

/// Passes everything on and keeps it.
pub(crate) struct Recorder<'t> {
    through: &'t dyn Transport,
    step: RefCell<Option<String>>,
    kept: RefCell<Vec<Exchange>>,
}

impl<'t> Recorder<'t> {
    pub(crate) fn new(through: &'t dyn Transport) -> Self {
        Recorder { through, step: RefCell::default(), kept: RefCell::default() }
    }

    fn keep(
        &self,
        request: &Request,
        answer: &Result<Answer, NoAnswer>,
        at: SystemTime,
        took: Duration,
    ) {
        let step = self.step.borrow().clone();
        let (request, answer) = (request.clone(), answer.clone());
        self.kept.borrow_mut().push(Exchange { step, request, answer, at, took });
    }

    pub(crate) fn into_exchanges(self) -> Vec<Exchange> {
        self.kept.into_inner()
    }
}

impl Transport for Recorder<'_> {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let (at, start) = (now(), Instant::now());
        let answer = self.through.send(request, connection);
        self.keep(request, &answer, at, start.elapsed());
        answer
    }

    fn send_at_once(&self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        let (at, start) = (now(), Instant::now());
        let answers = self.through.send_at_once(requests);
        for (request, answer) in requests.iter().zip(&answers) {
            self.keep(request, answer, at, start.elapsed());
        }
        answers
    }

    fn send_page(
        &self,
        list: &Request,
        read: Joined,
        page: &Request,
        connection: Connection,
    ) -> Result<Answer, NoAnswer> {
        let (at, start) = (SystemTime::now(), Instant::now());
        let answer = self.through.send_page(list, read, page, connection);
        self.keep(page, &answer, at, start.elapsed());
        answer
    }

    fn note_excess(&self, request: &Request) {
        self.through.note_excess(request);
    }

    fn forget(&self, callback: &str) {
        self.through.forget(callback);
    }

    fn begin(&self, purpose: Purpose) {
        self.through.begin(purpose);
        *self.step.borrow_mut() = purpose.step();
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        self.through.leave_alone(status, wait)
    }

    fn is_as_it_passed(&self) -> bool {
        self.through.is_as_it_passed()
    }
}
