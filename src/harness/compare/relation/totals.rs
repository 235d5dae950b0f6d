//! Sums of what stands in one list, as another list gives them.

use serde_json::Value;

use crate::harness::compare::mismatch::Mismatch;
use crate::harness::compare::scalar::{near, same_time};
use crate::harness::suite::{Total, Totals, text_of};

impl Totals {
    pub(super) fn compare(&self, here: &[Value], there: &[&Value], at: &str) -> Vec<Mismatch> {
        let mut mismatches = Vec::new();
        for group in groups(here.iter().chain(there.iter().copied()), &self.group) {
            let of_group = |value: &&Value| member(value, &self.group).as_ref() == Some(&group);
            let summaries: Vec<_> = here.iter().filter(of_group).collect();
            let details: Vec<_> = there.iter().copied().filter(of_group).collect();
            let named = format!("{} {group}", self.group);
            if summaries.is_empty() {
                let message = format!("there is no summary of {named}");
                mismatches.push(Mismatch::new(at, message));
            } else if details.is_empty() {
                let message = format!("there is nothing to sum of {named}");
                mismatches.push(Mismatch::new(at, message));
            } else {
                mismatches.extend(self.differ(&summaries, &details, &named, at));
            }
        }
        mismatches
    }

    /// Returns what is wrong with the summaries of one group; nothing can be said where a value is
    /// missing.
    fn differ(
        &self,
        summaries: &[&Value],
        details: &[&Value],
        named: &str,
        at: &str,
    ) -> Option<Mismatch> {
        if let Some(unit) = &self.unit {
            let all = summaries.iter().chain(details).copied();
            if groups(all, unit).len() != 1 {
                return None;
            }
        }
        let of = |records: &[&Value], total: Total, name: &str| {
            let values: Vec<_> = records.iter().map(|record| record.get(name)).collect();
            total.of(&values)
        };
        let together = if self.is == Total::Count { Total::Sum } else { self.is };
        let expected = of(details, self.is, &self.of)?;
        let actual = of(summaries, together, &self.member)?;
        let same = match (&expected, &actual) {
            (Value::Number(expected), Value::Number(actual)) => near(expected, actual),
            (Value::String(expected), Value::String(actual)) => {
                same_time(expected, actual) || expected.get(..10) == Some(actual)
            }
            _ => false,
        };
        if same {
            return None;
        }
        let (expected, actual) = (text_of(&expected)?, text_of(&actual)?);
        let message = format!(
            "the {} of {named} is {actual}, and the details make it {expected}",
            self.member
        );
        Some(Mismatch::between(at, message, &expected.into(), Some(&actual.into())))
    }
}

/// Returns the values that a member has among `records`, each once.
fn groups<'v>(records: impl Iterator<Item = &'v Value>, name: &str) -> Vec<String> {
    let mut groups = Vec::new();
    for value in records.filter_map(|record| member(record, name)) {
        if !groups.contains(&value) {
            groups.push(value);
        }
    }
    groups
}

fn member(record: &Value, name: &str) -> Option<String> {
    text_of(record.get(name)?)
}
