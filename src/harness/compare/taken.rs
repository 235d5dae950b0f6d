//! A step that was taken: what was asked, what was answered, and how that reads.

use crate::harness::suite::Example;
use crate::harness::wire::{Answer, Body, Request};

/// A step's request and its answer.
pub(crate) struct Taken<'a> {
    pub(crate) request: Request,
    /// The documented exchange that was replayed, if one was.
    pub(crate) example: Option<&'a Example>,
    pub(crate) answer: Answer,
    /// Its body as it was read.
    pub(crate) body: Body,
    pub(crate) extent: Extent,
}

/// How much of a body is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Whole,
    /// Of the elements of a long list, what is read of them once each was held to its schema.
    Slim,
}
