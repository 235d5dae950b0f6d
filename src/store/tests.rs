//! What only the store itself can see.

use std::io::Cursor;

use redb::{ReadableTable as _, TableDefinition};

use super::load::Source;
use super::snapshot::{Latest, Snapshot};
use super::tables::*;
use super::{Store, savepoints, wait};
use crate::model::customer::CustomerWithAddresses;
use crate::model::record::RecordReader;

/// One record of every kind that belongs to a ledger.
const RECORDS: &str = r#"
{"record":"ledger","ledgerNo":"$","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":["disbursement"]}
{"record":"person","ledgerNo":"$","nationalIdentifier":{"regNo":"19900101-0017","countryCode":"SE"},"name":"A","address":{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}}
{"record":"customer","ledgerNo":"$","customer":{"customerNo":"1","name":"A","nationalIdentifier":{"regNo":"19900101-0017","countryCode":"SE"},"legalAddress":{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}}}
{"record":"surplus","ledgerNo":"$","customerNo":"1","surplus":{"surplusId":"s","balance":1,"currency":"SEK","date":"2023-01-01T00:00:00","status":"open"}}
{"record":"usage","ledgerNo":"$","invoiceNo":"1","subscriptionNo":"1","usage":{"type":-1,"typeName":"T","startDateTime":"2023-09-01T00:00:00","totalAmount":1,"volume":1,"volumeUnit":"S"}}
{"record":"usage","ledgerNo":"$","customerNo":"1","subscriptionNo":"1","usage":{"type":1,"typeName":"T","startDateTime":"2023-09-01T00:00:00","totalAmount":1,"volume":1,"volumeUnit":"S"}}
"#;

/// Returns a store with these ledgers, each of which has everything.
fn store(ledgers: &[&str]) -> Store {
    let store = Store::in_memory().unwrap();
    fill(&store, ledgers);
    store
}

/// Gives a store these ledgers, each of which has everything.
fn fill(store: &Store, ledgers: &[&str]) {
    let records: String = ledgers.iter().map(|no| RECORDS.replace('$', no)).collect();
    let lines = Box::new(Cursor::new(records.into_bytes()));
    let sources = vec![Source { name: "records".to_owned(), lines }];
    wait(store.load(RecordReader::embedded().unwrap(), sources, |_| ())).unwrap();
}

