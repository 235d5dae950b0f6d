//! Documents: what each is, and where its exchanges are kept.

use serde::Deserialize;

/// A document, as far as it is told of. Its inventory is for the lint, and its schema knows that.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    /// The number by which it is cited, such as `002`.
    pub id: String,
    /// What it is called here.
    pub title: String,
    /// Where it is from.
    pub published: Published,
    /// Its exchanges.
    #[serde(default)]
    pub exchanges: Vec<DocumentedExchange>,
}

/// Where a document is from, as far as its own text tells.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// What it calls itself.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The version, as printed.
    #[serde(default)]
    pub version: Option<String>,
    /// The day of that version.
    #[serde(default)]
    pub date: Option<String>,
    /// Where it was found; nothing promises that it is still there.
    #[serde(default)]
    pub address: Option<String>,
    /// What else is known of the copy that was read, and what is not.
    pub note: String,
}

/// An exchange of a document, and the example that holds it.
#[derive(Debug, Clone, Deserialize)]
pub struct DocumentedExchange {
    /// The id by which clauses cite it.
    pub id: String,
    /// The name of the example.
    pub example: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentFile {
    pub(super) documents: Vec<Document>,
}
