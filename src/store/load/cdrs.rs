//! The CDRs of a load on their way into the store.
//!
//! redb takes rising keys several times faster than others, and packs them twice as close. So CDRs
//! are gathered into runs, each is sorted, and those that lie within each other are kept in files
//! and merged at the end: a load costs the memory of two runs however long it is, and what came in
//! order of time is stored as if it had come in order of subscriptions.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::binary_heap::{BinaryHeap, PeekMut};
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::WriteTransaction;

use super::reading::{Cdr, SubscriptionNames};
use crate::model::usage::{SummaryKey, Sums};
use crate::store::error::StoreError;
use crate::store::usage::{DetailKey, Details, Subscription, Summaries, detail_key};

/// The bytes of values in a run.
const RUN_BYTES: usize = 12 << 20;

/// The runs that wait in files, each of which is a file that is open; then they are merged.
const WAITING: usize = 200;

/// The bytes that are read ahead in each of them.
const READ_AHEAD: usize = 32 << 10;

/// The sums that are kept before they are added to those in the store.
const SUMS: usize = 50_000;

/// CDRs and sums that are still to be written.
pub(super) struct Cdrs {
    /// Where runs wait; nowhere in particular for a store in memory.
    folder: Option<PathBuf>,
    run: Run,
    /// A run that is written if the next one begins behind it.
    held: Option<Run>,
    waiting: Vec<Waiting>,
    sums: HashMap<(Subscription, SummaryKey), (Sums, Arc<SubscriptionNames>)>,
}

/// Sums that can no longer be exact: whose they are.
pub(super) struct Inexact(pub(super) Vec<Arc<SubscriptionNames>>);

impl Cdrs {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        let (run, held, waiting, sums) = Default::default();
        Self { folder, run, held, waiting, sums }
    }

    /// Takes a CDR; the answer is whether the sum over its type is exact.
    pub(super) fn take(&mut self, of: Subscription, arrival: u64, cdr: Cdr, value: &[u8]) -> bool {
        self.run.push(detail_key(of, cdr.time, arrival), value);
        match self.sums.entry((of, cdr.summary)) {
            Entry::Vacant(entry) => drop(entry.insert((cdr.sums, cdr.of))),
            Entry::Occupied(mut entry) => {
                let (stands, _) = entry.get_mut();
                let Some(sums) = stands.plus(&cdr.sums) else { return false };
                *stands = sums;
            }
        }
        true
    }

    /// Writes what has become too much to keep.
    pub(super) fn relieve(&mut self, tx: &WriteTransaction) -> Result<Inexact, StoreError> {
        if self.run.values.len() >= RUN_BYTES {
            self.end_run(tx)?;
        }
        if self.sums.len() >= SUMS { self.write_sums(tx) } else { Ok(Inexact(Vec::new())) }
    }

    /// Writes all that is left.
    pub(super) fn finish(&mut self, tx: &WriteTransaction) -> Result<Inexact, StoreError> {
        self.run.sort();
        self.merge(tx)?;
        self.write_sums(tx)
    }

    fn end_run(&mut self, tx: &WriteTransaction) -> Result<(), StoreError> {
        let mut run = std::mem::take(&mut self.run);
        run.sort();
        let before = self.held.replace(run);
        let (Some(mut before), Some(run)) = (before, &self.held) else { return Ok(()) };
        if self.waiting.is_empty() && before.rows.last().map(key) < run.rows.first().map(key) {
            before.write(&mut Details::open(tx)?)?;
        } else {
            self.waiting.push(Waiting::new(&before, self.folder.as_deref()).map_err(failed)?);
        }
        // Its memory serves the next.
        before.rows.clear();
        before.values.clear();
        self.run = before;
        if self.waiting.len() < WAITING { Ok(()) } else { self.merge(tx) }
    }

    /// Writes all runs, in the order of their keys.
    fn merge(&mut self, tx: &WriteTransaction) -> Result<(), StoreError> {
        let mut details = Details::open(tx)?;
        let in_memory = [self.held.take().unwrap_or_default(), std::mem::take(&mut self.run)];
        let waiting = std::mem::take(&mut self.waiting);
        let mut sources: Vec<Rows> = waiting.into_iter().map(Rows::Waiting).collect();
        sources.extend(in_memory.into_iter().map(|run| Rows::Run { run, next: 0 }));
        let mut next = BinaryHeap::new();
        for (index, source) in sources.iter_mut().enumerate() {
            next.extend(source.next().map_err(failed)?.map(|key| Reverse((key, index))));
        }
        while let Some(mut least) = next.peek_mut() {
            let Reverse((key, index)) = *least;
            let source = &mut sources[index];
            details.put(key, source.value())?;
            match source.next().map_err(failed)? {
                Some(key) => *least = Reverse((key, index)),
                None => drop(PeekMut::pop(least)),
            }
        }
        Ok(())
    }

    fn write_sums(&mut self, tx: &WriteTransaction) -> Result<Inexact, StoreError> {
        let mut sums: Vec<_> = std::mem::take(&mut self.sums).into_iter().collect();
        sums.sort_unstable_by_key(|(key, _)| *key);
        let mut summaries = Summaries::open(tx)?;
        let mut inexact = Vec::new();
        for ((of, summary), (new, names)) in sums {
            if !summaries.add(of, &summary, &new)? {
                inexact.push(names);
            }
        }
        Ok(Inexact(inexact))
    }
}

