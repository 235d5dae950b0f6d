//! Controls: whether what a case refuses would have been accepted without its one fault.

use super::{Attempt, Stop};
use crate::harness::compare::{Mismatch, Taken, said_whole, shown};
use crate::harness::run::draw::Random;
use crate::harness::suite::{Check, Control, Expectation, Level, Shared, Step};
use crate::harness::wire::Body;

impl<'a> Attempt<'a> {
    /// Sends a control that cases share, unless another case has. It has identifiers and preludes of its
    /// own, and is judged no more than these.
    pub(super) fn share(&mut self, step: &'a Step, shared: &'a Shared) -> Result<(), Stop> {
        let site = self.assignment.site;
        let ledger = site.ledger.map_or("", |ledger| ledger.no.as_str());
        let key = format!("{} {ledger} {}", site.mounted.api.name, shared.name);
        let cell = self.session.claims.controls.cell(&key);
        let mut known = cell.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(refused) = &*known {
            self.traces.borrow_mut().controls.push((key, refused.clone()));
            self.refused.insert(&step.name, refused.clone());
            return Ok(());
        }
        let (prelude, variables) = (self.prelude, self.variables.clone());
        let found = std::mem::take(&mut self.found);
        let own = Random::for_name(self.session.seed, &format!("{} {key}", self.case.id()), 0);
        let random = std::mem::replace(&mut self.random, own);
        self.prelude = true;
        let sender = std::mem::replace(&mut self.sender, shared.sender());
        let taken = self.take_shared(step, shared);
        self.sender = sender;
        (self.prelude, self.variables, self.random) = (prelude, variables, random);
        self.found = found;
        taken?;
        let refused = self.taken.get(step.name.as_str()).and_then(|taken| self.refusal(taken));
        self.refused.insert(&step.name, refused.clone());
        *known = Some(refused);
        Ok(())
    }

    /// Whether a step is there for others alone, which are refused.
    pub(super) fn is_control(&self, step: &Step) -> bool {
        let names = |other: &Step| matches!(&other.control, Some(Control::Step(name)) if *name == step.name);
        step.expect.is_empty() && self.case.steps.iter().any(names)
    }

    fn take_shared(&mut self, step: &'a Step, shared: &'a Shared) -> Result<(), Stop> {
        self.draw(&shared.draw)?;
        shared.given.iter().try_for_each(|name| self.given(name))?;
        self.take(step, step.name.clone())
    }

    /// A refusal whose control was refused too shows nothing: where it is required, the case is
    /// blocked, and where it is only recommended, that is said. What is broken all the same is broken.
    pub(super) fn hold_to_control(
        &mut self,
        step: &Step,
        label: &str,
        exchange: &Taken,
        found_before: usize,
    ) -> Result<(), Stop> {
        let Some(Control::Step(name)) = &step.control else { return Ok(()) };
        let Some(why) = self.why_uncontrolled(name) else { return Ok(()) };
        let mut found = self.found.findings.iter().skip(found_before);
        if found.any(|finding| finding.level == Level::Must) {
            return Ok(());
        }
        let refusals = step.expect.iter().filter(|each| wants_refusal(each));
        for expectation in refusals.filter(|each| each.is_of(exchange.answer.status)) {
            let clause = self.clause(&expectation.clause)?;
            if expectation.level(clause) == Level::Must {
                self.found.clauses.remove(&expectation.clause);
                return Err(Stop::Blocked(why));
            }
            // Whoever has no occasion to send it is not asked for it.
            if !self.was_sent(name) {
                continue;
            }
            let nothing = Mismatch::new("", format!("the refusal shows nothing: {why}"));
            let finding = self.finding(clause, Level::Should, label, exchange, nothing);
            self.found.findings.push(finding);
        }
        Ok(())
    }

    fn was_sent(&self, name: &str) -> bool {
        self.refused.contains_key(name) || self.taken.contains_key(name)
    }

    /// Why a control leaves open what it was sent for.
    fn why_uncontrolled(&self, name: &str) -> Option<String> {
        let refused = match (self.refused.get(name), self.taken.get(name)) {
            (Some(refused), _) => refused.clone(),
            (None, Some(taken)) => self.refusal(taken),
            (None, None) => return Some(format!("the control `{name}` was not sent")),
        };
        refused.map(|said| format!("the control was refused: {said}"))
    }

    /// What was answered to a control that was refused: `400 The name is missing`.
    fn refusal(&self, taken: &Taken) -> Option<String> {
        let status = taken.answer.status;
        (!taken.answer.is_success()).then(|| match self.words_of(taken) {
            Some(said) => format!("{status} {said}"),
            None => status.to_string(),
        })
    }

    /// Returns what the target itself said in an answer, nothing secret of it.
    pub(super) fn words_of(&self, taken: &Taken) -> Option<String> {
        let start = match &taken.body {
            Body::Unreadable { start, .. } => start.as_str().unwrap_or_default(),
            _ => "",
        };
        let mut said = said_whole(taken.body.value(), start.as_bytes())?;
        self.bench.redaction.said(&mut said);
        Some(shown(&said))
    }
}

/// Whether an expectation is that the request is refused.
pub(super) fn wants_refusal(expectation: &Expectation) -> bool {
    match &expectation.check {
        Check::Status(statuses) => !statuses.allow_success(),
        Check::Problem(problem) => problem.status.as_ref().is_none_or(|each| !each.allow_success()),
        _ => false,
    }
}
