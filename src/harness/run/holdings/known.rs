//! One resource, as far as it is known.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Agreement, without_nulls};
use crate::harness::suite::{Holding, Manner, Matcher, Matchers, Show, pointer};

/// The members that a resource is known to have, and those of which that is not certain.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct KnownResource {
    value: Map<String, Value>,
    doubted: BTreeSet<String>,
}

impl KnownResource {
    pub(super) fn new(value: Value) -> KnownResource {
        match value {
            Value::Object(members) => {
                KnownResource { value: without_nulls(members), doubted: BTreeSet::new() }
            }
            _ => KnownResource::default(),
        }
    }

    /// Members that may have been changed.
    pub(super) fn doubt<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
        for name in names {
            let doubted = self.value.keys().filter(|known| known.eq_ignore_ascii_case(name));
            self.doubted.extend(doubted.cloned());
        }
    }

    pub(super) fn forget(&mut self, names: &[String]) {
        // Under another spelling a member may have been taken or passed over.
        self.value.retain(|known, _| !names.iter().any(|name| name.eq_ignore_ascii_case(known)));
    }

    /// Changes the `listed` members that are sent, one by one. What becomes of an array, and of the
    /// members of an object that are not sent, is only recommended (readings 78 and 137).
    pub(super) fn merge(&mut self, listed: &[String], sent: &Map<String, Value>) {
        for (name, value) in sent {
            if !listed.contains(name) {
                continue;
            }
            self.doubted.remove(name);
            self.value.shift_remove(name);
            if value.is_null() {
                continue;
            }
            if value.is_array() {
                self.doubted.insert(name.clone());
            }
            self.value.insert(name.clone(), value.clone());
        }
    }

    pub(super) fn advisory(mut self) -> KnownResource {
        self.doubted.extend(self.value.keys().cloned());
        self
    }

    pub(super) fn at(&self, member: &str) -> Option<&Value> {
        let member = member.strip_prefix('/')?;
        let end = member.find('/').unwrap_or(member.len());
        pointer::get(self.value.get(&member[..end])?, &member[end..])
    }

    /// Returns what an answer has to agree with that shows this resource at a place.
    pub(super) fn agreements<'h, 's>(
        &self,
        holding: &'h Holding,
        shown: &Shown<'h, 's>,
    ) -> Vec<Agreement<'h, 's>> {
        let Shown { show, at, body, .. } = shown;
        let mut agreements = Vec::new();
        for (member, clause) in &holding.members {
            let value = self.at(member).filter(|value| !value.is_null());
            let Some(value) = value else { continue };
            let name = member.rsplit('/').next().unwrap_or_default();
            let here = pointer::get(shown.value, member);
            // Most are, and nothing else is asked of them.
            if here == Some(value) && is_scalar(value) && is_enough(holding.manner.get(name)) {
                continue;
            }
            let lacks = show.partial && here.is_none();
            if lacks && !is_within_an_object(shown.value, member) {
                continue;
            }
            let mut segments = member.split('/').skip(1);
            let top = segments.next().unwrap_or_default();
            let changed = shown.sent.and_then(|sent| sent.get(top));
            if show.sent && changed != self.value.get(top) {
                continue;
            }
            let Some(expected) = matcher(holding, name, value) else { continue };
            agreements.push(Agreement {
                clause: show.clause.as_deref().unwrap_or(clause),
                member: clause,
                body,
                at: format!("{at}{member}"),
                expected,
                advisory: lacks || shown.perhaps || self.doubted.contains(top),
            });
        }
        agreements
    }
}

fn is_scalar(value: &Value) -> bool {
    !(value.is_object() || value.is_array())
}

/// Returns whether a value agrees in this manner with what is known by being the same. A text with
/// blanks around it, a link to another host and what is no time do not.
fn is_enough(manner: Option<&Manner>) -> bool {
    match manner {
        None => true,
        Some(manner) => matches!(
            manner,
            Manner::Left | Manner::Nocase | Manner::Text | Manner::Near | Manner::Number
        ),
    }
}

/// Returns whether what a member is part of is there, and the member could be.
fn is_within_an_object(value: &Value, member: &str) -> bool {
    let parent = member.rsplit_once('/').map_or("", |(parent, _)| parent);
    !parent.is_empty() && pointer::get(value, parent).is_some_and(Value::is_object)
}

/// Where an answer shows a resource.
pub(super) struct Shown<'h, 's> {
    pub(super) show: &'h Show,
    pub(super) at: &'s str,
    pub(super) value: &'s Value,
    /// The whole body, freed of its wrappers.
    pub(super) body: &'s Value,
    pub(super) sent: Option<&'s Value>,
    /// True if the answer may be another.
    pub(super) perhaps: bool,
}

/// Returns a known value as a matcher; nothing, if it is not to be compared.
fn matcher(holding: &Holding, name: &str, value: &Value) -> Option<Matcher> {
    let within = |value: &Value| match value {
        Value::Object(members) => Matcher::Members(members_of(holding, members)),
        Value::Array(items) => {
            Matcher::Elements(items.iter().filter_map(|item| matcher(holding, "", item)).collect())
        }
        scalar => Matcher::Literal(scalar.clone()),
    };
    let one_of = |matchers: Vec<Matcher>| Matcher::OneOf(Matchers::These(matchers));
    let is_long = |longest| value.as_str().is_some_and(|text| text.chars().count() > longest);
    if holding.longest.is_some_and(is_long) {
        return None;
    }
    let compared = match holding.manner.get(name) {
        None => within(value),
        Some(Manner::Left) => return None,
        Some(Manner::NocaseMembers) => match value {
            Value::Object(members) => Matcher::NocaseMembers(members_of(holding, members)),
            other => within(other),
        },
        Some(Manner::Nocase) => Matcher::Nocase(value.clone()),
        Some(Manner::Trimmed) => Matcher::Trimmed(value.clone()),
        Some(Manner::Text) => Matcher::Text(value.clone()),
        Some(Manner::Near) => match value {
            Value::Array(amounts) => one_of(amounts.iter().cloned().map(Matcher::Near).collect()),
            amount => Matcher::Near(amount.clone()),
        },
        Some(Manner::Number) => one_of(vec![
            Matcher::literal(value.clone()),
            Matcher::Schema(json!({"type": "string"})),
        ]),
        Some(Manner::Link) => Matcher::Link(value.clone()),
        Some(Manner::DateTime) => Matcher::DateTime(value.clone()),
        Some(Manner::Day) => {
            let day = value.as_str().and_then(|text| text.get(..10)).unwrap_or_default();
            one_of(vec![Matcher::DateTime(value.clone()), Matcher::Literal(day.into())])
        }
    };
    let should = holding.should.iter().any(|known| known == name);
    Some(if should { Matcher::Should(Box::new(compared)) } else { compared })
}

/// Returns the members of an object that are to be compared.
fn members_of(holding: &Holding, members: &Map<String, Value>) -> Vec<(String, Matcher)> {
    let given = members.iter().filter(|(_, value)| !value.is_null());
    given.filter_map(|(name, value)| Some((name.clone(), matcher(holding, name, value)?))).collect()
}
