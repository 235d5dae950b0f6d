//! What passes between the judge and the target, as it passes.

use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime};

use crate::harness::client::{Answer, Connection, NoAnswer, Request};
use crate::harness::transport::{Place, Transport};

/// One exchange with everything that is secret in it; it leaves the process only redacted.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// The step of the case that it was for; a prelude's has none.
    pub(crate) step: Option<String>,
    pub(crate) request: Request,
    pub(crate) answer: Result<Answer, NoAnswer>,
    pub(crate) at: SystemTime,
    pub(crate) took: Duration,
}

/// Passes everything on and keeps it.
pub(crate) struct Recorder<'t> {
    through: &'t dyn Transport,
    step: RefCell<Option<String>>,
    kept: RefCell<Vec<Recorded>>,
}

impl<'t> Recorder<'t> {
    pub(crate) fn new(through: &'t dyn Transport) -> Self {
        Recorder { through, step: RefCell::default(), kept: RefCell::default() }
    }

    pub(crate) fn into_exchanges(self) -> Vec<Recorded> {
        self.kept.into_inner()
    }
}

impl Transport for Recorder<'_> {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let (at, start) = (SystemTime::now(), Instant::now());
        let answer = self.through.send(request, connection);
        self.kept.borrow_mut().push(Recorded {
            step: self.step.borrow().clone(),
            request: request.clone(),
            answer: answer.clone(),
            at,
            took: start.elapsed(),
        });
        answer
    }

    fn at(&self, place: Place) {
        self.through.at(place);
        *self.step.borrow_mut() = place.step();
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        self.through.leave_alone(status, wait)
    }

    fn is_as_it_passed(&self) -> bool {
        self.through.is_as_it_passed()
    }
}
