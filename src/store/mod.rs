//! The store: redb behind a narrow interface. Reads are short transactions on the caller's thread;
//! writes go through the one writer.
//!
//! Keys are ordered and every function takes the ledger first, so that an ordered distributed
//! store could take redb's place.

mod clock;
mod codec;
pub mod customers;
pub mod dump;
pub mod error;
pub mod gateway;
mod header;
pub mod ledgers;
pub mod listeners;
pub mod load;
pub mod measure;
mod open;
pub mod outbox;
pub mod refusals;
pub mod savepoints;
mod shadow;
pub mod snapshot;
pub mod surpluses;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod tmf;
pub mod usage;
mod wait;
mod writer;
pub mod writing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, WriteTransaction};

use crate::model::record::RecordReader;
use error::{Cause, StoreError, WriteError};
use load::{LoadError, Loaded, Source};
use measure::Work;
pub use open::CACHE;
use open::{Opened, Unverified};
use outbox::Bell;
use savepoints::{Made, Unmade};
use snapshot::{Latest, Snapshot};
use writing::Writing;

pub use clock::{micros, now, stand_at, standing};
pub use wait::wait;

/// An open store. Dropping it ends the writer after the last queued write.
pub struct Store {
    held: Held,
    /// Its file, if it has one.
    file: Option<PathBuf>,
    bell: Bell,
}

enum Held {
    Writable {
        // Declared first: it is dropped, and its last transaction ended, before the database.
        writer: writer::Writer,
        written: Arc<Written>,
    },
    ReadOnly {
        latest: Latest,
        database: Database,
    },
    /// What was committed at one moment, whatever has been since.
    Pinned(Arc<Snapshot>),
}

/// What the writer and the readers share.
struct Written {
    // Likewise.
    latest: Latest,
    database: Database,
    is_file: bool,
    work: Arc<Work>,
}

impl Held {
    fn of_file(database: Database, unverified: Option<Unverified>) -> Result<Self, String> {
        let (latest, work) = (Latest::default(), Arc::default());
        Self::writable(Written { latest, database, is_file: true, work }, unverified)
    }

    fn in_memory(database: Database) -> Result<Self, String> {
        let (latest, work) = (Latest::default(), Arc::default());
        Self::writable(Written { latest, database, is_file: false, work }, None)
    }

    fn writable(written: Written, unverified: Option<Unverified>) -> Result<Self, String> {
        let written = Arc::new(written);
        let writer = writer::Writer::start(written.clone(), unverified)
            .map_err(|error| format!("The writer's thread cannot be started: {error}."))?;
        Ok(Self::Writable { writer, written })
    }

    fn read_only(database: Database) -> Self {
        Self::ReadOnly { latest: Latest::default(), database }
    }
}

/// Whether a store takes writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// It does.
    Taken,
    /// Its file cannot be written.
    ReadOnly,
    /// It did, until the disk failed or its file turned out to be damaged.
    Refused(Cause),
}

impl Store {
    /// Opens the file at `path`, or makes it. One that cannot be written is opened for reading. A
    /// large one is verified while it is read, and before anything is written into it.
    ///
    /// # Errors
    /// One sentence that says whether the file is in use, foreign, of another version or damaged.
    pub fn open(path: &Path) -> Result<Self, String> {
        Self::open_with_cache(path, CACHE)
    }

