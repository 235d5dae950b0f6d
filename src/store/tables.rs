//! Every table of the store. Keys are ordered tuples. Those of the PayEx APIs begin with the
//! ledger, by its own number or by a short one that stands for it, so that one ledger is one
//! contiguous range in each of their tables.

use std::ops::Deref;

use redb::{ReadableTable, Table, TableDefinition, TableError, WriteTransaction};

use super::error::StoreError;

/// `schema` → what wrote the file and in which version; see [`SCHEMA`].
pub const META: TableDefinition<&str, &str> = TableDefinition::new("meta");
/// ledgerNo → the ledger as JSON.
pub const LEDGERS: TableDefinition<&str, &[u8]> = TableDefinition::new("ledgers");
/// ledgerNo → the short number that stands for it in the keys of the tables below. It is given out
/// once: a ledger that is replaced gets another.
pub const LEDGER_NUMBERS: TableDefinition<&str, u32> = TableDefinition::new("ledger numbers");
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
/// (ledgerNo, tree, number, subscriptionNo) → what stands for it in the next two tables; it is
/// known, perhaps without a CDR.
pub const USAGE_SUBSCRIPTIONS: TableDefinition<(&str, u8, &str, &str), (u32, u32)> =
    TableDefinition::new("usage subscriptions");
/// (number of the ledger, number of the subscription, startDateTime, arrival) → the CDR; layout in
/// `usage`.
pub const USAGE_DETAILS: TableDefinition<(u32, u32, u64, u64), &[u8]> =
    TableDefinition::new("usage details");
/// (number of the ledger, number of the subscription, type, unit, vatRate) → the sums; layout in
/// `usage`.
pub const USAGE_SUMMARIES: TableDefinition<(u32, u32, i32, &str, &str), &[u8]> =
    TableDefinition::new("usage summaries");

/// id → the gateway's customer; layout in `gateway`.
pub const GATEWAY_CUSTOMERS: TableDefinition<u64, &[u8]> =
    TableDefinition::new("gateway customers");
/// code → id.
pub const GATEWAY_CUSTOMERS_BY_CODE: TableDefinition<&str, u64> =
    TableDefinition::new("gateway customers by code");
/// (which name, the name in lower case, id) → the customer again; layout in `gateway`.
pub const GATEWAY_CUSTOMERS_BY_NAME: TableDefinition<(u8, &str, u64), &[u8]> =
    TableDefinition::new("gateway customers by name");
/// (collection, length of the id, id) → the resource; layout in `tmf`. The length comes first, so
/// that ids which are numbers stand in the order of numbers.
pub const TMF: TableDefinition<(&str, u32, &str), &[u8]> = TableDefinition::new("tmf");
/// (collection, path, word, second, length of the id, id) of a resource that has this value there;
/// what of it is a word, and what a second: `model::tmf::indexed`.
pub const TMF_BY_ATTRIBUTE: TableDefinition<(&str, &str, &str, i64, u32, &str), ()> =
    TableDefinition::new("tmf by attribute");
/// (collection, path, word) → how many resources have it there.
pub const TMF_COUNTS: TableDefinition<(&str, &str, &str), u64> = TableDefinition::new("tmf counts");
/// id → the listener; layout in `listeners`.
pub const LISTENERS: TableDefinition<u64, &[u8]> = TableDefinition::new("listeners");
/// id → an event that some listener waits for; layout in `outbox`.
pub const EVENTS: TableDefinition<u64, &[u8]> = TableDefinition::new("events");
/// id of an event → how many listeners wait for it.
pub const EVENTS_DUE: TableDefinition<u64, u64> = TableDefinition::new("events due");
/// (id of a listener, id of an event) → it waits for it. The ids of events rise, so that these stand
/// in the order in which they happened.
pub const DELIVERIES: TableDefinition<(u64, u64), ()> = TableDefinition::new("deliveries");
/// (id of a listener, id of an event) → why it was given up; layout in `outbox`.
pub const GIVEN_UP: TableDefinition<(u64, u64), &[u8]> = TableDefinition::new("given up");
/// A name of what is numbered without a ledger → the last number given out.
pub const SEQUENCES: TableDefinition<&str, u64> = TableDefinition::new("sequences");

/// name → redb's id of a snapshot, and when it was made, in microseconds since 1970. It holds no records,
/// so that emptying leaves it; a file has it once one was made.
pub const SAVEPOINTS: TableDefinition<&str, (u64, u64)> = TableDefinition::new("snapshots");

/// What [`META`] says of a file that this version can read. A change of any table or layout
/// changes the number.
pub const SCHEMA: &str = "etalon store 6";

