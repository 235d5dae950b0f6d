//! A load: records in, in one transaction. Either every line is taken or nothing changes.
//!
//! A `ledger` record replaces its ledger whole; without one, records are added. Usage is sorted and
//! written in batches, so that a load of millions needs the memory of one batch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, Read};
use std::rc::Rc;

use redb::{ReadableTable, WriteTransaction};

use super::error::{StoreError, WriteError};
use super::refusals::Refusals;
use super::tables::COUNTERS;
use super::usage::{Arriving, Owner, SubscriptionKey, add, put_owner, put_subscription};
use super::{customers, gateway, ledgers, surpluses, tmf};
use crate::model::ledger::Ledger;
use crate::model::record::{LONGEST_LINE, Record, RecordReader, Refused};
use crate::model::usage::{SummaryKey, Sums, Tree, UsageDetail};

/// The bytes of usage that are gathered before they are sorted and written.
const BATCH_BYTES: usize = 8 << 20;

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

/// Loads every line of `sources` into `tx` and says how many records there were. On an error the
/// caller aborts `tx`. `progress` is told the bytes that were read, now and then.
///
/// # Errors
/// See [`LoadError`].
pub(super) fn load(
    tx: &WriteTransaction,
    reader: &RecordReader,
    sources: Vec<Source>,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, LoadError> {
    let mut load = Load::new(tx);
    let mut records = 0;
    for mut source in sources {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = read_line(&mut source.lines, &mut line);
            let length = read.map_err(|error| {
                LoadError::Unreadable(format!("{} cannot be read: {error}.", source.name))
            })?;
            if length == 0 {
                break;
            }
            progress(length);
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            records += 1;
            load.place = (source.name.clone(), number);
            if line.len() > LONGEST_LINE {
                load.refuse(Refused::new("", "The line is longer than 1 MiB."));
                continue;
            }
            match reader.read(text) {
                Ok(record) => load.take(record)?,
                Err(refused) => refused.into_iter().for_each(|refused| load.refuse(refused)),
            }
        }
    }
    load.finish().map(|()| records)
}

/// Reads a line, of which at most one byte more than the longest is kept. The bytes consumed are
/// the answer.
fn read_line(mut lines: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<u64> {
    let read = (&mut lines).take(LONGEST_LINE as u64 + 1).read_until(b'\n', line)?;
    let cut = line.len() > LONGEST_LINE && !line.ends_with(b"\n");
    let skipped = if cut { lines.skip_until(b'\n')? } else { 0 };
    Ok((read + skipped) as u64)
}

struct Load<'tx> {
    tx: &'tx WriteTransaction,
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
    subscriptions: HashSet<Rc<SubscriptionKey>>,
    arriving: Vec<Arriving>,
    arriving_bytes: usize,
    sums: BTreeMap<(Rc<SubscriptionKey>, SummaryKey), Sums>,
    gateway: gateway::Arriving,
    /// The last arrival of each ledger.
    arrivals: HashMap<Box<str>, u64>,
}

