//! What the documents contain, so that completeness can be counted. Only the lint reads it.

use serde::Deserialize;

/// The inventory of every document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Documents {
    pub(crate) documents: Vec<Document>,
}

/// One document: its headings, tables, exchanges, problems and normative sentences.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) headings: Vec<String>,
    #[serde(default)]
    pub(crate) tables: Vec<Table>,
    #[serde(default)]
    pub(crate) exchanges: Vec<DocumentedExchange>,
    #[serde(default)]
    pub(crate) problems: Vec<DocumentedProblem>,
    #[serde(default)]
    pub(crate) sentences: Vec<Sentence>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) heading: String,
    pub(crate) rows: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentedExchange {
    pub(crate) id: String,
    pub(crate) heading: String,
    pub(crate) example: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentedProblem {
    pub(crate) id: String,
    pub(crate) status: u16,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sentence {
    pub(crate) id: String,
    pub(crate) heading: String,
    pub(crate) gist: String,
}
