//! Etalon: the reference implementation of published billing APIs, and the judge of everyone
//! else's.
//!
//! The modules in dependency order; an arrow the other way does not compile or fails the layering
//! test. `ARCHITECTURE.md` has the map and the reasons.
#![warn(missing_docs)]

pub mod data;

#[cfg(feature = "server")]
pub mod api;
#[cfg(feature = "server")]
pub mod model;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod store;

#[cfg(feature = "harness")]
pub mod harness;
