//! Reading a load on a thread of its own: lines become records while those before them are written.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};

use super::Source;
use crate::model::date_time::DateTime;
use crate::model::record::{LONGEST_LINE, Line, Record, RecordReader, Refused, UsageRecord};
use crate::model::usage::{SummaryKey, Sums, Tree};
use crate::store::usage::{Subscription, detail_into};

/// The bytes of lines that are handed over at once.
const BATCH_BYTES: u64 = 512 << 10;

/// The batches that may wait to be written.
const WAITING: usize = 2;

/// The texts that are kept to be shared; then they are gathered anew.
const SHARED: usize = 100_000;

/// Lines of one source that follow each other.
#[derive(Default)]
pub(super) struct Batch {
    /// Which of the sources.
    pub(super) source: usize,
    /// How long they were, in bytes.
    pub(super) bytes: u64,
    /// Every line that is not blank, and its number.
    pub(super) lines: Vec<(u64, Parsed)>,
    /// The values of the CDRs, as they are stored.
    pub(super) values: Vec<u8>,
}

/// A line that has been read.
pub(super) enum Parsed {
    Refused(Vec<Refused>),
    Record(Record),
    Cdr(Cdr),
}

/// A CDR whose value stands in the batch.
pub(super) struct Cdr {
    pub(super) of: Arc<SubscriptionNames>,
    pub(super) time: DateTime,
    pub(super) summary: SummaryKey,
    pub(super) sums: Sums,
    /// Where in [`Batch::values`] its own begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// The texts that name a subscription, which its CDRs share.
pub(super) struct SubscriptionNames {
    pub(super) ledger: Box<str>,
    pub(super) tree: Tree,
    pub(super) no: Box<str>,
    pub(super) subscription: Box<str>,
    /// What stands for it in the store, once that is known.
    pub(super) found: OnceLock<Subscription>,
}

/// Begins to read `sources`. What cannot be read any further ends the batches with a sentence.
///
/// # Errors
/// The thread cannot be started.
pub(super) fn read(
    sources: Vec<Source>,
    reader: &'static RecordReader,
) -> std::io::Result<Receiver<Result<Batch, String>>> {
    let (sender, batches) = sync_channel(WAITING);
    // Not joined: where writing has failed it may still wait for a line that never comes.
    std::thread::Builder::new().name("records".to_owned()).spawn(move || {
        let mut reading = Reading { reader, sender, shared: Shared::default() };
        for (index, source) in sources.into_iter().enumerate() {
            if reading.source(index, source).is_none() {
                return;
            }
        }
    })?;
    Ok(batches)
}

struct Reading {
    reader: &'static RecordReader,
    sender: SyncSender<Result<Batch, String>>,
    shared: Shared,
}

impl Reading {
    /// Reads a source to its end; nothing if that is of no use any more.
    fn source(&mut self, source: usize, mut from: Source) -> Option<()> {
        let mut line = Vec::new();
        let mut batch = Batch { source, ..Batch::default() };
        for number in 1.. {
            line.clear();
            let length = match read_line(&mut from.lines, &mut line) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) => {
                    let sentence = format!("{} cannot be read: {error}.", from.name);
                    let _ =
                        self.sender.send(Ok(batch)).and_then(|()| self.sender.send(Err(sentence)));
                    return None;
                }
            };
            batch.bytes += length;
            let text = line.trim_ascii();
            if !text.is_empty() {
                let parsed = if line.len() > LONGEST_LINE {
                    Parsed::Refused(vec![Refused::new("", "The line is longer than 1 MiB.")])
                } else {
                    self.parse(text, &mut batch.values)
                };
                batch.lines.push((number, parsed));
            }
            if batch.bytes >= BATCH_BYTES {
                let full = std::mem::replace(&mut batch, Batch { source, ..Batch::default() });
                self.sender.send(Ok(full)).ok()?;
            }
        }
        self.sender.send(Ok(batch)).ok()
    }

    fn parse(&mut self, text: &[u8], values: &mut Vec<u8>) -> Parsed {
        match self.reader.read(text) {
            Ok(Line::Usage(record)) => Parsed::Cdr(self.shared.cdr(record, values)),
            Ok(Line::Record(record)) => Parsed::Record(record),
            Err(refused) => Parsed::Refused(refused),
        }
    }
}

/// Reads a line, of which at most one byte more than the longest is kept. The bytes consumed are
/// the answer.
fn read_line(mut lines: &mut dyn BufRead, line: &mut Vec<u8>) -> std::io::Result<u64> {
    let read = (&mut lines).take(LONGEST_LINE as u64 + 1).read_until(b'\n', line)?;
    let cut = line.len() > LONGEST_LINE && !line.ends_with(b"\n");
    let skipped = if cut { lines.skip_until(b'\n')? } else { 0 };
    Ok((read + skipped) as u64)
}

/// The texts that many CDRs have in common.
#[derive(Default)]
struct Shared {
    subscriptions: HashMap<String, Arc<SubscriptionNames>>,
    type_names: HashMap<Box<str>, Arc<str>>,
    /// The key of the last subscription.
    key: String,
}

impl Shared {
    /// Takes a CDR, whose value goes to the end of `values`.
    fn cdr(&mut self, record: UsageRecord, values: &mut Vec<u8>) -> Cdr {
        let of = self.subscription(&record);
        let UsageRecord { subscription_no, mut usage, .. } = record;
        let sums = Sums::of(&usage, self.type_name(&usage.type_name));
        usage.subscription_no = Some(subscription_no);
        let start = values.len();
        detail_into(values, &usage);
        let (time, summary) = (usage.start_date_time, SummaryKey::of(&usage));
        Cdr { of, time, summary, sums, start, end: values.len() }
    }

    fn subscription(&mut self, record: &UsageRecord) -> Arc<SubscriptionNames> {
        self.key.clear();
        // No identifier has a control character (reading 183).
        for text in
            [&record.ledger_no, record.tree.number_member(), &record.no, &record.subscription_no]
        {
            self.key.push_str(text);
            self.key.push('\0');
        }
        if let Some(known) = self.subscriptions.get(&self.key) {
            return known.clone();
        }
        let names = Arc::new(SubscriptionNames {
            ledger: (*record.ledger_no).into(),
            tree: record.tree,
            no: (*record.no).into(),
            subscription: (*record.subscription_no).into(),
            found: OnceLock::new(),
        });
        if self.subscriptions.len() >= SHARED {
            self.subscriptions.clear();
        }
        self.subscriptions.insert(self.key.clone(), names.clone());
        names
    }

    fn type_name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.type_names.get(name) {
            return known.clone();
        }
        let shared: Arc<str> = name.into();
        if self.type_names.len() >= SHARED {
            self.type_names.clear();
        }
        self.type_names.insert(name.into(), shared.clone());
        shared
    }
}
