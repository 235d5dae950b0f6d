//! A transcript in the place of a target.

use std::cell::{Cell, RefCell};

use crate::harness::evidence::redaction::is_redacted;
use crate::harness::outcome::SafeExchange;
use crate::harness::wire::{Answer, Connection, NoAnswer, Purpose, Request, Transport};

/// Answers from what was kept, as long as it is asked the same.
pub(super) struct Played<'e> {
    exchanges: &'e [SafeExchange],
    next: Cell<usize>,
    step: RefCell<Option<String>>,
    strayed: RefCell<Option<String>>,
}

impl<'e> Played<'e> {
    pub(super) fn new(exchanges: &'e [SafeExchange]) -> Self {
        Played {
            exchanges,
            next: Cell::new(0),
            step: RefCell::default(),
            strayed: RefCell::default(),
        }
    }

    /// Returns where what is kept is not what the suite sends, if anywhere.
    pub(super) fn strayed(self) -> Option<String> {
        let unplayed = self.exchanges.iter().skip(self.next.get());
        // What a record is called is needed to delete it, and may be what was redacted.
        let unplayed = unplayed.filter(|each| !is_redacted(each.request.url.as_bytes())).count();
        let strayed = self.strayed.into_inner();
        strayed.or_else(|| {
            (unplayed > 0).then(|| format!("{unplayed} of its exchanges are not the suite's"))
        })
    }

    fn stray(&self, request: &Request, why: &str) -> NoAnswer {
        let strayed = format!("{why}: {} {}", request.method, request.url);
        self.strayed.borrow_mut().get_or_insert_with(|| strayed.clone());
        NoAnswer::Unsendable(strayed)
    }
}

impl Transport for Played<'_> {
    fn send(&self, request: &Request, _: Connection) -> Result<Answer, NoAnswer> {
        let index = self.next.get();
        let Some(exchange) = self.exchanges.get(index) else {
            return Err(self.stray(request, "the suite sends more than was kept"));
        };
        if *self.step.borrow() != exchange.step || !is_same(exchange, request) {
            return Err(self.stray(request, "the suite sends another request than was kept"));
        }
        self.next.set(index + 1);
        exchange.answer.clone()
    }

    fn begin(&self, purpose: Purpose) {
        *self.step.borrow_mut() = purpose.step();
    }
}

/// Returns whether a request is the one that was kept. What was redacted may have been anything.
fn is_same(kept: &SafeExchange, request: &Request) -> bool {
    let kept = &kept.request;
    let same = |kept: &[u8], sent: &[u8]| kept == sent || is_redacted(kept);
    let headers = kept.headers.len() == request.headers.len()
        && kept
            .headers
            .iter()
            .zip(&request.headers)
            .all(|(kept, sent)| kept.0 == sent.0 && same(kept.1.as_bytes(), sent.1.as_bytes()));
    let body = match (&kept.body, &request.body) {
        (Some(kept), Some(sent)) => same(kept, sent),
        (None, None) => true,
        _ => false,
    };
    kept.method == request.method
        && same(kept.url.as_bytes(), request.url.as_bytes())
        && headers
        && body
}
