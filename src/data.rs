//! The suite, the schemas and what describes the APIs as they stand in the repository, embedded as bytes.
//!
//! Server and harness share this *data* and nothing of what they do with it. It uses none of ours.

/// Every embedded file: its path from the repository's root, with `/`, and its bytes. Sorted by
/// path.
pub static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// A case of the suite as the build makes it ready: what laws and plans make is written out.
pub struct MadeCase {
    /// Its id.
    pub id: &'static str,
    /// What it shows, in one sentence.
    pub title: &'static str,
    /// The API that it belongs to.
    pub api: &'static str,
    /// The file that makes it: its path from the repository's root.
    pub file: &'static str,
    /// The clauses that its steps cite.
    pub clauses: &'static [&'static str],
    /// The case as a file of cases would hold it, without blanks.
    pub text: &'static str,
}

/// Every case of the suite, in the order of the files; generated ones come last.
#[cfg(feature = "harness")]
pub static CASES: &[MadeCase] = include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Returns the bytes of the file at `path`, such as `schemas/customer/operation.json`.
pub fn file(path: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by(|(name, _)| (*name).cmp(path)).ok()?;
    Some(FILES[at].1)
}

/// Returns the files whose path begins with `prefix`, in order of path.
pub fn files_under(prefix: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let start = FILES.partition_point(|(name, _)| *name < prefix);
    FILES[start..].iter().copied().take_while(move |(name, _)| name.starts_with(prefix))
}

/// The folder of the records that the suite expects in a target. Its files are numbered in the order
/// in which they load, a ledger's record before what belongs to it, and each is called after the API
/// that needs its records, but for that of the ledgers.
const FIXTURES: &str = "conformance/fixtures/";
/// The file of the ledgers, by its name.
const LEDGERS: &str = "ledgers";
/// The member by which a record says which ledger it is on.
const LEDGER_NO: &str = "\"ledgerNo\"";

/// Returns the records that the suite expects in a target, one JSON object a line.
pub fn fixtures() -> Vec<u8> {
    fixture_files().flat_map(|(_, bytes)| bytes).copied().collect()
}

/// Returns the names of the APIs that need records.
pub fn fixture_apis() -> Vec<&'static str> {
    fixture_files().map(|(name, _)| name).filter(|name| *name != LEDGERS).collect()
}

/// Returns those of the records that one of `apis` needs, with the ledgers that they are on.
pub fn fixtures_of(apis: &[&str]) -> Vec<u8> {
    let needed: Vec<_> = fixture_files().filter(|(name, _)| apis.contains(name)).collect();
    let is_on_ledger =
        |bytes: &[u8]| bytes.windows(LEDGER_NO.len()).any(|part| part == LEDGER_NO.as_bytes());
    let with_ledgers = needed.iter().any(|(_, bytes)| is_on_ledger(bytes));
    let ledgers = fixture_files().filter(|(name, _)| with_ledgers && *name == LEDGERS);
    ledgers.chain(needed).flat_map(|(_, bytes)| bytes).copied().collect()
}

/// Returns the files of the records, in the order in which they load: what each is called after, and
/// its bytes.
fn fixture_files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    files_under(FIXTURES).filter_map(|(path, bytes)| {
        let name = path.strip_prefix(FIXTURES)?.strip_suffix(".ndjson")?;
        Some((name.split_once('-').map_or(name, |(_, name)| name), bytes))
    })
}
