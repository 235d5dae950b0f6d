//! What can go wrong in the store, as sentences for whoever reads the log.

use std::{fmt, io};

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
    /// What is read in parts is no longer what it was when the reading began.
    Replaced,
    /// The file turned out to be damaged, which was told then: nothing is read of it any more.
    Damaged,
    /// A bug: the work panicked. The transaction was aborted.
    Panicked,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Storage(error) if is_full(error) => write!(f, "The disk is full: {error}."),
            Self::Storage(error) if matches!(**error, redb::Error::PersistentSavepointExists) => {
                f.write_str("Its snapshots keep their pages where they are: remove them first.")
            }
            Self::Storage(error) => write!(f, "The store failed: {error}."),
            Self::Undecodable { table, key } => {
                write!(f, "The value at {key} in table \"{table}\" cannot be decoded.")
            }
            Self::Exhausted => f.write_str("A counter of the store has run out of numbers."),
            Self::Replaced => f.write_str("What was being read has been replaced meanwhile."),
            Self::Damaged => f.write_str("The store's file is damaged."),
            Self::Panicked => f.write_str("A write panicked and was rolled back."),
        }
    }
}

impl std::error::Error for StoreError {}

/// Returns whether an error says that there is no room for what is to be written.
pub(super) fn is_full_disk(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn is_full(error: &redb::Error) -> bool {
    matches!(error, redb::Error::Io(error) if is_full_disk(error))
}

impl StoreError {
    /// Returns whether the disk failed, after which redb neither reads nor writes until it is opened
    /// anew.
    pub fn is_of_disk(&self) -> bool {
        let Self::Storage(error) = self else { return false };
        matches!(**error, redb::Error::Io(_) | redb::Error::PreviousIo)
    }

    /// Returns whether it only says that something failed before, which was told then.
    pub fn is_repeated(&self) -> bool {
        match self {
            Self::Storage(error) => matches!(**error, redb::Error::PreviousIo),
            other => matches!(other, Self::Damaged),
        }
    }

    /// Returns what a client may know of a failure.
    fn cause(&self) -> Cause {
        match self {
            Self::Storage(error) if is_full(error) => Cause::FullDisk,
            Self::Damaged => Cause::Damaged,
            _ => Cause::Other,
        }
    }
}

/// The reason for which a store takes no more writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// There is no room for what is to be written.
    FullDisk,
    /// The file turned out to be damaged.
    Damaged,
    /// A commit, or the disk, failed otherwise; the log says how.
    Other,
}

impl From<&StoreError> for Cause {
    fn from(error: &StoreError) -> Self {
        error.cause()
    }
}

/// Says it as a part of a sentence: `the disk is full`.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FullDisk => "the disk is full",
            Self::Damaged => "its file is damaged",
            Self::Other => "a write to the disk failed",
        })
    }
}

macro_rules! from_redb {
    ($($error:ty),+) => { $(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Storage(Box::new(error.into()))
            }
        }
    )+ };
}

from_redb!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::SavepointError,
    redb::CompactionError
);

/// A reason for which a write was not acknowledged.
#[derive(Debug)]
pub enum WriteError {
    /// It was rolled back: nothing changed.
    Failed(StoreError),
    /// The commit failed, so that it may or may not have reached the disk; the store takes no more
    /// writes until it is opened anew.
    OutcomeUnknown(Cause),
    /// An earlier write failed at the disk: this one was not begun.
    Refused(Cause),
    /// The store is closing: the write was not begun.
    Closed,
    /// The store was opened for reading alone, since its file cannot be written.
    ReadOnly,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::OutcomeUnknown(cause) => {
                write!(f, "The commit failed ({cause}); whether the write is stored is unknown.")
            }
            Self::Refused(cause) => write!(f, "The store takes no more writes: {cause}."),
            Self::Closed => f.write_str("The store is closing and takes no more writes."),
            Self::ReadOnly => f.write_str("The store's file can only be read."),
        }
    }
}

impl std::error::Error for WriteError {}
