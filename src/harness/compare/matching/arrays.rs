//! Arrays: element by element, in any order, or all alike.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Checked, Comparison};
use crate::harness::compare::fingerprint::fingerprint;
use crate::harness::compare::kind::Kind;
use crate::harness::compare::mismatch::Mismatch;
use crate::harness::compare::named::{count, named};
use crate::harness::suite::Matcher;

impl Comparison<'_> {
    /// Adds each of `items` that has no element of its own in an array.
    pub(super) fn compare_contained(
        self,
        items: &[Matcher],
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let (pairs, taken) = self.pair(items, found)?;
        let unpaired = items.iter().zip(pairs).filter(|(_, pair)| pair.is_none());
        let missing: Vec<_> = unpaired.map(|(item, _)| item).collect();
        if missing.len() > found.len() - taken.len() {
            let names: Vec<_> = missing.iter().map(|item| item.shown()).collect();
            let has = count(found.len());
            let message = format!("has {has}, and of those expected lacks: {}", named(&names));
            let expected = Matcher::Elements(items.to_vec()).shown();
            let found = Value::Array(found.to_vec());
            let mismatch = Mismatch::between(pointer, message, &expected, Some(&found));
            mismatches.push(mismatch.of(Kind::Elements));
            return Ok(());
        }
        for item in missing {
            mismatches.extend(self.closest(item, found, &taken, pointer)?);
        }
        Ok(())
    }

    /// Returns how an array is not these elements, of which it has more or less: which are missing,
    /// and which were not expected.
    pub(super) fn of_other_length(
        self,
        items: &[Matcher],
        found: &[Value],
        pointer: &str,
    ) -> Result<Mismatch, String> {
        let (pairs, taken) = self.pair(items, found)?;
        let unpaired = items.iter().zip(pairs).filter(|(_, pair)| pair.is_none());
        let missing: Vec<_> = unpaired.map(|(item, _)| item.shown()).collect();
        let places = found.iter().enumerate().filter(|(place, _)| !taken.contains(place));
        let others: Vec<_> = places.map(|(_, element)| element).collect();
        let mut message = format!("has {}, expected {}", count(found.len()), items.len());
        if !missing.is_empty() {
            message.push_str(&format!("; missing: {}", named(&missing)));
        }
        if !others.is_empty() {
            message.push_str(&format!("; not expected: {}", named(others)));
        }
        let expected: Value = items.iter().map(Matcher::shown).collect();
        let found = Value::Array(found.to_vec());
        Ok(Mismatch::between(pointer, message, &expected, Some(&found)).of(Kind::Elements))
    }

    /// Adds every way in which an array is not these elements in this order.
    pub(super) fn compare_ordered(
        self,
        items: &[Matcher],
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        for index in 0..items.len().max(found.len()) {
            let at = format!("{pointer}/{index}");
            match items.get(index) {
                Some(item) => self.compare(item, found.get(index), &at, mismatches)?,
                None => mismatches.push(Mismatch {
                    actual: found.get(index).cloned(),
                    ..behind_the_last(items.len(), &at)
                }),
            }
        }
        Ok(())
    }

    /// How the element that is most like `item`, among those that no other item has taken, is not
    /// like it: a whole list beside a whole element would show a reader nothing.
    fn closest(
        self,
        item: &Matcher,
        found: &[Value],
        taken: &HashSet<usize>,
        pointer: &str,
    ) -> Result<Vec<Mismatch>, String> {
        let mut closest: Option<Vec<Mismatch>> = None;
        for (index, value) in found.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
            let mut mismatches = Vec::new();
            self.compare(item, Some(value), &format!("{pointer}/{index}"), &mut mismatches)?;
            if closest.as_ref().is_none_or(|closest| mismatches.len() < closest.len()) {
                closest = Some(mismatches);
            }
        }
        let Some(mut closest) = closest else {
            let expected = item.shown();
            let message = format!("has no element like the expected one: {}", named([&expected]));
            let found = Value::Array(found.to_vec());
            let mismatch = Mismatch::between(pointer, message, &expected, Some(&found));
            return Ok(vec![mismatch.of(Kind::Elements)]);
        };
        for mismatch in &mut closest {
            mismatch.message.push_str(", in the element most like the expected one");
        }
        Ok(closest)
    }

    /// Arrays of one length, whatever their order. What finds no partner is compared in order of
    /// appearance, so that the report points into the element.
    pub(super) fn compare_unordered(
        self,
        items: &[Matcher],
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let (pairs, taken) = self.pair(items, found)?;
        let mut free = (0..found.len()).filter(|index| !taken.contains(index));
        for (item, pair) in items.iter().zip(pairs) {
            let Some(index) = pair.or_else(|| free.next()) else { continue };
            self.compare(item, Some(&found[index]), &format!("{pointer}/{index}"), mismatches)?;
        }
        Ok(())
    }

    /// A largest assignment of each item to an element of its own that it matches, and the elements
    /// that are assigned: two items that
    /// fit one element must not hide that another element fits none. What matches where it stands
    /// is paired first, so that a list in order costs no more than its length.
    pub(super) fn pair(self, items: &[Matcher], found: &[Value]) -> Result<Pairs, String> {
        let mut search = Search {
            comparison: self,
            items,
            found,
            key: Key::of(items, found),
            fits: HashMap::new(),
            owner: vec![None; found.len()],
        };
        let mut open = Vec::new();
        for (item, (expected, actual)) in items.iter().zip(found).enumerate() {
            match self.matches(expected, Some(actual))? {
                true => search.owner[item] = Some(item),
                false => open.push(item),
            }
        }
        for item in open.into_iter().chain(found.len()..items.len()) {
            search.augment(item, &mut HashSet::new())?;
        }
        let (mut pairs, mut taken) = (vec![None; items.len()], HashSet::new());
        for (index, item) in search.owner.iter().enumerate() {
            if let Some(item) = item {
                pairs[*item] = Some(index);
                taken.insert(index);
            }
        }
        Ok((pairs, taken))
    }
}

