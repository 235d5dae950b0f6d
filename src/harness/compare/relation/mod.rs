//! Relations: what one answer is to earlier ones, whatever values a target holds.

mod lists;
mod part;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Mismatch;
use super::scalar::{kind, same_text};
use crate::harness::pointer;
pub(crate) use part::limit;
use totals::Totals;

/// What an answer is to the answers of earlier steps.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relation {
    is: Bond,
    /// What of this answer is meant.
    #[serde(default)]
    at: String,
    /// The earlier steps.
    #[serde(default)]
    pub(crate) steps: Vec<String>,
    /// What of the earlier answers is meant, if it stands elsewhere.
    #[serde(default)]
    from: Option<String>,
    /// What tells one element of a list from another; without it the whole of it does.
    #[serde(default)]
    by: Option<String>,
    /// The members that are compared, as pointers into a record; none means all.
    #[serde(default)]
    members: Vec<String>,
    /// Members that a projection may have besides.
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    totals: Option<Totals>,
    /// Only those elements of the earlier answers are meant that have these values at these pointers.
    #[serde(default, rename = "where")]
    pub(crate) chosen: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Bond {
    /// What stands here is not what stood there.
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
    /// This is that, with nothing but the chosen members.
    Projection,
    /// These sum up, group by group, what stood there.
    Totals,
}

impl Relation {
    /// Whether it says what its kind needs.
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
        if !counted || bare || wants_totals != self.totals.is_some() {
            return Err(format!(
                "a relation ({:?}) names its earlier steps (none if distinct, at least one if \
                 union, else one), members if it is a projection, and totals if it is of totals",
                self.is
            ));
        }
        Ok(())
    }

    /// Every way in which `here` is not to `earlier`, the answers of its steps, as it should be. The
    /// variables of what is chosen are filled.
    pub(crate) fn compare(&self, here: &Value, earlier: &[&Value]) -> Vec<Mismatch> {
        let from = self.from.as_ref().unwrap_or(&self.at);
        let now = pointer::get(here, &self.at).filter(|value| !value.is_null());
        let before: Vec<_> = earlier
            .iter()
            .map(|body| pointer::get(body, from).filter(|value| !value.is_null()))
            .collect();
        let first = before.first().copied().flatten();
        match self.is {
            Bond::Differs => self.differs(now, first),
            Bond::Projection => self.projection(now, first),
            Bond::Element => match (now, first) {
                (Some(record), Some(Value::Array(list))) => self.element(record, list),
                (None, _) => vec![self.no("a record", now)],
                (_, other) => vec![self.no_list_before(other)],
            },
            Bond::Totals | Bond::Part | Bond::Disjoint | Bond::Union | Bond::Distinct => {
                self.lists(now, &before)
            }
        }
    }

    fn lists(&self, now: Option<&Value>, before: &[Option<&Value>]) -> Vec<Mismatch> {
        let Some(Value::Array(here)) = now else { return vec![self.no("an array", now)] };
        let mut there = Vec::new();
        let is_chosen = |element: &&Value| {
            let mut chosen = self.chosen.iter();
            chosen.all(|(at, value)| pointer::get(element, at).is_some_and(|e| same_text(e, value)))
        };
        for list in before {
            match list {
                Some(Value::Array(list)) => there.extend(list.iter().filter(is_chosen)),
                other => return vec![self.no_list_before(*other)],
            }
        }
        match (self.is, &self.totals) {
            (Bond::Part, _) => self.part(here, &there),
            (Bond::Disjoint, _) => self.disjoint(here, &there),
            (Bond::Union, _) => self.union(here, &there),
            (Bond::Totals, Some(totals)) => totals.compare(here, &there, &self.at),
            _ => self.distinct(here),
        }
    }

    fn no(&self, wanted: &str, found: Option<&Value>) -> Mismatch {
        let message = format!("should be {wanted} and is {}", kind(found));
        Mismatch { actual: found.cloned(), ..Mismatch::new(&self.at, message) }
    }

    fn no_list_before(&self, found: Option<&Value>) -> Mismatch {
        let message =
            format!("step `{}` gave no list to compare with: {}", self.named(), kind(found));
        Mismatch::new(&self.at, message)
    }

    /// The earlier steps, for messages.
    fn named(&self) -> String {
        self.steps.join("`, `")
    }
}
