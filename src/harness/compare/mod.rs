//! Comparing what was answered with what a clause asks.

mod alike;
mod check;
mod diff;
mod equal;
mod excerpt;
mod fingerprint;
mod kind;
mod matching;
mod mismatch;
mod named;
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
pub(crate) use excerpt::excerpt;
pub use kind::Kind;
pub(crate) use matching::Comparison;
pub use mismatch::Mismatch;
pub(crate) use pattern::fits;
pub(crate) use problem::code;
pub(crate) use said::{said_whole, shown};
pub(crate) use scalar::{number, same_text};
pub(crate) use schema::CompiledSchemas;
pub(crate) use taken::{Extent, Taken};
pub(crate) use total::amounts_of;
