//! Customers written straight into redb: the rows that the product writes, without its checks and
//! without HTTP.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

use super::begin;
use crate::process::{Cores, pin};
use crate::stat::median;
use crate::{Outcome, data};

const CUSTOMERS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("customers");
const BY_IDENTIFIER: TableDefinition<(&str, &str, &str, u64), &str> =
    TableDefinition::new("customers by national identifier");
const COUNTERS: TableDefinition<(&str, &str), u64> = TableDefinition::new("counters");

/// What is done with the `n`th customer.
#[derive(Debug, Clone, Copy)]
pub enum Put {
    /// Its three rows are new.
    New,
    /// Its row is read, and written again as long as it was.
    Again,
}

/// A store of customers.
pub struct Puts {
    database: Database,
}

impl Puts {
    /// Makes a store that holds the first `count` customers.
    ///
    /// # Errors
    /// When the store fails.
    pub fn create(path: &Path, count: u64) -> Outcome<Self> {
        let database = Database::create(path)?;
        let tx = begin(&database)?;
        let rows: Vec<_> = (0..count).map(Row::of).collect();
        put(&tx, Put::New, &rows)?;
        tx.commit()?;
        // Opened anew, as the product opens what was loaded.
        drop(database);
        Ok(Self { database: Database::open(path)? })
    }

    /// Commits after each, for `time`: how many in a second. `next` says which customer.
    ///
    /// # Errors
    /// When the store fails.
    pub fn one_a_commit(
        &self,
        what: Put,
        time: Duration,
        next: impl FnMut() -> u64,
    ) -> Outcome<f64> {
        let times = self.commits(what, time, next, begin)?;
        Ok(times.len() as f64 / times.iter().sum::<f64>())
    }

    /// Returns the median time of one put and its commit, in seconds.
    ///
    /// # Errors
    /// When the store fails.
    pub fn lone(&self, what: Put, time: Duration, next: impl FnMut() -> u64) -> Outcome<f64> {
        Ok(median(&self.commits(what, time, next, begin)?))
    }

    /// The same without what opening after a crash needs: one sync a commit.
    ///
    /// # Errors
    /// When the store fails.
    pub fn lone_plain(&self, what: Put, time: Duration, next: impl FnMut() -> u64) -> Outcome<f64> {
        Ok(median(&self.commits(what, time, next, |database| Ok(database.begin_write()?))?))
    }

    fn commits(
        &self,
        what: Put,
        time: Duration,
        mut next: impl FnMut() -> u64,
        begin: impl Fn(&Database) -> Outcome<WriteTransaction>,
    ) -> Outcome<Vec<f64>> {
        let mut times = Vec::new();
        pin(Cores::Server)?;
        let began = Instant::now();
        while began.elapsed() < time {
            let row = Row::of(next());
            let began = Instant::now();
            let tx = begin(&self.database)?;
            put(&tx, what, [&row])?;
            tx.commit()?;
            times.push(began.elapsed().as_secs_f64());
        }
        pin(Cores::Client)?;
        Ok(times)
    }

    /// Commits whatever queued during the last commit, as the product's writer does, for `time`:
    /// how many in a second, and the median time from queueing one to its commit. `waiting` are
    /// queued or in a commit at any time.
    ///
    /// # Errors
    /// When the store fails.
    pub fn grouped(
        &self,
        what: Put,
        time: Duration,
        waiting: usize,
        mut next: impl FnMut() -> u64,
    ) -> Outcome<(f64, f64)> {
        let (queue, queued) = channel();
        let (done, committed) = channel();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| self.write(what, queued, done));
            let mut times = Vec::new();
            let began = Instant::now();
            for _ in 0..waiting {
                queue.send((Row::of(next()), Instant::now()))?;
            }
            while began.elapsed() < time {
                let Ok(queued) = committed.recv() else { break };
                times.push(Instant::elapsed(&queued).as_secs_f64());
                queue.send((Row::of(next()), Instant::now()))?;
            }
            let rate = times.len() as f64 / began.elapsed().as_secs_f64();
            drop(queue);
            writer.join().map_err(|_| "The writer panicked.")??;
            Ok((rate, median(&times)))
        })
    }

    fn write(
        &self,
        what: Put,
        queue: Receiver<(Row, Instant)>,
        done: Sender<Instant>,
    ) -> Outcome<()> {
        pin(Cores::Server)?;
        while let Ok(first) = queue.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(511)).collect();
            let tx = begin(&self.database)?;
            put(&tx, what, batch.iter().map(|(row, _)| row))?;
            tx.commit()?;
            for (_, queued) in batch {
                // Who has stopped counting does not hear of the last ones.
                let _ = done.send(queued);
            }
        }
        Ok(())
    }
}

/// A customer as it is written, made before the writer's time is taken.
struct Row {
    n: u64,
    no: String,
    reg_no: String,
    value: String,
}

impl Row {
    fn of(n: u64) -> Self {
        let (no, reg_no) = (data::customer_no(n).to_string(), data::reg_no(n));
        Self { n, no, reg_no, value: data::customer(n) }
    }
}

fn put<'a>(
    tx: &WriteTransaction,
    what: Put,
    rows: impl IntoIterator<Item = &'a Row>,
) -> Outcome<()> {
    let mut customers = tx.open_table(CUSTOMERS)?;
    let mut by_identifier = tx.open_table(BY_IDENTIFIER)?;
    let mut counters = tx.open_table(COUNTERS)?;
    for Row { n, no, reg_no, value } in rows {
        let key = ("100", no.as_str());
        match what {
            Put::New => {
                customers.insert(key, value.as_bytes())?;
                by_identifier.insert(("100", "SE", reg_no.as_str(), *n), no.as_str())?;
                counters.insert(("100", "customer age"), n)?;
            }
            Put::Again => {
                customers.get(key)?.ok_or("no such customer")?;
                customers.insert(key, value.as_bytes())?;
            }
        }
    }
    Ok(())
}
