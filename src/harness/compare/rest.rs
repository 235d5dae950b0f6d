//! The elements of a list that nothing has been found to be the same as.

use std::collections::HashMap;

use serde_json::Value;

use super::fingerprint::fingerprint;

/// What is left of a list while its elements are taken one by one, each found at once.
pub(super) struct Rest<'v> {
    all: Vec<Option<&'v Value>>,
    /// The places of the elements, the first last, by their fingerprints.
    places: HashMap<u64, Vec<usize>>,
}

impl<'v> Rest<'v> {
    pub(super) fn of(list: impl IntoIterator<Item = &'v Value>) -> Rest<'v> {
        let all: Vec<_> = list.into_iter().map(Some).collect();
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, value) in all.iter().enumerate().rev() {
            let Some(value) = value else { continue };
            places.entry(fingerprint(value)).or_default().push(place);
        }
        Rest { all, places }
    }

    /// Takes the first element that is the same as `value`. Returns whether there was one.
    pub(super) fn take(&mut self, value: &Value, same: impl Fn(&Value, &Value) -> bool) -> bool {
        let Some(places) = self.places.get_mut(&fingerprint(value)) else { return false };
        let is_same = |place: &usize| self.all[*place].is_some_and(|other| same(value, other));
        let Some(index) = places.iter().rposition(is_same) else { return false };
        self.all[places.remove(index)] = None;
        true
    }

    /// Returns the elements that nobody took, in their order.
    pub(super) fn left(&self) -> impl Iterator<Item = &'v Value> {
        self.all.iter().copied().flatten()
    }

    /// Returns the places of the elements that nobody took.
    pub(super) fn places_left(&self) -> impl Iterator<Item = usize> {
        self.all.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(place, _)| place)
    }
}
