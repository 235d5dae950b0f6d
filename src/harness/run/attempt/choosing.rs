//! What an answer shows of the target's choices.

use super::{Attempt, Stop};
use crate::harness::compare::{Comparison, Extent, Taken};
use crate::harness::suite::{Asked, Sign, pointer};

impl Attempt<'_> {
    /// Notes each value of a choice that an answer shows.
    pub(super) fn note_choices(&mut self, exchange: &Taken) -> Result<(), Stop> {
        let bench = self.bench;
        let site = self.assignment.site;
        let api = site.mounted.api;
        let Some(below) = site.below(&exchange.request.url) else { return Ok(()) };
        let asked = Asked::new(&exchange.request.method, below);
        let status = exchange.answer.status;
        for sight in bench.suite.sights(api.name) {
            if !sight.meets(&asked, status, api.links_ignore_case) {
                continue;
            }
            for sign in &sight.shows {
                if self.has(sign, exchange)? {
                    self.found.choices.note(&sight.choice, &sign.value);
                    break;
                }
            }
        }
        Ok(())
    }

    fn has(&self, sign: &Sign, exchange: &Taken) -> Result<bool, Stop> {
        let answer = &exchange.answer;
        let has_status = sign.status.as_ref().is_none_or(|it| it.accepts(answer.status));
        let has_header = sign.header.as_ref().is_none_or(|it| answer.header(it).is_some());
        let contains = |part: &String| String::from_utf8_lossy(&answer.body).contains(part);
        if !(has_status && has_header && sign.contains.as_ref().is_none_or(contains)) {
            return Ok(false);
        }
        let Some(matcher) = &sign.body else { return Ok(true) };
        // Of a long list most members are let go by now.
        let whole = exchange.body.value().filter(|_| exchange.extent == Extent::Whole);
        let Some(body) = whole else { return Ok(false) };
        let links = self.assignment.site.links();
        let comparison = Comparison { schemas: &self.bench.schemas, links: &links };
        let mut mismatches = Vec::new();
        comparison
            .compare(matcher, pointer::get(body, &sign.at), &sign.at, &mut mismatches)
            .map_err(Stop::Broken)?;
        Ok(mismatches.is_empty())
    }
}
