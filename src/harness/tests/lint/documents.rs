//! What the documents contain, so that completeness can be counted. Only the lint reads it, and of
//! it only what it compares; the schema knows the rest.

use serde::Deserialize;

/// The inventory of every document.
#[derive(Deserialize)]
pub(super) struct Documents {
    pub(super) documents: Vec<Document>,
}

/// One document: its headings, tables, exchanges, problems and normative sentences.
#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) id: String,
    #[serde(default)]
    pub(super) headings: Vec<String>,
    #[serde(default)]
    pub(super) tables: Vec<Table>,
    #[serde(default)]
    pub(super) exchanges: Vec<DocumentedExchange>,
    #[serde(default)]
    pub(super) problems: Vec<DocumentedProblem>,
    #[serde(default)]
    pub(super) sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
pub(super) struct Table {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) rows: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct DocumentedExchange {
    pub(super) id: String,
    pub(super) heading: String,
    pub(super) example: String,
}

#[derive(Deserialize)]
pub(super) struct DocumentedProblem {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct Sentence {
    pub(super) id: String,
    pub(super) heading: String,
}
