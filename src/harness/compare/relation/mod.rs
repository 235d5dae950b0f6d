//! Relations: what one answer is to earlier ones, whatever values a target holds.

mod lists;
mod part;
#[cfg(test)]
mod tests;
mod totals;

use serde_json::Value;

pub(crate) use part::limit;

use super::kind::Kind;
use super::mismatch::Mismatch;
use super::scalar::{kind, same_text};
use crate::harness::suite::{Bond, Relation, Sum, pointer};

impl Relation {
    /// Returns every way in which `here` is not to `earlier`, the answers of its steps, as it
    /// should be. The variables of what is chosen are filled.
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
            Bond::Totals
            | Bond::Grown
            | Bond::Part
            | Bond::Disjoint
            | Bond::Union
            | Bond::Distinct => self.lists(now, &before),
        }
    }

    /// Returns what the amounts of a list turn out to be that sum up those of earlier ones, group by
    /// group. The variables of what is chosen are filled.
    pub(crate) fn sums_shown(&self, here: &Value, earlier: &[&Value]) -> Vec<Sum> {
        let from = self.from.as_ref().unwrap_or(&self.at);
        let (Some(totals), Some(here)) = (&self.totals, array(here, &self.at)) else {
            return Vec::new();
        };
        let there = earlier.iter().filter_map(|body| array(body, from)).flatten();
        totals.shown(here, &there.filter(|element| self.is_chosen(element)).collect::<Vec<_>>())
    }

    fn is_chosen(&self, element: &Value) -> bool {
        let mut chosen = self.chosen.iter();
        chosen.all(|(at, value)| pointer::get(element, at).is_some_and(|e| same_text(e, value)))
    }

    fn lists(&self, now: Option<&Value>, before: &[Option<&Value>]) -> Vec<Mismatch> {
        let Some(Value::Array(here)) = now else { return vec![self.no("an array", now)] };
        let mut there = Vec::new();
        for list in before {
            match list {
                Some(Value::Array(list)) => {
                    there.extend(list.iter().filter(|element| self.is_chosen(element)));
                }
                other => return vec![self.no_list_before(*other)],
            }
        }
        match (self.is, &self.totals) {
            (Bond::Grown, _) => self.grown(here, &there),
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
        Mismatch::new(&self.at, message).of(Kind::Elements)
    }

    /// Returns the earlier steps, for messages.
    fn named(&self) -> String {
        self.steps.join("`, `")
    }
}

/// Returns the array that stands at a place.
fn array<'v>(body: &'v Value, at: &str) -> Option<&'v Vec<Value>> {
    pointer::get(body, at)?.as_array()
}
