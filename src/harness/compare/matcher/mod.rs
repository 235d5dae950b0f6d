//! Matchers: JSON that an answer must contain, with one-key `$` objects for what is not literal.
//!
//! Objects match member by member and may have more; `null` is absent; numbers are equal by
//! decimal value; arrays have one length and no order.

mod arrays;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::scalar::{kind, near, same_number, same_text, same_time};
use super::{CompiledSchemas, Mismatch};
use crate::harness::subject::Links;
use crate::harness::suite::pointer::join;
use crate::harness::suite::text_of;

/// What matchers need beside themselves. Errors of its methods are faults of the suite.
#[derive(Clone, Copy)]
pub(crate) struct Matcher<'a> {
    pub(crate) schemas: &'a CompiledSchemas,
    pub(crate) links: &'a Links,
}

const NAMES: [&str; 17] = [
    "$absent",
    "$present",
    "$nocase",
    "$text",
    "$trimmed",
    "$link",
    "$oneOf",
    "$noneOf",
    "$schema",
    "$near",
    "$each",
    "$contains",
    "$ordered",
    "$optional",
    "$should",
    "$dateTime",
    "$nocaseMembers",
];

type Checked = Result<(), String>;

/// The name and argument if `expected` is no literal.
fn special(expected: &Value) -> Option<(&str, &Value)> {
    let members = expected.as_object().filter(|members| members.len() == 1)?;
    let (name, argument) = members.iter().next()?;
    name.starts_with('$').then_some((name.as_str(), argument))
}

/// Whether `matcher` is one: every `$` object in it has a known name.
///
/// # Errors
/// Names the first that is unknown.
pub(crate) fn check_matcher(matcher: &Value) -> Checked {
    match special(matcher) {
        Some((name, _)) if !NAMES.contains(&name) => Err(format!("{name} is no matcher")),
        Some(("$schema", _)) => Ok(()),
        _ => match matcher {
            Value::Object(members) => members.values().try_for_each(check_matcher),
            Value::Array(items) => items.iter().try_for_each(check_matcher),
            _ => Ok(()),
        },
    }
}

