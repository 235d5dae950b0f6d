//! A store's file as it is read and never written: what redb would write stays in memory. So a file
//! is checked, mended and looked into, and stays as it is, byte for byte.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, DatabaseError, StorageBackend};

use super::header::Header;

/// What is written is kept in blocks of so many bytes: redb's page.
const BLOCK: usize = 4096;

/// A file and what was written over it.
#[derive(Debug)]
pub(super) struct Shadow {
    file: FileBackend,
    /// So many bytes of the file itself are read.
    below: AtomicU64,
    length: AtomicU64,
    written: Mutex<BTreeMap<u64, Box<[u8; BLOCK]>>>,
    /// Once it is set, nothing is read any more.
    stop: Arc<AtomicBool>,
    locks: Locks,
}

/// Who keeps other processes from writing the file meanwhile.
#[derive(Debug)]
enum Locks {
    /// This does, with others that only read.
    Shared,
    /// Whoever has it open beside this, in this process.
    Another,
}

impl Shadow {
    /// Returns the shadow of a file that nobody else may write meanwhile, as if it began with
    /// `header`.
    pub(super) fn new(file: File, header: &Header) -> Result<Self, DatabaseError> {
        Self::of(file, header, Locks::Shared, Arc::default())
    }

    /// Returns the shadow of a file that this process has open, and writes only when this is gone.
    /// It reads until `stop` is set.
    pub(super) fn beside(
        file: File,
        header: &Header,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, DatabaseError> {
        Self::of(file, header, Locks::Another, stop)
    }

    fn of(
        file: File,
        header: &Header,
        locks: Locks,
        stop: Arc<AtomicBool>,
    ) -> Result<Self, DatabaseError> {
        let file = FileBackend::new(file)?;
        let below = file.len()?;
        let (below, length) = (AtomicU64::new(below), AtomicU64::new(below));
        let shadow = Self { file, below, length, written: Mutex::default(), stop, locks };
        shadow.write(0, header.bytes())?;
        Ok(shadow)
    }

    fn blocks(&self) -> MutexGuard<'_, BTreeMap<u64, Box<[u8; BLOCK]>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the file, if it is this that locks it.
    fn lockable(&self) -> Result<&FileBackend, BackendError> {
        match self.locks {
            Locks::Shared => Ok(&self.file),
            Locks::Another => Err(BackendError::Unsupported),
        }
    }

    /// Reads the file itself, behind the end of which there are zeros.
    fn below(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let below = self.below.load(Ordering::Relaxed);
        let there = below.saturating_sub(offset).min(out.len() as u64) as usize;
        let (there, beyond) = out.split_at_mut(there);
        beyond.fill(0);
        if there.is_empty() { Ok(()) } else { self.file.read(offset, there) }
    }
}

/// Returns the parts of `length` bytes from `offset` on that stand in one block each: the block, where
/// in it a part begins, and how long it is.
fn parts(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = offset + done as u64;
        let (block, within) = (at / BLOCK as u64, (at % BLOCK as u64) as usize);
        let part = (BLOCK - within).min(length - done);
        done += part;
        (part > 0).then_some((block, within, part))
    })
}

impl StorageBackend for Shadow {
    fn len(&self) -> io::Result<u64> {
        Ok(self.length.load(Ordering::Relaxed))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset.saturating_add(out.len() as u64) > self.len()? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.below(offset, out)?;
        let (blocks, mut done) = (self.blocks(), 0);
        for (block, within, part) in parts(offset, out.len()) {
            if let Some(bytes) = blocks.get(&block) {
                out[done..done + part].copy_from_slice(&bytes[within..within + part]);
            }
            done += part;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        // What is cut off is zeros if it comes again. A length is one of whole pages.
        self.below.fetch_min(length, Ordering::Relaxed);
        self.blocks().retain(|block, _| block * (BLOCK as u64) < length);
        self.length.store(length, Ordering::Relaxed);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (mut blocks, mut done) = (self.blocks(), 0);
        for (block, within, part) in parts(offset, data.len()) {
            let bytes = match blocks.entry(block) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let mut bytes = Box::new([0; BLOCK]);
                    self.below(block * BLOCK as u64, &mut *bytes)?;
                    entry.insert(bytes)
                }
            };
            bytes[within..within + part].copy_from_slice(&data[done..done + part]);
            done += part;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    /// Since nothing is written, others may read too.
    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.try_lock_shared_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.lockable()?.try_lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.lockable()?.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.lockable()?.query_lock_range(start, end)
    }
}