/// Returns a customer without addresses.
fn customer(no: u32) -> CustomerWithAddresses {
    let json = format!(r#"{{"customerNo":"{no}","name":"A","nationalIdentifier":null}}"#);
    let customer = serde_json::from_str(&json).unwrap();
    CustomerWithAddresses { customer, legal_address: None, billing_address: None }
}

fn create(store: &Store, no: u32) {
    let customer = customer(no);
    let created = wait(store.write(move |tx| tx.customers().create("1", customer.clone())));
    assert!(created.unwrap());
}

/// Returns every row of every table that belongs to ledgers.
fn rows(tx: &Snapshot) -> Vec<(&'static str, Vec<String>)> {
    fn of<K: Key, V: Value>(tx: &Snapshot, table: TableDefinition<K, V>) -> Vec<String> {
        let table = tx.table(table).unwrap();
        let rows = table.iter().unwrap().map(|row| {
            let (key, value) = row.unwrap();
            format!("{:?}: {:?}", key.value(), value.value())
        });
        rows.collect()
    }
    macro_rules! rows {
        ($($table:ident),+) => { vec![$( (stringify!($table), of(tx, $table)) ),+] };
    }
    [ledger_tables!(rows), numbered_tables!(rows)].concat()
}

/// Half a ledger left behind would show up in the one that takes its number; a row too many gone is
/// a neighbour's customer lost.
#[test]
fn a_ledger_that_is_removed_leaves_nothing_and_takes_nothing_of_its_neighbours() {
    let expected = rows(&store(&["1", "101"]).reader().unwrap());
    for (table, rows) in &expected {
        assert!(rows.len() > 1, "{table}: the records leave it empty, so that it is not tested");
    }
    // The last, so that the others have the same short numbers.
    let store = store(&["1", "101", "10"]);
    wait(store.write(|tx| remove_ledger(tx.transaction(), "10"))).unwrap();
    for (found, expected) in rows(&store.reader().unwrap()).iter().zip(&expected) {
        assert_eq!(found, expected);
    }
}

/// Sixty-four writes that queued during a sync opened two hundred tables.
#[test]
fn writes_that_share_a_transaction_share_the_tables_of_customers() {
    let store = store(&["1"]);
    let counted = wait(store.write(move |tx| {
        let before = OPENED.get();
        for no in 100..164 {
            assert!(tx.customers().create("1", customer(no))?);
        }
        let shared = OPENED.get() - before;
        // Whoever asks for another way into a table finds it closed.
        let seen = tx.table(CUSTOMERS)?.get(("1", "163"))?.is_some();
        assert!(tx.customers().exists("1", "100")? && seen);
        Ok(shared)
    }));
    assert_eq!(counted.unwrap(), 2);
    let tx = store.reader().unwrap();
    assert!(super::customers::exists(&*tx, "1", "163").unwrap());
}

/// Returns how many pages are in use, pinned ones among them.
fn pages(store: &Store) -> u64 {
    wait(store.write_alone(|tx| tx.stats().map(|stats| stats.allocated_pages()))).unwrap().unwrap()
}

fn named(store: &Store) -> Vec<String> {
    let all = savepoints::all(&*store.reader().unwrap()).unwrap();
    all.into_iter().map(|named| named.name).collect()
}

/// A suite that takes the store back before each of its thousands of tests would fill the disk, and each
/// test would begin later than the one before.
#[test]
fn restores_take_no_more_room_the_more_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = Store::open(&folder.path().join("store.redb")).unwrap();
    for store in [Store::in_memory().unwrap(), file] {
        fill(&store, &["1"]);
        let rounds = |name: &str, rounds| {
            for _ in 0..rounds {
                create(&store, 100);
                wait(store.restore(name.to_owned())).unwrap().unwrap();
            }
            pages(&store)
        };
        assert!(wait(store.save("start".to_owned())).unwrap().is_ok());
        let (few, bytes) = (rounds("start", 5), store.file_bytes());
        let many = rounds("start", 200);
        assert!(many <= 2 * few, "{few} pages became {many}");
        assert_eq!(store.file_bytes(), bytes);

        // An older one holds what was written since, until the store is taken back to it.
        assert!(wait(store.save("old".to_owned())).unwrap().is_ok());
        assert!(wait(store.save("start".to_owned())).unwrap().is_ok());
        assert!(rounds("start", 50) > 2 * few);
        assert_eq!(named(&store), ["old", "start"]);
        let many = rounds("old", 5);
        assert!(many <= 2 * few, "{few} pages became {many}");
        assert_eq!(named(&store), ["old"]);
    }
}

/// A kill between the two transactions of a restore leaves the first, and nothing that was promised is gone.
#[test]
fn a_restore_of_which_the_second_half_is_missing_is_whole() {
    let store = store(&["1"]);
    for name in ["old", "start"] {
        assert!(wait(store.save(name.to_owned())).unwrap().is_ok());
    }
    let expected = rows(&store.reader().unwrap());
    for _ in 0..3 {
        create(&store, 100);
        let half = |tx: &mut redb::WriteTransaction| savepoints::restore(tx, "start");
        let writer = store.writer().unwrap();
        wait(writer.write_alone(half, Latest::begin_era)).unwrap().unwrap();
        assert_eq!(rows(&store.reader().unwrap()), expected);
        assert_eq!(named(&store), ["old", "start"]);
    }
    for name in ["start", "old"] {
        create(&store, 100);
        wait(store.restore(name.to_owned())).unwrap().unwrap();
        assert_eq!(rows(&store.reader().unwrap()), expected);
    }
    assert_eq!(named(&store), ["old"]);
}
