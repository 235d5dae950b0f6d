//! One attempt at a case: its draws, its preludes, its steps.

mod agreeing;
mod drawing;
mod judging;
mod sending;
mod shapes;
mod strangers;
mod taking;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::Value;

use crate::harness::compare::{Taken, Unjudged};
use crate::harness::outcome::{Finding, Traces};
use crate::harness::run::bench::Bench;
use crate::harness::run::capture::captured;
use crate::harness::run::contact::Contact;
use crate::harness::run::draw::Random;
use crate::harness::run::holdings::Holdings;
use crate::harness::run::plan::Assignment;
use crate::harness::run::session::Session;
use crate::harness::suite::{Case, Condition, ForEach, Level, Step, Variables, pointer};
use crate::harness::wire::{Body, Connection, Purpose};

/// The reasons why an attempt ends before its last step.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The harness or its suite is broken.
    Broken(String),
    /// Something that the rest needs could not be had.
    Blocked(String),
    /// No answer, so that nobody knows what the target did.
    Transport(String),
    /// The target says that it cannot answer now, and after how long it is to be asked again.
    Unavailable(String, Duration),
    /// It has said so too often, or for too long.
    Busy(String),
    /// A step that had to succeed did not, which is a finding; nothing after it makes sense.
    Cut,
}

impl From<Unjudged> for Stop {
    fn from(unjudged: Unjudged) -> Self {
        match unjudged {
            Unjudged::Broken(reason) => Stop::Broken(reason),
            Unjudged::Blocked(reason) => Stop::Blocked(reason),
        }
    }
}

/// The turn of an attempt at a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turn {
    First,
    /// After a fault of the transport.
    Second,
}

/// The running state of one attempt.
pub(crate) struct Attempt<'a> {
    bench: &'a Bench,
    contact: &'a Contact,
    session: Session<'a>,
    case: &'a Case,
    assignment: Assignment<'a>,
    connection: Connection,
    random: Random,
    variables: Variables,
    taken: HashMap<&'a str, Taken<'a>>,
    /// The resources that the target is known to hold.
    holdings: Holdings,
    /// True if what is taken is a prelude's, not the case's own.
    prelude: bool,
    pub(crate) found: Found,
    traces: RefCell<Traces>,
    /// Whether the target has a path in the other of its two spellings.
    spelled_otherwise: Cell<bool>,
}

