//! What a target was seen to choose of what the documents leave open.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::run::RunReport;

/// How often each value of each choice was seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChoicesSeen(BTreeMap<String, BTreeMap<String, usize>>);

impl ChoicesSeen {
    /// Counts a value that an answer shows.
    pub(crate) fn note(&mut self, choice: &str, value: &str) {
        let values = match self.0.get_mut(choice) {
            Some(values) => values,
            None => self.0.entry(choice.to_owned()).or_default(),
        };
        match values.get_mut(value) {
            Some(count) => *count += 1,
            None => drop(values.insert(value.to_owned(), 1)),
        }
    }

    /// Counts what another has counted.
    pub(crate) fn add(&mut self, other: &ChoicesSeen) {
        for (choice, values) in &other.0 {
            let of_choice = self.0.entry(choice.clone()).or_default();
            for (value, count) in values {
                *of_choice.entry(value.clone()).or_default() += count;
            }
        }
    }

    /// Returns the choices by name, each with its values, the most frequent first.
    pub fn each(&self) -> Vec<(&str, Vec<(&str, usize)>)> {
        self.0
            .iter()
            .map(|(choice, values)| {
                let mut values: Vec<_> =
                    values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
                values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                (choice.as_str(), values)
            })
            .collect()
    }

    pub(super) fn to_json(&self) -> Value {
        json!(self.0)
    }
}

impl RunReport {
    /// Returns what the target was seen to choose, over all cases.
    pub fn choices(&self) -> ChoicesSeen {
        let mut seen = ChoicesSeen::default();
        self.cases.iter().for_each(|case| seen.add(&case.choices));
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::ChoicesSeen;

    #[test]
    fn what_is_seen_is_counted_and_the_most_frequent_comes_first() {
        let (mut seen, mut other) = (ChoicesSeen::default(), ChoicesSeen::default());
        seen.note("patch", "200");
        other.note("patch", "204");
        other.note("patch", "204");
        other.note("links", "relative");
        seen.add(&other);
        let each = [("links", vec![("relative", 1)]), ("patch", vec![("204", 2), ("200", 1)])];
        assert_eq!(seen.each(), each);
    }
}
