//! JSON of requests: what is read, printed and read again is the same, and the case of the names
//! of members does not count where a document does not mind it (reading 51).

use std::sync::OnceLock;

use etalon::data;
use etalon::model::schema::Schema;
use serde_json::{Map, Value};

/// A schema of requests, and whether it folds names.
type Reader = (Schema, bool);

pub fn check(data: &[u8]) {
    static READERS: OnceLock<Vec<Reader>> = OnceLock::new();
    let readers = READERS.get_or_init(readers);
    let Some((which, body)) = data.split_first() else { return };
    let (schema, folds) = &readers[usize::from(*which) % readers.len()];
    let Ok(members) = schema.read(body) else { return };
    let printed = Value::Object(members.clone()).to_string();
    assert_eq!(schema.read(printed.as_bytes()).as_ref(), Ok(&members), "read again");
    if *folds {
        let loud = Value::Object(in_capitals(&members)).to_string();
        assert_eq!(schema.read(loud.as_bytes()), Ok(members), "read in capitals");
    }
}

fn readers() -> Vec<Reader> {
    let names = data::files_under("schemas/")
        .filter_map(|(path, _)| path.strip_prefix("schemas/")?.strip_suffix(".request.json"));
    let compile = |name: &str| {
        let (name, folds) = (format!("{name}.request"), name.starts_with("customer/"));
        let compile = if folds { Schema::compile } else { Schema::compile_exact };
        (compile(&name).unwrap(), folds)
    };
    names.map(compile).collect()
}

fn in_capitals(members: &Map<String, Value>) -> Map<String, Value> {
    members.iter().map(|(name, value)| (name.to_ascii_uppercase(), value.clone())).collect()
}
