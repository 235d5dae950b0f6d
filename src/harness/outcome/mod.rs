//! The outcome of a run: findings, reports, verdicts, coverage, what was created, baselines.

mod baseline;
mod case;
mod compared;
mod coverage;
mod created;
mod exchange;
mod finding;
mod json;
mod lack;
mod left;
mod redact;
mod refusal;
mod regression;
mod run;
mod traces;
mod verdict;

pub use baseline::Baseline;
pub use case::CaseReport;
pub use compared::{Compared, EntryStatus, KnownFailure};
pub use coverage::{ClauseReport, ClauseVerdict, Coverage, Missing, Tally};
pub use created::Created;
pub(crate) use created::{creates, names_of};
pub use exchange::{SafeExchange, SafeRequest};
pub use finding::Finding;
pub(crate) use finding::shorten;
pub use json::json;
pub(crate) use json::{case_json, read_finding};
pub use lack::Lack;
pub use left::Left;
pub use redact::Redact;
pub use refusal::{Exit, Refusal};
pub use regression::{Change, Changes, changes};
pub use run::RunReport;
pub(crate) use run::date_time;
pub(crate) use traces::Traces;
pub use verdict::{RunVerdict, Verdict};
