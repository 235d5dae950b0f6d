//! The report as JSON. What it says is said beside the outcome, since bundles hold it and `diff` and
//! `verify` read it back.

use serde_json::Value;

use crate::harness::outcome::{self, RunReport};
use crate::harness::suite::Suite;

/// Returns the whole report, as `schemas/report.schema.json` describes it.
pub fn json(report: &RunReport, suite: &Suite) -> Value {
    outcome::json(report, suite)
}
