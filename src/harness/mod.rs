//! The judge: plans, sends, compares, reports. It knows the suite and a base URL, and nothing of
//! the server in this crate.
//!
//! The rooms stand in dependency order, lowest first: each knows only those before it, and
//! `evidence`, `report` and `audit`, on top, do not know each other. `tests/layering.rs` holds
//! that.
//!
//! A run is: [`Suite::embedded`] → [`Target::resolve`] → [`Bench::new`] → [`Judge::new`] → [`run`]
//! → a [`RunReport`], which [`report`] writes. A caller with a runner of its own calls
//! [`Judge::prepare`] and then [`Judge::judge`] for each case of [`Selection::cases`].

mod api;
mod compare;
mod outcome;
mod run;
mod subject;
mod suite;
mod wire;

pub mod audit;
pub mod evidence;
pub mod report;

#[cfg(test)]
mod tests;

pub use api::{APIS, Api};
pub use outcome::{
    Baseline, CaseReport, Change, Changes, ClauseReport, ClauseVerdict, Compared, Coverage,
    Created, EntryStatus, Exit, Finding, KnownFailure, Lack, Redact, Refusal, RunReport,
    RunVerdict, SafeExchange, SafeRequest, Tally, Verdict, changes, json,
};
pub use run::{
    Bench, Judge, Options, OtherRequest, Planned, Progress, Selection, Write, planned, run,
};
pub use subject::{Limits, Target, TargetFlags};
pub use suite::{Case, Clause, ClauseStatus, CustomerNoMode, Level, Suite, SuiteError};
pub use wire::{Answer, NoAnswer, Patience};
