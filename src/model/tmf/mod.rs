//! Document 004: what its collections hold and which rules that follows.

pub mod collection;
pub mod event;
pub mod indexed;
pub mod instant;
pub mod patch;
pub mod path;
pub mod pick;
pub mod resource;
pub mod state;
