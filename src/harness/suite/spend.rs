//! What runs use up of the suite's records, since no API makes more of it.

use serde::Deserialize;

use super::step::OwnRequest;

/// What the elements of a list are of which a case uses some up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spend {
    /// In words that follow a number.
    pub(crate) what: String,
    /// How many the case uses up.
    pub(crate) count: usize,
}

/// What a case uses one of, where no list shows what is left.
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
