//! Stub.
#![cfg(feature = "server")]
use tempfile as _;
