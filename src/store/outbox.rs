//! The outbox: events that listeners wait for. An event is added in the transaction of the change
//! that it tells of, and stays until each listener that it is for has got it, is gone, or was given
//! up.
//!
//! A value of an event is: its kind, and the resource as it was then: its id, its `href`, its other
//! members. Of one that was given up: its kind, when that was in seconds since 1970, and the reason.

use std::ops::RangeInclusive;
use std::sync::Arc;

use redb::{ReadableTable, ReadableTableMetadata as _, WriteTransaction};
use tokio::sync::watch;

use super::clock::{micros, now};
use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::tables::{DELIVERIES, EVENTS, EVENTS_DUE, GIVEN_UP, SEQUENCES, Tx, open, pass_over};
use crate::model::tmf::event::EventType;

const TABLE: &str = "events";

/// How many are given up in one transaction, which others wait for.
const GIVEN_UP_AT_ONCE: usize = 1_000;

/// How many of those that were given up are kept for each listener: the last.
const KEPT: usize = 100;

/// What numbers events.
const SEQUENCE: &str = "event";

/// An event that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, and when it happened, in microseconds since 1970. Of two the later has the larger, also
    /// where the clock was set back.
    pub id: u64,
    /// Its kind.
    pub kind: EventType,
    /// The id of the resource.
    pub resource: String,
    /// Its `href`.
    pub href: String,
    /// Its other members as a JSON object.
    pub members: String,
}

/// A resource of which something is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What is to be told of it.
    pub kind: EventType,
    /// Its id.
    pub resource: &'a str,
    /// Its `href`.
    pub href: &'a str,
    /// Its other members as a JSON object.
    pub members: &'a str,
}

/// An event that a listener did not take in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The id of the event.
    pub event: u64,
    /// Its kind.
    pub kind: EventType,
    /// When it was given up, in seconds since 1970.
    pub at: u64,
    /// What the last try ended with.
    pub reason: String,
}

/// Returns the id of an event that happens now.
///
/// # Errors
/// When the store fails.
pub fn next_id(tx: &WriteTransaction) -> Result<u64, StoreError> {
    Ok(micros().max(last_id(tx)? + 1))
}

/// Returns the id of the last event that was stored; 0 where none was.
///
/// # Errors
/// When the store fails.
pub(super) fn last_id(tx: &impl Tx) -> Result<u64, StoreError> {
    Ok(tx.table(SEQUENCES)?.get(SEQUENCE)?.map_or(0, |last| last.value()))
}

/// Has the ids of events go on after `last`.
///
/// # Errors
/// When the store fails.
pub(super) fn go_on_after(tx: &WriteTransaction, last: u64) -> Result<(), StoreError> {
    if last > 0 { pass_over(tx, SEQUENCE, last) } else { Ok(()) }
}

/// Adds an event for `listeners`. Without any, nothing is stored.
///
/// # Errors
/// When the store fails.
pub fn add(
    tx: &WriteTransaction,
    id: u64,
    subject: Subject,
    listeners: &[u64],
) -> Result<(), StoreError> {
    if listeners.is_empty() {
        return Ok(());
    }
    let Subject { kind, resource, href, members } = subject;
    let value = Encoder::new().text(Some(kind.name())).text(Some(resource));
    let value = value.text(Some(href)).text(Some(members)).finish();
    open(tx, SEQUENCES)?.insert(SEQUENCE, id)?;
    open(tx, EVENTS)?.insert(id, value.as_slice())?;
    open(tx, EVENTS_DUE)?.insert(id, listeners.len() as u64)?;
    let mut deliveries = open(tx, DELIVERIES)?;
    for listener in listeners {
        deliveries.insert((*listener, id), ())?;
    }
    Ok(())
}

/// Returns the first event that a listener waits for.
///
/// # Errors
/// When the store fails.
pub fn first(tx: &impl Tx, listener: u64) -> Result<Option<Event>, StoreError> {
    match tx.table(DELIVERIES)?.range(of(listener))?.next() {
        Some(entry) => event(tx, entry?.0.value().1).map(Some),
        None => Ok(None),
    }
}

/// Returns how many deliveries are still to be made, over all listeners.
///
/// # Errors
/// When the store fails.
pub fn count(tx: &impl Tx) -> Result<u64, StoreError> {
    Ok(tx.table(DELIVERIES)?.len()?)
}

/// Returns how many events a listener waits for, and the first of them.
///
/// # Errors
/// When the store fails.
pub fn waiting(tx: &impl Tx, listener: u64) -> Result<(u64, Option<Event>), StoreError> {
    let mut count = 0;
    for entry in tx.table(DELIVERIES)?.range(of(listener))? {
        entry?;
        count += 1;
    }
    Ok((count, first(tx, listener)?))
}

/// Returns the deliveries to a listener, as a range of keys.
fn of(listener: u64) -> RangeInclusive<(u64, u64)> {
    (listener, 0)..=(listener, u64::MAX)
}

