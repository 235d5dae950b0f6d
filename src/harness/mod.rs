//! The judge: plans, sends, compares, reports. It knows the suite and a base URL, and nothing of
//! the server in this crate.
//!
//! A run is: [`Suite::embedded`] → [`Target::resolve`] → [`Judge::new`] → [`run`] → a
//! [`RunReport`], which [`report`] writes. A caller with a runner of its own calls
//! [`Judge::prepare`] and then [`Judge::judge`] for each case of [`Selection::cases`].

mod api;
mod attempt;
pub mod audit;
pub mod baseline;
mod body;
pub mod bundle;
mod capture;
mod check;
mod client;
mod compare;
mod contact;
mod curl;
mod diff;
mod draw;
pub mod evidence;
mod format;
mod holdings;
mod judge;
mod landmarks;
mod operation;
mod pages;
mod parallel;
mod pattern;
mod plan;
mod pointer;
mod provision;
mod refusal;
pub mod regression;
pub mod report;
mod request;
mod runner;
mod suite;
mod target;
#[cfg(test)]
mod tests;
mod transport;
mod unwrap;
mod variables;
mod verdict;
mod writes;

pub use api::{APIS, Api};
pub use client::Patience;
pub use judge::{Judge, Options};
pub use plan::Selection;
pub use refusal::{Exit, Refusal};
pub use report::{CaseReport, Finding, RunReport};
pub use runner::{Progress, run};
pub use suite::{Case, Clause, ClauseStatus, CustomerNoMode, Level, Suite, SuiteFault};
pub use target::{Limits, Secret, Target, TargetFlags};
pub use verdict::{RunVerdict, Verdict};
pub use writes::{Aside, Created, Planned, Write, planned};
