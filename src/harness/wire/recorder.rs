//! A record of the exchanges between judge and target, as they pass.

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime};

use super::exchange::Exchange;
use super::message::{Answer, Connection, NoAnswer, Request};
use super::transport::{Purpose, Transport};

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

    pub(crate) fn into_exchanges(self) -> Vec<Exchange> {
        self.kept.into_inner()
    }
}

impl Transport for Recorder<'_> {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let (at, start) = (SystemTime::now(), Instant::now());
        let answer = self.through.send(request, connection);
        self.kept.borrow_mut().push(Exchange {
            step: self.step.borrow().clone(),
            request: request.clone(),
            answer: answer.clone(),
            at,
            took: start.elapsed(),
        });
        answer
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