fn event(tx: &impl Tx, id: u64) -> Result<Event, StoreError> {
    let table = tx.table(EVENTS)?;
    let key = || id.to_string();
    let value =
        table.get(id)?.ok_or_else(|| StoreError::Undecodable { table: TABLE, key: key() })?;
    let mut decoder = Decoder::new(value.value(), TABLE, key)?;
    let kind = EventType::named(decoder.some_text()?).ok_or_else(|| decoder.refuse())?;
    let mut text = || decoder.some_text().map(str::to_owned);
    Ok(Event { id, kind, resource: text()?, href: text()?, members: text()? })
}

/// Takes note that a listener has got an event.
///
/// # Errors
/// When the store fails.
pub fn delivered(tx: &WriteTransaction, listener: u64, event: u64) -> Result<(), StoreError> {
    match open(tx, DELIVERIES)?.remove((listener, event))? {
        Some(_) => settle(tx, event),
        // The listener is gone, and what waited for it.
        None => Ok(()),
    }
}

/// Gives up, for a listener, every event older than `before`, for `reason`. At most so many at once;
/// how many they were is the answer.
///
/// # Errors
/// When the store fails.
pub fn give_up(
    tx: &WriteTransaction,
    listener: u64,
    before: u64,
    reason: &str,
) -> Result<usize, StoreError> {
    let due = taken(tx, (listener, 0)..=(listener, before), GIVEN_UP_AT_ONCE)?;
    for id in &due {
        let kind = event(tx, *id)?.kind.name();
        let value = Encoder::new().text(Some(kind)).number(now()).text(Some(reason)).finish();
        open(tx, GIVEN_UP)?.insert((listener, *id), value.as_slice())?;
        settle(tx, *id)?;
    }
    let mut table = open(tx, GIVEN_UP)?;
    let kept: Vec<_> = table.range(of(listener))?.rev().take(KEPT + 1).collect::<Result<_, _>>()?;
    let oldest = kept.get(KEPT).map(|(key, _)| key.value().1);
    drop(kept);
    if let Some(oldest) = oldest {
        table.retain_in((listener, 0)..=(listener, oldest), |_, _| false)?;
    }
    Ok(due.len())
}

/// Returns the last events that were given up for a listener, the oldest first.
///
/// # Errors
/// When the store fails.
pub fn given_up(tx: &impl Tx, listener: u64) -> Result<Vec<GivenUp>, StoreError> {
    let table = tx.table(GIVEN_UP)?;
    let entries = table.range(of(listener))?.map(|entry| {
        let (key, value) = entry?;
        let event = key.value().1;
        let key = || format!("{listener}, {event}");
        let mut decoder = Decoder::new(value.value(), "given up", key)?;
        let kind = EventType::named(decoder.some_text()?).ok_or_else(|| decoder.refuse())?;
        Ok(GivenUp { event, kind, at: decoder.number()?, reason: decoder.some_text()?.to_owned() })
    });
    entries.collect()
}

/// Drops whatever waits for a listener, and what was given up for it.
///
/// # Errors
/// When the store fails.
pub(super) fn forget(tx: &WriteTransaction, listener: u64) -> Result<(), StoreError> {
    for id in taken(tx, of(listener), usize::MAX)? {
        settle(tx, id)?;
    }
    open(tx, GIVEN_UP)?.retain_in(of(listener), |_, _| false)?;
    Ok(())
}

/// Takes deliveries out of the table, so many at most, and returns their events.
fn taken(
    tx: &WriteTransaction,
    of: RangeInclusive<(u64, u64)>,
    most: usize,
) -> Result<Vec<u64>, StoreError> {
    let mut table = open(tx, DELIVERIES)?;
    let taken = table.extract_from_if(of, |_, ()| true)?.take(most);
    taken.map(|entry| Ok(entry?.0.value().1)).collect()
}

/// Takes note that one listener fewer waits for an event, which goes with the last.
fn settle(tx: &WriteTransaction, event: u64) -> Result<(), StoreError> {
    let mut due = open(tx, EVENTS_DUE)?;
    let left = due.get(event)?.map_or(0, |due| due.value().saturating_sub(1));
    if left > 0 {
        due.insert(event, left)?;
    } else {
        due.remove(event)?;
        open(tx, EVENTS)?.remove(event)?;
    }
    Ok(())
}

/// The bell that rings when the outbox, or who listens, may have changed.
#[derive(Clone)]
pub struct Bell(Arc<watch::Sender<()>>);

/// A ring of the bell, when this is dropped. A write that changes the outbox answers with one: so it
/// rings once all is committed, also where the client that asked has gone away.
#[must_use]
pub struct Ring(Bell);

impl Bell {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }

    /// Returns a ring that is still to come.
    pub fn ring(&self) -> Ring {
        Ring(self.clone())
    }

    /// Returns what hears every ring from now on.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        self.0.0.send_replace(());
    }
}
