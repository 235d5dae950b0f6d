//! Customers written straight into redb: the rows that the product writes, without its checks and
//! without HTTP.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};

use super::begin;
use crate::process::{Cores, pin};
use crate::stat::{median, percentile};
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
        for n in 0..count {
            put(&tx, Put::New, n)?;
        }
        tx.commit()?;
        Ok(Self { database })
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
            let n = next();
            let began = Instant::now();
            let tx = begin(&self.database)?;
            put(&tx, what, n)?;
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
                queue.send((next(), Instant::now()))?;
            }
            while began.elapsed() < time {
                let Ok(queued) = committed.recv() else { break };
                times.push(Instant::elapsed(&queued).as_secs_f64());
                queue.send((next(), Instant::now()))?;
            }
            let rate = times.len() as f64 / began.elapsed().as_secs_f64();
            drop(queue);
            writer.join().map_err(|_| "The writer panicked.")??;
            Ok((rate, percentile(&times, 0.5)))
        })
    }

    fn write(
        &self,
        what: Put,
        queue: Receiver<(u64, Instant)>,
        done: Sender<Instant>,
    ) -> Outcome<()> {
        pin(Cores::Server)?;
        while let Ok(first) = queue.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(511)).collect();
            let tx = begin(&self.database)?;
            for (n, _) in &batch {
                put(&tx, what, *n)?;
            }
            tx.commit()?;
            for (_, queued) in batch {
                // Who has stopped counting does not hear of the last ones.
                let _ = done.send(queued);
            }
        }
        Ok(())
    }
}

fn put(tx: &WriteTransaction, what: Put, n: u64) -> Outcome<()> {
    let no = data::customer_no(n).to_string();
    let key = ("100", no.as_str());
    let mut customers = tx.open_table(CUSTOMERS)?;
    match what {
        Put::New => {
            customers.insert(key, data::customer(n).as_bytes())?;
            tx.open_table(COUNTERS)?.insert(("100", "customer age"), n)?;
            let key = ("100", "SE", &*data::reg_no(n), n);
            tx.open_table(BY_IDENTIFIER)?.insert(key, no.as_str())?;
        }
        Put::Again => {
            let row = customers.get(key)?.ok_or("no such customer")?.value().to_vec();
            customers.insert(key, row.as_slice())?;
        }
    }
    Ok(())
}
