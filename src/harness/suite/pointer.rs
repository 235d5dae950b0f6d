//! JSON pointers (RFC 6901), with `*` for every element where something is replaced.

use serde_json::Value;

/// Returns the value at `pointer`; `null` counts as a value. serde_json's own copies each segment
/// twice, and a run asks for some hundred thousand places.
pub(crate) fn get<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.is_empty() || pointer.contains('~') {
        return value.pointer(pointer);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(value, |value, segment| match value {
        Value::Object(members) => members.get(segment),
        Value::Array(items) => items.get(index(segment)?),
        _ => None,
    })
}

/// Returns the index that a segment is: digits without any before them that say nothing.
fn index(segment: &str) -> Option<usize> {
    let plain = segment.bytes().all(|byte| byte.is_ascii_digit());
    let plain = plain && (segment.len() == 1 || !segment.starts_with('0'));
    plain.then(|| segment.parse().ok()).flatten()
}

/// Returns the pointer of the member `name` under `parent`.
pub(crate) fn join(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Replaces what stands at `pointer` by `with`, or removes it. A member that is not there is added
/// to the object that would hold it. Returns whether there was a place for it.
pub(crate) fn replace(value: &mut Value, pointer: &str, with: Option<&Value>) -> bool {
    if pointer.is_empty() {
        *value = with.cloned().unwrap_or(Value::Null);
        return true;
    }
    let Some(rest) = pointer.strip_prefix('/') else { return false };
    let (segment, deeper) = match rest.find('/') {
        Some(end) => (&rest[..end], &rest[end..]),
        None => (rest, ""),
    };
    let name = segment.replace("~1", "/").replace("~0", "~");
    match value {
        Value::Array(items) if name == "*" => {
            if deeper.is_empty() && with.is_none() {
                items.clear();
                return true;
            }
            items
                .iter_mut()
                .map(|item| replace(item, deeper, with))
                .fold(true, |all, one| all & one)
        }
        Value::Array(items) => {
            let Some(index) = name.parse().ok().filter(|index: &usize| *index < items.len()) else {
                return false;
            };
            if deeper.is_empty() && with.is_none() {
                items.remove(index);
                return true;
            }
            replace(&mut items[index], deeper, with)
        }
        Value::Object(members) if deeper.is_empty() => {
            match with {
                Some(with) => drop(members.insert(name, with.clone())),
                None => drop(members.shift_remove(&name)),
            }
            true
        }
        Value::Object(members) => {
            members.get_mut(&name).is_some_and(|member| replace(member, deeper, with))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{get, replace};

    #[test]
    fn a_place_is_found_as_rfc_6901_says() {
        let value = json!({"a": [{"b": null}, 1], "": {"": 2}, "x/y": 3, "~": 4, "00": 5});
        for pointer in [
            "",
            "/",
            "//",
            "/a",
            "/a/0",
            "/a/0/b",
            "/a/1",
            "/a/01",
            "/a/+1",
            "/a/-",
            "/a/2",
            "/a/",
            "/a/0/b/c",
            "/x~1y",
            "/~0",
            "/00",
            "a",
            "/none",
            "/a/99999999999999999999999",
        ] {
            assert_eq!(get(&value, pointer), value.pointer(pointer), "{pointer:?}");
        }
    }

    #[test]
    fn replacing_reaches_members_elements_and_all_elements() {
        let start = json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}], "s/t": 0});
        for (pointer, with, expected) in [
            ("/a/b", json!(2), json!({"a": {"b": 2}, "list": [{"x": 1}, {"x": 2}], "s/t": 0})),
            (
                "/a/c",
                json!(2),
                json!({"a": {"b": 1, "c": 2}, "list": [{"x": 1}, {"x": 2}], "s/t": 0}),
            ),
            ("/list/1/x", json!(9), json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 9}], "s/t": 0})),
            ("/list/*/x", json!(9), json!({"a": {"b": 1}, "list": [{"x": 9}, {"x": 9}], "s/t": 0})),
            ("/s~1t", json!(9), json!({"a": {"b": 1}, "list": [{"x": 1}, {"x": 2}], "s/t": 9})),
            ("", json!([]), json!([])),
        ] {
            let mut value = start.clone();
            assert!(replace(&mut value, pointer, Some(&with)), "{pointer}");
            assert_eq!(value, expected, "{pointer}");
        }
    }

    #[test]
    fn removing_leaves_the_rest() {
        for (pointer, expected) in [
            ("/a", json!({"list": [{"x": 1}, {"y": 2}]})),
            ("/list/0", json!({"a": 1, "list": [{"y": 2}]})),
            ("/list/*/x", json!({"a": 1, "list": [{}, {"y": 2}]})),
        ] {
            let mut value = json!({"a": 1, "list": [{"x": 1}, {"y": 2}]});
            assert!(replace(&mut value, pointer, None), "{pointer}");
            assert_eq!(value, expected, "{pointer}");
        }
    }

    #[test]
    fn a_pointer_into_nothing_is_refused() {
        let mut value = json!({"a": 1, "list": []});
        for pointer in ["/b/c", "/a/b", "/list/0", "a"] {
            assert!(!replace(&mut value, pointer, Some(&Value::Null)), "{pointer}");
        }
    }
}
