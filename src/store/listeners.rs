//! Listeners, in order of id.
//!
//! A value is: the callback, and the query if there is one.

use std::io::{self, Write};

use redb::{ReadableTable, ReadableTableMetadata as _, WriteTransaction};
use serde_json::{Map, Value};

use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::outbox;
use super::snapshot::Snapshot;
use super::tables::{LISTENERS, Tx, next_in, open, pass_over};
use crate::model::listener::Listener;

/// What numbers them.
const SEQUENCE: &str = "listener";

fn decode(id: u64, bytes: &[u8]) -> Result<Listener, StoreError> {
    let mut decoder = Decoder::new(bytes, "listeners", || id.to_string())?;
    let callback = decoder.some_text()?.to_owned();
    Ok(Listener { id, callback, query: decoder.text()?.map(str::to_owned) })
}

/// Returns the listener of that id.
///
/// # Errors
/// When the store fails.
pub fn one(tx: &impl Tx, id: u64) -> Result<Option<Listener>, StoreError> {
    let found = tx.table(LISTENERS)?.get(id)?.map(|value| decode(id, value.value()));
    found.transpose()
}

/// Returns every listener.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &impl Tx) -> Result<Vec<Listener>, StoreError> {
    let table = tx.table(LISTENERS)?;
    let entries = table.iter()?.map(|entry| {
        let (id, value) = entry?;
        decode(id.value(), value.value())
    });
    entries.collect()
}

/// Returns how many there are.
///
/// # Errors
/// When the store fails.
pub fn count(tx: &WriteTransaction) -> Result<usize, StoreError> {
    Ok(usize::try_from(open(tx, LISTENERS)?.len()?).unwrap_or(usize::MAX))
}

/// Adds a listener; its id is the answer.
///
/// # Errors
/// When the store fails.
pub fn add(tx: &WriteTransaction, callback: &str, query: Option<&str>) -> Result<u64, StoreError> {
    let id = next_in(tx, SEQUENCE)?;
    write(tx, id, callback, query)?;
    Ok(id)
}

/// Stores the listener of a record, in place of the one of that id. Ids that are given later go on
/// after it.
///
/// # Errors
/// When the store fails.
pub(super) fn load(tx: &WriteTransaction, listener: &Listener) -> Result<(), StoreError> {
    write(tx, listener.id, &listener.callback, listener.query.as_deref())?;
    pass_over(tx, SEQUENCE, listener.id)
}

fn write(
    tx: &WriteTransaction,
    id: u64,
    callback: &str,
    query: Option<&str>,
) -> Result<(), StoreError> {
    let value = Encoder::new().text(Some(callback)).text(query).finish();
    open(tx, LISTENERS)?.insert(id, value.as_slice())?;
    Ok(())
}

/// Removes a listener and whatever waits for it; whether there was one is the answer.
///
/// # Errors
/// When the store fails.
pub fn remove(tx: &WriteTransaction, id: u64) -> Result<bool, StoreError> {
    if open(tx, LISTENERS)?.remove(id)?.is_none() {
        return Ok(false);
    }
    outbox::forget(tx, id)?;
    Ok(true)
}

/// Writes every listener as a record.
///
/// # Errors
/// What the store or `out` failed with.
pub(super) fn dump(tx: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    for Listener { id, callback, query } in all(tx).map_err(io::Error::other)? {
        let mut listener = Map::new();
        listener.insert("id".to_owned(), id.to_string().into());
        listener.insert("callback".to_owned(), callback.into());
        listener.extend(query.map(|query| ("query".to_owned(), query.into())));
        let listener = Value::from(listener);
        writeln!(out, "{{\"record\":\"listener\",\"listener\":{listener}}}")?;
    }
    Ok(())
}
