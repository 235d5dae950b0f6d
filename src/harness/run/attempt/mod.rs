//! One attempt at a case: its draws, its preludes, its steps.

mod agreeing;
mod choosing;
mod controlling;
mod drawing;
mod judging;
mod lists;
mod owning;
mod paging;
mod sending;
mod shapes;
mod spending;
mod strangers;
mod taking;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::MutexGuard;
use std::time::Duration;

use serde_json::Value;

use crate::harness::compare::{Taken, Unjudged};
use crate::harness::outcome::{ChoicesSeen, Finding, Left, Traces};
use crate::harness::run::bench::Bench;
use crate::harness::run::capture::{captured, meant};
use crate::harness::run::contact::Contact;
use crate::harness::run::draw::Random;
use crate::harness::run::holdings::Holdings;
use crate::harness::run::plan::Assignment;
use crate::harness::run::session::{Session, Until};
use crate::harness::suite::{
    Case, Condition, ForEach, Level, Step, Variables, pointer, referred, steps,
};
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
    /// It answers more than a run takes.
    Excess(String),
    /// The target is without something that no requirement asks of it: what, and what shows it.
    Lacking(String, String),
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
    turn: Turn,
    random: Random,
    variables: Variables,
    taken: HashMap<&'a str, Taken<'a>>,
    /// The controls that cases share, and what was answered to those that were refused.
    refused: HashMap<&'a str, Option<String>>,
    /// The steps whose bodies others refer to; the rest is let go once it is judged.
    referred: BTreeSet<&'a str>,
    /// The resources that the target is known to hold.
    holdings: Holdings,
    /// True if what is taken is a prelude's, not the case's own.
    prelude: bool,
    /// Who makes the records that are made: the case, or a control that it shares.
    sender: String,
    pub(crate) found: Found,
    traces: RefCell<Traces>,
    /// Held while much of a long list is, so that all threads together do not hold as many.
    alone: Option<MutexGuard<'a, ()>>,
    /// The callbacks that it drew.
    callbacks: Vec<String>,
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
    /// The clauses of steps that were not taken, and of answers of which they say nothing.
    pub(crate) skipped: BTreeMap<String, String>,
    /// The clauses that need values which nobody knows.
    pub(crate) unknown: BTreeSet<String>,
    /// The values that the target chose of what is left open.
    pub(crate) choices: ChoicesSeen,
    /// The stocks that the case uses up, and how much is left of each.
    pub(crate) left: Vec<Left>,
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
            turn,
            assignment,
            random: Random::for_name(session.seed, case.id(), turn as u64),
            session,
            variables,
            taken: HashMap::new(),
            refused: HashMap::new(),
            referred: referred(steps(&bench.suite, case).map(|(_, step)| step)),
            holdings: Holdings::default(),
            prelude: true,
            sender: case.id().to_owned(),
            found: Found::default(),
            traces: RefCell::default(),
            alone: None,
            callbacks: Vec::new(),
            spelled_otherwise: Cell::default(),
        }
    }

    /// Runs to the end or to the first reason to stop.
    pub(crate) fn run(&mut self) -> Result<(), Stop> {
        let case = self.case;
        self.draw(&case.draw)?;
        if let Some(supply) = &case.spends {
            self.supply(supply)?;
        }
        for name in &case.given {
            self.given(name)?;
        }
        self.prelude = false;
        let ended = case.steps.iter().try_for_each(|step| {
            self.step(step)?;
            if self.is_enough() { Err(Stop::Cut) } else { Ok(()) }
        });
        self.alone = None;
        ended
    }

    /// Returns whether what follows can say nothing that is asked for.
    fn is_enough(&self) -> bool {
        let is_broken = |finding: &Finding| finding.level == Level::Must;
        self.session.until == Until::Broken && self.found.findings.iter().any(is_broken)
    }

    /// Runs a prelude, which must go well and is not itself judged.
    fn given(&mut self, name: &str) -> Result<(), Stop> {
        let given = self.bench.suite.given(self.case.api(), name);
        let given = given.ok_or_else(|| Stop::Broken(format!("there is no given {name}")))?;
        self.draw(&given.draw)?;
        for step in &given.steps {
            let stop = self.step(step).err();
            let broken = self.found.findings.drain(..).find(|finding| finding.level == Level::Must);
            let taken = self.taken.get(step.name.as_str());
            let said = taken.filter(|taken| !taken.answer.is_success());
            let said = said.and_then(|taken| self.words_of(taken));
            let said = said.map(|said| format!("; it said: {said}")).unwrap_or_default();
            if let Some(finding) = broken {
                return Err(Stop::Blocked(format!(
                    "the given `{name}` could not be had: step `{}` {}{said}",
                    step.name,
                    finding.told()
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
                        "the given `{name}` could not be had: step `{}` answered {}{said}",
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
        if let Some(condition) = step.only_if.as_ref().filter(|condition| !self.holds(condition)) {
            self.skip(step, condition);
            return Ok(());
        }
        if let Some(shared) = &step.shared {
            return self.share(step, shared);
        }
        self.draw(&step.draw)?;
        if let Some(times) = step.repeat {
            for index in 1..=times {
                self.variables.bind("index", index);
                self.take(step, format!("{} [{index}]", step.name))?;
            }
            self.variables.unbind("index");
            return Ok(());
        }
        let Some(each) = &step.for_each else { return self.take(step, step.name.clone()) };
        for index in 0.. {
            let Some((key, item)) = self.element(each, index) else { break };
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
            && condition.differ.as_ref().is_none_or(|[one, other]| self.differ(one, other))
    }

    /// Returns whether two variables have values that are not the same, in whatever case.
    fn differ(&self, one: &str, other: &str) -> bool {
        let text = |name: &str| self.variables.fill_text(&format!("${{{name}}}")).ok();
        text(one).zip(text(other)).is_some_and(|(a, b)| !a.eq_ignore_ascii_case(&b))
    }

    /// Returns that the target is without something, if it refused a step that no requirement of this
    /// run asks it to accept.
    fn lacks(&mut self, step: &Step, exchange: &Taken) -> Result<Option<Stop>, Stop> {
        let status = exchange.answer.status;
        let Some(lacking) = step.lacking.as_ref().filter(|it| it.status.accepts(status)) else {
            return Ok(None);
        };
        for expectation in &step.expect {
            if expectation.level(self.clause(&expectation.clause)?) == Level::Must {
                return Ok(None);
            }
        }
        let said = self.words_of(exchange).map(|said| format!(" and said: {said}"));
        let (what, name) = (&lacking.what, &step.name);
        let said = said.unwrap_or_default();
        let why =
            format!("the target is without {what}: step `{name}` was answered {status}{said}");
        Ok(Some(Stop::Lacking(what.clone(), why)))
    }

    /// Keeps why a step is not taken: what it judges may be judged nowhere else.
    fn skip(&mut self, step: &Step, condition: &Condition) {
        if self.prelude {
            return;
        }
        let is_bound = |name: &&String| self.variables.is_bound(name);
        let why = match (&condition.step, &condition.captured) {
            (_, Some(name)) if !is_bound(&name) => format!("no answer gave a {name}"),
            (Some(name), _) => match self.taken.get(name.as_str()) {
                Some(taken) => format!("step `{name}` answered {}", taken.answer.status),
                None => format!("step `{name}` was not taken"),
            },
            _ => match &condition.differ {
                Some([one, other]) => format!("{one} and {other} are the same"),
                None => format!("there is a {}", condition.missing.as_deref().unwrap_or_default()),
            },
        };
        for expectation in &step.expect {
            let why = format!("step `{}` was not taken: {why}", step.name);
            self.found.skipped.entry(expectation.clause.clone()).or_insert(why);
        }
    }

    /// Returns an element, or a member's value, of an earlier answer and what tells it apart. One at a
    /// time: a list may be long.
    fn element(&self, each: &ForEach, index: usize) -> Option<(String, Value)> {
        let body = self.taken.get(each.step.as_str())?.body.value()?;
        match pointer::get(body, &each.at)? {
            Value::Array(items) => Some((index.to_string(), items.get(index)?.clone())),
            Value::Object(members) => {
                let (name, value) = members.iter().nth(index)?;
                Some((name.clone(), value.clone()))
            }
            _ => None,
        }
    }

    /// Takes a step: sends, judges, keeps.
    fn take(&mut self, step: &'a Step, label: String) -> Result<(), Stop> {
        self.session.transport.begin(match self.prelude || self.is_control(step) {
            true => Purpose::Prelude,
            false => Purpose::Step(&label),
        });
        let found_before = self.found.findings.len();
        let mut exchange = match step.simultaneous {
            Some(times) => self.after_the_first_accepted(step, times)?,
            None => self.first_accepted(step)?,
        };
        // Of a run that is judged again.
        if exchange.answer.long.as_ref().is_some_and(|long| !long.is_kept()) {
            return Err(Stop::Blocked(format!("the answer to step `{label}` was not kept whole")));
        }
        let passed = self.session.transport.is_as_it_passed();
        let is_own = !(self.prelude || passed);
        let (mut misshapen, mut disagreements) =
            self.against_shapes_and_holdings(step, &label, &mut exchange, is_own)?;
        if !passed {
            self.note_choices(step, &exchange)?;
        }
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
        self.leave_out_others(&exchange, found_before);
        if !passed {
            self.hold_to_control(step, &label, &exchange, found_before)?;
        }
        lists::limit(&mut self.found.findings);
        if let Some(stop) = self.lacks(step, &exchange)? {
            return Err(stop);
        }
        // Later steps ask for what was read of it alone.
        exchange.answer.body = Vec::new();
        let is_referred =
            self.referred.contains(step.name.as_str()) || !exchange.answer.is_success();
        if cut {
            self.taken.insert(&step.name, exchange);
            return Err(Stop::Cut);
        }
        for (name, capture) in &step.capture {
            let mut place = 0;
            if let Some(spend) = &capture.spends {
                let found = meant(capture, exchange.body.value(), &self.variables);
                self.spend(spend, found)?;
                // Not the first: another run on the same target would be about to use that up too.
                place = self.random.place(found);
            }
            match captured(capture, exchange.body.value(), place, &self.variables) {
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
        if !is_referred {
            exchange.body = Body::Empty;
        }
        self.alone = None;
        self.taken.insert(&step.name, exchange);
        Ok(())
    }
}
