//! The judge: plans, sends, compares, reports. It knows the suite and a base URL, and nothing of
//! the server in this crate.
//!
//! The rooms stand on floors, and each knows only those below it; `tests/layering.rs` holds that:
//!
//! | room, from the ground | what it holds |
//! |---|---|
//! | `api` | the table of APIs, and what its columns are made of: formats, identifiers, operations |
//! | `suite` | the suite as values: clauses, cases, laws, shapes, matchers; what of it is safe to send |
//! | `subject` | what is judged: the target file and its flags, mounts, secrets, limits, links |
//! | `wire` | messages, exchanges, the ways to a target, the client, formats, bodies, pages, curl |
//! | `compare` | an answer against an expectation: matchers, relations, schemas, problems, diffs |
//! | `outcome` | findings, verdicts, reports as values, coverage, baselines, what was created |
//! | `run` | contact, plan, attempt, judge, holdings, runner |
//! | `evidence`, `report`, `audit` | redaction and bundles; a file a form of report; the judge judged |
//!
//! A run is: [`Suite::embedded`] → [`Target::resolve`] → [`Bench::new`] → [`Judge::new`] → [`run`]
//! → a [`RunReport`], which [`report`] writes. A caller with a runner of its own calls
//! [`Judge::prepare`] and then [`Judge::judge`] for each case of [`Selection::cases`].
//!
//! The built-in server, judged by the cases of one API:
//!
//! ```
//! use std::sync::Arc;
//!
//! use etalon::harness::evidence::Redaction;
//! use etalon::harness::report::{Details, Style, terminal};
//! use etalon::harness::{
//!     Bench, Judge, Options, Selection, Suite, Target, TargetFlags, run,
//! };
//! use etalon::server::builtin;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let suite = Suite::embedded()?;
//! let server = builtin::start(suite.records())?;
//! let flags = TargetFlags {
//!     url: Some(server.url()),
//!     apis: vec!["usage".to_owned()],
//!     ..TargetFlags::default()
//! };
//! let target = Target::resolve(&suite, &flags)?;
//! let redaction = Redaction::of(&target);
//! let bench = Bench::new(Arc::clone(&suite), target, Options::default(), redaction);
//! let judge = Judge::new(bench)?;
//!
//! let report = run(&judge, &Selection::default(), &())?;
//! assert_eq!(report.headline(), "CONFORMS");
//! print!("{}", terminal(&report, &suite, Details::Digest, Style { color: false }));
//! # Ok(())
//! # }
//! ```

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
pub use compare::Kind;
pub use outcome::{
    Baseline, CaseReport, Cause, Change, Changes, ClauseReport, ClauseVerdict, Compared, Coverage,
    Created, EntryStatus, Exit, Finding, KnownFailure, Lack, Missing, Redact, Refusal, RunReport,
    RunVerdict, SafeExchange, SafeRequest, Selection, Tally, Verdict, Waited, bases, changes,
    check_report, read_report,
};
pub use run::{Bench, Judge, Options, OtherRequest, Planned, Progress, Write, planned, run};
pub use subject::{Limits, Proxies, Target, TargetFlags};
pub use suite::{
    Case, Clause, ClauseStatus, Contents, CustomerNoMode, Document, DocumentedExchange, Level,
    Origin, Outline, Passage, Published, Reading, Suite, SuiteError,
};
pub use wire::{Allowance, Answer, EndAsked, LongBody, NoAnswer, Patience};
