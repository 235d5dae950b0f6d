//! One attempt at a case: its draws, its preludes, its steps.

mod agreeing;
mod drawing;
mod exchange;
mod forms;
mod judging;
mod sending;

pub(crate) use exchange::Exchange;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::Value;

use super::body::Body;
use super::capture::captured;
use super::client::Connection;
use super::draw::Random;
use super::holdings::Holdings;
use super::judge::Judge;
use super::plan::Assignment;
use super::pointer;
use super::report::Finding;
use super::suite::{Case, Condition, ForEach, Level, Step};
use super::transport::{Place, Sitting};
use super::variables::Variables;
use super::writes::Traces;

/// Why an attempt ends before its last step.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The harness or its suite is at fault.
    Fault(String),
    /// What the rest needs could not be had.
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

/// Which attempt at a case this is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Round {
    First,
    /// After a fault of the transport.
    Second,
}

/// The running state of one attempt.
pub(crate) struct Attempt<'a> {
    judge: &'a Judge,
    case: &'a Case,
    assignment: Assignment<'a>,
    sitting: Sitting<'a>,
    connection: Connection,
    random: Random,
    variables: Variables,
    exchanges: HashMap<&'a str, Exchange<'a>>,
    /// What the target is known to hold.
    holdings: Holdings,
    pub(crate) findings: Vec<Finding>,
    /// Whether what is taken is a prelude's, not the case's own.
    prelude: bool,
    /// How many expectations of the case's own steps were judged.
    pub(crate) judged: usize,
    /// The clauses that were judged, and the highest level at which each was.
    pub(crate) clauses: BTreeMap<String, Level>,
    pub(crate) traces: RefCell<Traces>,
    /// Whether something could not be judged again, since it was redacted.
    pub(crate) unseen: Cell<bool>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        judge: &'a Judge,
        case: &'a Case,
        assignment: Assignment<'a>,
        sitting: Sitting<'a>,
        round: Round,
    ) -> Self {
        let mut variables = Variables::default();
        variables.bind("base", assignment.site.mounted.base.to_string());
        if let Some(ledger) = assignment.site.ledger {
            variables.bind("ledger", ledger.no.as_str());
        }
        if let Some(other) = assignment.other {
            variables.bind("otherLedger", other.no.as_str());
        }
        for (name, value) in case.state.iter().flat_map(|state| judge.state_variables(state)) {
            variables.bind(name, value.clone());
        }
        Attempt {
            connection: match round {
                Round::First => Connection::Pooled,
                Round::Second => Connection::Fresh,
            },
            judge,
            case,
            assignment,
            random: Random::for_name(sitting.seed, case.id(), round as u64),
            sitting,
            variables,
            exchanges: HashMap::new(),
            holdings: Holdings::default(),
            findings: Vec::new(),
            prelude: true,
            judged: 0,
            clauses: BTreeMap::new(),
            traces: RefCell::default(),
            unseen: Cell::new(false),
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

    /// A prelude, which must go well and is not itself judged.
    fn given(&mut self, name: &str) -> Result<(), Stop> {
        let given = self.judge.suite().given(self.case.api(), name);
        let given = given.ok_or_else(|| Stop::Fault(format!("there is no given {name}")))?;
        self.draw(&given.draw)?;
        for step in &given.steps {
            let stop = self.step(step).err();
            let broken = self.findings.drain(..).find(|finding| finding.level == Level::Must);
            if let Some(finding) = broken {
                return Err(Stop::Blocked(format!(
                    "the given `{name}` could not be had: step `{}` {}",
                    step.name, finding.message
                )));
            }
            let asks = step.expect.iter().any(|each| self.status(each, None).is_some());
            match (stop, self.exchanges.get(step.name.as_str())) {
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
        self.judged = 0;
        self.clauses.clear();
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
        let answered = |name: &String| self.exchanges.get(name.as_str()).map(|e| e.answer.status);
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
        let body = self.exchanges.get(each.step.as_str()).and_then(|each| each.body.value());
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

    /// Sends, judges, keeps.
    fn take(&mut self, step: &'a Step, label: String) -> Result<(), Stop> {
        self.sitting.transport.at(match self.prelude {
            true => Place::Prelude,
            false => Place::Step(&label),
        });
        let mut exchange = self.first_accepted(step)?;
        let passed = self.sitting.transport.is_as_it_passed();
        let standing = !(self.prelude || passed);
        let forms = match standing {
            true => self.against_forms(step, &label, &mut exchange)?,
            false => Vec::new(),
        };
        let disagreements = self.against_holdings(&label, &exchange, standing)?;
        if let (Some(unwrap), Body::Read(value)) = (&step.read, &mut exchange.body) {
            *value = unwrap.apply(value.take());
        }
        let cut = match passed {
            true => false,
            false => self.hold_to_step(step, &label, &exchange)?,
        };
        self.judged += if passed { step.expect.len() } else { 0 };
        self.findings.extend(forms);
        // What is found already is said once.
        for other in disagreements {
            let said = self.findings.iter().any(|each| {
                each.step == other.step
                    && each.pointer == other.pointer
                    && each.level >= other.level
            });
            if !said {
                self.findings.push(other);
            }
        }
        // Later steps ask for what was read of it alone.
        exchange.answer.bytes = Vec::new();
        if cut {
            self.exchanges.insert(&step.name, exchange);
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
        self.exchanges.insert(&step.name, exchange);
        Ok(())
    }
}
