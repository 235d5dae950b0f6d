//! Matchers: what a value in an answer has to be.
//!
//! They are written as the JSON that an answer must contain, with one-key `$` objects for what is not
//! literal ([`parse::NOTATION`]). Objects match member by member and may have more; `null` is absent; numbers
//! are equal by decimal value; arrays have one length and no order. A matcher is parsed where the suite
//! is read; its variables are filled in where it is compared.

mod fill;
mod parse;
mod replace;
#[cfg(test)]
mod tests;
mod words;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::variables::text_of;

/// A value that is expected.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Matcher {
    /// This scalar; null is nothing as well.
    Literal(Value),
    /// An object with these members, and perhaps others.
    Members(Vec<(String, Matcher)>),
    /// An array of these elements in any order, and of no others.
    Elements(Vec<Matcher>),
    Absent,
    Present,
    Nocase(Value),
    Spoken(Value),
    Text(Value),
    Trimmed(Value),
    Link(Value),
    DateTime(Value),
    Near(Value),
    Schema(Value),
    OneOf(Matchers),
    NoneOf(Matchers),
    Each(Box<Matcher>),
    Contains(Matchers),
    Ordered(Matchers),
    Optional(Box<Matcher>),
    Should(Box<Matcher>),
    NocaseMembers(Vec<(String, Matcher)>),
}

/// Several matchers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Matchers {
    These(Vec<Matcher>),
    /// The elements of a list that a variable holds.
    Captured(Value),
}

impl Default for Matcher {
    /// Returns what matches nothing and null.
    fn default() -> Self {
        Matcher::Literal(Value::Null)
    }
}

impl TryFrom<Value> for Matcher {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        Matcher::parse(&value)
    }
}

impl Matcher {
    /// Returns the matcher of this very value, in which nothing is notation.
    pub(crate) fn literal(value: Value) -> Matcher {
        match value {
            Value::Object(members) => Matcher::Members(
                members.into_iter().map(|(name, value)| (name, Matcher::literal(value))).collect(),
            ),
            Value::Array(items) => {
                Matcher::Elements(items.into_iter().map(Matcher::literal).collect())
            }
            scalar => Matcher::Literal(scalar),
        }
    }

    /// Returns the matcher that compares every literal scalar as text: of a format without types.
    pub(crate) fn into_text(self) -> Matcher {
        match self {
            Matcher::Literal(Value::Null) => Matcher::default(),
            Matcher::Literal(scalar) => Matcher::Text(match text_of(&scalar) {
                Some(text) => Value::String(text),
                None => scalar,
            }),
            Matcher::Members(members) => Matcher::Members(
                members.into_iter().map(|(name, matcher)| (name, matcher.into_text())).collect(),
            ),
            Matcher::Elements(items) => {
                Matcher::Elements(items.into_iter().map(Matcher::into_text).collect())
            }
            other => other,
        }
    }

    /// Returns the matcher as it is written.
    pub(crate) fn notation(&self) -> Value {
        let one = |name: &str, argument: Value| {
            Value::Object(Map::from_iter([(name.to_owned(), argument)]))
        };
        match self {
            Matcher::Literal(value) => value.clone(),
            Matcher::Members(members) => notation(members),
            Matcher::Elements(items) => items.iter().map(Matcher::notation).collect(),
            Matcher::Absent => one("$absent", true.into()),
            Matcher::Present => one("$present", true.into()),
            Matcher::Nocase(value) => one("$nocase", value.clone()),
            Matcher::Spoken(value) => one("$spoken", value.clone()),
            Matcher::Text(value) => one("$text", value.clone()),
            Matcher::Trimmed(value) => one("$trimmed", value.clone()),
            Matcher::Link(value) => one("$link", value.clone()),
            Matcher::DateTime(value) => one("$dateTime", value.clone()),
            Matcher::Near(value) => one("$near", value.clone()),
            Matcher::Schema(value) => one("$schema", value.clone()),
            Matcher::OneOf(these) => one("$oneOf", these.notation()),
            Matcher::NoneOf(these) => one("$noneOf", these.notation()),
            Matcher::Contains(these) => one("$contains", these.notation()),
            Matcher::Ordered(these) => one("$ordered", these.notation()),
            Matcher::Each(matcher) => one("$each", matcher.notation()),
            Matcher::Optional(matcher) => one("$optional", matcher.notation()),
            Matcher::Should(matcher) => one("$should", matcher.notation()),
            Matcher::NocaseMembers(members) => one("$nocaseMembers", notation(members)),
        }
    }
}

impl Matchers {
    /// Returns the matchers; of a list that is not filled in yet, none.
    pub(crate) fn all(&self) -> &[Matcher] {
        match self {
            Matchers::These(matchers) => matchers,
            Matchers::Captured(_) => &[],
        }
    }

    fn notation(&self) -> Value {
        match self {
            Matchers::These(matchers) => matchers.iter().map(Matcher::notation).collect(),
            Matchers::Captured(name) => name.clone(),
        }
    }
}

fn notation(members: &[(String, Matcher)]) -> Value {
    Value::Object(members.iter().map(|(name, it)| (name.clone(), it.notation())).collect())
}
