//! Documented exchanges as printed, and what must be substituted before they can be replayed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::matcher::Matcher;

/// One exchange of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    pub(crate) example: String,
    pub(crate) document: String,
    pub(crate) heading: String,
    #[serde(default)]
    pub(crate) request: Option<PrintedRequest>,
    #[serde(default)]
    pub(crate) response: Option<PrintedResponse>,
    #[serde(default)]
    pub(crate) substitute: Substitutions,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrintedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<Vec<String>>,
    /// The reading that restores a request line which the document lost.
    #[serde(default)]
    pub(crate) restored: Option<u16>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrintedResponse {
    pub(crate) status: u16,
    #[serde(default)]
    pub(crate) reason: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<Vec<String>>,
    /// The reading that restores a status line which the document lost.
    #[serde(default)]
    pub(crate) restored: Option<u16>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitutions {
    #[serde(default)]
    pub(crate) request: Vec<Substitution>,
    #[serde(default)]
    pub(crate) response: Vec<Substitution<Matcher>>,
}

/// Where a substitution applies that is no JSON pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Text,
}

/// One difference between what is printed and what is sent, or expected of an answer, with its reading.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitution<W: Default = Value> {
    #[serde(default, rename = "in")]
    pub(crate) place: Option<Place>,
    /// The printed text that is replaced, wherever it occurs in `in`.
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// The pointer of the member that is replaced; `*` is every element.
    #[serde(default)]
    pub(crate) at: Option<String>,
    #[serde(default)]
    pub(crate) with: W,
    #[serde(default)]
    pub(crate) remove: bool,
    /// The reading that demands it.
    pub(crate) reading: u16,
}