/// Returns that an element stands behind all that are expected.
fn behind_the_last(expected: usize, at: &str) -> Mismatch {
    let message = match expected {
        1 => "stands behind the 1 element that is expected".to_owned(),
        expected => format!("stands behind the {expected} elements that are expected"),
    };
    Mismatch::new(at, message).of(Kind::Elements)
}

/// The element of each item, and all that some item has.
pub(super) type Pairs = (Vec<Option<usize>>, HashSet<usize>);

/// A bipartite matching under way.
struct Search<'s> {
    comparison: Comparison<'s>,
    items: &'s [Matcher],
    found: &'s [Value],
    key: Option<Key<'s>>,
    /// The elements that an item matches, for the items that had to be asked.
    fits: HashMap<usize, Vec<usize>>,
    /// The item to which each element is assigned.
    owner: Vec<Option<usize>>,
}

impl Search<'_> {
    /// Finds `item` an element, moving earlier items if need be.
    fn augment(&mut self, item: usize, seen: &mut HashSet<usize>) -> Result<bool, String> {
        for index in self.fitting(item)? {
            if seen.insert(index)
                && match self.owner[index] {
                    None => true,
                    Some(other) => self.augment(other, seen)?,
                }
            {
                self.owner[index] = Some(item);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn fitting(&mut self, item: usize) -> Result<Vec<usize>, String> {
        if let Some(fits) = self.fits.get(&item) {
            return Ok(fits.clone());
        }
        let all: Vec<_> = (0..self.found.len()).collect();
        let item_matcher = &self.items[item];
        let key = self.key.as_ref();
        let mut fits = Vec::new();
        for index in key.and_then(|key| key.places(item_matcher)).unwrap_or(&all) {
            if self.comparison.matches(item_matcher, Some(&self.found[*index]))? {
                fits.push(*index);
            }
        }
        self.fits.insert(item, fits.clone());
        Ok(fits)
    }
}

/// A member by which an element can match no item but few.
struct Key<'s> {
    name: &'s str,
    /// The places of the elements, by the fingerprint of the member.
    places: HashMap<u64, Vec<usize>>,
}

impl<'s> Key<'s> {
    /// Returns the member that tells most of the items apart, of those that every one of them has as a
    /// scalar. Short lists need none.
    fn of(items: &'s [Matcher], found: &[Value]) -> Option<Key<'s>> {
        const SHORT: usize = 32;
        let Some(Matcher::Members(members)) = items.first().filter(|_| found.len() > SHORT) else {
            return None;
        };
        let told_apart = |name: &str| {
            let prints: Option<HashSet<_>> = items.iter().map(|item| scalar(item, name)).collect();
            prints.map_or(0, |prints| prints.len())
        };
        let named = members.iter().map(|(name, _)| (told_apart(name), name.as_str()));
        let (_, name) = named.filter(|(count, _)| *count > 0).max_by_key(|(count, _)| *count)?;
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, value) in found.iter().enumerate() {
            if let Some(value) = value.get(name) {
                places.entry(fingerprint(value)).or_default().push(place);
            }
        }
        Some(Key { name, places })
    }

    /// Returns where the elements are that an item may match; nothing if that cannot be told.
    fn places(&self, item: &Matcher) -> Option<&Vec<usize>> {
        static NOWHERE: Vec<usize> = Vec::new();
        Some(self.places.get(&scalar(item, self.name)?).unwrap_or(&NOWHERE))
    }
}

/// Returns the fingerprint of whatever matches a member of an item, if that is a scalar.
fn scalar(item: &Matcher, name: &str) -> Option<u64> {
    let Matcher::Members(members) = item else { return None };
    match &members.iter().find(|(other, _)| other == name)?.1 {
        Matcher::Literal(value) | Matcher::Text(value) if !value.is_null() => {
            Some(fingerprint(value))
        }
        _ => None,
    }
}
