//! A file given with `--db` is ours, or one sentence says what it is instead and nothing of it
//! changes; records enter it all or not at all, and leave it as they entered.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "store_files/long_load.rs"]
mod long_load;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fs;
use std::path::{Path, PathBuf};

use redb::{Database, TableDefinition};
use served::{Served, etalon, etalon_reading};
use tempfile::{TempDir, tempdir};

const META: TableDefinition<&str, &str> = TableDefinition::new("meta");

/// What a file can be instead of ours: how it comes to be from a file of ours, and what is said.
type Wrong = (&'static str, fn(&Path), &'static str);

#[rustfmt::skip]
const WRONG: [Wrong; 15] = [
    ("a text", |path| fs::write(path, "Dear diary,\n".repeat(1000)).unwrap(), "is foreign"),
    ("one byte", |path| fs::write(path, "x").unwrap(), "is foreign"),
    ("zeros", |path| fs::write(path, [0; 8192]).unwrap(), "is foreign"),
    ("another engine's", |path| {
        fs::write(path, [&b"SQLite format 3\0"[..], &[1; 8176]].concat()).unwrap();
    }, "is foreign"),
    ("another program's", |path| {
        let table = TableDefinition::<u64, u64>::new("theirs");
        anew(path, |tx| drop(tx.open_table(table).unwrap()));
    }, "is foreign"),
    ("another program's with a table of the same name", |path| {
        let table = TableDefinition::<u64, u64>::new("meta");
        anew(path, |tx| drop(tx.open_table(table).unwrap()));
    }, "is foreign"),
    ("silent on what wrote it", |path| {
        anew(path, |tx| drop(tx.open_table(META).unwrap()));
    }, "is foreign"),
    ("of another version", |path| {
        change(path, |tx| drop(tx.open_table(META).unwrap().insert("schema", "etalon store 0")));
    }, "is of another version (\"etalon store 0\""),
    ("cut within its header", |path| cut(path, 100), "is foreign"),
    ("cut after its header", |path| cut(path, 4096), "is damaged"),
    ("cut in its middle", |path| cut(path, fs::metadata(path).unwrap().len() / 2), "is damaged"),
    ("overwritten in its header", |path| flip(path, |at| at == 16), "is damaged"),
    ("overwritten in its root", |path| flip(path, |at| (64..320).contains(&at)), "is damaged"),
    ("overwritten in a value", |path| {
        let bytes = fs::read(path).unwrap();
        let name = bytes.windows(9).rposition(|bytes| bytes == b"Axelstopp").unwrap();
        flip(path, |at| at == name);
    }, "is damaged"),
    ("overwritten in its pages", |path| flip(path, |at| at >= 4096 && at % 512 == 0), "is "),
];

/// A store holds names, addresses and accounts; made as other files are, everybody on the machine
/// could read it.
#[cfg(unix)]
#[test]
fn a_new_store_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (loaded, served) = (folder.path().join("loaded.redb"), folder.path().join("served.redb"));
    let done = etalon_reading(&["load", "--db", loaded.to_str().unwrap(), "-"], b"");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(mode(&loaded), 0o600);
    // Who lets others read it keeps it so.
    fs::set_permissions(&loaded, fs::Permissions::from_mode(0o640)).unwrap();
    drop(Served::start(&["--db", loaded.to_str().unwrap()]));
    assert_eq!(mode(&loaded), 0o640);
    drop(Served::start(&["--db", served.to_str().unwrap()]));
    assert_eq!(mode(&served), 0o600);
}

