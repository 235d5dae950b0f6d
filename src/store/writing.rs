//! A transaction that writes, as those who share it see it.

use std::cell::{RefCell, RefMut};

use redb::{TableDefinition, WriteTransaction};

use super::customers::Customers;
use super::error::StoreError;
use super::tables::{Key, Opened, Tx, Value, open};

/// A transaction, and the tables of customers, which stay open from one write of a customer to the
/// next: opening and closing them costs as much as a third of what is written.
pub struct Writing<'tx> {
    transaction: &'tx WriteTransaction,
    customers: RefCell<Customers<'tx>>,
}

impl<'tx> Writing<'tx> {
    pub(super) fn new(transaction: &'tx WriteTransaction) -> Self {
        Self { transaction, customers: RefCell::new(Customers::new(transaction)) }
    }

    /// Returns the transaction, in which no table is open.
    pub fn transaction(&self) -> &'tx WriteTransaction {
        self.customers.borrow_mut().close();
        self.transaction
    }

    /// Returns the tables of customers. No other can be asked for as long as this lives.
    pub fn customers(&self) -> RefMut<'_, Customers<'tx>> {
        self.customers.borrow_mut()
    }
}

impl<'tx> Tx for Writing<'tx> {
    type Table<'t, K: Key, V: Value>
        = Opened<redb::Table<'t, K, V>>
    where
        Self: 't;

    fn table<K: Key, V: Value>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError> {
        Ok(Opened::new(open(self.transaction(), table)?))
    }
}
