//! An answer's value against what is expected of it.

mod arrays;
mod fit;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::excerpt::excerpt;
use super::kind::Kind;
use super::mismatch::Mismatch;
use super::scalar::{has_more_digits, kind, near};
use super::schema::CompiledSchemas;
use crate::harness::subject::Links;
use crate::harness::suite::Matcher;
use crate::harness::suite::pointer::join;
use fit::{Fit, nocase};

/// The schemas and links by which values are compared with matchers. Errors of its methods are the suite's.
#[derive(Clone, Copy)]
pub(crate) struct Comparison<'a> {
    pub(crate) schemas: &'a CompiledSchemas,
    pub(crate) links: &'a Links,
}

type Checked = Result<(), String>;

impl Comparison<'_> {
    /// Adds every way in which `actual` is not as `expected`, whose variables are filled in. Most
    /// answers are as expected, and cost no pointer and no sentence.
    pub(crate) fn compare(
        self,
        expected: &Matcher,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        match self.fit(expected, actual)? {
            Fit::Whole => Ok(()),
            Fit::Advised | Fit::Not => self.tell(expected, actual, pointer, mismatches),
        }
    }

    /// Returns whether there is no way in which `actual` is not as `expected`, be it only advised:
    /// what [`Comparison::compare`] finds nothing in, and no word is made of what it would.
    pub(crate) fn holds(self, expected: &Matcher, actual: Option<&Value>) -> Result<bool, String> {
        Ok(self.fit(expected, actual)? == Fit::Whole)
    }

    /// Adds every way in which a value is not as expected that is not wholly so.
    fn tell(
        self,
        expected: &Matcher,
        actual: Option<&Value>,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Checked {
        let given = actual.filter(|value| !value.is_null());
        match (expected, given) {
            (Matcher::Members(members), Some(Value::Object(found))) => {
                for (name, member) in members {
                    let at = join(pointer, name);
                    self.compare(member, found.get(name), &at, mismatches)?;
                }
            }
            (Matcher::NocaseMembers(members), Some(Value::Object(found))) => {
                for (name, member) in members {
                    let same = nocase(found, name);
                    let at = join(pointer, same.map_or(name, |(name, _)| name));
                    self.compare(member, same.map(|(_, value)| value), &at, mismatches)?;
                }
            }
            (Matcher::Elements(items), Some(Value::Array(found))) => {
                match items.len() == found.len() {
                    true => self.compare_unordered(items, found, pointer, mismatches)?,
                    false => mismatches.push(self.of_other_length(items, found, pointer)?),
                }
            }
            (Matcher::Each(matcher), Some(Value::Array(found))) => {
                for (index, value) in found.iter().enumerate() {
                    let at = format!("{pointer}/{index}");
                    self.compare(matcher, Some(value), &at, mismatches)?;
                }
            }
            (Matcher::Contains(items), Some(Value::Array(found))) => {
                self.compare_contained(items.all(), found, pointer, mismatches)?;
            }
            (Matcher::Ordered(items), Some(Value::Array(found))) => {
                self.compare_ordered(items.all(), found, pointer, mismatches)?;
            }
            (Matcher::Near(number @ Value::Number(exact)), Some(Value::Number(found)))
                if near(exact, found) =>
            {
                if has_more_digits(found, exact) {
                    let message = format!("is {found}, which has more digits than {exact} has");
                    let digits = Mismatch::between(pointer, message, number, actual)
                        .of(Kind::member("digits"));
                    mismatches.push(digits.advisory());
                }
            }
            (Matcher::Trimmed(text), _) if self.fit(expected, given)? == Fit::Advised => {
                let message = "the text has blanks around it";
                mismatches.push(Mismatch::between(pointer, message, text, actual).advisory());
            }
            (Matcher::Link(_), Some(Value::String(link)))
                if self.fit(expected, given)? == Fit::Advised =>
            {
                mismatches.extend(self.elsewhere(link, pointer));
            }
            (Matcher::OneOf(alternatives), _) => {
                match self.advised_least(alternatives.all(), actual, pointer)? {
                    Some(advisories) => mismatches.extend(advisories),
                    None => mismatches.push(self.broken(expected, actual, pointer)),
                }
            }
            (Matcher::Schema(schema), _) if actual.is_some() => {
                let value = actual.unwrap_or(&Value::Null);
                self.schemas.check_inline(schema, value, pointer, mismatches)?;
            }
            (Matcher::Optional(matcher), _) => {
                self.compare(matcher, actual, pointer, mismatches)?;
            }
            (Matcher::Should(matcher), _) => {
                let mut advisories = Vec::new();
                self.compare(matcher, actual, pointer, &mut advisories)?;
                mismatches.extend(advisories.into_iter().map(Mismatch::advisory));
            }
            _ => mismatches.push(self.broken(expected, actual, pointer)),
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

    /// Returns what an alternative that holds recommends besides: none, if one of them holds wholly.
    fn advised_least(
        self,
        alternatives: &[Matcher],
        actual: Option<&Value>,
        pointer: &str,
    ) -> Result<Option<Vec<Mismatch>>, String> {
        let mut advised = None;
        for alternative in alternatives {
            match self.fit(alternative, actual)? {
                Fit::Whole => return Ok(Some(Vec::new())),
                Fit::Advised => drop(advised.get_or_insert(alternative)),
                Fit::Not => {}
            }
        }
        let Some(advised) = advised else { return Ok(None) };
        let mut advisories = Vec::new();
        self.tell(advised, actual, pointer, &mut advisories)?;
        Ok(Some(advisories))
    }
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
