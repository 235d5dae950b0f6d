//! Evidence: what was sent and answered, kept without what is secret, so that a stranger can see it
//! and judge it again.

pub mod bundle;
mod marks;
mod mask;
mod redaction;
mod spelled;

pub use redaction::Redaction;
