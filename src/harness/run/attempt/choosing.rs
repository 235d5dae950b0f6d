//! What an answer shows of the target's choices.

use serde_json::Value;

use super::shapes::below;
use super::{Attempt, Stop};
use crate::harness::compare::{Comparison, Extent, Taken};
use crate::harness::suite::{Asked, Check, Sign, Step, Sum, Unbound, pointer};

impl Attempt<'_> {
    /// Notes each value of a choice that an answer shows.
    pub(super) fn note_choices(&mut self, step: &Step, exchange: &Taken) -> Result<(), Stop> {
        let bench = self.bench;
        let site = self.assignment.site;
        let api = site.mounted.api;
        let Some(below) = below(&site, &exchange.request) else { return Ok(()) };
        let asked = Asked::new(&exchange.request.method, below);
        let links = site.links();
        let comparison = Comparison { schemas: &bench.schemas, links: &links };
        let status = exchange.answer.status;
        for sight in bench.suite.sights(api.name) {
            if !sight.meets(&asked, status, &step.name, api.links_ignore_case) {
                continue;
            }
            for sign in &sight.shows {
                if let Some(sum) = sign.totals {
                    let shown = self.sums_shown(step, exchange)?;
                    for _ in shown.iter().filter(|shown| **shown == sum) {
                        self.found.choices.note(&sight.choice, &sign.value);
                    }
                    continue;
                }
                if has(comparison, sign, exchange).map_err(Stop::Broken)? {
                    self.found.choices.note(&sight.choice, &sign.value);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Returns what the amounts of an answer turn out to be, where the step compares them with those
    /// of earlier answers.
    fn sums_shown(&self, step: &Step, exchange: &Taken) -> Result<Vec<Sum>, Stop> {
        let whole = exchange.body.value().filter(|_| exchange.extent == Extent::Whole);
        let Some(here) = whole else { return Ok(Vec::new()) };
        let mut sums = Vec::new();
        for expectation in &step.expect {
            let Check::Relation(relation) = &expectation.check else { continue };
            let bodies = relation.steps.iter().map(|name| {
                let taken = self.taken.get(name.as_str());
                taken.filter(|taken| taken.extent == Extent::Whole)?.body.value()
            });
            let Some(earlier) = bodies.collect::<Option<Vec<_>>>() else { continue };
            let mut relation = relation.clone();
            for value in relation.chosen.values_mut() {
                let unbound = |unbound: Unbound| Stop::Broken(unbound.sentence());
                *value = self.variables.fill(value).map_err(unbound)?;
            }
            sums.extend(relation.sums_shown(here, &earlier));
        }
        Ok(sums)
    }
}

/// Returns whether an answer has a sign.
fn has(comparison: Comparison, sign: &Sign, exchange: &Taken) -> Result<bool, String> {
    let answer = &exchange.answer;
    let has_status = sign.status.as_ref().is_none_or(|it| it.accepts(answer.status));
    let has_header = sign.header.as_ref().is_none_or(|it| answer.header(it).is_some());
    let is_empty = !sign.empty || answer.body.is_empty();
    let contains = |part: &String| String::from_utf8_lossy(&answer.body).contains(part);
    if !(has_status && has_header && is_empty && sign.contains.as_ref().is_none_or(contains)) {
        return Ok(false);
    }
    if let (Some(name), Some(matcher)) = (&sign.header, &sign.says) {
        let said = answer.header(name).map(|said| Value::from(said.trim()));
        if !comparison.holds(matcher, said.as_ref())? {
            return Ok(false);
        }
    }
    let Some(matcher) = &sign.body else { return Ok(true) };
    // Of a long list most members are let go by now.
    let whole = exchange.body.value().filter(|_| exchange.extent == Extent::Whole);
    let Some(body) = whole else { return Ok(false) };
    comparison.holds(matcher, pointer::get(body, &sign.at))
}
