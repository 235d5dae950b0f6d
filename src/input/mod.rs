//! What people type or write down for either half: secrets, names that may be
//! misspelled, and text in whatever encoding.

pub mod encoding;
pub mod secret;
pub mod suggest;
