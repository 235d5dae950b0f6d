//! Arrays: element by element, in any order, or all alike.

use std::collections::HashSet;

use serde_json::Value;

use super::{Checked, Matcher, list};
use crate::harness::compare::Mismatch;

impl Matcher<'_> {
    pub(super) fn compare_array(
        self,
        name: &str,
        argument: &Value,
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        if name == "$each" {
            for (index, value) in found.iter().enumerate() {
                self.compare(argument, Some(value), &format!("{pointer}/{index}"), mismatches)?;
            }
            return Ok(());
        }
        let items = list(name, argument)?;
        if name == "$contains" {
            let pairs = self.pair(items, found)?;
            let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
            for (item, _) in items.iter().zip(pairs).filter(|(_, pair)| pair.is_none()) {
                mismatches.extend(self.closest(item, found, &taken, pointer)?);
            }
            return Ok(());
        }
        for index in 0..items.len().max(found.len()) {
            let at = format!("{pointer}/{index}");
            match items.get(index) {
                Some(item) => self.compare(item, found.get(index), &at, mismatches)?,
                None => mismatches.push(Mismatch {
                    actual: found.get(index).cloned(),
                    ..Mismatch::new(&at, format!("only {} elements are expected", items.len()))
                }),
            }
        }
        Ok(())
    }

    /// How the element that is most like `item`, among those that no other item has taken, is not
    /// like it: a whole list beside a whole element would show a reader nothing.
    fn closest(
        self,
        item: &Value,
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
            let message = "no element is like the expected one";
            let found = Value::Array(found.to_vec());
            return Ok(vec![Mismatch::between(pointer, message, item, Some(&found))]);
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
        items: &[Value],
        found: &[Value],
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let pairs = self.pair(items, found)?;
        let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
        let mut free = (0..found.len()).filter(|index| !taken.contains(index));
        for (item, pair) in items.iter().zip(pairs) {
            let Some(index) = pair.or_else(|| free.next()) else { continue };
            self.compare(item, Some(&found[index]), &format!("{pointer}/{index}"), mismatches)?;
        }
        Ok(())
    }

    /// A largest assignment of each item to an element of its own that it matches: two items that
    /// fit one element must not hide that another element fits none.
    fn pair(self, items: &[Value], found: &[Value]) -> Result<Vec<Option<usize>>, String> {
        let mut fits = Vec::with_capacity(items.len());
        for item in items {
            let mut row = Vec::new();
            for (index, value) in found.iter().enumerate() {
                if self.matches(item, Some(value))? {
                    row.push(index);
                }
            }
            fits.push(row);
        }
        let mut owner: Vec<Option<usize>> = vec![None; found.len()];
        for item in 0..items.len() {
            augment(item, &fits, &mut owner, &mut HashSet::new());
        }
        let mut pairs = vec![None; items.len()];
        for (index, item) in owner.iter().enumerate() {
            if let Some(item) = item {
                pairs[*item] = Some(index);
            }
        }
        Ok(pairs)
    }
}

/// One step of bipartite matching: finds `item` an element, moving earlier items if need be.
fn augment(
    item: usize,
    fits: &[Vec<usize>],
    owner: &mut [Option<usize>],
    seen: &mut HashSet<usize>,
) -> bool {
    for &index in &fits[item] {
        if seen.insert(index) && owner[index].is_none_or(|other| augment(other, fits, owner, seen))
        {
            owner[index] = Some(item);
            return true;
        }
    }
    false
}
