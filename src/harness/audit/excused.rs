//! The survivors that a reading allows, as the committed list has them.

use serde::Deserialize;

use super::fault::Mutation;
use crate::harness::compare::fits;

/// A row of the list: what it does not say, it does not ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excuse {
    /// A pattern of case ids.
    pub case: String,
    /// A pattern of steps' names.
    #[serde(default = "anything")]
    pub step: String,
    /// A pattern of method and path below the API's root.
    #[serde(default = "anything")]
    pub operation: String,
    /// The answer's status, or its class.
    #[serde(default = "anything")]
    pub status: String,
    /// Patterns of the places of the change: pointers, or names of headers.
    pub at: Vec<String>,
    /// Patterns of what is changed there.
    pub mutations: Vec<String>,
    /// The readings whose column (ii) asks no more.
    pub readings: Vec<u16>,
    /// The reason, in a sentence.
    pub reason: String,
}

fn anything() -> String {
    "**".to_owned()
}

/// The whole list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Excuses {
    pub(crate) excused: Vec<Excuse>,
}

/// A survivor, as far as a row can ask.
pub(super) struct Survived<'s> {
    pub(super) case: &'s str,
    pub(super) step: &'s str,
    pub(super) operation: &'s str,
    pub(super) status: u16,
    pub(super) mutation: &'s Mutation,
}

impl Excuses {
    /// Returns the first row that excuses a survivor, by its place in the list.
    pub(super) fn of(&self, survived: &Survived) -> Option<usize> {
        self.excused.iter().position(|row| row.covers(survived))
    }
}

impl Excuse {
    pub(super) fn covers(&self, survived: &Survived) -> bool {
        let Survived { case, step, operation, status, mutation } = survived;
        let any = |patterns: &[String], text: &str| patterns.iter().any(|p| fits(p, text));
        let class = format!("{}xx", status / 100);
        fits(&self.case, case)
            && fits(&self.step, step)
            && fits(&self.operation, operation)
            && (fits(&self.status, &status.to_string()) || self.status == class)
            && any(&self.at, mutation.at())
            && any(&self.mutations, &mutation.to_string())
    }
}
