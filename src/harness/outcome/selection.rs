//! What was selected among the cases of the chosen APIs.

use serde::{Deserialize, Serialize};

/// A selection among the cases of the chosen APIs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Selection {
    /// Substrings of case ids; several mean OR, none means all.
    pub filters: Vec<String>,
    /// True if a filter, and a `skip`, must be the whole id.
    pub exact: bool,
    /// Substrings of case ids that are left out.
    pub skip: Vec<String>,
    /// True if only cases are wanted that send nothing but safe requests.
    pub read_only: bool,
    /// The seed of the order in which cases are taken; without it, that of the suite. No report says
    /// it: it changes nothing of what is selected.
    #[serde(skip)]
    pub shuffle: Option<u64>,
}

impl Selection {
    /// Returns whether the selection may leave cases out, so that the run cannot say CONFORMS.
    pub fn narrows(&self) -> bool {
        self.read_only || !(self.filters.is_empty() && self.skip.is_empty())
    }

    /// Returns whether a case of this id is wanted, as far as the id tells.
    pub(crate) fn wants(&self, id: &str) -> bool {
        let hits = |pattern: &String| self.hits(pattern, id);
        (self.filters.is_empty() || self.filters.iter().any(hits)) && !self.skip.iter().any(hits)
    }

    /// Returns whether a filter, or a `skip`, means a case of this id.
    pub(crate) fn hits(&self, pattern: &str, id: &str) -> bool {
        match self.exact {
            true => id == pattern,
            false => id.contains(pattern),
        }
    }
}
