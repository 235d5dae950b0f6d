//! An answer's value against what is expected of it.

mod arrays;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::excerpt::excerpt;
use super::kind::Kind;
use super::mismatch::Mismatch;
use super::scalar::{has_more_digits, kind, near, same_number, same_text, says_time, spoken};
use super::schema::CompiledSchemas;
use crate::harness::subject::Links;
use crate::harness::suite::Matcher;
use crate::harness::suite::pointer::join;

/// The schemas and links by which values are compared with matchers. Errors of its methods are the suite's.
#[derive(Clone, Copy)]
pub(crate) struct Comparison<'a> {
    pub(crate) schemas: &'a CompiledSchemas,
    pub(crate) links: &'a Links,
}

type Checked = Result<(), String>;

impl Comparison<'_> {
    /// Adds every way in which `actual` is not as `expected`, whose variables are filled in.
    pub(crate) fn compare(
        self,
        expected: &Matcher,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let given = actual.filter(|value| !value.is_null());
        let holds = match expected {
            Matcher::Literal(Value::Null) => given.is_none(),
            Matcher::Literal(Value::Number(number)) => {
                given.and_then(Value::as_number).is_some_and(|found| same_number(number, found))
            }
            Matcher::Literal(scalar) => given == Some(scalar),
            Matcher::Members(members) => match given {
                Some(Value::Object(found)) => {
                    for (name, member) in members {
                        let at = join(pointer, name);
                        self.compare(member, found.get(name), &at, mismatches)?;
                    }
                    true
                }
                _ => false,
            },
            Matcher::NocaseMembers(members) => match given {
                Some(Value::Object(found)) => {
                    for (name, member) in members {
                        // In this object alone.
                        let same = found.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
                        let at = join(pointer, same.map_or(name, |(name, _)| name));
                        self.compare(member, same.map(|(_, value)| value), &at, mismatches)?;
                    }
                    true
                }
                _ => false,
            },
            Matcher::Elements(items) => match given {
                Some(Value::Array(found)) if items.len() == found.len() => {
                    self.compare_unordered(items, found, pointer, mismatches)?;
                    true
                }
                Some(Value::Array(found)) => {
                    mismatches.push(self.of_other_length(items, found, pointer)?);
                    true
                }
                _ => false,
            },
            Matcher::Each(matcher) => match given {
                Some(Value::Array(found)) => {
                    for (index, value) in found.iter().enumerate() {
                        let at = format!("{pointer}/{index}");
                        self.compare(matcher, Some(value), &at, mismatches)?;
                    }
                    true
                }
                _ => false,
            },
            Matcher::Contains(items) => match given {
                Some(Value::Array(found)) => {
                    self.compare_contained(items.all(), found, pointer, mismatches)?;
                    true
                }
                _ => false,
            },
            Matcher::Ordered(items) => match given {
                Some(Value::Array(found)) => {
                    self.compare_ordered(items.all(), found, pointer, mismatches)?;
                    true
                }
                _ => false,
            },
            Matcher::Absent => given.is_none(),
            Matcher::Present => given.is_some(),
            Matcher::Nocase(text) => {
                texts(text, given).is_some_and(|(a, b)| a.to_lowercase() == b.to_lowercase())
            }
            Matcher::Spoken(text) => {
                texts(text, given).is_some_and(|(a, b)| spoken(a) == spoken(b))
            }
            Matcher::Text(scalar) => given.is_some_and(|given| same_text(scalar, given)),
            Matcher::Link(path) => {
                let link = texts(path, given).filter(|(a, b)| self.links.leads_to(b, a));
                // What leads to another system may stand wherever that does.
                if let Some((_, link)) = link.filter(|(path, _)| self.links.is_own(path)) {
                    mismatches.extend(self.elsewhere(link, pointer));
                }
                link.is_some()
            }
            Matcher::DateTime(time) => texts(time, given).is_some_and(|(a, b)| says_time(a, b)),
            Matcher::Near(number) => match (number, given) {
                (Value::Number(a), Some(Value::Number(b))) if near(a, b) => {
                    if has_more_digits(b, a) {
                        let message = format!("is {b}, which has more digits than {a} has");
                        let digits = Mismatch::between(pointer, message, number, actual)
                            .of(Kind::member("digits"));
                        mismatches.push(digits.advisory());
                    }
                    true
                }
                _ => false,
            },
            Matcher::Trimmed(text) => {
                let found = texts(text, given).filter(|(a, b)| a.trim() == b.trim());
                if found.is_some_and(|(_, b)| b != b.trim()) {
                    let message = "the text has blanks around it";
                    mismatches.push(Mismatch::between(pointer, message, text, actual).advisory());
                }
                found.is_some()
            }
            Matcher::OneOf(alternatives) => {
                match self.advised_least(alternatives.all(), actual, pointer)? {
                    Some(advisories) => {
                        mismatches.extend(advisories);
                        true
                    }
                    None => false,
                }
            }
            Matcher::NoneOf(alternatives) => !self.matches_any(alternatives.all(), actual)?,
            Matcher::Schema(schema) => match actual {
                Some(value) => {
                    return self.schemas.check_inline(schema, value, pointer, mismatches);
                }
                None => false,
            },
            Matcher::Optional(_) if given.is_none() => true,
            Matcher::Optional(matcher) => {
                return self.compare(matcher, actual, pointer, mismatches);
            }
            Matcher::Should(matcher) => {
                let mut advisories = Vec::new();
                self.compare(matcher, actual, pointer, &mut advisories)?;
                mismatches.extend(advisories.into_iter().map(Mismatch::advisory));
                true
            }
        };
        if !holds {
            mismatches.push(self.broken(expected, actual, pointer));
        }
        Ok(())
    }

    /// Returns what is advised of a link that leads where it should, and names a host that is not that
    /// of the base URL (readings 17 and 146).
    fn elsewhere(self, link: &str, pointer: &str) -> Option<Mismatch> {
        let host = self.links.names_another_host(link)?;
        let message = format!(
            "names the host {host}, and the base URL names {}: behind a proxy the target has to know \
             the URL that its clients use",
            self.links.host
        );
        let actual = Some(Value::from(link));
        let mismatch = Mismatch { actual, ..Mismatch::new(pointer, message) };
        Some(mismatch.of(Kind::Host).advisory())
    }

    /// Returns how a value is not as expected.
    fn broken(self, expected: &Matcher, actual: Option<&Value>, pointer: &str) -> Mismatch {
        let link = match expected {
            Matcher::Link(path) => {
                Some(Matcher::Link(self.links.documented(path.as_str().unwrap_or_default()).into()))
            }
            _ => None,
        };
        let expected = link.as_ref().unwrap_or(expected);
        let found = actual.filter(|value| !value.is_null());
        let shown = expected.shown();
        let (message, how) = match (expected, found) {
            (Matcher::Absent | Matcher::Literal(Value::Null), _) => {
                (format!("should be absent and is {}", kind(actual)), "there")
            }
            (_, None) => (format!("is missing, expected {}", expected.wanted()), "missing"),
            (Matcher::Literal(literal), Some(found)) if kind(Some(literal)) != kind(actual) => (
                format!("is {}, expected {}", brief(found), brief_kind(literal)),
                kind(Some(literal)),
            ),
            (Matcher::Link(_), Some(found)) => {
                (format!("is {}, expected {}", brief(found), expected.wanted()), "link")
            }
            (_, Some(found)) => {
                (format!("is {}, expected {}", brief(found), expected.wanted()), "value")
            }
        };
        let mismatch = match expected {
            Matcher::OneOf(all) => {
                let all: Vec<_> = all.all().iter().map(Matcher::shown).collect();
                let among = Mismatch::among(pointer, message, &all, actual);
                Mismatch { expected: Some(shown), ..among }
            }
            _ => Mismatch::between(pointer, message, &shown, actual),
        };
        match mismatch.kind {
            Kind::Zone => mismatch,
            _ => mismatch.of(Kind::member(how)),
        }
    }

    /// Returns whether nothing but recommendations would be found; it ends at the first difference, since a
    /// long list is asked for each of its elements.
    fn matches(self, expected: &Matcher, actual: Option<&Value>) -> Result<bool, String> {
        if let (Matcher::Members(members), Some(Value::Object(found))) = (expected, actual) {
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

    fn matches_any(self, expected: &[Matcher], actual: Option<&Value>) -> Result<bool, String> {
        for alternative in expected {
            if self.matches(alternative, actual)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns what an alternative that holds recommends besides: none, if one of them holds wholly.
    fn advised_least(
        self,
        alternatives: &[Matcher],
        actual: Option<&Value>,
        pointer: &str,
    ) -> Result<Option<Vec<Mismatch>>, String> {
        let mut advised = None;
        for alternative in alternatives {
            if !self.matches(alternative, actual)? {
                continue;
            }
            let mut advisories = Vec::new();
            self.compare(alternative, actual, pointer, &mut advisories)?;
            if advisories.is_empty() {
                return Ok(Some(advisories));
            }
            advised.get_or_insert(advisories);
        }
        Ok(advised)
    }
}

fn texts<'v>(expected: &'v Value, actual: Option<&'v Value>) -> Option<(&'v str, &'v str)> {
    Some((expected.as_str()?, actual?.as_str()?))
}

/// Returns a value for a sentence: scalars as they are, the rest by kind.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 200;
    match value {
        Value::Object(_) | Value::Array(_) | Value::Null => kind(Some(value)).to_owned(),
        Value::String(_) => excerpt(&value.to_string(), LONGEST),
        scalar => scalar.to_string(),
    }
}

/// Returns a value that is expected where one of another kind stands: the kind says it.
fn brief_kind(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => kind(Some(value)).to_owned(),
        scalar => format!("{} ({scalar})", kind(Some(scalar))),
    }
}
