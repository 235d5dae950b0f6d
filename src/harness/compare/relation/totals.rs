//! Sums of what stands in one list, as another list gives them.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::harness::compare::Mismatch;
use crate::harness::compare::scalar::{decimal, is_near, same_time};
use crate::harness::format::text_of;

/// A member of each summary that is, of the details of its group, the sum, the number, the earliest
/// or the latest. Groups are told apart by one member that both have; a group may have several
/// summaries, and then it is they together that are compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    group: String,
    /// The member of a summary.
    member: String,
    is: Kind,
    /// The member of a detail; the number of details needs none.
    #[serde(default)]
    of: String,
    /// The member that is the unit of both: what has several units is not summed.
    #[serde(default)]
    unit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Sum,
    Count,
    Earliest,
    Latest,
}

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

    /// What is wrong with the summaries of one group; nothing can be said where a value is missing.
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
        let (expected, actual) = match self.is {
            Kind::Sum | Kind::Count => {
                let actual = sum(summaries, &self.member)?;
                let expected = match self.is {
                    Kind::Count => Decimal::from(details.len()),
                    _ => sum(details, &self.of)?,
                };
                if is_near(expected, actual) {
                    return None;
                }
                (expected.to_string(), actual.to_string())
            }
            Kind::Earliest | Kind::Latest => {
                let actual = self.extreme(summaries, &self.member)?;
                let expected = self.extreme(details, &self.of)?;
                if same_time(&expected, &actual) || expected.get(..10) == Some(actual.as_str()) {
                    return None;
                }
                (expected, actual)
            }
        };
        let message = format!(
            "the {} of {named} is {actual}, and the details make it {expected}",
            self.member
        );
        Some(Mismatch::between(at, message, &expected.into(), Some(&actual.into())))
    }

    fn extreme(&self, records: &[&Value], name: &str) -> Option<String> {
        let times: Option<Vec<_>> = records.iter().map(|record| member(record, name)).collect();
        match self.is {
            Kind::Latest => times?.into_iter().max(),
            _ => times?.into_iter().min(),
        }
    }
}

/// The values that a member has among `records`, each once.
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

fn sum(records: &[&Value], name: &str) -> Option<Decimal> {
    records.iter().try_fold(Decimal::ZERO, |sum, record| {
        let Value::Number(number) = record.get(name)? else { return None };
        sum.checked_add(decimal(number)?)
    })
}
