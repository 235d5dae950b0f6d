//! The suite and the schemas as they stand in the repository, embedded as bytes.
//!
//! Server and harness share this *data* and nothing of what they do with it. It uses none of ours.

/// Every embedded file: its path from the repository's root, with `/`, and its bytes. Sorted by
/// path.
pub static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/data.rs"));

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

/// Returns the records that the suite expects in a target, one JSON object a line. The files are
/// numbered in the order in which they load: a ledger's record comes before what belongs to it.
pub fn fixtures() -> Vec<u8> {
    let files = files_under("conformance/fixtures/").filter(|(name, _)| name.ends_with(".ndjson"));
    files.flat_map(|(_, bytes)| bytes).copied().collect()
}
