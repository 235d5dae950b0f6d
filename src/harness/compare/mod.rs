//! Comparing what was answered with what a clause asks.

mod alike;
mod check;
mod diff;
mod equal;
mod fingerprint;
mod matching;
mod mismatch;
mod pattern;
mod problem;
mod relation;
mod rest;
mod said;
mod scalar;
mod schema;
mod taken;
mod total;

pub(crate) use check::{Checker, Unjudged};
pub(crate) use diff::{Row, diff, side_by_side};
#[cfg(test)]
pub(crate) use equal::equal;
pub(crate) use matching::Comparison;
pub use mismatch::Mismatch;
pub(crate) use pattern::fits;
pub(crate) use problem::code;
pub(crate) use said::said;
pub(crate) use scalar::{number, same_text};
pub(crate) use schema::CompiledSchemas;
pub(crate) use taken::{Extent, Taken};
pub(crate) use total::amounts_of;
