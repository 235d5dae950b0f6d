//! Whether a value is as expected, and nothing of how it is not: what most values are asked alone,
//! and what every element of a list may be asked for each that is expected.

use serde_json::{Map, Value};

use super::Comparison;
use crate::harness::compare::scalar::{
    has_more_digits, near, same_number, same_text, says_time, spoken,
};
use crate::harness::suite::Matcher;

/// How far a value is as expected, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Not,
    /// But for what is only recommended.
    Advised,
    Whole,
}

impl Fit {
    fn of(holds: bool) -> Fit {
        if holds { Fit::Whole } else { Fit::Not }
    }

    /// Returns the fit of a whole, which is that of its worst part; what follows a part that does not
    /// fit is not asked.
    fn of_all(parts: impl Iterator<Item = Result<Fit, String>>) -> Result<Fit, String> {
        let mut least = Fit::Whole;
        for part in parts {
            least = least.min(part?);
            if least == Fit::Not {
                break;
            }
        }
        Ok(least)
    }
}

impl Comparison<'_> {
    /// Returns whether nothing but recommendations would be found.
    pub(super) fn matches(
        self,
        expected: &Matcher,
        actual: Option<&Value>,
    ) -> Result<bool, String> {
        Ok(self.fit(expected, actual)? > Fit::Not)
    }

    /// Returns how far a value is as expected, which [`Comparison::compare`] tells in words.
    pub(super) fn fit(self, expected: &Matcher, actual: Option<&Value>) -> Result<Fit, String> {
        let given = actual.filter(|value| !value.is_null());
        Ok(match (expected, given) {
            (Matcher::Literal(Value::Null) | Matcher::Absent, _) => Fit::of(given.is_none()),
            (Matcher::Present, _) => Fit::of(given.is_some()),
            (Matcher::Literal(Value::Number(number)), Some(Value::Number(found))) => {
                Fit::of(same_number(number, found))
            }
            (Matcher::Literal(scalar), _) => Fit::of(given == Some(scalar)),
            (Matcher::Members(members), Some(Value::Object(found))) => {
                Fit::of_all(members.iter().map(|(name, member)| self.fit(member, found.get(name))))?
            }
            (Matcher::NocaseMembers(members), Some(Value::Object(found))) => {
                let value = |name| nocase(found, name).map(|(_, value)| value);
                Fit::of_all(members.iter().map(|(name, member)| self.fit(member, value(name))))?
            }
            (Matcher::Elements(items), Some(Value::Array(found))) => {
                match items.len() == found.len() {
                    true => self.fit_of_paired(items, found)?,
                    false => Fit::Not,
                }
            }
            (Matcher::Contains(items), Some(Value::Array(found))) => {
                self.fit_of_paired(items.all(), found)?
            }
            (Matcher::Ordered(items), Some(Value::Array(found))) => {
                let items = items.all();
                match items.len() < found.len() {
                    true => Fit::Not,
                    false => Fit::of_all(
                        items.iter().enumerate().map(|(at, item)| self.fit(item, found.get(at))),
                    )?,
                }
            }
            (Matcher::Each(matcher), Some(Value::Array(found))) => {
                Fit::of_all(found.iter().map(|value| self.fit(matcher, Some(value))))?
            }
            (Matcher::Nocase(text), _) => Fit::of(
                texts(text, given)
                    .is_some_and(|(a, b)| a == b || a.to_lowercase() == b.to_lowercase()),
            ),
            (Matcher::Spoken(text), _) => {
                Fit::of(texts(text, given).is_some_and(|(a, b)| spoken(a) == spoken(b)))
            }
            (Matcher::Text(scalar), Some(found)) => Fit::of(same_text(scalar, found)),
            (Matcher::Link(path), _) => match texts(path, given) {
                Some((path, link)) if self.links.leads_to(link, path) => {
                    // What leads to another system may stand wherever that does.
                    match self.links.is_own(path) && self.links.names_another_host(link).is_some() {
                        true => Fit::Advised,
                        false => Fit::Whole,
                    }
                }
                _ => Fit::Not,
            },
            (Matcher::DateTime(time), _) => {
                Fit::of(texts(time, given).is_some_and(|(a, b)| says_time(a, b)))
            }
            (Matcher::Near(Value::Number(exact)), Some(Value::Number(found))) => {
                match near(exact, found) {
                    true if has_more_digits(found, exact) => Fit::Advised,
                    holds => Fit::of(holds),
                }
            }
            (Matcher::Trimmed(text), _) => match texts(text, given) {
                Some((a, b)) if a.trim() != b.trim() => Fit::Not,
                Some((_, b)) if b != b.trim() => Fit::Advised,
                text => Fit::of(text.is_some()),
            },
            (Matcher::OneOf(alternatives), _) => {
                let mut most = Fit::Not;
                for alternative in alternatives.all() {
                    most = most.max(self.fit(alternative, actual)?);
                    if most == Fit::Whole {
                        break;
                    }
                }
                most
            }
            (Matcher::NoneOf(alternatives), _) => {
                for alternative in alternatives.all() {
                    if self.matches(alternative, actual)? {
                        return Ok(Fit::Not);
                    }
                }
                Fit::Whole
            }
            (Matcher::Schema(schema), _) => match actual {
                Some(value) => Fit::of(self.schemas.inline(schema)?.is_valid(value)),
                None => Fit::Not,
            },
            (Matcher::Optional(_), None) => Fit::Whole,
            (Matcher::Optional(matcher), _) => self.fit(matcher, actual)?,
            (Matcher::Should(matcher), _) => self.fit(matcher, actual)?.max(Fit::Advised),
            (
                Matcher::Members(_)
                | Matcher::NocaseMembers(_)
                | Matcher::Elements(_)
                | Matcher::Contains(_)
                | Matcher::Ordered(_)
                | Matcher::Each(_)
                | Matcher::Text(_)
                | Matcher::Near(_),
                _,
            ) => Fit::Not,
        })
    }

    /// Returns the fit of items of which each has to have an element of its own.
    fn fit_of_paired(self, items: &[Matcher], found: &[Value]) -> Result<Fit, String> {
        if items.len() > found.len() {
            return Ok(Fit::Not);
        }
        let as_they_stand = items.iter().zip(found);
        let fit = as_they_stand.map(|(item, value)| self.fit(item, Some(value)));
        if Fit::of_all(fit)? == Fit::Whole {
            return Ok(Fit::Whole);
        }
        let (pairs, _) = self.pair(items, found)?;
        let element = |pair: Option<usize>| pair.and_then(|index| found.get(index));
        Fit::of_all(items.iter().zip(pairs).map(|(item, pair)| match element(pair) {
            Some(value) => self.fit(item, Some(value)),
            None => Ok(Fit::Not),
        }))
    }
}

/// Returns a member of this object alone by its name, whatever the case.
pub(super) fn nocase<'v>(
    found: &'v Map<String, Value>,
    name: &str,
) -> Option<(&'v String, &'v Value)> {
    found.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))
}

fn texts<'v>(expected: &'v Value, actual: Option<&'v Value>) -> Option<(&'v str, &'v str)> {
    Some((expected.as_str()?, actual?.as_str()?))
}
