//! Lists beside lists, and a record beside a list or another record.

use std::collections::HashMap;

use serde_json::Value;

use super::limit;
use crate::harness::compare::equal::equal;
use crate::harness::compare::fingerprint::fingerprint;
use crate::harness::compare::kind::Kind;
use crate::harness::compare::mismatch::Mismatch;
use crate::harness::compare::named::{count, named};
use crate::harness::compare::rest::Rest;
use crate::harness::compare::scalar::same_text;
use crate::harness::suite::{Relation, pointer};

impl Relation {
    /// Compares two values that must differ. One that is missing on one side is another
    /// expectation's matter.
    pub(super) fn differs(&self, now: Option<&Value>, before: Option<&Value>) -> Vec<Mismatch> {
        match (now, before) {
            (Some(now), Some(before)) if same(now, before) => {
                let message = format!("is what step `{}` gave already", self.named());
                let mismatch = Mismatch::new(&self.at, message).of(Kind::member("the same"));
                vec![Mismatch { actual: Some(now.clone()), ..mismatch }]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn projection(&self, now: Option<&Value>, before: Option<&Value>) -> Vec<Mismatch> {
        let chosen = |record: &Value| limit(record, &self.members);
        let bare = |record: &Value| {
            let mut record = record.clone();
            for name in &self.also {
                pointer::replace(&mut record, name, None);
            }
            record
        };
        let (now, before) = match (now, before) {
            (Some(Value::Array(now)), Some(Value::Array(before))) => {
                (now.iter().map(bare).collect(), before.iter().map(chosen).collect())
            }
            (Some(now), Some(before)) => (bare(now), chosen(before)),
            (now, _) => return vec![self.no("what the earlier answer was, projected", now)],
        };
        let mut mismatches = Vec::new();
        equal(Some(&before), Some(&now), &self.at, &mut mismatches);
        mismatches
    }

    pub(super) fn element(&self, record: &Value, list: &[Value]) -> Vec<Mismatch> {
        let key = self.key(record);
        match list.iter().find(|element| same(&self.key(element), &key)) {
            None => {
                let message = format!("the list of step `{}` does not hold this", self.named());
                let mismatch = Mismatch::new(&self.at, message).of(Kind::Elements);
                vec![Mismatch { actual: Some(record.clone()), ..mismatch }]
            }
            Some(element) => {
                let (element, record) =
                    (limit(element, &self.members), limit(record, &self.members));
                let mut mismatches = Vec::new();
                equal(Some(&element), Some(&record), &self.at, &mut mismatches);
                mismatches
            }
        }
    }

    pub(super) fn part(&self, here: &[Value], there: &[&Value]) -> Vec<Mismatch> {
        let message = format!("step `{}` did not have this element", self.named());
        let there: Keys = self.keys(there.iter().copied()).into_iter().collect();
        self.elements(here, &message, |key| !there.have(key))
    }

    pub(super) fn grown(&self, here: &[Value], there: &[&Value]) -> Vec<Mismatch> {
        let (now, before) = (here.len(), there.len());
        if now == before + 1 {
            return Vec::new();
        }
        let message = format!(
            "has {}, expected one more than the {before} of step `{}`",
            count(now),
            self.named()
        );
        let (expected, actual) = ((before + 1).into(), now.into());
        let mismatch = Mismatch::between(&self.at, message, &expected, Some(&actual));
        vec![mismatch.of(Kind::Elements)]
    }

    pub(super) fn disjoint(&self, here: &[Value], there: &[&Value]) -> Vec<Mismatch> {
        let message = format!("step `{}` had this element too", self.named());
        let there: Keys = self.keys(there.iter().copied()).into_iter().collect();
        self.elements(here, &message, |key| there.have(key))
    }

    pub(super) fn distinct(&self, here: &[Value]) -> Vec<Mismatch> {
        let mut before = Keys::default();
        self.elements(here, "this element stands twice", |key| {
            let again = before.have(key);
            before.add(key.clone());
            again
        })
    }

    pub(super) fn union(&self, here: &[Value], there: &[&Value]) -> Vec<Mismatch> {
        let keys = self.keys(there.iter().copied());
        let mut rest = Rest::of(&keys);
        let message = format!("step `{}` did not have this element", self.named());
        let mut mismatches = self.elements(here, &message, |key| !rest.take(key, same));
        let missing: Vec<_> = rest.places_left().map(|place| there[place]).collect();
        if !missing.is_empty() {
            let message = format!(
                "has {}, expected the {} of step `{}`; missing: {}",
                count(here.len()),
                there.len(),
                self.named(),
                named(missing.iter().copied())
            );
            let expected = missing.into_iter().cloned().collect();
            let mismatch = Mismatch::new(&self.at, message).of(Kind::Elements);
            mismatches.push(Mismatch { expected: Some(expected), ..mismatch });
        }
        mismatches
    }

    /// Returns a mismatch for each element that `broken` says is one, by its place and what tells
    /// it apart.
    fn elements(
        &self,
        here: &[Value],
        message: &str,
        mut broken: impl FnMut(&Value) -> bool,
    ) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        for (index, (value, key)) in here.iter().zip(self.keys(here.iter())).enumerate() {
            if broken(&key) {
                let at = format!("{}/{index}", self.at);
                let message = format!("{message}: {}", named([value]));
                let mismatch = Mismatch::new(&at, message).of(Kind::Elements);
                mismatches.push(Mismatch { actual: Some(value.clone()), ..mismatch });
            }
        }
        mismatches
    }

    /// Returns what tells each element apart: what stands at `by`, or all that is compared of it.
    fn keys<'v>(&self, elements: impl Iterator<Item = &'v Value>) -> Vec<Value> {
        elements.map(|element| self.key(element)).collect()
    }

    fn key(&self, element: &Value) -> Value {
        match &self.by {
            Some(by) => pointer::get(element, by).cloned().unwrap_or(Value::Null),
            None => limit(element, &self.members),
        }
    }
}

/// The keys that tell elements apart, each found at once however many there are.
#[derive(Default)]
struct Keys(HashMap<u64, Vec<Value>>);

impl Keys {
    fn add(&mut self, key: Value) {
        self.0.entry(fingerprint(&key)).or_default().push(key);
    }

    fn have(&self, key: &Value) -> bool {
        let alike = self.0.get(&fingerprint(key)).into_iter().flatten();
        alike.into_iter().any(|other| same(key, other))
    }
}

impl FromIterator<Value> for Keys {
    fn from_iter<I: IntoIterator<Item = Value>>(keys: I) -> Self {
        let mut all = Keys::default();
        keys.into_iter().for_each(|key| all.add(key));
        all
    }
}

/// Returns whether two keys are equal, as `equal` has it or as texts: in XML everything is text.
/// Null is equal to nothing.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Object(a), Value::Object(b)) => {
            let null = Value::Null;
            let alike = |name: &String, value: &Value| {
                let other = b.get(name).unwrap_or(&null);
                (value.is_null() && other.is_null()) || same(value, other)
            };
            a.iter().all(|(name, value)| alike(name, value))
                && b.iter().all(|(name, value)| value.is_null() || a.contains_key(name))
        }
        (Value::Array(_), Value::Array(_)) => {
            let mut mismatches = Vec::new();
            equal(Some(a), Some(b), "", &mut mismatches);
            mismatches.is_empty()
        }
        (a, b) => a == b || same_text(a, b),
    }
}
