//! Relations: what one answer is to earlier ones, whatever values a target holds.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A relation of an answer to the answers of earlier steps.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relation {
    pub(crate) is: Bond,
    /// The part of this answer that is meant, as a pointer.
    #[serde(default)]
    pub(crate) at: String,
    /// The earlier steps.
    #[serde(default)]
    pub(crate) steps: Vec<String>,
    /// The part of the earlier answers that is meant, as a pointer, if it stands elsewhere.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// The member that tells one element of a list from another, as a pointer; without it the whole
    /// of it does.
    #[serde(default)]
    pub(crate) by: Option<String>,
    /// The members that are compared, as pointers into a record; none means all.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    /// Members that a projection may have besides.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    #[serde(default)]
    pub(crate) totals: Option<Totals>,
    /// Only those elements of the earlier answers are meant that have these values at these
    /// pointers.
    #[serde(default, rename = "where")]
    pub(crate) chosen: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bond {
    /// The value here is not the value there.
    Differs,
    /// This record is an element of that list.
    Element,
    /// Each element here is one there.
    Part,
    /// No element here is one there.
    Disjoint,
    /// The elements here are those of all the others together, each once.
    Union,
    /// No element stands here twice.
    Distinct,
    /// One element more stands here than there.
    Grown,
    /// This is that, with nothing but the chosen members.
    Projection,
    /// These sum up, group by group, what stood there.
    Totals,
}

/// A member of each summary that is, of the details of its group, the sum, the number, the earliest
/// or the latest. Groups are told apart by one member that both have; a group may have several
/// summaries, and then it is they together that are compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Totals {
    pub(crate) group: String,
    /// The member of a summary.
    pub(crate) member: String,
    pub(crate) is: Total,
    /// The member of a detail; the number of details needs none.
    #[serde(default)]
    pub(crate) of: String,
    /// The member that is the unit of both: what has several units is not summed.
    #[serde(default)]
    pub(crate) unit: Option<String>,
    /// Where a detail has its VAT rate in per cent, if an amount may be with VAT or without.
    #[serde(default)]
    pub(crate) vat: Option<String>,
}

/// How the values of a member are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Total {
    /// The exact sum.
    Sum,
    /// The sum of amounts of money, within half a hundredth.
    Amount,
    Count,
    Earliest,
    Latest,
    /// The value that all have.
    Same,
}

/// What a sum of amounts takes for the amount of each record (reading 179).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sum {
    /// The amount as the record has it.
    AsRecorded,
    /// With its VAT.
    VatAdded,
    /// Without the VAT that is in it.
    VatTakenOff,
}

impl Relation {
    /// Checks that the relation says what its kind needs.
    ///
    /// # Errors
    /// Says what is missing or too much.
    pub(crate) fn sound(&self) -> Result<(), String> {
        let steps = self.steps.len();
        let counted = match self.is {
            Bond::Distinct => steps == 0,
            Bond::Union => steps > 0,
            _ => steps == 1,
        };
        let wants_totals = self.is == Bond::Totals;
        let bare = self.is == Bond::Projection && self.members.is_empty();
        let untaxed = self.totals.iter().any(|it| it.vat.is_some() && it.is != Total::Amount);
        if !counted || bare || untaxed || wants_totals != self.totals.is_some() {
            return Err(format!(
                "a relation ({:?}) names its earlier steps (none if distinct, at least one if \
                 union, else one), members if it is a projection, and totals if it is of totals; of \
                 those an amount alone has VAT",
                self.is
            ));
        }
        Ok(())
    }
}
