//! Controls: the same request without its one fault. A refusal proves something only beside the
//! acceptance of that.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::harness::api::Draw;

/// What a refusal is judged beside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", untagged)]
pub(crate) enum Control {
    /// The step that has to be accepted.
    Step(String),
    None(Uncontrolled),
}

/// Why no acceptance can stand beside a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Uncontrolled {
    /// The reason, as a sentence without a full stop.
    #[serde(rename = "none")]
    pub(crate) why: String,
}

/// A control that many cases share: it is sent once in a run for each ledger, by the first case that
/// comes to it, and is not itself judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shared {
    /// What it is known by.
    #[serde(rename = "as")]
    pub(crate) name: String,
    /// Preludes of its own: what it changes is not what the case looks at.
    #[serde(default)]
    pub(crate) given: Vec<String>,
    /// Identifiers of its own, which leave those of the case unused.
    #[serde(default)]
    pub(crate) draw: BTreeMap<String, Draw>,
}

impl Shared {
    /// Returns the name by which a plan and a report call who sends it: which of the cases that share
    /// it does is a matter of chance.
    pub(crate) fn sender(&self) -> String {
        format!("control {}", self.name)
    }
}
