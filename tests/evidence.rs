//! What people do with a verdict: keep it, send it, have a stranger judge it again, compare it with
//! last month's. The real binary writes every file, and real servers answer it.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

#[path = "evidence/baseline.rs"]
mod baseline;
#[path = "evidence/bundle.rs"]
mod bundle;
#[path = "evidence/files.rs"]
mod files;
#[path = "evidence/forged.rs"]
mod forged;
#[path = "judge/front.rs"]
mod front;
#[path = "judge/message.rs"]
mod message;
#[path = "evidence/read_back.rs"]
mod read_back;
#[path = "evidence/redaction.rs"]
mod redaction;
#[path = "judge/run.rs"]
mod run;

use std::path::Path;

/// `FORMAT=FILE`, or whatever names a file behind `=`.
fn named(name: &str, file: &Path) -> String {
    format!("{name}={}", file.display())
}