#[test]
fn a_file_that_is_not_ours_is_refused_in_a_sentence_and_stays_as_it_is() {
    let folder = tempdir().unwrap();
    let whole = fs::read(loaded(&folder, "whole", &fixtures())).unwrap();
    for (name, make, said) in WRONG {
        let path = folder.path().join("wrong.redb");
        fs::write(&path, &whole).unwrap();
        make(&path);
        let before = fs::read(&path).unwrap();
        assert_refused(&path, name, said);
        assert!(fs::read(&path).unwrap() == before, "{name}: the file was changed");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_refused_in_a_sentence() {
    let folder = tempdir().unwrap();
    assert_refused(folder.path(), "a folder", "is no file");
    assert_refused(&folder.path().join("none/a.redb"), "in no folder", "");
    let path = loaded(&folder, "used", &fixtures());
    let served = Served::start(&["--db", text(&path)]);
    assert_refused(&path, "in use", "is in use by another process");
    drop(served);
    assert!(etalon(&["dump", "--db", text(&path)]).status.success(), "after the use");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        // Nothing is forbidden to a superuser.
        if fs::File::open(&path).is_err() {
            assert_refused(&path, "forbidden", "cannot be opened");
        }
    }
}

#[test]
fn a_dump_that_is_loaded_gives_the_same_dump() {
    let folder = tempdir().unwrap();
    let demo: &[u8] = include_bytes!("../examples/demo.ndjson");
    for records in [fixtures(), demo.to_vec()] {
        let first = dump(&loaded(&folder, "first", &records));
        assert!(!first.is_empty());
        assert!(dump(&loaded(&folder, "second", &first)) == first);
    }
}

#[test]
fn provisioning_twice_is_provisioning_once() {
    let folder = tempdir().unwrap();
    let path = loaded(&folder, "a", &fixtures());
    let once = dump(&path);
    load(&path, &[line("300", "between the two")].concat());
    assert!(dump(&path) != once);
    load(&path, &fixtures());
    assert!(dump(&path) == once);
}

#[test]
fn a_load_without_a_ledger_record_adds_and_one_with_it_replaces_that_ledger_alone() {
    let folder = tempdir().unwrap();
    let path = loaded(&folder, "a", &[ledger("1"), ledger("2")].concat());
    load(&path, &[line("1", "a"), line("2", "b")].concat());
    load(&path, &line("1", "c"));
    assert_eq!(invoices(&path), ["1 a", "1 c", "2 b"]);
    load(&path, &[ledger("1"), line("1", "d")].concat());
    assert_eq!(invoices(&path), ["1 d", "2 b"]);
}

#[test]
fn lines_may_end_as_they_like_and_files_may_be_several() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("a.redb");
    let ledgers = file(&folder, "ledgers", &ledger("1"));
    let windows = String::from_utf8([line("1", "a"), line("1", "b")].concat()).unwrap();
    let windows = file(&folder, "windows", windows.replace('\n', "\r\n").as_bytes());
    let blank = file(&folder, "blank", &[b"\n \r\n\t\n".to_vec(), line("1", "c")].concat());
    let unended = file(&folder, "unended", line("1", "d").trim_ascii_end());
    let args = ["load", "--db", text(&path), &ledgers, &windows, &blank, &unended, "-"];
    let output = etalon_reading(&args, &line("1", "e"));
    assert!(output.status.success(), "{output:?}");
    assert_eq!(invoices(&path), ["1 a", "1 b", "1 c", "1 d", "1 e"]);
}

