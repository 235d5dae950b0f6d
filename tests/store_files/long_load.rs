//! Loads that are longer than what is kept in memory of them.

use std::fmt::Write as _;

use tempfile::tempdir;

use super::{dump, etalon_reading, ledger, load, loaded, text};

/// Subscriptions whose CDRs lie within each other.
const SUBSCRIPTIONS: usize = 7;

/// CDRs of a kilobyte: 40 MB, several times what is sorted at once.
const CDRS: usize = 40_000;

/// A month of a network comes in order of time, and a call that is stored under its neighbour, twice
/// or not at all is a wrong invoice.
#[test]
fn a_load_in_order_of_time_is_stored_whole_and_by_subscription() {
    let folder = tempdir().unwrap();
    let store = loaded(&folder, "usage.redb", &[ledger("1"), cdrs(0..CDRS)].concat());
    assert!(dump(&store) == expected(CDRS), "all at once");
    // What is added goes between what stands.
    let parts = loaded(&folder, "parts.redb", &[ledger("1"), cdrs(0..CDRS / 4)].concat());
    load(&parts, &cdrs(CDRS / 4..CDRS));
    assert!(dump(&parts) == expected(CDRS), "in two parts");
    // Loaded again they are replaced, and nothing of the first remains.
    load(&parts, &[ledger("1"), cdrs(0..100)].concat());
    assert!(dump(&parts) == expected(100), "replaced");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "nothing but the stores is left");
}

/// CDRs in order of time, several a second, of all subscriptions in turn.
fn cdrs(which: std::ops::Range<usize>) -> Vec<u8> {
    let mut lines = String::new();
    for n in which {
        let no = n % SUBSCRIPTIONS;
        let usage = cdr(n);
        let head = r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1","subscriptionNo":"#;
        writeln!(lines, r#"{head}"{no}","usage":{usage}}}"#).unwrap();
    }
    lines.into_bytes()
}

fn cdr(n: usize) -> String {
    let (minute, second) = (n / 50 / 60, n / 50 % 60);
    let destination = format!("{n:0900}");
    format!(
        r#"{{"type":250,"typeName":"Surf","startDateTime":"2023-09-01T00:{minute:02}:{second:02}","destination":"{destination}","subscriptionNo":"{}","totalAmount":1.25,"volume":{n},"volumeUnit":"B"}}"#,
        n % SUBSCRIPTIONS
    )
}

/// The dump of the first so many: by subscription, and of each in order of time and arrival.
fn expected(count: usize) -> Vec<u8> {
    let mut lines = String::from_utf8(ledger("1")).unwrap();
    writeln!(lines, r#"{{"record":"invoice","ledgerNo":"1","invoiceNo":"1"}}"#).unwrap();
    for no in 0..SUBSCRIPTIONS {
        for n in (no..count).step_by(SUBSCRIPTIONS) {
            let usage = cdr(n);
            let head = r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1","subscriptionNo":"#;
            writeln!(lines, r#"{head}"{no}","usage":{usage}}}"#).unwrap();
        }
    }
    lines.into_bytes()
}

/// Who copies a store to where holes take room, or sends it, would send twice what it holds.
#[test]
fn a_load_that_packs_leaves_a_file_that_is_no_longer_than_it_must_be() {
    let folder = tempdir().unwrap();
    let records = [ledger("1"), cdrs(0..CDRS / 4)].concat();
    let path = folder.path().join("packed.redb");
    let done = etalon_reading(&["load", "--pack", "--db", text(&path), "-"], &records);
    assert!(done.status.success(), "{done:?}");
    let length = std::fs::metadata(&path).unwrap().len();
    let values = expected(CDRS / 4).len() as u64;
    assert!(length < values * 14 / 10, "{length} for {values}");
    assert!(dump(&path) == expected(CDRS / 4));
}
