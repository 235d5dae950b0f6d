//! Evidence: what was sent and answered, kept without what is secret, so that a stranger can see it
//! and judge it again.

mod exchange;
mod mask;
mod recorder;
mod redaction;

pub use exchange::{Exchange, Received, Sent, Unanswered};
pub(crate) use recorder::{Recorded, Recorder};
pub(crate) use redaction::{Redaction, is_redacted};
