//! The shapes that an answer must have whatever its step asks.

use std::{iter, mem};

use super::{Attempt, Stop};
use crate::harness::api::{Format, essence};
use crate::harness::compare::{Checker, Taken};
use crate::harness::outcome::Finding;
use crate::harness::subject::Site;
use crate::harness::suite::{Asked, Check, Expectation, Step, Variables};
use crate::harness::wire::{Body, Request};

impl Attempt<'_> {
    /// Returns what the shapes of the operation have against an answer, but for what the step
    /// itself asks, in the checks that are `meant`.
    pub(super) fn against_shapes(
        &mut self,
        step: &Step,
        label: &str,
        exchange: &mut Taken,
        meant: impl Fn(&Check) -> bool,
    ) -> Result<Vec<Finding>, Stop> {
        let (mut findings, mut met) = (Vec::new(), Vec::new());
        let bench = self.bench;
        let request = &exchange.request;
        let Some(site) = self.sites().find(|site| below(site, request).is_some()) else {
            return Ok(findings);
        };
        let (api, links) = (site.mounted.api, site.links());
        let below = below(&site, request).unwrap_or_default();
        let asked = Asked::new(&exchange.request.method, below);
        let status = exchange.answer.status;
        for shape in bench.suite.shapes(api.name) {
            let Some(parameters) = shape.meets(&asked, status, api.links_ignore_case) else {
                continue;
            };
            if shape.understood && !self.could_understand(&exchange.request) {
                continue;
            }
            let mut variables = Variables::default();
            for (name, value) in parameters {
                variables.bind(name, value);
            }
            let inner = exchange.body.value().and_then(|body| shape.unwrap(body));
            let whole = inner.map(|inner| mem::replace(&mut exchange.body, Body::Read(inner)));
            let of_it = |each: &&Expectation| each.is_of(status) && meant(&each.check);
            for expectation in shape.expect.iter().filter(of_it) {
                // A step may ask the same for less: an answer that holds what others wrote.
                let asks = |own: &Expectation| {
                    own.clause == expectation.clause && own.check == expectation.check
                };
                if !step.expect.iter().any(asks) && self.is_judgeable(expectation) {
                    let checker = Checker { variables: &variables, ..self.checker(&links) };
                    findings.extend(self.judged(&checker, expectation, label, exchange)?);
                    met.push(expectation);
                }
            }
            if let Some(whole) = whole {
                exchange.body = whole;
            }
        }
        met.into_iter().for_each(|expectation| self.note(expectation));
        Ok(findings)
    }

    /// Returns the API as the case's ledger has it, and as the other one has.
    pub(super) fn sites(&self) -> impl Iterator<Item = Site<'_>> {
        let own = self.assignment.site;
        let other = self.assignment.other.map(|other| Site { ledger: Some(other), ..own });
        iter::once(own).chain(other)
    }

    /// Returns whether a request was let in, and its body, if it has one, is of the format that it
    /// says.
    pub(super) fn could_understand(&self, request: &Request) -> bool {
        let own = self.assignment.site;
        let asked = self.sites().find(|site| site.below(&request.url).is_some());
        let site = asked.unwrap_or(own);
        if request.credential != site.credential() {
            return false;
        }
        let typed =
            request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        // A request that goes out with fewer headers than its document shows may be refused for that
        // (reading 14).
        let Some(body) = &request.body else {
            return typed.is_some() || !site.mounted.api.always_typed;
        };
        let is_typed = |format: &Format| {
            let media = site.mounted.media.of(*format);
            typed.zip(media).is_some_and(|((_, typed), media)| essence(typed) == essence(media))
        };
        let format = Format::ALL.into_iter().find(is_typed);
        format.is_some_and(|format| format.read(body).is_ok_and(|body| body.is_object()))
    }
}

/// Returns what of a request's URL is below the API's root; what is asked of the listener is asked of
/// the root itself, by a method of its own.
pub(super) fn below<'r>(site: &Site<'_>, request: &'r Request) -> Option<&'r str> {
    match request.is_to_listener() {
        true => Some(""),
        false => site.below(&request.url),
    }
}
