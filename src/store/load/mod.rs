//! A load: records in, in one transaction. Either every line is taken or nothing changes.
//!
//! A `ledger` record replaces its ledger whole; without one, records are added. Lines are read on
//! one thread and written on another; a load of millions needs the memory of some batches.

mod cdrs;
mod reading;

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::path::PathBuf;

use redb::{ReadableTable, WriteTransaction};

use super::error::{StoreError, WriteError};
use super::refusals::Refusals;
use super::tables::{COUNTERS, open};
use super::usage::{Owner, Subscription, put_owner, put_subscription};
use super::writing::Writing;
use super::{gateway, ledgers, listeners, surpluses, tmf};
use crate::model::ledger::Ledger;
use crate::model::listener::{Listener, MOST};
use crate::model::record::{Record, RecordReader, Refused};
use crate::model::tmf::event::EventType;
use cdrs::{Cdrs, Inexact};
use reading::{Batch, Cdr, Parsed, SubscriptionNames};

/// Records and what to call where they come from.
pub struct Source {
    /// The file's name, `-` for standard input, `body` for a request.
    pub name: String,
    /// The lines.
    pub lines: Box<dyn BufRead + Send>,
}

/// A reason for which a load changed nothing.
#[derive(Debug)]
pub enum LoadError {
    /// Lines were refused.
    Refused(Refusals),
    /// A source failed: a sentence.
    Unreadable(String),
    /// The store failed.
    Unwritten(WriteError),
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusals) => {
                let count = refusals.lines.len() as u64 + refusals.unlisted;
                let faults = if count == 1 { "fault" } else { "faults" };
                write!(f, "{count} {faults}; nothing was loaded.")
            }
            Self::Unreadable(sentence) => write!(f, "{sentence} Nothing was loaded."),
            Self::Unwritten(error) => error.fmt(f),
        }
    }
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        Self::Unwritten(WriteError::Failed(error))
    }
}

/// What a load has brought.
#[derive(Debug)]
pub struct Loaded {
    /// How many records there were.
    pub records: u64,
    /// The ids of the settlement notes that were not there before.
    pub notes: Vec<String>,
    /// Those who listened before it: who came with it has got what came with it.
    pub listeners: Vec<Listener>,
}

/// Loads every line of `sources` into `tx` and says what there was. On an error the
/// caller aborts `tx`. `progress` is told the bytes that were read, now and then. What is too much
/// for memory waits in a file in `folder`.
///
/// # Errors
/// See [`LoadError`].
pub(super) fn load(
    tx: &WriteTransaction,
    reader: &'static RecordReader,
    sources: Vec<Source>,
    folder: Option<PathBuf>,
    progress: &mut dyn FnMut(u64),
) -> Result<Loaded, LoadError> {
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let batches = reading::read(sources, reader).map_err(|error| {
        LoadError::Unreadable(format!("The thread that reads cannot be started: {error}."))
    })?;
    let mut load = Load::new(tx, folder);
    let mut records = 0;
    for batch in batches {
        let batch = batch.map_err(LoadError::Unreadable)?;
        progress(batch.bytes);
        records += batch.lines.len() as u64;
        load.take_batch(names.get(batch.source).map_or("", String::as_str), batch)?;
    }
    let (notes, listeners) = load.finish()?;
    Ok(Loaded { records, notes, listeners })
}

struct Load<'tx> {
    tx: Writing<'tx>,
    /// Where the line at hand stands.
    place: (String, u64),
    refused: Refusals,
    /// The ledgers that have been met, so that records need not look for theirs.
    ledgers: HashMap<Box<str>, Option<Ledger>>,
    /// The ledgers that this load replaces or has added to.
    touched: HashSet<Box<str>>,
    /// The customers of this load, by ledger.
    customers: HashMap<Box<str>, HashSet<Box<str>>>,
    /// Customers that surpluses named before any record made them, and where.
    awaited: HashMap<(Box<str>, Box<str>), (String, u64)>,
    cdrs: Cdrs,
    gateway: gateway::Arriving,
    /// The ids of the settlement notes that were not there before.
    notes: Vec<String>,
    /// The listeners of this load, and where they stand.
    listeners: Vec<((String, u64), Listener)>,
    /// The last arrival of each ledger.
    arrivals: HashMap<Box<str>, u64>,
}

