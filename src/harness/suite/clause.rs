//! Clauses: the requirements that expectations cite.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use serde::Deserialize;

use super::error::{SuiteError, broken, read};
use super::row::Row;

/// How much a clause demands: column (ii) of the readings says REQ or REC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A recommendation: broken, it is an advisory.
    Should,
    /// A requirement: broken, the case fails.
    Must,
}

impl Level {
    /// Returns the name as in the data: `must` or `should`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
        }
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Level::Must, Level::Should].into_iter().find(|level| level.name() == name);
        found.ok_or_else(|| "a level is must or should".to_owned())
    }
}

/// The suite's treatment of a clause: checked, or the reason why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseStatus {
    /// Cases judge it.
    Checked,
    /// No answer shows whether it holds.
    Unobservable,
    /// Its document says otherwise elsewhere.
    Contradictory,
    /// It asks nothing of the server that is judged.
    OutOfScope,
}

impl ClauseStatus {
    pub(crate) const ALL: [ClauseStatus; 4] = [
        ClauseStatus::Checked,
        ClauseStatus::Unobservable,
        ClauseStatus::Contradictory,
        ClauseStatus::OutOfScope,
    ];

    /// Returns the name as in the data: `checked`, `unobservable`, `contradictory` or
    /// `out-of-scope`.
    pub fn name(self) -> &'static str {
        match self {
            ClauseStatus::Checked => "checked",
            ClauseStatus::Unobservable => "unobservable",
            ClauseStatus::Contradictory => "contradictory",
            ClauseStatus::OutOfScope => "out-of-scope",
        }
    }
}

impl FromStr for ClauseStatus {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = ClauseStatus::ALL.into_iter().find(|status| status.name() == name);
        let names = || ClauseStatus::ALL.map(ClauseStatus::name).join(", ");
        found.ok_or_else(|| format!("a status is one of {}", names()))
    }
}

/// One requirement of a document, in our words, and where it stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// `<api>/<topic>[/<detail>]`.
    pub id: String,
    /// The document's number, such as `002`.
    pub document: String,
    /// The heading under which it stands, as printed.
    pub heading: String,
    /// The entries of documents.json that the clause states again.
    #[serde(default)]
    pub cites: Vec<String>,
    /// The requirement in one sentence.
    pub requires: String,
    /// The readings on which it rests.
    #[serde(default)]
    pub readings: Vec<u16>,
    /// The weight of breaking it.
    pub level: Level,
    /// Profile → its weight there, for a target that is to keep to one.
    #[serde(default)]
    pub(crate) profile: BTreeMap<String, Level>,
    /// The suite's treatment of it.
    pub status: ClauseStatus,
    /// Why it is not checked, if it is not.
    #[serde(default)]
    pub reason: Option<String>,
    /// When a target that is right gives no occasion to judge it, so that a run without a verdict on
    /// it is whole.
    #[serde(default)]
    pub(crate) unless: Option<String>,
    /// A table row's constraint.
    #[serde(default)]
    pub(crate) row: Option<Row>,
    #[serde(skip)]
    pub(crate) api: String,
    /// Its place among all clauses of the suite.
    #[serde(skip)]
    pub(crate) place: usize,
}

impl Clause {
    /// Returns the name of the API of whose document the clause is.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// Returns where the clause stands, for messages: its document, heading and readings.
    pub(crate) fn stands(&self) -> String {
        let numbers: Vec<_> = self.readings.iter().map(u16::to_string).collect();
        let readings = match numbers.as_slice() {
            [] => String::new(),
            [one] => format!(" (reading {one})"),
            several => format!(" (readings {})", several.join(", ")),
        };
        format!("document {} › {}{readings}", self.document, self.heading)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClauseFile {
    api: String,
    clauses: Vec<Clause>,
}

/// Adds the clauses of a file, in their order.
///
/// # Errors
/// The file cannot be read, or one of its clauses stands twice.
pub(super) fn add(
    clauses: &mut HashMap<String, Clause>,
    path: &str,
    bytes: &[u8],
) -> Result<(), SuiteError> {
    let file: ClauseFile = read(path, bytes)?;
    for mut clause in file.clauses {
        clause.place = clauses.len();
        clause.api.clone_from(&file.api);
        let id = clause.id.clone();
        if clauses.insert(id.clone(), clause).is_some() {
            return Err(broken(path, format!("the clause {id} stands twice")));
        }
    }
    Ok(())
}
