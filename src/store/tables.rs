//! Every table of the store. Keys are ordered tuples that begin with the ledger, so that one
//! ledger is one contiguous range in each table.

use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::error::StoreError;

/// `schema` → what wrote the file and in which version; see [`SCHEMA`].
pub const META: TableDefinition<&str, &str> = TableDefinition::new("meta");
/// ledgerNo → the ledger as JSON.
pub const LEDGERS: TableDefinition<&str, &[u8]> = TableDefinition::new("ledgers");
/// (ledgerNo, counter) → the last number given out.
pub const COUNTERS: TableDefinition<(&str, &str), u64> = TableDefinition::new("counters");
/// (ledgerNo, countryCode, regNo) → a person of the population register as JSON.
pub const PERSONS: TableDefinition<(&str, &str, &str), &[u8]> = TableDefinition::new("persons");
/// (ledgerNo, customerNo) → the customer; layout in `customers`.
pub const CUSTOMERS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("customers");
/// (ledgerNo, countryCode, regNo, age) → customerNo. The smallest age is the oldest customer.
pub const CUSTOMERS_BY_IDENTIFIER: TableDefinition<(&str, &str, &str, u64), &str> =
    TableDefinition::new("customers by national identifier");
/// (ledgerNo, customerNo, date, surplusId in lower case) → the surplus; layout in `surpluses`.
pub const SURPLUSES: TableDefinition<(&str, &str, u64, &str), &[u8]> =
    TableDefinition::new("surpluses");
/// (ledgerNo, customerNo, surplusId in lower case) → its date.
pub const SURPLUSES_BY_ID: TableDefinition<(&str, &str, &str), u64> =
    TableDefinition::new("surpluses by id");
/// (ledgerNo, tree, number) → known to Usage.
pub const USAGE_OWNERS: TableDefinition<(&str, u8, &str), ()> =
    TableDefinition::new("usage owners");
/// (ledgerNo, tree, number, subscriptionNo) → has usage.
pub const USAGE_SUBSCRIPTIONS: TableDefinition<(&str, u8, &str, &str), ()> =
    TableDefinition::new("usage subscriptions");
/// (ledgerNo, tree, number, subscriptionNo, startDateTime, arrival) → the CDR; layout in `usage`.
pub const USAGE_DETAILS: TableDefinition<(&str, u8, &str, &str, u64, u64), &[u8]> =
    TableDefinition::new("usage details");
/// (ledgerNo, tree, number, subscriptionNo, type, unit, vatRate) → the sums; layout in `usage`.
pub const USAGE_SUMMARIES: TableDefinition<(&str, u8, &str, &str, i32, &str, &str), &[u8]> =
    TableDefinition::new("usage summaries");

/// What [`META`] says of a file that this version can read. A change of any table or layout
/// changes the number.
pub const SCHEMA: &str = "etalon store 1";

/// Calls `$each!` with every table that holds records, so that emptying and creating cannot forget
/// one.
macro_rules! every_table {
    ($each:ident) => {
        $each!(
            LEDGERS,
            COUNTERS,
            PERSONS,
            CUSTOMERS,
            CUSTOMERS_BY_IDENTIFIER,
            SURPLUSES,
            SURPLUSES_BY_ID,
            USAGE_OWNERS,
            USAGE_SUBSCRIPTIONS,
            USAGE_DETAILS,
            USAGE_SUMMARIES
        )
    };
}

/// A transaction in which tables can be read: every read function takes either kind.
pub trait Tx {
    /// An open table.
    type Table<'tx, K: redb::Key + 'static, V: redb::Value + 'static>: ReadableTable<K, V>
    where
        Self: 'tx;

    /// Opens a table.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn table<K: redb::Key + 'static, V: redb::Value + 'static>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError>;
}

impl Tx for ReadTransaction {
    type Table<'tx, K: redb::Key + 'static, V: redb::Value + 'static> = redb::ReadOnlyTable<K, V>;

    fn table<K: redb::Key + 'static, V: redb::Value + 'static>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError> {
        Ok(self.open_table(table)?)
    }
}

impl Tx for WriteTransaction {
    type Table<'tx, K: redb::Key + 'static, V: redb::Value + 'static> = redb::Table<'tx, K, V>;

    fn table<K: redb::Key + 'static, V: redb::Value + 'static>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError> {
        Ok(self.open_table(table)?)
    }
}

/// Creates every table, so that a reader finds each of them.
pub(super) fn create(tx: &WriteTransaction) -> Result<(), StoreError> {
    macro_rules! create {
        ($($table:ident),+) => { $( tx.open_table($table)?; )+ };
    }
    every_table!(create);
    Ok(())
}

/// Empties every table. Dropping a table costs what its pages cost; deleting its rows would cost
/// as much as writing them.
pub(super) fn empty(tx: &WriteTransaction) -> Result<(), StoreError> {
    macro_rules! drop {
        ($($table:ident),+) => { $( tx.delete_table($table)?; )+ };
    }
    every_table!(drop);
    create(tx)
}

/// The first text after `text`: where the keys end that have `text` in this place.
pub(super) fn after(text: &str) -> String {
    format!("{text}\0")
}

/// Removes one ledger from every table.
pub(super) fn remove_ledger(tx: &WriteTransaction, no: &str) -> Result<(), StoreError> {
    use redb::ReadableTableMetadata as _;
    let mut ledgers = tx.open_table(LEDGERS)?;
    if ledgers.remove(no)?.is_none() {
        return Ok(());
    }
    let alone = ledgers.is_empty()?;
    drop(ledgers);
    if alone {
        return empty(tx);
    }
    let end = after(no);
    let (from, to) = (no, end.as_str());
    tx.open_table(COUNTERS)?.retain_in((from, "")..(to, ""), |_, _| false)?;
    tx.open_table(PERSONS)?.retain_in((from, "", "")..(to, "", ""), |_, _| false)?;
    tx.open_table(CUSTOMERS)?.retain_in((from, "")..(to, ""), |_, _| false)?;
    tx.open_table(CUSTOMERS_BY_IDENTIFIER)?
        .retain_in((from, "", "", 0)..(to, "", "", 0), |_, _| false)?;
    tx.open_table(SURPLUSES)?.retain_in((from, "", 0, "")..(to, "", 0, ""), |_, _| false)?;
    tx.open_table(SURPLUSES_BY_ID)?.retain_in((from, "", "")..(to, "", ""), |_, _| false)?;
    tx.open_table(USAGE_OWNERS)?.retain_in((from, 0, "")..(to, 0, ""), |_, _| false)?;
    tx.open_table(USAGE_SUBSCRIPTIONS)?
        .retain_in((from, 0, "", "")..(to, 0, "", ""), |_, _| false)?;
    tx.open_table(USAGE_DETAILS)?
        .retain_in((from, 0, "", "", 0, 0)..(to, 0, "", "", 0, 0), |_, _| false)?;
    tx.open_table(USAGE_SUMMARIES)?
        .retain_in((from, 0, "", "", 0, "", "")..(to, 0, "", "", 0, "", ""), |_, _| false)?;
    Ok(())
}

/// The next number of a counter that begins after `start`.
pub(super) fn next(
    tx: &WriteTransaction,
    ledger: &str,
    counter: &str,
    start: u64,
) -> Result<u64, StoreError> {
    let mut counters = tx.open_table(COUNTERS)?;
    let last = counters.get((ledger, counter))?.map_or(start, |last| last.value());
    let next = last.checked_add(1).ok_or(StoreError::Exhausted)?;
    counters.insert((ledger, counter), next)?;
    Ok(next)
}
