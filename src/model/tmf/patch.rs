//! PATCH: objects merge, arrays are replaced, null removes (reading 137, as RFC 7396).

use serde_json::{Map, Value};

use super::collection::{Collection, Rule};
use super::resource::{drop_nulls, violations};
use super::state::State;
use crate::model::violation::Violation;

/// Returns what `stored` becomes by `changes`, which hold no unpatchable member, and every rule that
/// the outcome or the way to it breaks (004 › Patchable).
pub fn apply(
    collection: &Collection,
    stored: &Map<String, Value>,
    changes: &Map<String, Value>,
) -> (Map<String, Value>, Vec<Violation>) {
    let mut merged = stored.clone();
    for member in collection.references() {
        if is_another(stored.get(member), changes.get(member)) {
            merged.insert(member.to_owned(), Value::Object(Map::new()));
        }
    }
    merge(&mut merged, changes);
    let mut found = violations(collection, &merged);
    for rule in collection.rules {
        match *rule {
            Rule::BillReceiver(name)
                if changes.contains_key(name) && !merged.contains_key(name) =>
            {
                let message =
                    format!("{name} cannot be taken away: the bill receiver is mandatory.");
                found.push(Violation::new(name, message));
            }
            Rule::State(name) => found.extend(transition(name, stored, &merged)),
            _ => {}
        }
    }
    (merged, found)
}

/// Returns whether a resource is in another state than it was.
pub fn changes_state(
    collection: &Collection,
    stood: &Map<String, Value>,
    stands: &Map<String, Value>,
) -> bool {
    let is_other = |name: &str| stood.get(name) != stands.get(name);
    collection.rules.iter().any(|rule| matches!(rule, Rule::State(name) if is_other(name)))
}

/// Returns whether a changed reference names something else than the one that stands, so that
/// nothing of that, its name above all, may stay.
fn is_another(stands: Option<&Value>, changed: Option<&Value>) -> bool {
    let (Some(stands), Some(Value::Object(changed))) = (stands, changed) else {
        return false;
    };
    let identity = if changed.contains_key("id") { "id" } else { "href" };
    changed
        .get(identity)
        .is_some_and(|value| stands.get(identity).map(as_text) != Some(as_text(value)))
}

/// Returns an id as text, whether it came as text or number (reading 151).
pub fn as_text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn merge(members: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, change) in changes {
        match (members.get_mut(name), change) {
            (_, Value::Null) => {
                members.shift_remove(name);
            }
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            (_, change) => {
                let mut new = Map::from_iter([(name.clone(), change.clone())]);
                drop_nulls(&mut new);
                members.extend(new);
            }
        }
    }
}

/// Returns a violation where no way leads from the state that stands to the one that is asked for.
/// An account that a record brought without a state is taken for a new one.
fn transition(
    name: &str,
    stored: &Map<String, Value>,
    merged: &Map<String, Value>,
) -> Option<Violation> {
    let state = |members: &Map<String, Value>| State::parse(members.get(name)?.as_str()?);
    let (stands, next) = (state(stored).unwrap_or(State::Defined), state(merged)?);
    if stands.may_become(next) {
        return None;
    }
    let message = format!("No way leads from {} to {}.", stands.name(), next.name());
    Some(Violation::new(name, message))
}
