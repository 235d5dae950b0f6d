//! One exchange: the first of a step's requests that is accepted, and its answer.

use super::{Attempt, Stop};
use crate::harness::compare::{Extent, Taken};
use crate::harness::outcome::creates;
use crate::harness::run::plan::lacked;
use crate::harness::run::request::{Maker, Unready};
use crate::harness::suite::{Step, StepRequest, is_safe_method};
use crate::harness::wire::{Answer, Body, Request, Room};

/// Returns why a step is not taken, if one of its requests cannot be made.
fn unready(step: &Step, fault: Unready) -> Stop {
    match fault {
        Unready::Broken(reason) => Stop::Broken(reason),
        Unready::Unbound(reason) => {
            Stop::Blocked(format!("step `{}` cannot be taken: {reason}", step.name))
        }
    }
}

impl<'a> Attempt<'a> {
    /// Returns the exchange of the first of a step's requests that is accepted, or of the first.
    pub(super) fn first_accepted(&mut self, step: &'a Step) -> Result<Taken<'a>, Stop> {
        let Some(trying) = &step.trying else { return self.first_way_accepted(step) };
        let mut first = None;
        for value in &trying.values {
            self.variables.bind(&trying.variable, value.clone());
            let taken = self.first_way_accepted(step)?;
            if taken.answer.is_success() {
                return Ok(taken);
            }
            first.get_or_insert((value, taken));
        }
        let fault = || Stop::Broken(format!("step {} tries no value", step.name));
        let (value, taken) = first.ok_or_else(fault)?;
        self.variables.bind(&trying.variable, value.clone());
        Ok(taken)
    }

    /// Returns the same with the variables as they are.
    fn first_way_accepted(&self, step: &'a Step) -> Result<Taken<'a>, Stop> {
        let maker = Maker {
            suite: &self.bench.suite,
            assignment: self.assignment,
            variables: &self.variables,
        };
        let mut taken: Option<Taken> = None;
        let site = self.assignment.site;
        let can =
            |request: &&StepRequest| lacked(&self.bench.suite, site.mounted, request).is_none();
        for request in step.requests.iter().filter(can) {
            let (mut request, example) =
                maker.make(request).map_err(|fault| unready(step, fault))?;
            if self.may_be_read_in_parts(step, &request) {
                request.room = Room::List;
            }
            let makes = creates(&site, &request).is_some();
            let making = makes.then(|| self.session.claims.others.make());
            let (request, answer) = self.ask_as_spelled(request, step)?;
            let accepted = answer.is_success();
            let body = match request.room {
                Room::List if accepted => Body::of_list(&answer, &site.mounted.media),
                _ => Body::of(&answer, &site.mounted.media),
            };
            self.trace(&request, Some((&answer, &body)));
            if makes && accepted {
                self.own(&request, &answer, &body);
            }
            drop(making);
            let extent = Extent::Whole;
            let exchange = Taken { request, example, answer, body, extent };
            if accepted {
                taken = Some(exchange);
                break;
            }
            // The plainest way is the one whose refusal says most.
            taken.get_or_insert(exchange);
        }
        let fault = || Stop::Broken(format!("step {} has no request", step.name));
        let taken = taken.ok_or_else(fault)?;
        if step.pages { self.whole(taken) } else { Ok(taken) }
    }

    /// Returns what a request that goes out so often at one time is answered beside the first
    /// acceptance: another acceptance, if there is one, else a server error, if there is one.
    pub(super) fn after_the_first_accepted(
        &mut self,
        step: &'a Step,
        times: u32,
    ) -> Result<Taken<'a>, Stop> {
        let fault = || Stop::Broken(format!("step {} has no request", step.name));
        let sent = step.requests.first().ok_or_else(fault)?;
        let mut made = Vec::new();
        for index in 1..=times {
            self.variables.bind("index", index);
            let maker = Maker {
                suite: &self.bench.suite,
                assignment: self.assignment,
                variables: &self.variables,
            };
            made.push(maker.make(sent).map_err(|fault| unready(step, fault))?);
        }
        self.variables.unbind("index");
        let (requests, examples): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        let answers = self.ask_at_once(&requests, |status| step.lists(status))?;
        let mut taken = Vec::new();
        for ((request, example), answer) in requests.into_iter().zip(examples).zip(answers) {
            let body = Body::of(&answer, &self.assignment.site.mounted.media);
            self.trace(&request, Some((&answer, &body)));
            taken.push(Taken { request, example, answer, body, extent: Extent::Whole });
        }
        // After the acceptances what says most against the target.
        taken.sort_by_key(|exchange| match exchange.answer.status {
            200..=299 => 0,
            500.. => 1,
            _ => 2,
        });
        taken.into_iter().nth(1).ok_or_else(fault)
    }

    /// Asks in the first spelling of a path, and where that is not found, in the other that the
    /// document prints; an attempt keeps to what answered (reading 145).
    fn ask_as_spelled(&self, request: Request, step: &Step) -> Result<(Request, Answer), Stop> {
        let api = self.assignment.site.mounted.api;
        let other = api.spellings.iter().find_map(|(first, other)| {
            let (first, other) = (format!("/{first}"), format!("/{other}"));
            let at = request.url.find(&first)?;
            let rest = &request.url[at + first.len()..];
            let whole = rest.is_empty() || rest.starts_with(['/', '?']);
            whole.then(|| format!("{}{other}{rest}", &request.url[..at]))
        });
        let other = other.map(|url| Request { url, ..request.clone() });
        let ask = |request: &Request| self.ask(request, |status| step.lists(status));
        match other {
            Some(other) if self.spelled_otherwise.get() => {
                let answer = ask(&other)?;
                Ok((other, answer))
            }
            other => {
                let answer = ask(&request)?;
                let missed = answer.status == 404 && is_safe_method(&request.method);
                if let Some(other) = other.filter(|_| missed) {
                    let second = ask(&other)?;
                    if second.is_success() {
                        self.spelled_otherwise.set(true);
                        return Ok((other, second));
                    }
                }
                Ok((request, answer))
            }
        }
    }
}
