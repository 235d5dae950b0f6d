//! What no declaration says of an API: the files `openapi/<api>.json`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::api::route::{Declaration, Operation};
use crate::data;

/// A file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rows {
    pub(super) title: String,
    /// What the API is for, in a sentence or two.
    pub(super) about: String,
    /// The numbers of the documents.
    pub(super) documents: Vec<String>,
    pub(super) errors: Errors,
    /// The groups of operations, and what each is of.
    pub(super) tags: Map<String, Value>,
    /// Parameters by name, without those.
    pub(super) parameters: BTreeMap<String, Parameter>,
    /// Headers of answers by name.
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// What stands for the variables of the documented exchanges: the demo records have these.
    pub(super) values: BTreeMap<String, String>,
    pub(super) events: Option<Events>,
    operations: Vec<Row>,
}

/// The form of errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Errors {
    pub(super) schema: String,
    /// Their media type, where they are not of those that every answer has.
    pub(super) media: Option<String>,
    /// The member that holds the code.
    pub(super) member: String,
    /// What stands before the code there.
    pub(super) prefix: String,
    /// The element that an error is in XML.
    pub(super) root: Option<String>,
}

/// A parameter of a path or of a query.
#[derive(Deserialize)]
pub(super) struct Parameter {
    #[serde(rename = "in")]
    pub(super) place: String,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// What is posted to those who listen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    pub(super) schema: String,
    pub(super) about: String,
    /// The types of events, and when one is posted.
    pub(super) names: BTreeMap<String, String>,
}

/// An operation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    method: String,
    /// As in the route table, without a slash at its end.
    path: String,
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) summary: String,
    /// The parameters of its query, by name.
    #[serde(default)]
    pub(super) query: Vec<String>,
    /// The documented exchanges of it.
    #[serde(default)]
    pub(super) examples: Vec<String>,
    /// The groups of clauses that it has to fulfil, where they are not called as it and its examples
    /// are.
    pub(super) clauses: Option<Vec<String>>,
    /// The readings that it rests on, beside those of its clauses.
    #[serde(default)]
    pub(super) readings: Vec<u16>,
    /// The schema of its body.
    pub(super) body: Option<String>,
    /// Whether the body may be left out.
    #[serde(default)]
    pub(super) optional: bool,
    /// What is asked of the body beyond its schema, as another one.
    pub(super) rule: Option<Value>,
    /// The element that the body is in XML.
    pub(super) root: Option<String>,
    /// What it answers by status, where it does as it is asked.
    pub(super) answers: BTreeMap<String, Answer>,
    /// The codes of those of its errors that not every operation has.
    #[serde(default)]
    pub(super) refusals: Vec<String>,
    /// Whether what it is asked leads to events.
    #[serde(default)]
    pub(super) events: bool,
}

/// An answer of an operation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The schema of its body, if it has one.
    pub(super) schema: Option<String>,
    /// Its media types, where they are not those of the API.
    pub(super) media: Option<Vec<String>>,
    /// The element that it is in XML.
    pub(super) root: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<String>,
}

impl Rows {
    /// Returns what is said of an API.
    ///
    /// # Errors
    /// A sentence: there is no file, or it is broken. A test reads them all.
    pub(super) fn of(api: &str) -> Result<Self, String> {
        let path = format!("openapi/{api}.json");
        let bytes = data::file(&path).ok_or_else(|| format!("{path} is not embedded"))?;
        serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}"))
    }

    /// Returns the row of an operation, and where this is but another way to the same the path of
    /// that.
    ///
    /// # Errors
    /// A sentence: it has none.
    pub(super) fn find<'a>(
        &self,
        api: &'a Declaration,
        operation: &'a Operation,
    ) -> Result<(&Row, Option<&'a str>), String> {
        let path = operation.path.trim_end_matches('/');
        let is_alias = path != operation.path && api.operations.iter().any(|it| it.path == path);
        let alias = is_alias.then_some(path);
        let is_it = |row: &&Row| row.path == path && row.method == operation.method.as_str();
        let row = self.operations.iter().find(is_it).ok_or_else(|| {
            format!("openapi/{}.json lacks {} {path}", api.name, operation.method)
        })?;
        Ok((row, alias))
    }

    /// Returns every operation that is described.
    #[cfg(test)]
    pub(super) fn operations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operations.iter().map(|row| (&*row.method, &*row.path))
    }

    /// Returns the names of every exchange that is shown.
    #[cfg(test)]
    pub(super) fn examples(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().flat_map(|row| &row.examples).map(String::as_str)
    }
}
