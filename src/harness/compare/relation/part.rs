//! The part of a record that is compared.

use serde_json::{Map, Value};

use crate::harness::suite::pointer;

/// Returns the record, or each record of a list, with nothing but what stands at `members`; as it
/// is if none are named. A member that is not there stays away.
pub(crate) fn limit(record: &Value, members: &[String]) -> Value {
    if let Value::Array(records) = record {
        return records.iter().map(|record| limit(record, members)).collect();
    }
    if members.is_empty() || !record.is_object() {
        return record.clone();
    }
    let mut limited = Value::Object(Map::new());
    for member in members {
        if let Some(value) = pointer::get(record, member) {
            put(&mut limited, member, value);
        }
    }
    limited
}

/// Puts a value at a pointer whose parents are objects, making those that are not there.
fn put(record: &mut Value, at: &str, value: &Value) {
    let (parent, _) = at.rsplit_once('/').unwrap_or(("", ""));
    if !parent.is_empty() && pointer::get(record, parent).is_none() {
        put(record, parent, &Value::Object(Map::new()));
    }
    pointer::replace(record, at, Some(value));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::limit;

    #[test]
    fn a_record_is_limited_to_the_members_that_are_named() {
        let record = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": null});
        for (members, limited) in [
            (vec![], record.clone()),
            (vec!["/a"], json!({"a": 1})),
            (vec!["/b/c", "/a"], json!({"a": 1, "b": {"c": 2}})),
            (vec!["/b"], json!({"b": {"c": 2, "d": 3}})),
            (vec!["/x", "/x/y"], json!({})),
        ] {
            let members: Vec<_> = members.into_iter().map(str::to_owned).collect();
            assert_eq!(limit(&record, &members), limited, "{members:?}");
        }
        let list = json!([1, record]);
        assert_eq!(limit(&list, &["/a".to_owned()]), json!([1, {"a": 1}]));
    }
}
