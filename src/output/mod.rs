//! What leaves for a reader: standard error, and characters that would not show.

pub mod standard_error;
pub mod visible;
