//! A run: what it may use, what it does before its first case, and the judging of each.

mod attempt;
mod bench;
mod capture;
mod contact;
mod controls;
mod draw;
mod excerpt;
mod holdings;
mod judge;
mod others;
mod parallel;
mod plan;
mod provision;
mod queue;
mod request;
pub(crate) mod runner;
mod session;
mod writes;

pub use crate::harness::outcome::Selection;
pub use bench::{Bench, Options};
pub(crate) use controls::Controls;
pub(crate) use draw::Random;
pub use judge::Judge;
pub(crate) use others::Others;
pub(crate) use parallel::in_parallel;
pub use runner::{Progress, run};
pub(crate) use session::{Claims, Session, Until};
pub use writes::{OtherRequest, Planned, Write, planned};
