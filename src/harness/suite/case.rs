//! Cases, the preludes they share, and the states they start from.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::error::SuiteError;
use super::origin::Origin;
use super::outline::Outline;
use super::step::{OwnRequest, Step, StepRequest};
use crate::harness::api::Draw;

/// The side that numbers the customers: the clients of a ledger, or the ledger (reading 45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerNoMode {
    /// A customer is created with a number.
    #[default]
    Assigned,
    /// The ledger gives each customer its number.
    Generated,
}

impl CustomerNoMode {
    /// Returns the name as in the data: `assigned` or `generated`.
    pub fn name(self) -> &'static str {
        match self {
            CustomerNoMode::Assigned => "assigned",
            CustomerNoMode::Generated => "generated",
        }
    }
}

/// The demands of a case on the ledger it runs on; what is not said does not matter, except that
/// customer numbers are assigned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Needs {
    #[serde(default)]
    pub(crate) customer_no_mode: CustomerNoMode,
    #[serde(default)]
    pub(crate) grants: Vec<String>,
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    #[serde(default)]
    pub(crate) country: Option<String>,
}

/// The mark of what an undocumented case makes, in a text that its resource keeps: a target keeps the
/// record for good, and no other case judges by it.
pub(crate) const UNDOCUMENTED: &str = "etalon-undocumented";

/// Ordered steps that judge clauses: one case, one trial.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Case {
    pub(crate) id: String,
    pub(crate) title: String,
    #[serde(skip)]
    pub(crate) api: String,
    #[serde(skip)]
    pub(crate) file: String,
    #[serde(skip)]
    pub(crate) origin: Origin,
    #[serde(default)]
    pub(crate) ledger: Needs,
    #[serde(default)]
    pub(crate) other_ledger: bool,
    /// Whether what it sends has names that the document does not give there: nothing of what comes
    /// of that is required (reading 154).
    #[serde(default)]
    pub(crate) undocumented: bool,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default)]
    pub(crate) spends: Option<Supply>,
    #[serde(default)]
    pub(crate) given: Vec<String>,
    #[serde(default)]
    pub(crate) draw: BTreeMap<String, Draw>,
    pub(crate) steps: Vec<Step>,
}

impl Case {
    /// Reads the case of an outline.
    ///
    /// # Errors
    /// The file, the case, and what is wrong with it.
    pub(crate) fn read(outline: &Outline) -> Result<Case, SuiteError> {
        let path = outline.file();
        let mut case: Case = serde_json::from_str(outline.text())
            .map_err(|error| SuiteError::of_case(path, outline.text(), &error))?;
        case.api = outline.api().to_owned();
        case.origin = Origin::of_file(path);
        case.file = path.to_owned();
        Ok(case)
    }

    /// Returns the id: `<api>/<resource>/<name>`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what the case shows, in one sentence.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the name of the API that the case belongs to.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// Returns whether a step listens, for as long as the target takes to tell of something.
    pub(crate) fn listens(&self) -> bool {
        let mut requests = self.steps.iter().flat_map(|step| &step.requests);
        requests.any(|request| matches!(request, StepRequest::Listen(_)))
    }

    /// Returns every clause that the case's own steps cite, each once, in order.
    pub(crate) fn clauses(&self) -> Vec<&str> {
        let mut clauses = Vec::new();
        for expectation in self.steps.iter().flat_map(|step| &step.expect) {
            if !clauses.contains(&expectation.clause.as_str()) {
                clauses.push(expectation.clause.as_str());
            }
        }
        clauses
    }
}

/// A stock of the suite's records of which a case uses one up, where no list shows what is left.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Supply {
    /// In words that follow a number.
    pub(crate) what: String,
    /// The variable that lists all there were, as objects, in the order in which they are used.
    pub(crate) of: String,
    /// The request that succeeds for one that is used up.
    pub(crate) spent: OwnRequest,
}

/// A named prelude, such as "a customer exists".
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    #[serde(default)]
    pub(crate) draw: BTreeMap<String, Draw>,
    pub(crate) steps: Vec<Step>,
}

/// A named part of the fixtures, and the identifiers that reach it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// The ledger that holds it, if its API has ledgers.
    #[serde(default)]
    pub(crate) ledger: Option<String>,
    pub(crate) means: String,
    /// The variables whose records are for the cases of this state alone: they change them, or rely
    /// on nobody else asking for them.
    #[serde(default)]
    pub(crate) apart: Vec<String>,
    /// Paths at which its ledger has nothing, nor below them; after one that ends in `/*`, only below.
    #[serde(default)]
    pub(crate) lacks: Vec<String>,
    /// The variables whose records may lawfully be answered as if they were not there.
    #[serde(default)]
    pub(crate) unasked: Vec<String>,
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, Value>,
}

/// What a variable of the states must be, for whoever names records of his own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Name {
    /// The kind of record that it identifies: two names of one kind in a state are two records.
    #[serde(default)]
    pub(crate) of: Option<String>,
    /// The member that identifies it, where the variable lists objects.
    #[serde(default)]
    pub(crate) member: Option<String>,
    /// API → the paths at which GET finds the record, of which one is enough.
    #[serde(default)]
    pub(crate) at: BTreeMap<String, Vec<String>>,
    /// In words.
    pub(crate) what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenFile {
    pub(super) api: String,
    pub(super) given: BTreeMap<String, Given>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatesFile {
    pub(super) states: BTreeMap<String, State>,
    #[serde(default)]
    pub(super) names: BTreeMap<String, Name>,
}
