//! What people type or write down for either half: secrets, and names that may be misspelled.

pub mod secret;
pub mod suggest;