/// A line that is refused, and what is named besides its place.
const REFUSED: [(&str, &str); 19] = [
    (r#"nonsense"#, ""),
    (r#"[]"#, ""),
    (r#"{"record":"invoice","ledgerNo":"1","invoiceNo":"x"} tail"#, ""),
    (r#"{"ledgerNo":"1"}"#, "record: "),
    (r#"{"record":"diary","ledgerNo":"1"}"#, "record: "),
    (r#"{"record":"invoice","ledgerNo":"3","invoiceNo":"x"}"#, "ledgerNo: "),
    (r#"{"record":"invoice","ledgerNo":"1","invoiceNo":7}"#, "invoiceNo: "),
    (r#"{"record":"invoice","ledgerNo":"1","invoiceNo":"x","invoiceNo":"y"}"#, "invoiceNo"),
    (r#"{"record":"invoice","ledgerNo":"1","invoiceNo":""}"#, "invoiceNo: "),
    (
        r#"{"record":"customer","ledgerNo":"1","customer":{"customerNo":"1","name":7}}"#,
        "customer.name: ",
    ),
    (
        r#"{"record":"customer","ledgerNo":"1","customer":{"customerNo":"1","name":"x","name":"y"}}"#,
        "customer.name: ",
    ),
    (
        r#"{"record":"customer","ledgerNo":"1","customer":{"customerNo":"1","name":"x","diary":1}}"#,
        "diary",
    ),
    (
        r#"{"record":"customer","ledgerNo":"1","customer":{"customerNo":"1","name":"x"},"diary":1}"#,
        "diary: ",
    ),
    (
        r#"{"record":"surplus","ledgerNo":"1","customerNo":"9","surplus":{"surplusId":"a","balance":1,"currency":"SEK","date":"2023-01-01T00:00:00","status":"open"}}"#,
        "customerNo: ",
    ),
    (r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1"}"#, "subscriptionNo: "),
    (
        r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1","subscriptionNo":"1","usage":{"type":"x"}}"#,
        "usage.type: ",
    ),
    (
        r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1","subscriptionNo":"1","usage":{"type":1,"type":1}}"#,
        "type",
    ),
    (
        r#"{"record":"usage","ledgerNo":"1","invoiceNo":"1","subscriptionNo":"1","usage":{"type":1,"diary":1}}"#,
        "usage.diary: ",
    ),
    (
        r#"{"record":"ledger","ledgerNo":"1","country":"SE","currency":"SEK","customerNoMode":"assigned"}"#,
        "ledgerNo: ",
    ),
];

#[test]
fn every_refused_line_is_listed_and_nothing_changes() {
    let folder = tempdir().unwrap();
    let path = loaded(&folder, "a", &ledger("1"));
    let before = dump(&path);
    let good = file(&folder, "good", &line("1", "good"));
    // Every second line is good, and blank lines count.
    let mut bad = line("1", "a");
    for (line, _) in REFUSED {
        bad.extend_from_slice(format!("{line}\n\n").as_bytes());
    }
    bad.extend_from_slice(b"{\"record\":\"invoice\",\"ledgerNo\":\"1\",\"invoiceNo\":\"\xff\"}\n");
    bad.extend_from_slice(&[&[b'x'; 2 << 20][..], b"\n"].concat());
    let named = file(&folder, "bad", &bad);
    let output = etalon_reading(&["load", "--db", text(&path), &good, &named, "-"], b"{}\n");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let mut lines = said.lines();
    assert_eq!(lines.next().unwrap().split(": ").next(), Some("-:1"), "{said}");
    for (index, (line, member)) in REFUSED.iter().enumerate() {
        let listed = lines.next().unwrap();
        let place = format!("{named}:{}: ", 2 + 2 * index);
        let rest = listed.strip_prefix(&place);
        let rest = rest.unwrap_or_else(|| panic!("{line}\nnot at {place} but\n{listed}"));
        assert!(
            rest.contains(member) && rest.len() > member.len(),
            "{line}\nis said to be\n{listed}"
        );
    }
    for (offset, reason) in [(0, "UTF-8"), (1, "longer than 1 MiB")] {
        let listed = lines.next().unwrap();
        let place = format!("{named}:{}: ", 2 + 2 * REFUSED.len() + offset);
        assert!(listed.starts_with(&place) && listed.contains(reason), "{listed}");
    }
    assert_eq!(lines.next(), Some("etalon: 22 faults; nothing was loaded."), "{said}");
    assert_eq!(lines.next(), None);
    assert!(dump(&path) == before);
}

#[test]
fn records_that_cannot_be_read_are_a_usage_error() {
    let folder = tempdir().unwrap();
    let path = loaded(&folder, "a", &ledger("1"));
    for records in ["none.ndjson", text(folder.path())] {
        let output = etalon(&["load", "--db", text(&path), records]);
        assert_eq!((output.status.code(), said(&output.stderr)), (Some(2), 1), "{output:?}");
    }
    let none = folder.path().join("none.redb");
    for command in [&["dump"][..], &["load", "none.ndjson"], &["serve", "--load", "none.ndjson"]] {
        let output = etalon(&[command, &["--db", text(&none)]].concat());
        assert_eq!((output.status.code(), said(&output.stderr)), (Some(2), 1), "{output:?}");
        assert!(!none.exists(), "{command:?} left a store behind");
    }
}

/// Every command that takes `--db` refuses it with exit code 2 and one line that says `said`.
fn assert_refused(path: &Path, name: &str, said: &str) {
    let db = ["--db", text(path)];
    // Were the file taken, these records would be refused instead, so that nothing is served.
    let serve = ["serve", "--listen", "127.0.0.1:0", "--load", "Cargo.toml"];
    for command in [&["dump"][..], &["load", "-"], &serve] {
        let output = etalon(&[command, &db].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        let what = format!("{} of a file that is {name}: {error}", command[0]);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert_eq!(self::said(error.as_bytes()), 1, "{what}");
        assert!(error.starts_with("etalon: The store ") && error.contains(said), "{what}");
        assert!(output.stdout.is_empty(), "{what}");
    }
}

/// How many lines were printed.
fn said(output: &[u8]) -> usize {
    output.iter().filter(|byte| **byte == b'\n').count()
}

fn anew(path: &Path, write: impl Fn(&redb::WriteTransaction)) {
    fs::remove_file(path).unwrap();
    change(path, write);
}

fn change(path: &Path, write: impl Fn(&redb::WriteTransaction)) {
    let database = Database::create(path).unwrap();
    let tx = database.begin_write().unwrap();
    write(&tx);
    tx.commit().unwrap();
}

fn cut(path: &Path, length: u64) {
    fs::File::options().write(true).open(path).unwrap().set_len(length).unwrap();
}

fn flip(path: &Path, which: impl Fn(usize) -> bool) {
    let mut bytes = fs::read(path).unwrap();
    bytes.iter_mut().enumerate().filter(|(at, _)| which(*at)).for_each(|(_, byte)| *byte ^= 0xFF);
    fs::write(path, bytes).unwrap();
}

fn fixtures() -> Vec<u8> {
    etalon(&["fixtures"]).stdout
}

fn ledger(no: &str) -> Vec<u8> {
    format!(
        "{{\"record\":\"ledger\",\"ledgerNo\":\"{no}\",\"country\":\"SE\",\"currency\":\"SEK\",\
         \"customerNoMode\":\"assigned\",\"grants\":[]}}\n"
    )
    .into_bytes()
}

fn line(ledger: &str, invoice: &str) -> Vec<u8> {
    format!("{{\"record\":\"invoice\",\"ledgerNo\":\"{ledger}\",\"invoiceNo\":\"{invoice}\"}}\n")
        .into_bytes()
}

/// The invoices of a file, each after its ledger.
fn invoices(path: &Path) -> Vec<String> {
    String::from_utf8(dump(path))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|record| record["record"] == "invoice")
        .map(|record| format!("{} {}", record["ledgerNo"], record["invoiceNo"]).replace('"', ""))
        .collect()
}

/// A new file with these records.
fn loaded(folder: &TempDir, name: &str, records: &[u8]) -> PathBuf {
    let path = folder.path().join(format!("{name}.redb"));
    let _ = fs::remove_file(&path);
    load(&path, records);
    path
}

fn load(path: &Path, records: &[u8]) {
    let output = etalon_reading(&["load", "--db", text(path), "-"], records);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn dump(path: &Path) -> Vec<u8> {
    let output = etalon(&["dump", "--db", text(path)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> String {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    text(&path).to_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
