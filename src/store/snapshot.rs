//! What readers see: everything that was committed at one moment.
//!
//! A snapshot is made when a commit is done and shared by all who read until the next one. So a read
//! begins no transaction, opens no table that another has opened before it, and parses no ledger
//! twice. The latest one pins no page that is not in use anyway; who keeps an older one does, as
//! with any transaction: keep it short.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use redb::{ReadOnlyTable, ReadTransaction, ReadableDatabase, TableDefinition, TableHandle as _};

use super::error::StoreError;
use super::ledgers;
use super::tables::{Key, Tx, Value};
use crate::model::ledger::Ledger;

/// A view of everything that was committed at one moment.
pub struct Snapshot {
    transaction: ReadTransaction,
    /// The tables that were asked for; the type of each is known to who asks for it.
    tables: RwLock<Vec<Box<dyn Any + Send + Sync>>>,
    ledgers: Arc<Ledgers>,
    /// How often the store had been taken back to a snapshot of its own.
    era: u64,
}

/// The ledgers that were asked for, parsed. They stay as long as no load has changed any.
type Ledgers = RwLock<HashMap<Box<str>, Arc<Ledger>>>;

impl Snapshot {
    /// Returns a number that another view shares with this one unless the store was taken back between
    /// them, after which nothing of one tells how the other goes on.
    pub fn era(&self) -> u64 {
        self.era
    }

    /// Returns the ledger of that number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ledger(&self, no: &str) -> Result<Option<Arc<Ledger>>, StoreError> {
        let known = self.ledgers.read().unwrap_or_else(PoisonError::into_inner).get(no).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(ledger) = ledgers::ledger(self, no)?.map(Arc::new) else { return Ok(None) };
        let mut ledgers = self.ledgers.write().unwrap_or_else(PoisonError::into_inner);
        ledgers.insert(no.into(), ledger.clone());
        Ok(Some(ledger))
    }
}

impl Tx for Snapshot {
    type Table<'tx, K: Key, V: Value> = Arc<ReadOnlyTable<K, V>>;

    fn table<K: Key, V: Value>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Arc<ReadOnlyTable<K, V>>, StoreError> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        for open in tables.iter() {
            if let Some(found) = open.downcast_ref::<Arc<ReadOnlyTable<K, V>>>()
                && found.name() == table.name()
            {
                return Ok(found.clone());
            }
        }
        drop(tables);
        let opened = Arc::new(self.transaction.open_table(table)?);
        // Another may have opened it meanwhile; then it is there twice.
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        tables.push(Box::new(opened.clone()));
        Ok(opened)
    }
}

/// The snapshot of the last commit.
#[derive(Default)]
pub(super) struct Latest {
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    era: AtomicU64,
}

impl Latest {
    /// Returns the snapshot of the last commit of `database`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn get(
        &self,
        database: &impl ReadableDatabase,
    ) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(latest) = &*self.snapshot.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(latest.clone());
        }
        self.take(database, |_| Arc::default())
    }

    /// Takes the commit that has just been made, of records alone: what is known of ledgers stays.
    pub(super) fn follow(&self, database: &impl ReadableDatabase) {
        let known = |before: Option<&Snapshot>| before.map(|before| before.ledgers.clone());
        // Where there is none, the next reader meets the same error.
        let _ = self.take(database, |before| known(before).unwrap_or_default());
    }

    /// Takes the commit that has just been made, of which nothing is known.
    pub(super) fn begin_anew(&self, database: &impl ReadableDatabase) {
        let _ = self.take(database, |_| Arc::default());
    }

    /// Takes the commit that has just taken the store back.
    pub(super) fn begin_era(&self, database: &impl ReadableDatabase) {
        self.era.fetch_add(1, Relaxed);
        self.begin_anew(database);
    }

    /// Has no snapshot, and pins nothing, until one is asked for.
    pub(super) fn clear(&self) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whoever takes a view has the lock while it is taken, so that none overtakes a later one.
    fn take(
        &self,
        database: &impl ReadableDatabase,
        ledgers: impl FnOnce(Option<&Snapshot>) -> Arc<Ledgers>,
    ) -> Result<Arc<Snapshot>, StoreError> {
        let mut latest = self.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        let ledgers = ledgers(latest.as_deref());
        *latest = None;
        let transaction = database.begin_read()?;
        let era = self.era.load(Relaxed);
        let snapshot = Snapshot { transaction, tables: RwLock::default(), ledgers, era };
        let snapshot = Arc::new(snapshot);
        *latest = Some(snapshot.clone());
        Ok(snapshot)
    }
}
