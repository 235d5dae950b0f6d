//! What people type or write down for either half: secrets, names that may be misspelled, JSON with one
//! meaning.

pub mod secret;
pub mod strict_json;
pub mod suggest;