/// Calls `$each!` with every table whose keys begin with a ledger's own number.
macro_rules! ledger_tables {
    ($each:ident) => {
        $each!(
            LEDGERS,
            LEDGER_NUMBERS,
            COUNTERS,
            PERSONS,
            CUSTOMERS,
            CUSTOMERS_BY_IDENTIFIER,
            SURPLUSES,
            SURPLUSES_BY_ID,
            USAGE_OWNERS,
            USAGE_SUBSCRIPTIONS
        )
    };
}
#[cfg(test)]
pub(super) use ledger_tables;

/// Calls `$each!` with every table whose keys begin with the short number of a ledger.
macro_rules! numbered_tables {
    ($each:ident) => {
        $each!(USAGE_DETAILS, USAGE_SUMMARIES)
    };
}
#[cfg(test)]
pub(super) use numbered_tables;

/// Calls `$each!` with every other table that holds records. With the ledgers' tables these are
/// all, so that emptying and creating cannot forget one.
macro_rules! other_tables {
    ($each:ident) => {
        $each!(
            GATEWAY_CUSTOMERS,
            GATEWAY_CUSTOMERS_BY_CODE,
            GATEWAY_CUSTOMERS_BY_NAME,
            TMF,
            TMF_BY_ATTRIBUTE,
            TMF_COUNTS,
            LISTENERS,
            EVENTS,
            EVENTS_DUE,
            DELIVERIES,
            GIVEN_UP,
            SEQUENCES
        )
    };
}

/// What a key may be: any thread may read it.
pub trait Key: redb::Key + Send + Sync + 'static {}

impl<K: redb::Key + Send + Sync + 'static> Key for K {}

/// What a value may be, likewise.
pub trait Value: redb::Value + Send + Sync + 'static {}

impl<V: redb::Value + Send + Sync + 'static> Value for V {}

/// A view in which tables can be read, one that is committed or one in the making: every read
/// function takes either kind.
pub trait Tx {
    /// An open table.
    type Table<'tx, K: Key, V: Value>: Deref<Target: ReadableTable<K, V>>
    where
        Self: 'tx;

    /// Opens a table.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn table<K: Key, V: Value>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError>;
}

impl Tx for WriteTransaction {
    type Table<'tx, K: Key, V: Value> = Opened<redb::Table<'tx, K, V>>;

    fn table<K: Key, V: Value>(
        &self,
        table: TableDefinition<K, V>,
    ) -> Result<Self::Table<'_, K, V>, StoreError> {
        Ok(Opened::new(open(self, table)?))
    }
}

/// A table that is open as long as this lives.
pub struct Opened<T>(T);

impl<T> Opened<T> {
    pub(super) fn new(table: T) -> Self {
        Self(table)
    }
}

impl<T> Deref for Opened<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Opens a table to write into it. Each time costs as much as a tenth of a row: what a request needs is
/// opened once.
pub(super) fn open<'tx, K: redb::Key + 'static, V: redb::Value + 'static>(
    tx: &'tx WriteTransaction,
    table: TableDefinition<K, V>,
) -> Result<Table<'tx, K, V>, TableError> {
    #[cfg(test)]
    OPENED.set(OPENED.get() + 1);
    tx.open_table(table)
}

#[cfg(test)]
thread_local! {
    /// How many tables this thread has opened to write into them.
    pub(crate) static OPENED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Creates every table, so that a reader finds each of them.
pub(super) fn create(tx: &WriteTransaction) -> Result<(), StoreError> {
    macro_rules! create {
        ($($table:ident),+) => { $( open(tx, $table)?; )+ };
    }
    ledger_tables!(create);
    numbered_tables!(create);
    other_tables!(create);
    Ok(())
}

/// Empties every table. Dropping a table costs what its pages cost; deleting its rows would cost
/// as much as writing them.
pub(super) fn empty(tx: &WriteTransaction) -> Result<(), StoreError> {
    macro_rules! drop {
        ($($table:ident),+) => { $( tx.delete_table($table)?; )+ };
    }
    other_tables!(drop);
    empty_ledgers(tx)
}

/// Empties every ledger's table.
fn empty_ledgers(tx: &WriteTransaction) -> Result<(), StoreError> {
    macro_rules! drop {
        ($($table:ident),+) => { $( tx.delete_table($table)?; )+ };
    }
    ledger_tables!(drop);
    numbered_tables!(drop);
    create(tx)
}

/// Returns the first text after `text`: where the keys end that have `text` in this place.
pub(super) fn after(text: &str) -> String {
    format!("{text}\0")
}

/// Removes one ledger from every table.
pub(super) fn remove_ledger(tx: &WriteTransaction, no: &str) -> Result<(), StoreError> {
    use redb::ReadableTableMetadata as _;
    let ledgers = open(tx, LEDGERS)?;
    if ledgers.get(no)?.is_none() {
        return Ok(());
    }
    let alone = ledgers.len()? == 1;
    drop(ledgers);
    if alone {
        return empty_ledgers(tx);
    }
    let number = open(tx, LEDGER_NUMBERS)?.get(no)?.map(|number| number.value());
    if let Some(number) = number {
        macro_rules! remove {
            ($($table:ident),+) => { $( remove_rows(tx, $table, number, number + 1)?; )+ };
        }
        numbered_tables!(remove);
    }
    let end = after(no);
    macro_rules! remove {
        ($($table:ident),+) => { $( remove_rows(tx, $table, no, &end)?; )+ };
    }
    ledger_tables!(remove);
    Ok(())
}

/// Removes the rows from those of one ledger on to where those of another would begin.
fn remove_rows<'l, K: LedgerKey + 'static, V: redb::Value + 'static>(
    tx: &WriteTransaction,
    table: TableDefinition<K, V>,
    ledger: <K::Ledger as redb::Value>::SelfType<'l>,
    end: <K::Ledger as redb::Value>::SelfType<'l>,
) -> Result<(), StoreError> {
    open(tx, table)?.retain_in(K::first(ledger)..K::first(end), |_, _| false)?;
    Ok(())
}

