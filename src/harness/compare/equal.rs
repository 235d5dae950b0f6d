//! Equality of two answers: nothing more, nothing less, except that null is absent and arrays
//! have no order.

use serde_json::Value;

use super::kind::Kind;
use super::mismatch::Mismatch;
use super::named::{count, named};
use super::rest::Rest;
use super::scalar::{kind, same_number};
use crate::harness::suite::pointer::join;

/// Adds every difference of `now` from `before`.
pub(crate) fn equal(
    before: Option<&Value>,
    now: Option<&Value>,
    pointer: &str,
    mismatches: &mut Vec<Mismatch>,
) {
    let before = before.filter(|value| !value.is_null());
    let now = now.filter(|value| !value.is_null());
    match (before, now) {
        (None, None) => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for (name, value) in old {
                equal(Some(value), new.get(name), &join(pointer, name), mismatches);
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                equal(None, Some(value), &join(pointer, name), mismatches);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            let mut rest = Rest::of(new);
            let lost: Vec<_> = old.iter().filter(|value| !rest.take(value, same)).collect();
            let mut left = rest.left();
            mismatches.extend(lost.into_iter().map(|value| {
                let message =
                    format!("is no longer with this element as it was: {}", named([value]));
                Mismatch::between(pointer, message, value, left.next()).of(Kind::Elements)
            }));
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            let mut rest = Rest::of(new);
            let lost: Vec<_> = old.iter().filter(|value| !rest.take(value, same)).collect();
            let added: Vec<_> = rest.left().collect();
            let mut message = format!("had {} and now has {}", count(old.len()), new.len());
            for (word, elements) in [("missing", lost), ("new", added)] {
                if !elements.is_empty() {
                    message.push_str(&format!("; {word}: {}", named(elements)));
                }
            }
            mismatches.push(Mismatch {
                expected: before.cloned(),
                actual: now.cloned(),
                ..Mismatch::new(pointer, message).of(Kind::Elements)
            });
        }
        (Some(Value::Number(old)), Some(Value::Number(new))) if same_number(old, new) => {}
        (Some(old), Some(new)) if old == new => {}
        (old, new) => {
            let message = format!("was {} and is now {}", described(old), described(new));
            mismatches.push(match old {
                Some(old) => Mismatch::between(pointer, message, old, new),
                None => Mismatch { actual: new.cloned(), ..Mismatch::new(pointer, message) },
            });
            if let Some(found) = mismatches.last_mut().filter(|it| it.kind != Kind::Zone) {
                found.kind = Kind::member("changed");
            }
        }
    }
}

fn described(value: Option<&Value>) -> String {
    match value {
        Some(Value::Object(_) | Value::Array(_)) | None => kind(value).to_owned(),
        Some(value) => value.to_string(),
    }
}

/// Returns whether two elements are equal. Equality is transitive, so the first that fits may be
/// taken.
fn same(a: &Value, b: &Value) -> bool {
    let mut mismatches = Vec::new();
    equal(Some(a), Some(b), "", &mut mismatches);
    mismatches.is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::equal;

    #[test]
    fn only_what_differs_in_meaning_is_a_difference() {
        for (before, now, pointers) in [
            (json!({"a": 1, "b": null}), json!({"a": 1.0}), vec![]),
            (json!({"a": [1, 2]}), json!({"a": [2, 1]}), vec![]),
            (json!({"a": 1}), json!({"a": 2}), vec!["/a"]),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), vec!["/b"]),
            (json!({"a": {"b/c": 1}}), json!({"a": {}}), vec!["/a/b~1c"]),
            (json!([1]), json!([1, 1]), vec![""]),
            (json!([{"a": 1}, {"a": 2}, 3]), json!([3, {"a": 2.0, "b": null}, {"a": 1}]), vec![]),
            (json!([1, 1, 2]), json!([2, 1, 2]), vec![""]),
            (json!({"$present": true}), json!({"$present": true}), vec![]),
        ] {
            let mut mismatches = Vec::new();
            equal(Some(&before), Some(&now), "", &mut mismatches);
            let found: Vec<_> = mismatches.iter().map(|each| each.pointer.as_str()).collect();
            assert_eq!(found, pointers, "{before} {now}");
        }
    }
}
