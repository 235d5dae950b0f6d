//! CDRs written straight into redb and read from it: short keys, the JSON as it is served.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition};

use super::begin;
use crate::Outcome;
use crate::data::Cdr;
use crate::process::{Cores, pin};

/// Subscription, time and arrival, big-endian → the CDR's JSON.
const DETAILS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("details");

/// The bytes of rows that are sorted before they are written: what the product sorts at once.
const BATCH: usize = 8 << 20;

/// A row: its key and its value.
type Row = ([u8; 20], String);

/// CDRs on their way into redb.
pub struct Rows {
    rows: Vec<Row>,
}

/// What a load has left.
pub struct Loaded {
    /// Where it is.
    pub store: PathBuf,
    /// How long it took.
    pub time: Duration,
}

impl Rows {
    /// Returns the rows of CDRs, in the order in which they come.
    pub fn of(cdrs: impl Iterator<Item = Cdr>) -> Self {
        let row = |(arrival, cdr): (u64, Cdr)| {
            let mut key = [0; 20];
            // A subscription's number, interned, would be as short.
            key[..4].copy_from_slice(&(cdr.subscription as u32).to_be_bytes());
            key[4..12].copy_from_slice(&cdr.second.to_be_bytes());
            key[12..].copy_from_slice(&arrival.to_be_bytes());
            (key, cdr.json())
        };
        Self { rows: (0..).zip(cdrs).map(row).collect() }
    }

    /// Returns how many they are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Returns the bytes of all keys and values: the payload.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|(key, json)| key.len() + json.len()).sum()
    }

    /// Loads them into a new store: one transaction, sorted batch by batch.
    ///
    /// # Errors
    /// When the store fails.
    pub fn load(&self, store: PathBuf) -> Outcome<Loaded> {
        let _ = std::fs::remove_file(&store);
        pin(Cores::All)?;
        let began = Instant::now();
        let database = Database::create(&store)?;
        let tx = begin(&database)?;
        {
            let mut table = tx.open_table(DETAILS)?;
            let (mut batch, mut bytes) = (Vec::<&Row>::new(), 0);
            for row in &self.rows {
                bytes += row.1.len() + 64;
                batch.push(row);
                if bytes >= BATCH {
                    write(&mut table, &mut batch)?;
                    bytes = 0;
                }
            }
            write(&mut table, &mut batch)?;
        }
        tx.commit()?;
        drop(database);
        let time = began.elapsed();
        pin(Cores::Client)?;
        Ok(Loaded { store, time })
    }
}

fn write(table: &mut redb::Table<&[u8], &[u8]>, batch: &mut Vec<&Row>) -> Outcome<()> {
    batch.sort_unstable();
    for (key, json) in batch.drain(..) {
        table.insert(key.as_slice(), json.as_bytes())?;
    }
    Ok(())
}

/// Reads every row once on the server's core, copying it out: rows in a second.
///
/// # Errors
/// When the store fails.
pub fn scan(store: &Path) -> Outcome<f64> {
    let database = Database::open(store)?;
    let tx = database.begin_read()?;
    let table = tx.open_table(DETAILS)?;
    let mut page = Vec::with_capacity(128 << 10);
    pin(Cores::Server)?;
    let began = Instant::now();
    for row in table.iter()? {
        page.extend_from_slice(row?.1.value());
        if page.len() >= 64 << 10 {
            std::hint::black_box(&page);
            page.clear();
        }
    }
    let time = began.elapsed();
    pin(Cores::Client)?;
    Ok(table.len()? as f64 / time.as_secs_f64())
}