impl<'tx> Load<'tx> {
    fn new(tx: &'tx WriteTransaction) -> Self {
        Self {
            tx,
            place: Default::default(),
            refused: Refusals::default(),
            ledgers: HashMap::new(),
            touched: HashSet::new(),
            customers: HashMap::new(),
            awaited: HashMap::new(),
            subscriptions: HashSet::new(),
            arriving: Vec::new(),
            arriving_bytes: 0,
            sums: BTreeMap::new(),
            gateway: gateway::Arriving::default(),
            arrivals: HashMap::new(),
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.add(self.place.clone(), refused);
    }

    /// Takes one record. It is applied even when an earlier line was refused, although the
    /// transaction is lost by then: so that all faults are found in one go.
    fn take(&mut self, record: Record) -> Result<(), LoadError> {
        if let Record::Ledger(ledger) = record {
            return self.take_ledger(ledger);
        }
        if let Some(ledger_no) = record.ledger_no()
            && !self.touched.contains(ledger_no)
        {
            if self.ledger(ledger_no)?.is_none() {
                let reason = format!(
                    "Ledger {ledger_no} is not known; its ledger record must come before this one."
                );
                self.refuse(Refused::new("ledgerNo", reason));
                return Ok(());
            }
            self.touched.insert(ledger_no.into());
        }
        match record {
            Record::Ledger(_) => {}
            Record::GatewayCustomer(customer) => {
                if self.gateway.take(&self.place, *customer) {
                    self.write_gateway()?;
                }
            }
            Record::Person { ledger_no, person } => {
                ledgers::put_person(self.tx, &ledger_no, &person)?;
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
                customers::put(self.tx, &ledger_no, customer)?;
            }
            Record::Surplus { ledger_no, customer_no, surplus, orders } => {
                if !customers::exists(self.tx, &ledger_no, &customer_no)? {
                    let key = (ledger_no.as_str().into(), customer_no.as_str().into());
                    self.awaited.entry(key).or_insert_with(|| self.place.clone());
                }
                surpluses::put(self.tx, &ledger_no, &customer_no, &surplus, &orders)?;
            }
            Record::Tmf { collection, id, members } => match tmf::Content::of(&members) {
                Some(content) => tmf::load(self.tx, collection, &id, content)?,
                None => self.refuse(Refused::new("resource", tmf::TOO_LONG)),
            },
            Record::UsageOwner { ledger_no, tree, no } => {
                put_owner(self.tx, Owner { ledger: &ledger_no, tree, no: &no })?;
            }
            Record::Subscription { ledger_no, tree, no, subscription_no } => {
                let owner = Owner { ledger: &ledger_no, tree, no: &no };
                put_subscription(self.tx, owner, &subscription_no)?;
            }
            Record::Usage { ledger_no, tree, no, subscription_no, mut usage } => {
                let of = self.subscription(&ledger_no, tree, &no, &subscription_no);
                usage.subscription_no = Some(subscription_no);
                self.take_usage(of, &usage)?;
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
            ledgers::replace(self.tx, &ledger)?;
        }
        self.ledgers.insert(no, Some(ledger));
        Ok(())
    }

    fn ledger(&mut self, no: &str) -> Result<Option<&Ledger>, StoreError> {
        if !self.ledgers.contains_key(no) {
            let ledger = ledgers::ledger(self.tx, no)?;
            self.ledgers.insert(no.into(), ledger);
        }
        Ok(self.ledgers.get(no).and_then(Option::as_ref))
    }

    /// Returns the one copy of a subscription's key, which its CDRs share while they wait.
    fn subscription(
        &mut self,
        ledger: &str,
        tree: Tree,
        no: &str,
        subscription: &str,
    ) -> Rc<SubscriptionKey> {
        let key = SubscriptionKey {
            ledger: ledger.into(),
            tree,
            no: no.into(),
            subscription: subscription.into(),
        };
        match self.subscriptions.get(&key) {
            Some(known) => known.clone(),
            None => {
                let key = Rc::new(key);
                self.subscriptions.insert(key.clone());
                key
            }
        }
    }

    fn take_usage(
        &mut self,
        of: Rc<SubscriptionKey>,
        usage: &UsageDetail,
    ) -> Result<(), LoadError> {
        let arrival = self.arrival(&of.ledger)?;
        // Serialising numbers and text into memory cannot fail.
        let json = serde_json::to_string(usage).unwrap_or_default();
        self.arriving_bytes += json.len() + size_of::<Arriving>();
        let time = usage.start_date_time;
        let new = Sums::of(usage);
        self.arriving.push(Arriving { of: of.clone(), time, arrival, json });
        match self.sums.entry((of, SummaryKey::of(usage))) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(new);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                match entry.get().clone().plus(&new) {
                    Some(sum) => {
                        entry.insert(sum);
                    }
                    None => self.refuse(Refused::new("usage", SUM_TOO_LARGE)),
                }
            }
        }
        if self.arriving_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn arrival(&mut self, ledger: &str) -> Result<u64, StoreError> {
        if let Some(last) = self.arrivals.get_mut(ledger) {
            *last += 1;
            return Ok(*last);
        }
        let counters = self.tx.open_table(COUNTERS)?;
        let next = counters.get((ledger, ARRIVAL))?.map_or(1, |last| last.value() + 1);
        self.arrivals.insert(ledger.into(), next);
        Ok(next)
    }

    fn flush(&mut self) -> Result<(), LoadError> {
        let arriving = std::mem::take(&mut self.arriving);
        let sums = std::mem::take(&mut self.sums);
        self.subscriptions.clear();
        self.arriving_bytes = 0;
        if let Err(of) = add(self.tx, arriving, sums)? {
            let reason = format!("Subscription {}: {SUM_TOO_LARGE}", of.subscription);
            self.refuse(Refused::new("usage", reason));
        }
        Ok(())
    }

    fn write_gateway(&mut self) -> Result<(), LoadError> {
        for (place, refused) in self.gateway.write(self.tx)? {
            self.refused.add(place, refused);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), LoadError> {
        self.flush()?;
        self.write_gateway()?;
        if !self.arrivals.is_empty() {
            let mut counters = self.tx.open_table(COUNTERS).map_err(StoreError::from)?;
            for (ledger, last) in &self.arrivals {
                counters.insert((&**ledger, ARRIVAL), last).map_err(StoreError::from)?;
            }
        }
        for ((ledger, customer), place) in std::mem::take(&mut self.awaited) {
            let reason = format!("Ledger {ledger} has no customer {customer}.");
            self.refused.add(place, Refused::new("customerNo", reason));
        }
        if self.refused.is_empty() {
            return Ok(());
        }
        self.refused.lines.sort_by(|a, b| (&a.source, a.line).cmp(&(&b.source, b.line)));
        Err(LoadError::Refused(self.refused))
    }
}

/// The counter that numbers CDRs as they arrive.
const ARRIVAL: &str = "usage arrival";

const SUM_TOO_LARGE: &str = "The sum over its usage type is no longer exact.";
