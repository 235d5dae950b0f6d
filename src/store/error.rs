//! What can go wrong in the store, as sentences for whoever reads the log.

use std::fmt;

/// The store could not do its work. Nothing was changed by what failed.
#[derive(Debug)]
pub enum StoreError {
    /// redb or the disk.
    Storage(Box<redb::Error>),
    /// A value that no version of this program wrote.
    Undecodable {
        /// The table.
        table: &'static str,
        /// The key, as text.
        key: String,
    },
    /// A counter has given out its last number.
    Exhausted,
    /// A bug: the work panicked. The transaction was aborted.
    Panicked,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) => write!(f, "The store failed: {error}."),
            Self::Undecodable { table, key } => {
                write!(f, "The value at {key} in table \"{table}\" cannot be decoded.")
            }
            Self::Exhausted => f.write_str("A counter of the store has run out of numbers."),
            Self::Panicked => f.write_str("A write panicked and was rolled back."),
        }
    }
}

impl std::error::Error for StoreError {}

macro_rules! from_redb {
    ($($error:ty),+) => { $(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Storage(Box::new(error.into()))
            }
        }
    )+ };
}

from_redb!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);

/// A reason for which a write was not acknowledged.
#[derive(Debug)]
pub enum WriteError {
    /// It was rolled back: nothing changed.
    Failed(StoreError),
    /// The commit failed, so that it may or may not have reached the disk; the store takes no more
    /// writes until it is opened anew.
    OutcomeUnknown,
    /// An earlier commit failed, or the store is closing: the write was not begun.
    Closed,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::OutcomeUnknown => {
                f.write_str("The commit failed; whether the write is stored is unknown.")
            }
            Self::Closed => f.write_str("The store takes no more writes since a commit failed."),
        }
    }
}

impl std::error::Error for WriteError {}
