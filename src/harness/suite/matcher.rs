//! Matchers: what a value in an answer has to be.
//!
//! They are written as the JSON that an answer must contain, with one-key `$` objects for what is not
//! literal ([`NOTATION`]). Objects match member by member and may have more; `null` is absent; numbers
//! are equal by decimal value; arrays have one length and no order. A matcher is parsed where the suite
//! is read; its variables are filled in where it is compared.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::pointer::join;
use super::variables::{Unbound, Variables, next_variable, text_of};
use crate::input::suggest::did_you_mean;

/// Every `$` object and its meaning.
pub(crate) const NOTATION: [(&str, &str); 18] = [
    ("$absent", "there is no value, or null"),
    ("$present", "there is a value other than null"),
    ("$nocase", "the text, without regard to case"),
    ("$spoken", "the text, by its letters and digits alone, without regard to case (reading 102)"),
    ("$text", "what the scalar says, whether written as text, number or boolean (reading 151)"),
    ("$trimmed", "the text; blanks around it break a recommendation alone (reading 43)"),
    (
        "$link",
        "a link, relative or absolute, that leads to the path below the API's root (reading 17)",
    ),
    ("$dateTime", "the time, however it is written (readings 26 and 157)"),
    ("$near", "a number at most 0.005 from this one, as amounts of money may be (reading 158)"),
    ("$schema", "a value of this JSON Schema"),
    ("$oneOf", "one of these"),
    ("$noneOf", "none of these"),
    ("$each", "an array, each element of which is so"),
    ("$contains", "an array with an element of its own for each of these"),
    ("$ordered", "an array of these elements in this order"),
    ("$optional", "so, or not there"),
    ("$should", "so; anything else breaks a recommendation alone"),
    ("$nocaseMembers", "an object whose members' names are read without regard to case"),
];

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
    /// Reads the notation.
    ///
    /// # Errors
    /// A sentence without a full stop: where what is no matcher stands, and why it is none.
    pub(crate) fn parse(written: &Value) -> Result<Matcher, String> {
        parse(written, "")
    }

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

    /// Returns the matcher with every variable filled in.
    ///
    /// # Errors
    /// A variable has no value, or none that fits where it stands.
    pub(crate) fn fill(&self, variables: &Variables) -> Result<Cow<'_, Matcher>, Unbound> {
        if !self.has_variables() {
            return Ok(Cow::Borrowed(self));
        }
        let inner = |matcher: &Matcher| Ok(Box::new(matcher.filled(variables)?));
        let named = |members: &[(String, Matcher)]| {
            let filled = members.iter().map(|(name, it)| Ok((name.clone(), it.filled(variables)?)));
            filled.collect::<Result<Vec<_>, Unbound>>()
        };
        Ok(Cow::Owned(match self {
            Matcher::Literal(value) => Matcher::literal(variables.fill(value)?),
            Matcher::Members(members) => Matcher::Members(named(members)?),
            Matcher::NocaseMembers(members) => Matcher::NocaseMembers(named(members)?),
            Matcher::Elements(items) => Matcher::Elements(
                items.iter().map(|item| item.filled(variables)).collect::<Result<_, _>>()?,
            ),
            Matcher::Absent => Matcher::Absent,
            Matcher::Present => Matcher::Present,
            Matcher::Nocase(value) => Matcher::Nocase(variables.fill(value)?),
            Matcher::Spoken(value) => Matcher::Spoken(variables.fill(value)?),
            Matcher::Text(value) => Matcher::Text(variables.fill(value)?),
            Matcher::Trimmed(value) => Matcher::Trimmed(variables.fill(value)?),
            Matcher::Link(value) => Matcher::Link(variables.fill(value)?),
            Matcher::DateTime(value) => Matcher::DateTime(variables.fill(value)?),
            Matcher::Near(value) => Matcher::Near(variables.fill(value)?),
            Matcher::Schema(value) => Matcher::Schema(variables.fill(value)?),
            Matcher::OneOf(these) => Matcher::OneOf(these.filled(variables)?),
            Matcher::NoneOf(these) => Matcher::NoneOf(these.filled(variables)?),
            Matcher::Contains(these) => Matcher::Contains(these.filled(variables)?),
            Matcher::Ordered(these) => Matcher::Ordered(these.filled(variables)?),
            Matcher::Each(matcher) => Matcher::Each(inner(matcher)?),
            Matcher::Optional(matcher) => Matcher::Optional(inner(matcher)?),
            Matcher::Should(matcher) => Matcher::Should(inner(matcher)?),
        }))
    }

    fn filled(&self, variables: &Variables) -> Result<Matcher, Unbound> {
        self.fill(variables).map(Cow::into_owned)
    }

    fn has_variables(&self) -> bool {
        match self {
            Matcher::Absent | Matcher::Present => false,
            Matcher::Members(members) | Matcher::NocaseMembers(members) => {
                members.iter().any(|(_, matcher)| matcher.has_variables())
            }
            Matcher::Elements(items) => items.iter().any(Matcher::has_variables),
            Matcher::Each(matcher) | Matcher::Optional(matcher) | Matcher::Should(matcher) => {
                matcher.has_variables()
            }
            Matcher::OneOf(these)
            | Matcher::NoneOf(these)
            | Matcher::Contains(these)
            | Matcher::Ordered(these) => match these {
                Matchers::These(matchers) => matchers.iter().any(Matcher::has_variables),
                Matchers::Captured(_) => true,
            },
            Matcher::Literal(value)
            | Matcher::Nocase(value)
            | Matcher::Spoken(value)
            | Matcher::Text(value)
            | Matcher::Trimmed(value)
            | Matcher::Link(value)
            | Matcher::DateTime(value)
            | Matcher::Near(value)
            | Matcher::Schema(value) => has_variables(value),
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

    /// Puts another matcher where a JSON pointer leads, `*` being every element, or takes away what
    /// stands there. A member that is not there is added to the object that would hold it. Returns
    /// whether there was a place for it.
    pub(crate) fn replace(&mut self, at: &str, with: Option<&Matcher>) -> bool {
        let Some(rest) = at.strip_prefix('/') else {
            *self = with.cloned().unwrap_or_default();
            return at.is_empty();
        };
        let (segment, deeper) = match rest.find('/') {
            Some(end) => (&rest[..end], &rest[end..]),
            None => (rest, ""),
        };
        let name = segment.replace("~1", "/").replace("~0", "~");
        let removes = deeper.is_empty() && with.is_none();
        match self {
            // A pointer may name the notation, as the texts of examples do.
            Matcher::NocaseMembers(members) if name == "$nocaseMembers" => {
                let mut named = Matcher::Members(std::mem::take(members));
                let found = named.replace(deeper, with);
                if let Matcher::Members(replaced) = named {
                    *members = replaced;
                }
                return found;
            }
            Matcher::Elements(items) if name == "*" && removes => items.clear(),
            Matcher::Elements(items) if name == "*" => {
                return items
                    .iter_mut()
                    .map(|item| item.replace(deeper, with))
                    .fold(true, |all, one| all & one);
            }
            Matcher::Elements(items) => {
                let index = name.parse().ok().filter(|index: &usize| *index < items.len());
                let Some(index) = index else { return false };
                match removes {
                    true => drop(items.remove(index)),
                    false => return items[index].replace(deeper, with),
                }
            }
            Matcher::Members(members) => {
                let known = members.iter().position(|(known, _)| *known == name);
                match (known, deeper.is_empty(), with) {
                    (Some(index), true, None) => drop(members.remove(index)),
                    (Some(index), _, _) => return members[index].1.replace(deeper, with),
                    (None, true, Some(with)) => members.push((name, with.clone())),
                    (None, true, None) => {}
                    (None, false, _) => return false,
                }
            }
            _ => return false,
        }
        true
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

    fn filled(&self, variables: &Variables) -> Result<Matchers, Unbound> {
        let filled = match self {
            Matchers::These(matchers) => matchers
                .iter()
                .map(|matcher| matcher.filled(variables))
                .collect::<Result<_, _>>()?,
            Matchers::Captured(name) => match variables.fill(name)? {
                Value::Array(items) => items.into_iter().map(Matcher::literal).collect(),
                _ => return Err(Unbound::new(format!("{name} is no list"))),
            },
        };
        Ok(Matchers::These(filled))
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

fn has_variables(value: &Value) -> bool {
    match value {
        Value::String(text) => next_variable(text).is_some(),
        Value::Array(items) => items.iter().any(has_variables),
        Value::Object(members) => members.values().any(has_variables),
        _ => false,
    }
}

fn parse(written: &Value, at: &str) -> Result<Matcher, String> {
    match written {
        Value::Object(members) => match members.iter().next() {
            Some((name, argument)) if members.len() == 1 && name.starts_with('$') => {
                special(name, argument, &join(at, name))
            }
            _ => Ok(Matcher::Members(named(members, at)?)),
        },
        Value::Array(items) => Ok(Matcher::Elements(each(items, at)?)),
        scalar => Ok(Matcher::Literal(scalar.clone())),
    }
}

fn special(name: &str, argument: &Value, at: &str) -> Result<Matcher, String> {
    let value = || argument.clone();
    let inner = || parse(argument, at).map(Box::new);
    let these = || match argument {
        Value::Array(items) => each(items, at).map(Matchers::These),
        Value::String(text) if next_variable(text).is_some() => Ok(Matchers::Captured(value())),
        _ => Err(format!("{at} takes a list")),
    };
    match name {
        "$absent" | "$present" if *argument != Value::Bool(true) => Err(format!("{at} takes true")),
        "$absent" => Ok(Matcher::Absent),
        "$present" => Ok(Matcher::Present),
        "$nocase" => Ok(Matcher::Nocase(value())),
        "$spoken" => Ok(Matcher::Spoken(value())),
        "$text" => Ok(Matcher::Text(value())),
        "$trimmed" => Ok(Matcher::Trimmed(value())),
        "$link" => Ok(Matcher::Link(value())),
        "$dateTime" => Ok(Matcher::DateTime(value())),
        "$near" => Ok(Matcher::Near(value())),
        "$schema" => Ok(Matcher::Schema(value())),
        "$oneOf" => these().map(Matcher::OneOf),
        "$noneOf" => these().map(Matcher::NoneOf),
        "$contains" => these().map(Matcher::Contains),
        "$ordered" => these().map(Matcher::Ordered),
        "$each" => inner().map(Matcher::Each),
        "$optional" => inner().map(Matcher::Optional),
        "$should" => inner().map(Matcher::Should),
        "$nocaseMembers" => match argument {
            Value::Object(members) => named(members, at).map(Matcher::NocaseMembers),
            _ => Err(format!("{at} takes an object")),
        },
        _ => {
            let meant = did_you_mean(name, NOTATION.iter().map(|(name, _)| *name));
            Err(format!("{at} is no matcher{meant}"))
        }
    }
}

fn named(members: &Map<String, Value>, at: &str) -> Result<Vec<(String, Matcher)>, String> {
    let parsed = members.iter().map(|(name, it)| Ok((name.clone(), parse(it, &join(at, name))?)));
    parsed.collect()
}

fn each(items: &[Value], at: &str) -> Result<Vec<Matcher>, String> {
    let parsed = items.iter().enumerate().map(|(index, it)| parse(it, &format!("{at}/{index}")));
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Matcher, NOTATION};
    use crate::harness::suite::Variables;

    #[test]
    fn every_matcher_is_written_as_it_was_read_and_its_meaning_is_told() {
        let list = ["$oneOf", "$noneOf", "$contains", "$ordered"];
        for (name, meaning) in NOTATION {
            let argument = match name {
                "$absent" | "$present" => json!(true),
                "$nocaseMembers" => json!({"a": {"$present": true}}),
                name if list.contains(&name) => json!([1, {"$absent": true}]),
                _ => json!("a"),
            };
            let written = json!({"m": [{name: argument}, {"x": 1, name: 2}]});
            let matcher = Matcher::parse(&written).unwrap();
            assert_eq!(matcher.notation(), written);
            assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{name}: {meaning}");
        }
    }

    #[test]
    fn what_is_no_matcher_is_named_with_its_place() {
        for (written, fault) in [
            (json!({"a": [1, {"$oneof": []}]}), "/a/1/$oneof is no matcher (did you mean $oneOf?)"),
            (json!({"$each": {"b/c": {"$quux": 1}}}), "/$each/b~1c/$quux is no matcher"),
            (json!({"$oneOf": "a"}), "/$oneOf takes a list"),
            (json!({"$absent": false}), "/$absent takes true"),
            (json!({"$nocaseMembers": []}), "/$nocaseMembers takes an object"),
        ] {
            assert_eq!(Matcher::parse(&written).unwrap_err(), fault);
        }
    }

    #[test]
    fn a_variable_is_filled_in_and_what_it_holds_is_never_notation() {
        let mut variables = Variables::default();
        variables.bind("name", "Åsa");
        variables.bind("all", json!(["a", {"$absent": true}]));
        variables.bind("held", json!({"$present": true}));
        for (written, filled) in [
            (json!({"n": "${name}"}), json!({"n": "Åsa"})),
            (json!({"$optional": {"$text": "x${name}"}}), json!({"$optional": {"$text": "xÅsa"}})),
            (json!({"$oneOf": "${all}"}), json!({"$oneOf": ["a", {"$absent": true}]})),
            (json!("${held}"), json!({"$present": true})),
        ] {
            let matcher = Matcher::parse(&written).unwrap();
            let matcher = matcher.fill(&variables).unwrap();
            assert_eq!(matcher.notation(), filled, "{written}");
        }
        let held = Matcher::parse(&json!("${held}")).unwrap();
        let literal = Matcher::literal(json!({"$present": true}));
        assert_eq!(*held.fill(&variables).unwrap(), literal);
        let unbound = Matcher::parse(&json!([{"$oneOf": ["${none}"]}])).unwrap();
        assert!(unbound.fill(&variables).is_err());
        let no_list = Matcher::parse(&json!({"$oneOf": "${name}"})).unwrap();
        assert!(no_list.fill(&variables).is_err());
    }

    #[test]
    fn replacing_reaches_members_elements_and_all_elements() {
        let start = json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}], "s/t": 0});
        let two: Value = json!({"$near": 2});
        for (at, with, expected) in [
            (
                "/a/b",
                Some(&two),
                Some(json!({"a": {"b": two}, "list": [{"x": 1}, {"x": 2}], "s/t": 0})),
            ),
            (
                "/a/c",
                Some(&two),
                Some(json!({"a": {"b": 1, "c": two}, "list": [{"x": 1}, {"x": 2}], "s/t": 0})),
            ),
            (
                "/list/1/x",
                Some(&two),
                Some(json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": two}], "s/t": 0})),
            ),
            ("/list/*/x", None, Some(json!({"a": {"b": 1}, "list": [{}, {}], "s/t": 0}))),
            ("/list/0", None, Some(json!({"a": {"b": 1}, "list": [{"x": 2}], "s/t": 0}))),
            ("/list/*", None, Some(json!({"a": {"b": 1}, "list": [], "s/t": 0}))),
            ("/s~1t", None, Some(json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}]}))),
            ("", Some(&two), Some(two.clone())),
            ("/list/2", Some(&two), None),
            ("/none/x", Some(&two), None),
            ("/a/b/c", Some(&two), None),
        ] {
            let mut matcher = Matcher::literal(start.clone());
            let with = with.map(|with| Matcher::parse(with).unwrap());
            let found = matcher.replace(at, with.as_ref());
            assert_eq!(found.then(|| matcher.notation()), expected, "{at}");
        }
    }

    #[test]
    fn a_literal_of_a_format_without_types_is_compared_into_text() {
        let matcher =
            Matcher::parse(&json!({"a": 1, "b": ["x", null], "c": {"$near": 2}})).unwrap();
        let text = json!({"a": {"$text": "1"}, "b": [{"$text": "x"}, null], "c": {"$near": 2}});
        assert_eq!(matcher.into_text().notation(), text);
    }
}
