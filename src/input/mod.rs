//! What people type or write down for either half: files, secrets, names that may be
//! misspelled, text in whatever encoding, certificates, JSON with one meaning.

pub mod edits;
pub mod encoding;
pub mod file;
#[cfg(any(feature = "server", feature = "harness"))]
pub mod pem;
pub mod secret;
pub mod strict_json;
pub mod suggest;
