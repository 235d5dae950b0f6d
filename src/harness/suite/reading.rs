//! Readings: numbered decisions about what the documents leave open or contradict.

use serde::Deserialize;

/// A decision about a gap, in our words; clauses, choices and comments cite it by its number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The number by which it is cited.
    pub number: u16,
    /// The passages that leave it open.
    #[serde(rename = "where")]
    pub passages: Vec<Passage>,
    /// What is left open, or contradicted.
    pub gap: String,
    /// What the reference does.
    pub served: String,
    /// What is required of every server.
    #[serde(default)]
    pub demanded: Option<String>,
    /// What is recommended.
    #[serde(default)]
    pub advised: Option<String>,
    /// What the judge does about it: what it accepts, compares or sends.
    #[serde(default)]
    pub judged: Option<String>,
    /// The choices of the reference that it leaves, by their names.
    #[serde(default)]
    pub choices: Vec<String>,
    /// The readings that say more.
    #[serde(default)]
    pub see: Vec<u16>,
    /// Why nothing cites it.
    #[serde(default)]
    pub uncited: Option<String>,
}

/// A passage of a document, or the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// The document's number, such as `002`.
    pub document: String,
    /// The heading, as printed.
    #[serde(default)]
    pub heading: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadingFile {
    pub(super) readings: Vec<Reading>,
}
