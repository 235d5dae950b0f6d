//! One answer against what is expected of it.

use super::{Attempt, Stop};
use crate::harness::compare::{Checker, Extent, Kind, Mismatch, Taken, said_whole};
use crate::harness::outcome::{Finding, shorten};
use crate::harness::subject::{Links, Site};
use crate::harness::suite::{
    Asked, Check, Clause, Example, Expectation, Level, Listen, Printed, Step, StepRequest,
};
use crate::harness::wire::{Answer, Body, Request, curl};

impl Attempt<'_> {
    /// Judges an answer by what its step expects. Returns whether a success that has to be is
    /// missing, so that nothing that follows makes sense.
    pub(super) fn hold_to_step(
        &mut self,
        step: &Step,
        label: &str,
        exchange: &Taken,
    ) -> Result<bool, Stop> {
        let unknown = step.expect.iter().filter(|each| !self.is_judgeable(each));
        let unknown: Vec<_> = unknown.map(|each| each.clause.clone()).collect();
        self.found.unknown.extend(unknown);
        let links = self.assignment.site.links();
        let checker = Checker { unwrap: step.read.as_ref(), ..self.checker(&links) };
        let (mut findings, mut met) = (Vec::new(), Vec::new());
        let mut cut = false;
        let status = exchange.answer.status;
        let meant = |each: &&Expectation| each.is_of(status) && self.is_judgeable(each);
        for expectation in step.expect.iter().filter(meant) {
            met.push(expectation);
            let found = self.judged(&checker, expectation, label, exchange)?;
            if found.is_empty() {
                findings.extend(self.misplaced(&checker, step, expectation, label, exchange)?);
            }
            findings.extend(found);
            let clause = self.bench.suite.clause(&expectation.clause);
            cut |= clause.is_some_and(|clause| self.level(expectation, clause) == Level::Must)
                && !exchange.answer.is_success()
                && self.status(expectation, exchange.example).unwrap_or(false);
        }
        if let Some(cause) = self.cause(step, &exchange.answer) {
            findings.iter_mut().for_each(|finding| finding.message.push_str(&cause));
        }
        self.found.judged += met.len();
        met.into_iter().for_each(|expectation| self.note(expectation));
        self.found.findings.extend(findings);
        Ok(cut)
    }

    /// Returns the words that name the change of which a listener should have been told, with the
    /// status that it was answered, and why nothing may have been heard at all.
    fn cause(&self, step: &Step, heard: &Answer) -> Option<String> {
        let mut after = step.requests.iter().filter_map(|request| match request {
            StepRequest::Listen(listen) => listen.after.as_deref(),
            StepRequest::Own(_) | StepRequest::Replay(_) => None,
        });
        let name = after.next()?;
        let Taken { request, answer, .. } = self.taken.get(name)?;
        let Request { method, url, .. } = request;
        let why = heard.header(Listen::UNHEARD).map(|why| format!("; {why}")).unwrap_or_default();
        Some(format!(
            ", of what the listener was told after step `{name}` ({method} {url}, answered {}){why}",
            answer.status
        ))
    }

    /// Returns the level at which an expectation is judged: nothing is required of what comes of an
    /// undocumented request.
    fn level(&self, expectation: &Expectation, clause: &Clause) -> Level {
        match self.case.undocumented {
            true => Level::Should,
            false => expectation.level(clause),
        }
    }

    /// Keeps that a clause was judged, and at which level.
    pub(super) fn note(&mut self, expectation: &Expectation) {
        let Some(clause) = self.bench.suite.clause(&expectation.clause) else { return };
        let level = self.level(expectation, clause);
        match self.found.clauses.get_mut(&clause.id) {
            Some(known) => *known = level.max(*known),
            None => drop(self.found.clauses.insert(clause.id.clone(), level)),
        }
    }

    /// Returns a finding where content comes with an error: what is expected of a body is expected
    /// of a success, unless the step speaks of the status.
    fn misplaced(
        &self,
        checker: &Checker,
        step: &Step,
        expectation: &Expectation,
        label: &str,
        exchange: &Taken,
    ) -> Result<Option<Finding>, Stop> {
        let speaks = |each: &Expectation| self.status(each, exchange.example).is_some();
        let of_body = matches!(
            expectation.check,
            Check::Body { .. } | Check::Schema(_) | Check::Printed(Printed::Body)
        );
        if exchange.answer.status < 400 || !of_body || step.expect.iter().any(speaks) {
            return Ok(None);
        }
        let empty = Taken {
            request: exchange.request.clone(),
            example: exchange.example,
            answer: exchange.answer.clone(),
            body: Body::Empty,
            extent: Extent::Whole,
        };
        let missed = self.judged(checker, expectation, label, &empty)?;
        Ok(missed.into_iter().next().map(|missed| Finding {
            message: format!(
                "the content stands in an answer with status {}, expected one of success",
                exchange.answer.status
            ),
            pointer: String::new(),
            expected: None,
            actual: None,
            said: said_whole(exchange.body.value(), &exchange.answer.body),
            kind: Kind::Status,
            ..missed
        }))
    }

    pub(super) fn checker<'s>(&'s self, links: &'s Links) -> Checker<'s> {
        Checker {
            schemas: &self.bench.schemas,
            mounted: self.assignment.site.mounted,
            links,
            unwrap: None,
            variables: &self.variables,
            earlier: &self.taken,
        }
    }

    /// Returns every way in which an answer breaks an expectation.
    pub(super) fn judged(
        &self,
        checker: &Checker,
        expectation: &Expectation,
        label: &str,
        exchange: &Taken,
    ) -> Result<Vec<Finding>, Stop> {
        if exchange.extent == Extent::Slim && matches!(expectation.check, Check::Schema(_)) {
            return Ok(Vec::new());
        }
        let clause = self.clause(&expectation.clause)?;
        let mismatches = checker.check(&expectation.check, exchange)?;
        let level = self.level(expectation, clause);
        let finding = |mismatch| self.finding(clause, level, label, exchange, mismatch);
        Ok(mismatches.into_iter().map(finding).collect())
    }

    /// Returns the clause `id`.
    ///
    /// # Errors
    /// The suite is at fault: it has no such clause.
    pub(super) fn clause(&self, id: &str) -> Result<&Clause, Stop> {
        let clause = self.bench.suite.clause(id);
        clause.ok_or_else(|| Stop::Broken(format!("there is no clause {id}")))
    }

    /// Returns whether an expectation can be judged. Values are compared only where the harness
    /// knows what the target holds.
    pub(super) fn is_judgeable(&self, expectation: &Expectation) -> bool {
        let printed = matches!(expectation.check, Check::Printed(Printed::Body));
        let of_state = expectation.fixture || (printed && self.case.state.is_some());
        self.assignment.values_known || !of_state
    }

    /// Returns whether an expectation wants a success, if it is of the status.
    pub(super) fn status(
        &self,
        expectation: &Expectation,
        example: Option<&Example>,
    ) -> Option<bool> {
        match &expectation.check {
            Check::Status(statuses) => Some(statuses.wants_success()),
            Check::Printed(Printed::Status) => {
                let response = example.and_then(|example| example.response.as_ref());
                Some(response.is_none_or(|response| response.status / 100 == 2))
            }
            Check::Problem(problem) => problem.status.as_ref().map(|_| false),
            _ => None,
        }
    }

    /// Returns the finding of a mismatch: the clause is broken at `level`, unless the mismatch is only
    /// a recommendation itself.
    pub(super) fn finding(
        &self,
        clause: &Clause,
        level: Level,
        label: &str,
        exchange: &Taken,
        mismatch: Mismatch,
    ) -> Finding {
        let answer = &exchange.answer;
        let is_heard = mismatch.kind == Kind::Status || !answer.is_success();
        let said = is_heard.then(|| said_whole(exchange.body.value(), &answer.body));
        Finding {
            clause: clause.id.clone(),
            level: if mismatch.advisory { Level::Should } else { level },
            step: label.to_owned(),
            operation: self.operation(&exchange.request),
            status: answer.status,
            said: said.flatten(),
            pointer: mismatch.pointer,
            message: mismatch.message,
            expected: mismatch.expected.map(shorten),
            actual: mismatch.actual.map(shorten),
            curl: curl(&exchange.request, &self.variable(&exchange.request)),
            kind: mismatch.kind,
        }
    }

    /// Returns the variable of the shell that stands for what lets a request in.
    fn variable(&self, request: &Request) -> String {
        let lets_in = |site: &Site<'_>| site.credential() == request.credential;
        self.sites().find(lets_in).unwrap_or(self.assignment.site).variable()
    }

    /// Returns the operation of a request: as the suite's shapes write it, or with the path as it is.
    fn operation(&self, request: &Request) -> String {
        let Request { method, url, .. } = request;
        if request.is_to_listener() {
            return format!("{method} {{callback}}");
        }
        let Some((site, below)) = self.sites().find_map(|site| Some((site, site.below(url)?)))
        else {
            return format!("{method} {}", url.split('?').next().unwrap_or(url));
        };
        let api = site.mounted.api;
        let asked = Asked::new(method, below);
        let shapes = self.bench.suite.shapes(api.name);
        let known = shapes.iter().find_map(|shape| shape.operation(&asked, api.links_ignore_case));
        let path = match known {
            Some(known) => known.split_once(' ').map_or("", |(_, path)| path),
            None => below.split('?').next().unwrap_or_default(),
        };
        format!("{method} /{}", path.trim_start_matches('/'))
    }
}
