//! What a value has to be, in words: nothing of the suite's own notation.

use serde_json::Value;

use crate::harness::suite::pointer::join;
use crate::harness::suite::{Matcher, Matchers};

/// Returns what stands where, a sentence without a full stop for each place; `at` is where the value
/// stands itself.
pub(super) fn sentences(matcher: &Matcher, at: &str) -> Vec<String> {
    match matcher {
        Matcher::Members(members) if !members.is_empty() => {
            let parts = members.iter().map(|(name, member)| sentences(member, &join(at, name)));
            parts.flatten().collect()
        }
        other => {
            let place = if at.is_empty() { "the body" } else { at };
            vec![format!("{place} {}", predicate(other))]
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
        members.iter().flat_map(|(name, member)| sentences(member, &join("", name))).collect();
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

    use super::sentences;
    use crate::harness::suite::Matcher;

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
            assert_eq!(sentences(&matcher, ""), told, "{written}");
        }
    }
}