impl Matcher<'_> {
    /// Adds every way in which `actual` is not as `expected`.
    pub(crate) fn compare(
        self,
        expected: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        if let Some((name, argument)) = special(expected) {
            return self.compare_special(name, argument, actual, pointer, mismatches);
        }
        match (expected, actual) {
            (Value::Null, None | Some(Value::Null)) => {}
            (Value::Object(members), Some(Value::Object(found))) => {
                for (name, member) in members {
                    let at = join(pointer, name);
                    self.compare(member, found.get(name), &at, mismatches)?;
                }
            }
            (Value::Array(items), Some(Value::Array(found))) => {
                if items.len() != found.len() {
                    let message =
                        format!("expected {} elements, found {}", items.len(), found.len());
                    mismatches.push(Mismatch::between(pointer, message, expected, actual));
                } else {
                    self.compare_unordered(items, found, pointer, mismatches)?;
                }
            }
            (Value::Number(a), Some(Value::Number(b))) if same_number(a, b) => {}
            (expected, Some(found)) if expected == found => {}
            _ => mismatches.push(Mismatch::between(
                pointer,
                difference(expected, actual),
                expected,
                actual,
            )),
        }
        Ok(())
    }

    fn compare_special(
        self,
        name: &str,
        argument: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let given = actual.filter(|value| !value.is_null());
        let holds = match name {
            "$absent" => given.is_none(),
            "$present" => given.is_some(),
            "$nocase" => {
                texts(argument, given).is_some_and(|(a, b)| a.to_lowercase() == b.to_lowercase())
            }
            "$text" => given.is_some_and(|given| same_text(argument, given)),
            "$link" => texts(argument, given).is_some_and(|(a, b)| self.links.leads_to(b, a)),
            "$dateTime" => texts(argument, given).is_some_and(|(a, b)| same_time(a, b)),
            "$near" => match (argument, given) {
                (Value::Number(a), Some(Value::Number(b))) => near(a, b),
                _ => false,
            },
            "$trimmed" => {
                let found = texts(argument, given).filter(|(a, b)| a.trim() == b.trim());
                if found.is_some_and(|(_, b)| b != b.trim()) {
                    let message = "the text has blanks around it";
                    let trimmed = Mismatch::between(pointer, message, argument, actual);
                    mismatches.push(trimmed.advisory());
                }
                found.is_some()
            }
            "$oneOf" => {
                let mut any = false;
                for alternative in list(name, argument)? {
                    any = any || self.matches(alternative, actual)?;
                }
                any
            }
            "$noneOf" => {
                let mut none = true;
                for alternative in list(name, argument)? {
                    none = none && !self.matches(alternative, actual)?;
                }
                none
            }
            "$schema" => match actual {
                Some(value) => {
                    return self.schemas.check_inline(argument, value, pointer, mismatches);
                }
                None => false,
            },
            "$optional" if given.is_none() => true,
            "$optional" => return self.compare(argument, actual, pointer, mismatches),
            "$should" => {
                let mut advisories = Vec::new();
                self.compare(argument, actual, pointer, &mut advisories)?;
                mismatches.extend(advisories.into_iter().map(Mismatch::advisory));
                true
            }
            "$nocaseMembers" => {
                return self.compare_nocase(name, argument, actual, pointer, mismatches);
            }
            "$each" | "$contains" | "$ordered" => match given {
                Some(Value::Array(found)) => {
                    return self.compare_array(name, argument, found, pointer, mismatches);
                }
                _ => false,
            },
            other => return Err(format!("{other} is no matcher")),
        };
        if !holds {
            let message = self.broken(name, argument, actual);
            let expected = match name {
                "$nocase" | "$text" | "$trimmed" | "$near" | "$dateTime" => argument.clone(),
                "$link" => Value::String(self.links.documented(argument.as_str().unwrap_or(""))),
                _ => Value::Object(Map::from_iter([(name.to_owned(), argument.clone())])),
            };
            mismatches.push(Mismatch::between(pointer, message, &expected, actual));
        }
        Ok(())
    }

    fn broken(self, name: &str, argument: &Value, actual: Option<&Value>) -> String {
        match name {
            "$absent" => format!("should be absent and is {}", kind(actual)),
            "$present" => format!("should be there and is {}", kind(actual)),
            "$link" => "does not lead to the documented resource".to_owned(),
            "$dateTime" => "is not the expected time".to_owned(),
            "$near" => "is not within 0.005 of the expected amount".to_owned(),
            "$oneOf" => "is none of the allowed values".to_owned(),
            "$noneOf" => "is what it must not be".to_owned(),
            "$each" | "$contains" | "$ordered" => {
                format!("should be an array and is {}", kind(actual))
            }
            "$text" => match actual.and_then(text_of) {
                Some(text) => format!("is `{text}`, expected {}", brief(argument)),
                None => difference(argument, actual),
            },
            _ => difference(argument, actual),
        }
    }

    /// Member names without regard to case, in this object alone.
    fn compare_nocase(
        self,
        name: &str,
        argument: &Value,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let Value::Object(members) = argument else {
            return Err(format!("{name} takes an object"));
        };
        let Some(Value::Object(found)) = actual else {
            let message = difference(argument, actual);
            mismatches.push(Mismatch::between(pointer, message, argument, actual));
            return Ok(());
        };
        for (name, member) in members {
            let same = found.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            let (name, value) = match same {
                Some((name, value)) => (name, Some(value)),
                None => (name, None),
            };
            self.compare(member, value, &join(pointer, name), mismatches)?;
        }
        Ok(())
    }

    /// Whether nothing but recommendations would be found; it ends at the first difference, since a
    /// long list is asked for each of its elements.
    fn matches(self, expected: &Value, actual: Option<&Value>) -> Result<bool, String> {
        if special(expected).is_none()
            && let (Value::Object(members), Some(Value::Object(found))) = (expected, actual)
        {
            for (name, member) in members {
                if !self.matches(member, found.get(name))? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let mut mismatches = Vec::new();
        self.compare(expected, actual, "", &mut mismatches)?;
        Ok(mismatches.iter().all(|mismatch| mismatch.advisory))
    }
}

fn list<'v>(name: &str, argument: &'v Value) -> Result<&'v [Value], String> {
    argument.as_array().map(Vec::as_slice).ok_or_else(|| format!("{name} takes a list"))
}

fn texts<'v>(expected: &'v Value, actual: Option<&'v Value>) -> Option<(&'v str, &'v str)> {
    Some((expected.as_str()?, actual?.as_str()?))
}

fn difference(expected: &Value, actual: Option<&Value>) -> String {
    let (wanted, found) = (kind(Some(expected)), kind(actual));
    match actual {
        None | Some(Value::Null) => format!("is missing, expected {}", brief(expected)),
        Some(_) if wanted != found => format!("is {found}, expected {wanted}"),
        Some(actual) => format!("is {}, expected {}", brief(actual), brief(expected)),
    }
}

/// A value in a sentence: scalars as they are, the rest by kind.
fn brief(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => kind(Some(value)).to_owned(),
        Value::Null => "no value".to_owned(),
        scalar => scalar.to_string(),
    }
}