/// The findings of an attempt so far.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    /// The number of expectations of the case's own steps that were judged.
    pub(crate) judged: usize,
    /// The clauses that were judged, and the highest level at which each was.
    pub(crate) clauses: BTreeMap<String, Level>,
    /// True if something could not be judged again, since it was redacted.
    pub(crate) unseen: Cell<bool>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        bench: &'a Bench,
        contact: &'a Contact,
        session: Session<'a>,
        case: &'a Case,
        assignment: Assignment<'a>,
        turn: Turn,
    ) -> Self {
        let mut variables = Variables::default();
        variables.bind("base", assignment.site.mounted.base.to_string());
        if let Some(ledger) = assignment.site.ledger {
            variables.bind("ledger", ledger.no.as_str());
        }
        if let Some(other) = assignment.other {
            variables.bind("otherLedger", other.no.as_str());
        }
        for (name, value) in case.state.iter().flat_map(|state| bench.state_variables(state)) {
            variables.bind(name, value.clone());
        }
        Attempt {
            connection: match turn {
                Turn::First => Connection::Pooled,
                Turn::Second => Connection::Fresh,
            },
            bench,
            contact,
            case,
            assignment,
            random: Random::for_name(session.seed, case.id(), turn as u64),
            session,
            variables,
            taken: HashMap::new(),
            holdings: Holdings::default(),
            prelude: true,
            found: Found::default(),
            traces: RefCell::default(),
            spelled_otherwise: Cell::default(),
        }
    }

    /// Runs to the end or to the first reason to stop.
    pub(crate) fn run(&mut self) -> Result<(), Stop> {
        let case = self.case;
        self.draw(&case.draw)?;
        for name in &case.given {
            self.given(name)?;
        }
        self.prelude = false;
        case.steps.iter().try_for_each(|step| self.step(step))
    }

    /// Runs a prelude, which must go well and is not itself judged.
    fn given(&mut self, name: &str) -> Result<(), Stop> {
        let given = self.bench.suite.given(self.case.api(), name);
        let given = given.ok_or_else(|| Stop::Broken(format!("there is no given {name}")))?;
        self.draw(&given.draw)?;
        for step in &given.steps {
            let stop = self.step(step).err();
            let broken = self.found.findings.drain(..).find(|finding| finding.level == Level::Must);
            if let Some(finding) = broken {
                return Err(Stop::Blocked(format!(
                    "the given `{name}` could not be had: step `{}` {}",
                    step.name, finding.message
                )));
            }
            let asks = step.expect.iter().any(|each| self.status(each, None).is_some());
            match (stop, self.taken.get(step.name.as_str())) {
                (Some(Stop::Blocked(reason)), _) => {
                    return Err(Stop::Blocked(format!("the given `{name}`: {reason}")));
                }
                (Some(stop), _) => return Err(stop),
                (None, Some(exchange)) if !asks && !exchange.answer.is_success() => {
                    return Err(Stop::Blocked(format!(
                        "the given `{name}` could not be had: step `{}` answered {}",
                        step.name, exchange.answer.status
                    )));
                }
                _ => {}
            }
        }
        self.found.judged = 0;
        self.found.clauses.clear();
        Ok(())
    }

    fn step(&mut self, step: &'a Step) -> Result<(), Stop> {
        if !step.only_if.as_ref().is_none_or(|condition| self.holds(condition)) {
            return Ok(());
        }
        if let Some(times) = step.repeat {
            for index in 1..=times {
                self.variables.bind("index", index);
                self.take(step, format!("{} [{index}]", step.name))?;
            }
            self.variables.unbind("index");
            return Ok(());
        }
        let Some(each) = &step.for_each else { return self.take(step, step.name.clone()) };
        for (key, item) in self.elements(each) {
            let label = format!("{} [{key}]", step.name);
            self.variables.bind("key", key);
            self.variables.bind("item", item);
            self.take(step, label)?;
        }
        self.variables.unbind("key");
        self.variables.unbind("item");
        Ok(())
    }

    fn holds(&self, condition: &Condition) -> bool {
        let answered = |name: &String| self.taken.get(name.as_str()).map(|e| e.answer.status);
        let by_step = condition.step.as_ref().is_none_or(|name| {
            let status = answered(name);
            status.is_some_and(|status| {
                condition.status.as_ref().is_none_or(|wanted| wanted.accepts(status))
            })
        });
        let is_bound = |name: &String| self.variables.is_bound(name);
        by_step
            && condition.captured.as_ref().is_none_or(is_bound)
            && !condition.missing.as_ref().is_some_and(is_bound)
    }

    fn elements(&self, each: &ForEach) -> Vec<(String, Value)> {
        let body = self.taken.get(each.step.as_str()).and_then(|each| each.body.value());
        match body.and_then(|body| pointer::get(body, &each.at)) {
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (index.to_string(), item.clone()))
                .collect(),
            Some(Value::Object(members)) => {
                members.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Takes a step: sends, judges, keeps.
    fn take(&mut self, step: &'a Step, label: String) -> Result<(), Stop> {
        self.session.transport.begin(match self.prelude {
            true => Purpose::Prelude,
            false => Purpose::Step(&label),
        });
        let mut exchange = self.first_accepted(step)?;
        let passed = self.session.transport.is_as_it_passed();
        let is_own = !(self.prelude || passed);
        if !self.case.undocumented {
            strangers::leave_out(&mut exchange);
        }
        let mut misshapen = match is_own {
            true => self.against_shapes(step, &label, &mut exchange)?,
            false => Vec::new(),
        };
        let mut disagreements = self.against_holdings(&label, &exchange, is_own)?;
        if self.case.undocumented {
            let all = misshapen.iter_mut().chain(&mut disagreements);
            all.for_each(|finding| finding.level = Level::Should);
        }
        if let (Some(unwrap), Body::Read(value)) = (&step.read, &mut exchange.body) {
            *value = unwrap.apply(value.take());
        }
        let cut = match passed {
            true => false,
            false => self.hold_to_step(step, &label, &exchange)?,
        };
        self.found.judged += if passed { step.expect.len() } else { 0 };
        self.found.findings.extend(misshapen);
        // What is found already is said once.
        for other in disagreements {
            let said = self.found.findings.iter().any(|each| {
                each.step == other.step
                    && each.pointer == other.pointer
                    && each.level >= other.level
            });
            if !said {
                self.found.findings.push(other);
            }
        }
        // Later steps ask for what was read of it alone.
        exchange.answer.body = Vec::new();
        if cut {
            self.taken.insert(&step.name, exchange);
            return Err(Stop::Cut);
        }
        for (name, capture) in &step.capture {
            match captured(capture, exchange.body.value(), &self.variables) {
                Some(value) => self.variables.bind(name, value),
                None if capture.optional => self.variables.unbind(name),
                None => {
                    return Err(Stop::Blocked(format!(
                        "step `{label}` (answered {}) gave no value for {name}",
                        exchange.answer.status
                    )));
                }
            }
        }
        self.taken.insert(&step.name, exchange);
        Ok(())
    }
}
