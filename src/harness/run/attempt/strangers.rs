//! The records that an undocumented request made, of this run or an earlier one: no other case judges
//! by them (reading 154).

use serde_json::Value;

use crate::harness::compare::Taken;
use crate::harness::suite::UNDOCUMENTED;
use crate::harness::wire::Body;

/// Takes the elements of an answer's lists out of it that are such records.
pub(super) fn leave_out(exchange: &mut Taken) {
    let marked = are_in(&exchange.answer.body);
    if let (true, Body::Read(value)) = (marked, &mut exchange.body) {
        leave_out_of(value);
    }
}

/// Returns whether an answer holds such records at all.
pub(super) fn are_in(answered: &[u8]) -> bool {
    let mark = UNDOCUMENTED.as_bytes();
    answered.windows(mark.len()).any(|part| part == mark)
}

/// Takes the elements of a value's lists out of it that are such records.
pub(super) fn leave_out_of(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !(item.is_object() && is_marked(item)));
            items.iter_mut().for_each(leave_out_of);
        }
        Value::Object(members) => members.values_mut().for_each(leave_out_of),
        _ => {}
    }
}

fn is_marked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(UNDOCUMENTED),
        Value::Array(items) => items.iter().any(is_marked),
        Value::Object(members) => members.values().any(is_marked),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{UNDOCUMENTED, leave_out_of};

    #[test]
    fn only_the_marked_elements_of_a_list_are_left_out() {
        let marked = json!({"id": "7", "about": [{"name": format!("{UNDOCUMENTED} abc")}]});
        let other = json!({"id": "8", "name": "abc"});
        for (mut body, left) in [
            (json!([marked, other]), json!([other])),
            (
                json!({"page": {"items": [other, marked, other]}}),
                json!({"page": {"items": [other, other]}}),
            ),
            (marked.clone(), json!({"id": "7", "about": []})),
            (other.clone(), other.clone()),
        ] {
            leave_out_of(&mut body);
            assert_eq!(body, left);
        }
    }
}
