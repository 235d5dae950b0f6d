//! What people type or write down for either half: files, secrets, names that may be
//! misspelled, text in whatever encoding, JSON with one meaning.

pub mod encoding;
pub mod file;
pub mod secret;
pub mod strict_json;
pub mod suggest;
