//! Sums of what stands in one list, as another list gives them.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::harness::compare::kind::Kind;
use crate::harness::compare::mismatch::Mismatch;
use crate::harness::compare::scalar::{same_number, same_time};
use crate::harness::compare::total::amounts_of;
use crate::harness::suite::{Sum, Total, Totals, pointer, text_of};

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
                mismatches.push(Mismatch::new(at, message).of(Kind::Elements));
            } else if details.is_empty() {
                let message = format!("there is nothing to sum of {named}");
                mismatches.push(Mismatch::new(at, message).of(Kind::Elements));
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
        if self.is == Total::Amount {
            return self.amount_differs(summaries, details, named, at);
        }
        let together = if self.is == Total::Count { Total::Sum } else { self.is };
        let expected = self.is.of(&values(details, &self.of))?;
        let actual = together.of(&values(summaries, &self.member))?;
        let same = match (&expected, &actual) {
            (Value::Number(expected), Value::Number(actual)) => same_number(expected, actual),
            (Value::String(expected), Value::String(actual)) => {
                same_time(expected, actual) || expected.get(..10) == Some(actual)
            }
            _ => false,
        };
        let made = [text_of(&expected)?];
        (!same).then(|| self.no_total(named, &text_of(&actual)?, &made, at)).flatten()
    }

    /// What is wrong with amounts of money: each summary may be rounded, and the sum is with VAT or
    /// without (reading 179).
    fn amount_differs(
        &self,
        summaries: &[&Value],
        details: &[&Value],
        named: &str,
        at: &str,
    ) -> Option<Mismatch> {
        let (sums, actual, tolerance) = self.sums(summaries, details)?;
        let made: Vec<_> = sums.iter().map(|(_, sum)| sum.normalize().to_string()).collect();
        let meant: Vec<_> = sums.iter().filter(|(_, sum)| near(*sum, actual, tolerance)).collect();
        if meant.is_empty() {
            return self.no_total(named, &actual.to_string(), &made, at);
        }
        // Digits that the exact sum does not have are those of binary floating point (reading 27).
        let digits = actual.normalize().scale();
        let exact = meant.iter().any(|(_, sum)| sum.normalize().scale() >= digits);
        let shown = || self.no_total(named, &actual.to_string(), &made, at);
        (!exact).then(shown).flatten().map(Mismatch::advisory)
    }

    /// Returns the sums that the details make, the one that the summaries show together, and how far
    /// apart two may be that are one: each summary may be rounded.
    fn sums(
        &self,
        summaries: &[&Value],
        details: &[&Value],
    ) -> Option<(Vec<(Sum, Decimal)>, Decimal, Decimal)> {
        let rate = |detail: &Value| pointer::get(detail, self.vat.as_ref()?).cloned();
        let rates: Vec<_> = details.iter().map(|detail| rate(detail)).collect();
        let amounts = values(details, &self.of);
        let amounts: Vec<_> = amounts.into_iter().zip(rates.iter().map(Option::as_ref)).collect();
        let shown = values(summaries, &self.member).into_iter().map(|shown| (shown, None));
        let (_, actual) = *amounts_of(&shown.collect::<Vec<_>>())?.first()?;
        let tolerance = Decimal::new(5, 3).checked_mul(summaries.len().into())?;
        Some((amounts_of(&amounts)?, actual, tolerance))
    }

    /// Returns what each group's amounts turn out to be; a group of which that can be said of several
    /// says nothing, such as one without VAT.
    pub(super) fn shown(&self, here: &[Value], there: &[&Value]) -> Vec<Sum> {
        let of_group = |group: &String| {
            let is_of = |value: &&Value| member(value, &self.group).as_ref() == Some(group);
            let summaries: Vec<_> = here.iter().filter(is_of).collect();
            let details: Vec<_> = there.iter().copied().filter(is_of).collect();
            let (sums, actual, tolerance) = self.sums(&summaries, &details)?;
            let mut meant = sums.iter().filter(|(_, sum)| near(*sum, actual, tolerance));
            let (only, _) = meant.next().filter(|_| sums.len() > 1)?;
            meant.next().is_none().then_some(*only)
        };
        let amounts = self.is == Total::Amount;
        groups(here.iter(), &self.group).iter().filter(|_| amounts).filter_map(of_group).collect()
    }

    fn no_total(&self, named: &str, actual: &str, made: &[String], at: &str) -> Option<Mismatch> {
        let expected = made.join(" or ");
        let message = format!(
            "the {} of {named} is {actual}, and the details make it {expected}",
            self.member
        );
        let mismatch = Mismatch::between(at, message, &expected.into(), Some(&actual.into()));
        Some(mismatch.of(Kind::member(format!("total {}", self.member))))
    }
}

fn near(sum: Decimal, other: Decimal, tolerance: Decimal) -> bool {
    sum.checked_sub(other).is_some_and(|apart| apart.abs() <= tolerance)
}

fn values<'v>(records: &[&'v Value], name: &str) -> Vec<Option<&'v Value>> {
    records.iter().map(|record| record.get(name)).collect()
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