/// What waits in files fails as the store's own file does.
fn failed(error: io::Error) -> StoreError {
    redb::StorageError::Io(error).into()
}

/// CDRs in memory.
#[derive(Default)]
struct Run {
    rows: Vec<Row>,
    values: Vec<u8>,
}

/// The key of a CDR, and where its value begins and ends.
type Row = (DetailKey, u32, u32);

fn key(row: &Row) -> DetailKey {
    row.0
}

impl Run {
    /// A run ends long before its offsets would: after what one line more than its limit can hold.
    fn push(&mut self, key: DetailKey, value: &[u8]) {
        let start = self.values.len() as u32;
        self.values.extend_from_slice(value);
        self.rows.push((key, start, self.values.len() as u32));
    }

    fn sort(&mut self) {
        self.rows.sort_unstable_by_key(key);
    }

    fn value(&self, &(_, start, end): &Row) -> &[u8] {
        &self.values[start as usize..end as usize]
    }

    fn write(&self, details: &mut Details) -> Result<(), StoreError> {
        self.rows.iter().try_for_each(|row| details.put(row.0, self.value(row)))
    }
}

/// A sorted run in a file without a name, and the CDR of it that is next.
struct Waiting {
    file: BufReader<File>,
    left: usize,
    value: Vec<u8>,
}

impl Waiting {
    fn new(run: &Run, folder: Option<&Path>) -> io::Result<Self> {
        let file = match folder {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile()?,
        };
        let mut out = BufWriter::new(file);
        for row in &run.rows {
            let ((ledger, subscription, time, arrival), value) = (row.0, run.value(row));
            out.write_all(&ledger.to_le_bytes())?;
            out.write_all(&subscription.to_le_bytes())?;
            out.write_all(&time.to_le_bytes())?;
            out.write_all(&arrival.to_le_bytes())?;
            out.write_all(&(value.len() as u32).to_le_bytes())?;
            out.write_all(value)?;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let file = BufReader::with_capacity(READ_AHEAD, file);
        Ok(Self { file, left: run.rows.len(), value: Vec::new() })
    }

    fn next(&mut self) -> io::Result<Option<DetailKey>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let (ledger, subscription) = (self.short()?, self.short()?);
        let (time, arrival) = (self.long()?, self.long()?);
        let length = self.short()?;
        self.value.resize(length as usize, 0);
        self.file.read_exact(&mut self.value)?;
        Ok(Some((ledger, subscription, time, arrival)))
    }

    fn short(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn long(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

/// A sorted run that is being merged.
enum Rows {
    Waiting(Waiting),
    /// One that did not have to wait, and which of its CDRs is next.
    Run {
        run: Run,
        next: usize,
    },
}

impl Rows {
    /// Goes on to the next CDR, and returns its key.
    fn next(&mut self) -> io::Result<Option<DetailKey>> {
        match self {
            Self::Waiting(waiting) => waiting.next(),
            Self::Run { run, next } => {
                let row = run.rows.get(*next).map(key);
                *next += 1;
                Ok(row)
            }
        }
    }

    /// Returns the value of the CDR whose key was returned last.
    fn value(&self) -> &[u8] {
        match self {
            Self::Waiting(waiting) => &waiting.value,
            Self::Run { run, next } => {
                let row = next.checked_sub(1).and_then(|at| run.rows.get(at));
                row.map_or(&[], |row| run.value(row))
            }
        }
    }
}
