//! What only the store itself can see.

use std::io::Cursor;

use redb::{ReadableTable as _, TableDefinition};

use super::load::Source;
use super::snapshot::Snapshot;
use super::tables::*;
use super::{Store, wait};
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
    let records: String = ledgers.iter().map(|no| RECORDS.replace('$', no)).collect();
    let lines = Box::new(Cursor::new(records.into_bytes()));
    let sources = vec![Source { name: "records".to_owned(), lines }];
    wait(store.load(RecordReader::embedded().unwrap(), sources, |_| ())).unwrap();
    store
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
    let customer = |no: String| {
        let json = format!(r#"{{"customerNo":"{no}","name":"A","nationalIdentifier":null}}"#);
        let customer: crate::model::customer::Customer = serde_json::from_str(&json).unwrap();
        crate::model::customer::CustomerWithAddresses {
            customer,
            legal_address: None,
            billing_address: None,
        }
    };
    let counted = wait(store.write(move |tx| {
        let before = OPENED.get();
        for no in 100..164 {
            assert!(tx.customers().create("1", customer(no.to_string()))?);
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
