//! What an integrator expects of a stand-in beside its answers, through the real binary.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/har.rs"]
mod har;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

#[path = "stand_in/behaviours.rs"]
mod behaviours;
#[path = "stand_in/journal.rs"]
mod journal;
#[path = "stand_in/metrics.rs"]
mod metrics;
#[path = "stand_in/twins.rs"]
mod twins;
