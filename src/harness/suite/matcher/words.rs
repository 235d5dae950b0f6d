//! Matchers in words: nothing of the suite's own notation.

use serde_json::Value;

use super::{Matcher, Matchers};
use crate::harness::suite::pointer::join;

impl Matcher {
    /// Returns what has to stand where, a sentence without a full stop for each place; `at` is where
    /// the value stands itself.
    pub(crate) fn sentences(&self, at: &str) -> Vec<String> {
        match self {
            Matcher::Members(members) if !members.is_empty() => {
                let parts = members.iter().map(|(name, member)| member.sentences(&join(at, name)));
                parts.flatten().collect()
            }
            other => {
                let place = if at.is_empty() { "the body" } else { at };
                vec![format!("{place} {}", predicate(other))]
            }
        }
    }

    /// Returns what is wanted, for a sentence that says what stands there instead.
    pub(crate) fn wanted(&self) -> String {
        let brief = |value: &Value| match value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "an array".to_owned(),
            Value::Null => "nothing".to_owned(),
            scalar => scalar.to_string(),
        };
        match self {
            Matcher::Literal(value) | Matcher::Trimmed(value) | Matcher::Text(value) => {
                brief(value)
            }
            Matcher::Members(_) | Matcher::NocaseMembers(_) => "an object".to_owned(),
            Matcher::Elements(items) => match items.len() {
                0 => "an array without elements".to_owned(),
                1 => "an array of 1 element".to_owned(),
                count => format!("an array of {count} elements"),
            },
            Matcher::Absent => "nothing".to_owned(),
            Matcher::Present => "a value".to_owned(),
            Matcher::Nocase(value) => format!("{}, in large or small letters", brief(value)),
            Matcher::Spoken(value) => format!("{}, by its letters and digits", brief(value)),
            Matcher::Link(value) => format!("a link to {}", value.as_str().unwrap_or_default()),
            Matcher::DateTime(value) => format!("the time {}", brief(value)),
            Matcher::Near(value) => format!("{} within 0.005", brief(value)),
            Matcher::Schema(schema) => match schema.get("type") {
                Some(Value::String(kind)) => format!("a value of type {kind}"),
                _ => "a value of another form".to_owned(),
            },
            Matcher::OneOf(all) => match literals(all) {
                Some(values) => format!("one of {values}"),
                None => all.all().iter().map(Matcher::wanted).collect::<Vec<_>>().join(" or "),
            },
            Matcher::NoneOf(all) => match literals(all) {
                Some(values) => format!("anything but {values}"),
                None => "anything else".to_owned(),
            },
            Matcher::Each(_) | Matcher::Contains(_) | Matcher::Ordered(_) => "an array".to_owned(),
            Matcher::Optional(one) => format!("{} or nothing", one.wanted()),
            Matcher::Should(one) => one.wanted(),
        }
    }

    /// Returns what is expected as a value that a reader may be shown: where several would do, in
    /// words, in parentheses.
    pub(crate) fn shown(&self) -> Value {
        let members = |members: &[(String, Matcher)]| {
            members.iter().map(|(name, member)| (name.clone(), member.shown())).collect()
        };
        match self {
            Matcher::Literal(value)
            | Matcher::Nocase(value)
            | Matcher::Spoken(value)
            | Matcher::Text(value)
            | Matcher::Trimmed(value)
            | Matcher::DateTime(value)
            | Matcher::Near(value)
            | Matcher::Link(value) => value.clone(),
            Matcher::Members(all) | Matcher::NocaseMembers(all) => Value::Object(members(all)),
            Matcher::Elements(items) => items.iter().map(Matcher::shown).collect(),
            Matcher::Contains(all) | Matcher::Ordered(all) => {
                all.all().iter().map(Matcher::shown).collect()
            }
            Matcher::Optional(one) | Matcher::Should(one) => one.shown(),
            Matcher::Absent => Value::Null,
            Matcher::Present
            | Matcher::Schema(_)
            | Matcher::OneOf(_)
            | Matcher::NoneOf(_)
            | Matcher::Each(_) => Value::String(format!("({})", self.wanted())),
        }
    }
}