impl<'tx> Load<'tx> {
    fn new(tx: &'tx WriteTransaction, folder: Option<PathBuf>) -> Self {
        Self {
            tx: Writing::new(tx),
            place: Default::default(),
            refused: Refusals::default(),
            ledgers: HashMap::new(),
            touched: HashSet::new(),
            customers: HashMap::new(),
            awaited: HashMap::new(),
            cdrs: Cdrs::new(folder),
            gateway: gateway::Arriving::default(),
            notes: Vec::new(),
            listeners: Vec::new(),
            arrivals: HashMap::new(),
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.add(self.place.clone(), refused);
    }

    fn take_batch(&mut self, source: &str, batch: Batch) -> Result<(), LoadError> {
        for (line, parsed) in batch.lines {
            if self.place.0 != source {
                source.clone_into(&mut self.place.0);
            }
            self.place.1 = line;
            match parsed {
                Parsed::Cdr(cdr) => {
                    let value = &batch.values[cdr.start..cdr.end];
                    self.take_cdr(cdr, value)?;
                }
                Parsed::Record(record) => self.take(record)?,
                Parsed::Refused(refused) => {
                    refused.into_iter().for_each(|refused| self.refuse(refused));
                }
            }
        }
        let inexact = self.cdrs.relieve(self.tx.transaction())?;
        self.refuse_inexact(inexact);
        Ok(())
    }

    /// Returns whether the ledger of a record is known; if not, that is refused.
    fn touch(&mut self, ledger_no: &str) -> Result<bool, LoadError> {
        if self.touched.contains(ledger_no) {
            return Ok(true);
        }
        if self.ledger(ledger_no)?.is_none() {
            let reason = format!(
                "Ledger {ledger_no} is not known; its ledger record must come before this one."
            );
            self.refuse(Refused::new("ledgerNo", reason));
            return Ok(false);
        }
        self.touched.insert(ledger_no.into());
        Ok(true)
    }

    /// Takes one record. It is applied even when an earlier line was refused, although the
    /// transaction is lost by then: so that all faults are found in one go.
    fn take(&mut self, record: Record) -> Result<(), LoadError> {
        if let Record::Ledger(ledger) = record {
            return self.take_ledger(ledger);
        }
        if let Some(ledger_no) = record.ledger_no()
            && !self.touch(ledger_no)?
        {
            return Ok(());
        }
        match record {
            Record::Ledger(_) => {}
            Record::GatewayCustomer(customer) => {
                if self.gateway.take(&self.place, *customer) {
                    self.write_gateway()?;
                }
            }
            Record::Person { ledger_no, person } => {
                ledgers::put_person(self.tx.transaction(), &ledger_no, &person)?;
            }
            Record::Customer { ledger_no, customer } => {
                let Some(ledger) = self.ledger(&ledger_no)? else {
                    return Ok(());
                };
                let customer = customer.canonical(ledger);
                let key = (ledger_no.into(), customer.customer.customer_no.as_str().into());
                self.awaited.remove(&key);
                let (ledger_no, no) = key;
                if !self.customers.entry(ledger_no.clone()).or_default().insert(no) {
                    let no = &customer.customer.customer_no;
                    let reason = format!("Customer {no} occurs a second time in this load.");
                    self.refuse(Refused::new("customer.customerNo", reason));
                    return Ok(());
                }
                self.tx.customers().put(&ledger_no, customer)?;
            }
            Record::Surplus { ledger_no, customer_no, surplus, orders } => {
                if !self.tx.customers().exists(&ledger_no, &customer_no)? {
                    let key = (ledger_no.as_str().into(), customer_no.as_str().into());
                    self.awaited.entry(key).or_insert_with(|| self.place.clone());
                }
                surpluses::put(self.tx.transaction(), &ledger_no, &customer_no, &surplus, &orders)?;
            }
            Record::Tmf { collection, id, members } => match tmf::Content::of(&members) {
                Some(content) => {
                    let tx = self.tx.transaction();
                    let is_told =
                        collection.name == EventType::SettlementNoteAdvice.collection_name();
                    if is_told && tmf::view(tx, collection, &id, |_| ())?.is_none() {
                        self.notes.push(id.clone());
                    }
                    tmf::load(tx, collection, &id, content)?;
                }
                None => self.refuse(Refused::new("resource", tmf::TOO_LONG)),
            },
            Record::Listener(_) if self.listeners.len() == MOST => {
                let reason = format!("A load has {MOST} listeners at most.");
                self.refuse(Refused::new("listener", reason));
            }
            Record::Listener(listener) => self.listeners.push((self.place.clone(), listener)),
            Record::UsageOwner { ledger_no, tree, no } => {
                put_owner(self.tx.transaction(), Owner { ledger: &ledger_no, tree, no: &no })?;
            }
            Record::Subscription { ledger_no, tree, no, subscription_no } => {
                let owner = Owner { ledger: &ledger_no, tree, no: &no };
                put_subscription(self.tx.transaction(), owner, &subscription_no)?;
            }
        }
        Ok(())
    }

    fn take_ledger(&mut self, ledger: Ledger) -> Result<(), LoadError> {
        let no: Box<str> = ledger.ledger_no.as_str().into();
        if !self.touched.insert(no.clone()) {
            let reason = format!(
                "Ledger {no} occurs a second time, or after records of it; it must come first."
            );
            self.refuse(Refused::new("ledgerNo", reason));
        } else {
            ledgers::replace(self.tx.transaction(), &ledger)?;
        }
        self.ledgers.insert(no, Some(ledger));
        Ok(())
    }

    fn ledger(&mut self, no: &str) -> Result<Option<&Ledger>, StoreError> {
        if !self.ledgers.contains_key(no) {
            let ledger = ledgers::ledger(self.tx.transaction(), no)?;
            self.ledgers.insert(no.into(), ledger);
        }
        Ok(self.ledgers.get(no).and_then(Option::as_ref))
    }

    fn take_cdr(&mut self, cdr: Cdr, value: &[u8]) -> Result<(), LoadError> {
        let of = match cdr.of.found.get() {
            Some(of) => *of,
            None if !self.touch(&cdr.of.ledger)? => return Ok(()),
            None => self.subscription(&cdr.of)?,
        };
        let arrival = self.arrival(&cdr.of.ledger)?;
        if !self.cdrs.take(of, arrival, cdr, value) {
            self.refuse(Refused::new("usage", SUM_TOO_LARGE));
        }
        Ok(())
    }

    /// Returns what stands for a subscription, which is made known where it is not. That holds for
    /// the whole load, since a ledger is replaced before anything else of it is loaded.
    fn subscription(&self, names: &SubscriptionNames) -> Result<Subscription, StoreError> {
        let owner = Owner { ledger: &names.ledger, tree: names.tree, no: &names.no };
        let found = put_subscription(self.tx.transaction(), owner, &names.subscription)?;
        Ok(*names.found.get_or_init(|| found))
    }

    fn refuse_inexact(&mut self, Inexact(subscriptions): Inexact) {
        for names in subscriptions {
            let reason = format!("Subscription {}: {SUM_TOO_LARGE}", names.subscription);
            self.refuse(Refused::new("usage", reason));
        }
    }

    fn arrival(&mut self, ledger: &str) -> Result<u64, StoreError> {
        if let Some(last) = self.arrivals.get_mut(ledger) {
            *last += 1;
            return Ok(*last);
        }
        let counters = open(self.tx.transaction(), COUNTERS)?;
        let next = counters.get((ledger, ARRIVAL))?.map_or(1, |last| last.value() + 1);
        self.arrivals.insert(ledger.into(), next);
        Ok(next)
    }

    fn write_gateway(&mut self) -> Result<(), LoadError> {
        for (place, refused) in self.gateway.write(self.tx.transaction())? {
            self.refused.add(place, refused);
        }
        Ok(())
    }

    /// Writes the listeners, and returns those of before.
    fn write_listeners(&mut self) -> Result<Vec<Listener>, LoadError> {
        let tx = self.tx.transaction();
        let before = listeners::all(tx)?;
        for (place, listener) in std::mem::take(&mut self.listeners) {
            listeners::load(tx, &listener)?;
            if listeners::count(tx)? > MOST {
                let reason = format!("There are more than {MOST} listeners with this one.");
                self.refused.add(place, Refused::new("listener", reason));
            }
        }
        Ok(before)
    }

    /// Returns the ids of new settlement notes, and who listened before.
    fn finish(mut self) -> Result<(Vec<String>, Vec<Listener>), LoadError> {
        let inexact = self.cdrs.finish(self.tx.transaction())?;
        self.refuse_inexact(inexact);
        self.write_gateway()?;
        let before = self.write_listeners()?;
        if !self.arrivals.is_empty() {
            let mut counters = open(self.tx.transaction(), COUNTERS).map_err(StoreError::from)?;
            for (ledger, last) in &self.arrivals {
                counters.insert((&**ledger, ARRIVAL), last).map_err(StoreError::from)?;
            }
        }
        for ((ledger, customer), place) in std::mem::take(&mut self.awaited) {
            let reason = format!("Ledger {ledger} has no customer {customer}.");
            self.refused.add(place, Refused::new("customerNo", reason));
        }
        if self.refused.is_empty() {
            return Ok((self.notes, before));
        }
        self.refused.lines.sort_by(|a, b| (&a.source, a.line).cmp(&(&b.source, b.line)));
        Err(LoadError::Refused(self.refused))
    }
}

/// The counter that numbers CDRs as they arrive.
const ARRIVAL: &str = "usage arrival";

const SUM_TOO_LARGE: &str = "The sum over its usage type is no longer exact.";
