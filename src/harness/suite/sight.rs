//! Sights: where an answer shows what its target chose of what the documents leave open.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::expectation::Statuses;
use super::matcher::Matcher;
use super::relation::Sum;
use super::shape::{Asked, Operation};

/// The answers that show a choice, and the signs by which each value is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sight {
    /// The name of the choice, by which the reference serves it too.
    pub(crate) choice: String,
    /// The readings that leave it open.
    pub(crate) readings: Vec<u16>,
    /// The operations; none means whatever is asked of the API.
    #[serde(default)]
    of: Vec<Operation>,
    status: Statuses,
    /// The names of the steps, where only what came before shows it; none means any.
    #[serde(default)]
    steps: Vec<String>,
    /// Names of the query with which the answer is another.
    #[serde(default)]
    without: Vec<String>,
    /// Names of the query without which nothing is shown, each with a part of its value.
    #[serde(default)]
    with: BTreeMap<String, String>,
    /// In their order: the first whose sign is there is the value.
    pub(crate) shows: Vec<Sign>,
}

/// By what a value is known; all that is said has to be there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) status: Option<Statuses>,
    /// A header that the answer has.
    #[serde(default)]
    pub(crate) header: Option<String>,
    /// What that header says.
    #[serde(default)]
    pub(crate) says: Option<Matcher>,
    /// True if the answer has no body.
    #[serde(default)]
    pub(crate) empty: bool,
    /// A part of the body as it was sent.
    #[serde(default)]
    pub(crate) contains: Option<String>,
    /// The amounts of a summary are such sums of what an earlier step was answered, as a relation of
    /// the step compares them.
    #[serde(default)]
    pub(crate) totals: Option<Sum>,
    /// Where in the body the matcher's value stands.
    #[serde(default)]
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) body: Option<Matcher>,
}

impl Sight {
    /// Whether such an answer to such a request shows the choice.
    pub(crate) fn meets(&self, asked: &Asked, status: u16, step: &str, ignore_case: bool) -> bool {
        let is_asked = |each: &Operation| each.parameters(asked, ignore_case).is_some();
        self.status.accepts(status)
            && !self.without.iter().any(|name| asked.has_query(name))
            && self.with.iter().all(|(name, part)| asked.has_in_query(name, part))
            && (self.steps.is_empty() || self.steps.iter().any(|name| name == step))
            && (self.of.is_empty() || self.of.iter().any(is_asked))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SightFile {
    pub(super) api: String,
    pub(super) sights: Vec<Sight>,
    /// The choices of the reference that no answer shows, with the reason why: for whoever reads the
    /// file, and for the test that holds that no choice is forgotten.
    #[serde(default, rename = "unseen")]
    _unseen: BTreeMap<String, String>,
}
