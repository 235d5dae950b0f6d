//! What is fuzzed: a file a check, each of which takes any bytes and panics where a promise is
//! broken. The targets in `fuzz_targets/` run them under libFuzzer, and `tests/fuzz_corpus.rs` runs
//! them over the corpus with the stable compiler.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a check stops where it fails"
)]
#![allow(missing_docs, reason = "each file says above what it checks")]

pub mod bundle;
pub mod folding;
pub mod pairs;
pub mod records;
pub mod router;
pub mod service;
pub mod suite_file;
pub mod target_file;
pub mod xml;

/// A check: it panics where a promise is broken.
pub type Check = fn(&[u8]);

/// Every check, under the name of its target and of its folder in the corpus.
pub const CHECKS: [(&str, Check); 8] = [
    ("bundle", bundle::check),
    ("folding", folding::check),
    ("pairs", pairs::check),
    ("records", records::check),
    ("router", router::check),
    ("suite_file", suite_file::check),
    ("target_file", target_file::check),
    ("xml", xml::check),
];
