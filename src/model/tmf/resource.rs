//! What a resource of document 004 must be beyond its schema, and what it is given when it is made.
//! A resource is its members without `id` and `href`: the one is its key, the other is computed.

use serde_json::{Map, Value};

use super::collection::{Collection, Ends, Rule};
use super::instant::{Instant, rfc3339};
use super::path;
use super::state::State;
use crate::model::violation::{MOST, Violation};

/// Gives the ends of periods the names that the document has for them there (reading 154). This
/// comes before the schema, which knows no other names.
///
/// The answer is what is wrong: an end that is there under both names, with two values. Null is
/// none: who writes all that he knows of a period writes nulls.
pub fn use_documented_names(collection: &Collection, body: &mut Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    let Value::Object(members) = body else {
        return violations;
    };
    for (at, ends, others) in collection.rules.iter().filter_map(|rule| rule.period()) {
        path::change(members, at, &mut |period| {
            for (name, other) in [(ends.start, others.start), (ends.end, others.end)] {
                let Some(value) = period.shift_remove(other) else {
                    continue;
                };
                let present = period.get(name).filter(|present| !present.is_null());
                if value.is_null() && present.is_some() {
                    continue;
                }
                if present.is_some_and(|present| *present != value) {
                    let message = format!("{at} has {name} and {other}, with two values.");
                    violations.push(Violation::new(format!("{at}.{name}"), message));
                }
                period.insert(name.to_owned(), value);
            }
        });
    }
    violations
}

/// Leaves out what is null at any depth (a null member is an absent one) and writes the state as
/// the document does.
pub fn canonical(collection: &Collection, members: &mut Map<String, Value>) {
    drop_nulls(members);
    spell_state(collection, members);
}

/// Writes the state as the document does, whatever its case (reading 140).
pub fn spell_state(collection: &Collection, members: &mut Map<String, Value>) {
    for rule in collection.rules {
        if let Rule::State(name) = rule
            && let Some(member) = members.get_mut(*name)
            && let Some(state) = member.as_str().and_then(State::parse)
        {
            *member = Value::from(state.name());
        }
    }
}

/// Leaves out what is null, at any depth.
pub(super) fn drop_nulls(members: &mut Map<String, Value>) {
    members.retain(|_, value| !value.is_null());
    members.values_mut().for_each(drop_nulls_in);
}

fn drop_nulls_in(value: &mut Value) {
    match value {
        Value::Object(members) => drop_nulls(members),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls_in),
        _ => {}
    }
}

/// In what `members` break the rules of their collection: everything, or the first 100 faults.
/// Whether what is referred to exists is the store's to know.
pub fn violations(collection: &Collection, members: &Map<String, Value>) -> Vec<Violation> {
    let mut found = Vec::new();
    for rule in collection.rules {
        match *rule {
            Rule::Moment(at) => {
                path::any(members, at, &mut |value| {
                    moment(value, at, &mut found);
                    found.len() >= MOST
                });
            }
            Rule::State(name) => {
                let unknown = |text: &&str| State::parse(text).is_none();
                if let Some(text) = members.get(name).and_then(Value::as_str).filter(unknown) {
                    let message = format!("\"{text}\" is no state; there are {}.", State::names());
                    found.push(Violation::new(name, message));
                }
            }
            Rule::BillReceiver(name) => {
                let is_receiver = |role: &str| role.trim().eq_ignore_ascii_case("bill receiver");
                let received = path::any(members, &format!("{name}.role"), &mut |role| {
                    role.as_str().is_some_and(is_receiver)
                });
                if members.contains_key(name) && !received {
                    let message = "One of the related parties must have the role bill receiver.";
                    found.push(Violation::new(name, message));
                }
            }
            rule => {
                if let Some((at, ends, _)) = rule.period() {
                    path::any(members, at, &mut |value| {
                        period(rule, value, at, ends, &mut found);
                        found.len() >= MOST
                    });
                }
            }
        }
    }
    found
}

fn moment(value: &Value, at: &str, found: &mut Vec<Violation>) -> Option<Instant> {
    let text = value.as_str()?;
    let instant = Instant::parse(text);
    if instant.is_none() {
        let message = format!(
            "\"{text}\" is no date-time of RFC 3339 with a zone, such as 2013-04-19T16:42:23.0Z."
        );
        found.push(Violation::new(at, message));
    }
    instant
}

fn period(rule: Rule, value: &Value, at: &str, ends: Ends, found: &mut Vec<Violation>) {
    let mut end = |name: &str| moment(value.get(name)?, &format!("{at}.{name}"), found);
    let (Some(starts), Some(ended)) = (end(ends.start), end(ends.end)) else {
        return;
    };
    let in_order = match rule {
        Rule::ValidFor(_) => starts < ended,
        _ => starts <= ended,
    };
    if !in_order {
        let message = format!("{} must come after {}.", ends.end, ends.start);
        found.push(Violation::new(format!("{at}.{}", ends.end), message));
    }
}

/// Returns the rules that a new resource breaks, with those of beginning: a state in which no
/// account begins (reading 140).
pub fn violations_at_creation(
    collection: &Collection,
    members: &Map<String, Value>,
) -> Vec<Violation> {
    let mut found = violations(collection, members);
    for rule in collection.rules {
        match *rule {
            Rule::State(name) => {
                let state = members.get(name).and_then(Value::as_str).and_then(State::parse);
                if let Some(state) = state.filter(|state| !state.is_initial()) {
                    let state = state.name();
                    let message = format!("A new account is Defined or Active, not {state}.");
                    found.push(Violation::new(name, message));
                }
            }
            Rule::BillReceiver(name) if !members.contains_key(name) => {
                let message = format!("{name} is required: one party must be the bill receiver.");
                found.push(Violation::new(name, message));
            }
            _ => {}
        }
    }
    found
}

/// Adds what a new resource has that does not say otherwise, at `now` in seconds since 1970
/// (reading 143).
pub fn add_defaults(collection: &Collection, members: &mut Map<String, Value>, now: u64) {
    for rule in collection.rules {
        match rule {
            Rule::Default(name, value) => {
                members.entry(*name).or_insert_with(|| Value::from(*value));
            }
            Rule::DefaultNow(name) => {
                members.entry(*name).or_insert_with(|| Value::from(rfc3339(now)));
            }
            _ => {}
        }
    }
}