/// Returns what is said of a value, such as `is "SE"`.
fn predicate(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Literal(Value::Null) | Matcher::Absent => "is absent or null".to_owned(),
        Matcher::Literal(value) => format!("is {value}"),
        Matcher::Members(members) => object(members),
        Matcher::NocaseMembers(members) => {
            format!("{}, names compared without regard to case", object(members))
        }
        Matcher::Elements(items) => match items.as_slice() {
            [] => "is a list without elements".to_owned(),
            items => format!("is a list of just {}, in any order", each(items, ", and ")),
        },
        Matcher::Present => "is there".to_owned(),
        Matcher::Nocase(value) => format!("is {value}, without regard to case"),
        Matcher::Spoken(value) => format!("is {value}, by its letters and digits alone"),
        Matcher::Text(value) => format!("is {value}, as a text or a number"),
        Matcher::Trimmed(value) => format!("is {value}, but for blanks around it"),
        Matcher::Link(value) => format!("leads to {value}"),
        Matcher::DateTime(value) => format!("is the time {value}"),
        Matcher::Near(value) => format!("is {value}, within 0.005"),
        Matcher::Schema(schema) => format!("keeps to the schema {schema}"),
        Matcher::OneOf(all) => match literals(all) {
            Some(values) => format!("is one of {values}"),
            None => all.all().iter().map(predicate).collect::<Vec<_>>().join(", or "),
        },
        Matcher::NoneOf(all) => match literals(all) {
            Some(values) => format!("is none of {values}"),
            None => format!(
                "is nothing that {}",
                all.all().iter().map(predicate).collect::<Vec<_>>().join(", or ")
            ),
        },
        Matcher::Contains(all) => format!("is a list with {}", several_elements(all)),
        Matcher::Ordered(all) => {
            format!("is a list of just {}, in this order", several_elements(all))
        }
        Matcher::Each(one) => format!("is a list of which each element {}", predicate(one)),
        Matcher::Optional(one) => format!("{}, if it is there", predicate(one)),
        Matcher::Should(one) => format!("{} (advised)", predicate(one)),
    }
}

fn object(members: &[(String, Matcher)]) -> String {
    let parts: Vec<_> =
        members.iter().flat_map(|(name, member)| member.sentences(&join("", name))).collect();
    match parts.is_empty() {
        true => "is an object".to_owned(),
        false => format!("is an object in which {}", parts.join(", ")),
    }
}

/// Returns each as an element of a list.
fn each(items: &[Matcher], between: &str) -> String {
    let one = |item: &Matcher| match item {
        Matcher::Literal(value) => value.to_string(),
        other => format!("one that {}", predicate(other)),
    };
    items.iter().map(one).collect::<Vec<_>>().join(between)
}

fn several_elements(all: &Matchers) -> String {
    match all {
        Matchers::These(all) => each(all, ", and "),
        Matchers::Captured(list) => format!("the elements of {list}"),
    }
}

/// Returns the values of matchers that are nothing but values.
fn literals(all: &Matchers) -> Option<String> {
    let these = match all {
        Matchers::These(these) => these,
        Matchers::Captured(list) => return Some(format!("the elements of {list}")),
    };
    let value = |matcher: &Matcher| match matcher {
        Matcher::Literal(value) if !value.is_null() => Some(value.to_string()),
        _ => None,
    };
    let values: Option<Vec<_>> = these.iter().map(value).collect();
    values.map(|values| values.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Matcher;

    /// The suite's notation is for who writes cases; a vendor reads words.
    #[test]
    fn every_matcher_is_told_in_words() {
        for (written, told) in [
            (json!({"a": 1, "b": {"c": "x"}}), vec!["/a is 1", "/b/c is \"x\""]),
            (json!({"a": {"$absent": true}}), vec!["/a is absent or null"]),
            (json!({}), vec!["the body is an object"]),
            (json!([]), vec!["the body is a list without elements"]),
            (json!([1, 2]), vec!["the body is a list of just 1, and 2, in any order"]),
            (
                json!({"a": {"$oneOf": [1, {"$nocase": "x"}]}}),
                vec!["/a is 1, or is \"x\", without regard to case"],
            ),
            (
                json!({"a": {"$contains": [{"id": "1"}]}}),
                vec!["/a is a list with one that is an object in which /id is \"1\""],
            ),
            (
                json!({"a": {"$each": {"id": {"$present": true}}}}),
                vec!["/a is a list of which each element is an object in which /id is there"],
            ),
            (json!({"a": {"$should": {"$near": 2.5}}}), vec!["/a is 2.5, within 0.005 (advised)"]),
        ] {
            let matcher = Matcher::parse(&written).unwrap();
            assert_eq!(matcher.sentences(""), told, "{written}");
        }
    }
}
