//! A table row's constraint, transcribed from the document and independent of the schemas that the
//! server enforces.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A row of a document's table: what it says of one member, and by which clauses that is judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Row {
    /// The table.
    pub(crate) resource: String,
    /// The member's path, with dots.
    pub(crate) member: String,
    /// As printed: a type of JSON, `uri`, `date-time`, `dynamic`.
    #[serde(default, rename = "type")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) min_length: Option<usize>,
    #[serde(default)]
    pub(crate) max_length: Option<usize>,
    #[serde(default)]
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum")]
    pub(crate) listed: Vec<Value>,
    #[serde(default)]
    pub(crate) required: Option<bool>,
    /// True if a PATCH may change it, false if not, and none where the table does not say (004 ›
    /// the table of PATCH).
    #[serde(default)]
    pub(crate) patchable: Option<bool>,
    /// True if it is required, and not only recommended, that whatever keeps to the row is taken:
    /// free text, and lists of which a reading says so.
    #[serde(default)]
    pub(crate) accepted: bool,
    /// The clause that judges a constraint, where a reading makes less of it, or more, than of the
    /// row's own clause.
    #[serde(default)]
    pub(crate) judged_by: BTreeMap<Constraint, String>,
    #[serde(default, rename = "default")]
    _default: Option<Value>,
    /// The constraints in which the schemas are otherwise, and the reading that says why.
    #[serde(default, rename = "differs")]
    _differs: Option<Value>,
    #[serde(default, rename = "format")]
    _format: Option<String>,
}

/// The constraints that a row can put on a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Constraint {
    Type,
    MinLength,
    MaxLength,
    Pattern,
    Enum,
    Required,
    Patchable,
    /// A value that keeps to the row is taken.
    Accepted,
    /// A value that was taken is served.
    Returned,
}
