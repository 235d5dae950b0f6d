//! Elements of lists, named for a reader: a whole list beside another shows him nothing.

use serde_json::Value;

use super::excerpt::excerpt;

/// As many elements are named.
const MOST: usize = 5;

/// So much is shown of an element that has nothing to be named by, in characters.
const LONGEST: usize = 60;

/// Returns the names of elements, and how many more there are.
pub(super) fn named<'v>(elements: impl IntoIterator<Item = &'v Value>) -> String {
    let elements: Vec<_> = elements.into_iter().collect();
    let names: Vec<_> = elements.iter().take(MOST).map(|element| name(element)).collect();
    let names = names.join(", ");
    match elements.len().saturating_sub(MOST) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

/// Returns how many elements there are, in words.
pub(super) fn count(count: usize) -> String {
    format!("{count} element{}", if count == 1 { "" } else { "s" })
}

/// Returns the member that names an element, and what it is; of others, the beginning.
fn name(element: &Value) -> String {
    let is_scalar = |value: &Value| value.is_string() || value.is_number();
    let names_it = |name: &str| {
        ["id", "Id", "@id", "No"].iter().any(|end| name == *end || name.ends_with(end))
    };
    let members = element.as_object().into_iter().flatten();
    let mut named = members.filter(|(name, value)| names_it(name) && is_scalar(value));
    match named.next() {
        Some((name, value)) => format!("{name} {value}"),
        None => excerpt(&element.to_string(), LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::named;

    #[test]
    fn elements_are_named_by_what_tells_them_apart_and_the_rest_is_counted() {
        let long = "x".repeat(100);
        let many: Vec<Value> = (0..9).map(|id| json!({"name": "a", "id": id})).collect();
        for (elements, told) in [
            (json!([1, "a"]), "1, \"a\"".to_owned()),
            (json!([{"state": "Due", "subscriptionNo": "7"}]), "subscriptionNo \"7\"".to_owned()),
            (json!([{"unit": "S"}]), "{\"unit\":\"S\"}".to_owned()),
            (json!([long]), format!("\"{}…", "x".repeat(59))),
            (json!(many), "id 0, id 1, id 2, id 3, id 4 and 4 more".to_owned()),
        ] {
            assert_eq!(named(elements.as_array().unwrap()), told);
        }
    }
}