    /// Opens the file at `path` as [`Store::open`] does, and keeps so many bytes of its pages in
    /// memory.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with_cache(path: &Path, bytes: usize) -> Result<Self, String> {
        let held = match open::file(path, bytes)? {
            Opened::Writable(database, unverified) => Held::of_file(database, unverified)?,
            Opened::ReadOnly(database) => Held::read_only(database),
        };
        Ok(Self { held, file: Some(path.to_owned()), bell: Bell::new() })
    }

    /// Opens the file at `path` for reading, with every page of it verified. It stays as it is.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_whole(path: &Path) -> Result<Self, String> {
        let held = Held::read_only(open::whole(path)?);
        Ok(Self { held, file: None, bell: Bell::new() })
    }

    /// Returns a store that lives as long as the process.
    ///
    /// # Errors
    /// When the writer's thread cannot be started.
    pub fn in_memory() -> Result<Self, String> {
        Ok(Self { held: Held::in_memory(open::memory()?)?, file: None, bell: Bell::new() })
    }

    /// Returns a view of everything that is committed now. It pins the pages that it sees: keep it
    /// short.
    ///
    /// # Errors
    /// When the store cannot be read, or its file has turned out to be damaged.
    pub fn reader(&self) -> Result<Arc<Snapshot>, StoreError> {
        match &self.held {
            Held::Writable { writer, .. } if writer.is_damaged() => Err(StoreError::Damaged),
            Held::Writable { written, .. } => written.latest.get(&written.database),
            Held::ReadOnly { latest, database } => latest.get(database),
            Held::Pinned(snapshot) => Ok(snapshot.clone()),
        }
    }

    /// Returns what is committed now as a store of its own, which nobody writes. It pins the pages that
    /// it sees as long as it is kept.
    ///
    /// # Errors
    /// As [`Store::reader`].
    pub fn pinned(&self) -> Result<Self, StoreError> {
        let held = Held::Pinned(self.reader()?);
        Ok(Self { held, file: None, bell: self.bell.clone() })
    }

    /// Applies a write and waits until it is on the disk. `apply` checks everything before its
    /// first change; it may run again if a neighbour in the batch fails, so it depends on the
    /// transaction alone. It changes no ledger: what is known of those stays. The future needs no
    /// runtime.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn write<T, F>(
        &self,
        apply: F,
    ) -> impl Future<Output = Result<T, WriteError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&Writing) -> Result<T, StoreError> + Send + 'static,
    {
        let written = self.writer().map(|writer| writer.write(apply));
        async move {
            match written {
                Some(written) => written.await,
                None => Err(WriteError::ReadOnly),
            }
        }
    }

    /// Applies a write in a transaction of its own. It never runs twice, and what it returns as an
    /// error rolls back itself alone; that error is the inner one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn write_alone<T, E, F>(
        &self,
        apply: F,
    ) -> impl Future<Output = Result<Result<T, E>, WriteError>> + Send + use<T, E, F>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&WriteTransaction) -> Result<T, E> + Send + 'static,
    {
        let written =
            self.writer().map(|writer| writer.write_alone(|tx| apply(tx), Latest::begin_anew));
        async move {
            match written {
                Some(written) => written.await,
                None => Err(WriteError::ReadOnly),
            }
        }
    }

    /// Makes a snapshot of what is committed, in place of the one of that name.
    ///
    /// # Errors
    /// See [`WriteError`]; the inner one is [`Unmade`].
    pub async fn save(&self, name: String) -> Result<Result<Made, Unmade>, WriteError> {
        self.write_alone(move |tx| savepoints::make(tx, &name)).await
    }

    /// Takes the store back to a snapshot. Lists that are being read break off.
    ///
    /// # Errors
    /// As [`Store::save`].
    pub async fn restore(&self, name: String) -> Result<Result<(), Unmade>, WriteError> {
        let writer = self.writer().ok_or(WriteError::ReadOnly)?;
        let restore = move |tx: &mut WriteTransaction| savepoints::restore(tx, &name);
        let restored = writer.write_and_tidy(restore, Latest::begin_era, savepoints::renew).await?;
        Ok(restored.map(drop))
    }

    /// Removes a snapshot.
    ///
    /// # Errors
    /// As [`Store::save`].
    pub async fn forget(&self, name: String) -> Result<Result<(), Unmade>, WriteError> {
        self.write_alone(move |tx| savepoints::remove(tx, &name)).await
    }

    /// Loads records in a transaction of their own, all of them or none. `progress` is told the
    /// bytes that were read. Returns how many records there were.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub async fn load(
        &self,
        reader: &'static RecordReader,
        sources: Vec<Source>,
        progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<u64, LoadError> {
        let loaded = self.load_telling(reader, sources, progress, |_, _| Ok(()));
        loaded.await.map(|(records, ())| records)
    }

    /// The same, and has `tell` tell, in the same transaction, of what is there that was not there
    /// before. What it answers is answered too, once all is on the disk.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn load_telling<T: Send + 'static>(
        &self,
        reader: &'static RecordReader,
        sources: Vec<Source>,
        mut progress: impl FnMut(u64) + Send + 'static,
        tell: impl FnOnce(&WriteTransaction, &Loaded) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(u64, T), LoadError> {
        let folder = self.folder();
        let loaded = self.write_alone(move |tx| {
            let loaded = load::load(tx, reader, sources, folder, &mut progress)?;
            let told = tell(tx, &loaded)?;
            Ok((loaded.records, told))
        });
        loaded.await.unwrap_or_else(|error| Err(LoadError::Unwritten(error)))
    }

    /// Returns the bell of the outbox.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Closes the store with its file as short as it can be. redb doubles a file that is too small, so
    /// that up to half of it may hold nothing; where the system leaves out what was never written, that
    /// takes no room. Packing reads all of the file and moves some of it.
    ///
    /// # Errors
    /// When the store fails; nothing is lost with it.
    pub fn close_packed(self) -> Result<(), StoreError> {
        let Held::Writable { writer, written } = self.held else { return Ok(()) };
        // It has the other reference.
        drop(writer);
        let Some(Written { latest, mut database, .. }) = Arc::into_inner(written) else {
            return Ok(());
        };
        latest.clear();
        database.compact()?;
        Ok(())
    }

    /// Returns the folder of its file, if it has one.
    fn folder(&self) -> Option<PathBuf> {
        self.file.as_deref()?.parent().map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        })
    }

    /// Returns the length of its file in bytes, if it has one.
    pub fn file_bytes(&self) -> Option<u64> {
        Some(self.file.as_deref()?.metadata().ok()?.len())
    }

    /// Returns what the writer has done and has to do; `None` where nothing can be written.
    pub fn work(&self) -> Option<&Work> {
        match &self.held {
            Held::Writable { written, .. } => Some(&written.work),
            Held::ReadOnly { .. } | Held::Pinned(_) => None,
        }
    }

    /// Returns whether writes are taken.
    pub fn writes(&self) -> Writes {
        match self.writer().map(writer::Writer::broken) {
            Some(None) => Writes::Taken,
            Some(Some(cause)) => Writes::Refused(cause),
            None => Writes::ReadOnly,
        }
    }

    fn writer(&self) -> Option<&writer::Writer> {
        match &self.held {
            Held::Writable { writer, .. } => Some(writer),
            Held::ReadOnly { .. } | Held::Pinned(_) => None,
        }
    }
}

/// Removes every record, in the transaction of a write.
///
/// # Errors
/// When the store fails.
pub fn empty(tx: &WriteTransaction) -> Result<(), StoreError> {
    tables::empty(tx)
}
