//! A transcript in the place of a target.

use std::cell::RefCell;

use crate::harness::evidence::Redaction;
use crate::harness::evidence::marks::Marks;
use crate::harness::outcome::{Redact, SafeExchange, SafeRequest};
use crate::harness::wire::{Answer, Connection, Exchange, NoAnswer, Purpose, Request, Transport};

/// Answers from what was kept, as long as it is asked the same.
pub(super) struct Played<'e> {
    exchanges: &'e [SafeExchange],
    redaction: &'e Redaction,
    marks: Marks,
    step: RefCell<Option<String>>,
    /// What was sent so far.
    sent: RefCell<Vec<Request>>,
    strayed: RefCell<Option<String>>,
}

/// How what is kept goes with what the suite sends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is just what a recorder would have kept.
    Exact,
    /// It may be, but for what was redacted.
    ButForRedaction,
    /// It is not: why.
    None(String),
}

impl<'e> Played<'e> {
    pub(super) fn new(
        exchanges: &'e [SafeExchange],
        redaction: &'e Redaction,
        marks: Marks,
    ) -> Self {
        Played {
            exchanges,
            redaction,
            marks,
            step: RefCell::default(),
            sent: RefCell::default(),
            strayed: RefCell::default(),
        }
    }

    /// Returns whether what was kept is what a recorder keeps of what was sent.
    pub(super) fn fit(self) -> Fit {
        if let Some(strayed) = self.strayed.into_inner() {
            return Fit::None(strayed);
        }
        let sent = self.sent.into_inner();
        let unplayed = self.exchanges.len() - sent.len();
        if unplayed > 0 {
            return Fit::None(format!("{unplayed} of its exchanges are not the suite's"));
        }
        let recorded = sent.into_iter().zip(self.exchanges).map(|(request, kept)| Exchange {
            step: kept.step.clone(),
            request,
            answer: kept.answer.clone(),
            at: kept.at,
            took: kept.took,
        });
        let again = self.redaction.exchanges(recorded.collect());
        let mut pairs = again.iter().zip(self.exchanges);
        if let Some((_, shown)) = pairs.clone().find(|(again, kept)| again.answer != kept.answer) {
            let SafeRequest { method, url, .. } = &shown.request;
            return Fit::None(format!(
                "the answer to {method} {url} shows what the run says that it redacts"
            ));
        }
        match pairs.all(|(again, kept)| again.request == kept.request) {
            true => Fit::Exact,
            false => Fit::ButForRedaction,
        }
    }

    fn stray(&self, request: &Request, why: &str) -> NoAnswer {
        let strayed = format!("{why}: {} {}", request.method, request.url);
        self.strayed.borrow_mut().get_or_insert_with(|| strayed.clone());
        NoAnswer::Unsendable(strayed)
    }

    /// Returns whether a request may be the one that was kept.
    fn may_be(&self, kept: &SafeRequest, request: &Request) -> bool {
        let sent = self.redaction.request(request.clone());
        let alike = |kept: &[u8], sent: &[u8]| kept == sent || self.marks.may_stand_for(kept, sent);
        let header = |(kept, sent): (&(String, String), &(String, String))| {
            kept.0 == sent.0 && alike(kept.1.as_bytes(), sent.1.as_bytes())
        };
        let body = match (&kept.body, &sent.body) {
            (Some(kept), Some(sent)) => alike(kept, sent),
            (None, None) => true,
            _ => false,
        };
        kept.method == sent.method
            && alike(kept.url.as_bytes(), sent.url.as_bytes())
            && kept.authorization == sent.authorization
            && kept.headers.len() == sent.headers.len()
            && kept.headers.iter().zip(&sent.headers).all(header)
            && body
    }
}

impl Transport for Played<'_> {
    fn send(&self, request: &Request, _: Connection) -> Result<Answer, NoAnswer> {
        let index = self.sent.borrow().len();
        let Some(exchange) = self.exchanges.get(index) else {
            return Err(self.stray(request, "the suite sends more than was kept"));
        };
        if *self.step.borrow() != exchange.step || !self.may_be(&exchange.request, request) {
            return Err(self.stray(request, "the suite sends another request than was kept"));
        }
        self.sent.borrow_mut().push(request.clone());
        exchange.answer.clone()
    }

    fn begin(&self, purpose: Purpose) {
        *self.step.borrow_mut() = purpose.step();
    }
}
