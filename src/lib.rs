//! Etalon: the reference implementation of published billing APIs, and the judge of everyone
//! else's.
//!
//! The modules stand in dependency order, lowest first; an arrow the other way does not compile or
//! fails the layering test. `ARCHITECTURE.md` has the map and the reasons.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod data;

pub mod input;

pub mod output;

#[cfg(feature = "server")]
pub mod model;

#[cfg(feature = "server")]
pub mod store;

#[cfg(feature = "server")]
pub mod api;

#[cfg(feature = "server")]
pub mod page;

#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "harness")]
pub mod harness;
