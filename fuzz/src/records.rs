//! Records: a load takes all or nothing, and what is dumped is loaded as the same.

use std::io::Cursor;

use etalon::model::record::RecordReader;
use etalon::store::load::Source;
use etalon::store::{Store, dump, wait};

pub fn check(data: &[u8]) {
    let store = Store::in_memory().unwrap();
    if load(&store, data).is_err() {
        assert!(dumped(&store).is_empty(), "a load that was refused left something behind");
        return;
    }
    let first = dumped(&store);
    let again = Store::in_memory().unwrap();
    load(&again, &first).unwrap_or_else(|error| panic!("the dump is refused: {error}"));
    assert!(dumped(&again) == first, "what was dumped and loaded is dumped otherwise");
}

/// Loads all, or says what was refused.
pub fn load(store: &Store, records: &[u8]) -> Result<(), String> {
    let lines = Box::new(Cursor::new(records.to_vec()));
    let sources = vec![Source { name: "records".to_owned(), lines }];
    let loaded = wait(store.load(RecordReader::embedded()?, sources, |_| ()));
    loaded.map(drop).map_err(|error| error.to_string())
}

fn dumped(store: &Store) -> Vec<u8> {
    let mut out = Vec::new();
    dump::dump(&store.reader().unwrap(), &mut out).unwrap();
    out
}
