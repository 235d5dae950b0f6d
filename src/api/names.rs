//! What the APIs are called on the command line, in choices and in routes.

/// Document 002.
pub(super) const CUSTOMER: &str = "customer";
/// Documents 000 and 001.
pub(super) const USAGE: &str = "usage";
/// Document 003.
pub(super) const GATEWAY: &str = "gateway";
/// Document 004.
pub(super) const TMF: &str = "tmf";