/// A key that begins with the ledger.
trait LedgerKey: redb::Key {
    /// The part that says which ledger.
    type Ledger: redb::Key + 'static;

    /// Returns the least key that a row of `ledger` can have.
    fn first(ledger: <Self::Ledger as redb::Value>::SelfType<'_>) -> Self::SelfType<'_>;
}

impl LedgerKey for &'static str {
    type Ledger = Self;

    fn first(ledger: <Self as redb::Value>::SelfType<'_>) -> Self::SelfType<'_> {
        ledger
    }
}

/// A part of a key behind the ledger.
trait Part: redb::Key {
    /// Returns the least value of this type.
    fn least<'a>() -> Self::SelfType<'a>;
}

macro_rules! parts {
    ($($part:ty = $least:expr),+) => { $(
        impl Part for $part {
            fn least<'a>() -> Self::SelfType<'a> {
                $least
            }
        }
    )+ };
}

parts!(&'static str = "", u8 = 0, u32 = 0, u64 = 0, i32 = i32::MIN);

macro_rules! ledger_keys {
    ($(($($part:ident),+))+) => { $(
        impl<L: redb::Key + 'static, $($part: Part),+> LedgerKey for (L, $($part),+) {
            type Ledger = L;

            fn first(ledger: L::SelfType<'_>) -> Self::SelfType<'_> {
                (ledger, $($part::least()),+)
            }
        }
    )+ };
}

ledger_keys! { (A) (A, B) (A, B, C) (A, B, C, D) }

/// The table of [`COUNTERS`], to count on.
pub(super) type Counters<'tx> = Table<'tx, (&'static str, &'static str), u64>;

/// Returns the next number of a counter that begins after `start`.
pub(super) fn next(
    counters: &mut Counters,
    ledger: &str,
    counter: &str,
    start: u64,
) -> Result<u64, StoreError> {
    count_on(counters, (ledger, counter), start)
}

/// Returns the next number under a key that has none below `start`. It is found once and changed in its
/// place.
fn count_on<K: redb::Key + 'static>(
    numbers: &mut Table<K, u64>,
    key: K::SelfType<'_>,
    start: u64,
) -> Result<u64, StoreError> {
    let after = |last: u64| last.checked_add(1).ok_or(StoreError::Exhausted);
    if let Some(mut last) = numbers.get_mut(&key)? {
        let next = after(last.value())?;
        last.insert(next)?;
        return Ok(next);
    }
    let next = after(start)?;
    numbers.insert(&key, next)?;
    Ok(next)
}

/// Returns the next number of a sequence, from 1.
pub(super) fn next_in(tx: &WriteTransaction, sequence: &str) -> Result<u64, StoreError> {
    count_on(&mut open(tx, SEQUENCES)?, sequence, 0)
}

/// Returns the next number of a sequence of short numbers.
pub(super) fn next_short_in(tx: &WriteTransaction, sequence: &str) -> Result<u32, StoreError> {
    short(next_in(tx, sequence)?)
}

/// Returns a number that is given out as a short one: below the largest, which is the end of what
/// stands before it.
pub(super) fn short(number: u64) -> Result<u32, StoreError> {
    let short = u32::try_from(number).ok().filter(|number| *number < u32::MAX);
    short.ok_or(StoreError::Exhausted)
}

/// Makes a sequence go on after `number`, which a record has brought.
pub(super) fn pass_over(
    tx: &WriteTransaction,
    sequence: &str,
    number: u64,
) -> Result<(), StoreError> {
    let mut sequences = open(tx, SEQUENCES)?;
    if sequences.get(sequence)?.is_none_or(|last| last.value() < number) {
        sequences.insert(sequence, number)?;
    }
    Ok(())
}
