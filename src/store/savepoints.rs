//! Snapshots that have names: the store as it was, to be taken back to in an instant. They are redb's own
//! savepoints, whose pages are kept from being used again, so that making one writes next to nothing.
//! (A `Snapshot` of this folder is a view for readers.)
//!
//! A restore takes every table back, that of the names too, so the names are written anew behind it, in
//! the same transaction: the snapshot that was restored and those made before it stay, and those made
//! after it are gone, since what they held is.
//!
//! What redb frees in a restore stays pinned by the savepoint that was restored, and each later restore
//! frees it again, so that time and pages would grow with every one. So a second transaction follows in
//! which the savepoint is made anew, of what has just been restored. A kill between the two leaves the
//! snapshot as it was. One that was made before it pins, as ever, what was written since.

use redb::{ReadableTable, ReadableTableMetadata as _, WriteTransaction};

use super::clock::micros;
use super::error::StoreError;
use super::outbox;
use super::tables::{SAVEPOINTS, Tx, open};

/// The most snapshots: each keeps pages.
pub const MOST: usize = 32;

/// A snapshot that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// redb's id: of two, the later has the larger.
    id: u64,
    /// When it was made, in microseconds since 1970.
    pub at: u64,
}

/// What became of a snapshot that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// There was none of that name.
    New,
    /// It took the place of one.
    Replaced,
}

/// A reason for which a transaction with snapshots changes nothing.
#[derive(Debug)]
pub enum Unmade {
    /// There are as many as there may be.
    TooMany,
    /// There is none of that name.
    Unknown,
    /// The store failed.
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for Unmade {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Returns every snapshot, in the order in which they were made.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &impl Tx) -> Result<Vec<Named>, StoreError> {
    let table = match tx.table(SAVEPOINTS) {
        // A file in which none was ever made.
        Err(StoreError::Storage(error)) if matches!(*error, redb::Error::TableDoesNotExist(_)) => {
            return Ok(Vec::new());
        }
        table => table?,
    };
    let entries = table.iter()?.map(|entry| {
        let (name, value) = entry?;
        let (id, at) = value.value();
        Ok(Named { name: name.value().to_owned(), id, at })
    });
    let mut named = entries.collect::<Result<Vec<_>, StoreError>>()?;
    named.sort_unstable_by_key(|named| named.id);
    Ok(named)
}

/// Makes a snapshot of what was committed before this transaction, in place of the one of that name.
///
/// # Errors
/// See [`Unmade`].
pub(super) fn make(tx: &WriteTransaction, name: &str) -> Result<Made, Unmade> {
    // First, as redb has it: nothing of this transaction is in it.
    let id = tx.persistent_savepoint()?;
    let mut names = open(tx, SAVEPOINTS)?;
    let before = names.insert(name, (id, micros()))?.map(|before| before.value());
    let count = names.len()?;
    drop(names);
    match before {
        None if count > MOST as u64 => Err(Unmade::TooMany),
        None => Ok(Made::New),
        Some((before, _)) => {
            tx.delete_persistent_savepoint(before)?;
            Ok(Made::Replaced)
        }
    }
}

/// Removes a snapshot.
///
/// # Errors
/// See [`Unmade`].
pub(super) fn remove(tx: &WriteTransaction, name: &str) -> Result<(), Unmade> {
    let removed = open(tx, SAVEPOINTS)?.remove(name)?.map(|removed| removed.value());
    let (id, _) = removed.ok_or(Unmade::Unknown)?;
    tx.delete_persistent_savepoint(id)?;
    Ok(())
}

/// Takes the store back to a snapshot, which is the answer.
///
/// # Errors
/// See [`Unmade`].
pub(super) fn restore(tx: &mut WriteTransaction, name: &str) -> Result<Named, Unmade> {
    let named = all(tx)?;
    let restored = named.iter().find(|named| named.name == name).ok_or(Unmade::Unknown)?;
    let last_event = outbox::last_id(tx)?;
    let savepoint = tx.get_persistent_savepoint(restored.id)?;
    tx.restore_savepoint(&savepoint)?;
    let mut names = open(tx, SAVEPOINTS)?;
    names.retain(|_, _| false)?;
    for Named { name, id, at } in named.iter().filter(|named| named.id <= restored.id) {
        names.insert(name.as_str(), (*id, *at))?;
    }
    drop(names);
    // What is on its way to a listener now must not be taken for an event that has yet to happen.
    outbox::go_on_after(tx, last_event)?;
    Ok(restored.clone())
}

/// Makes a snapshot anew to which the transaction before this one took the store back, with its name and
/// its time, so that it pins nothing of what was written in between.
///
/// # Errors
/// When the store fails.
pub(super) fn renew(tx: &WriteTransaction, restored: &Named) -> Result<(), StoreError> {
    let Named { name, id: before, at } = restored;
    let id = tx.persistent_savepoint()?;
    open(tx, SAVEPOINTS)?.insert(name.as_str(), (id, *at))?;
    tx.delete_persistent_savepoint(*before)?;
    Ok(())
}
