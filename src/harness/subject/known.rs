//! What a target file names of the records that its target holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::NamedState;
use crate::harness::suite::{Contents, State, covers, text_of};
use crate::input::suggest::did_you_mean;

/// The tables of `[known]`, as written.
type Tables = BTreeMap<String, BTreeMap<String, toml::Value>>;

/// Reads the tables of `[known]` of a target that has these ledgers; of none, nothing is said of them.
///
/// # Errors
/// All that is wrong with them, in one sentence: what is missing, what is unknown, and else what is
/// named twice though it must be two records, or is there by one table and not by another.
pub(super) fn known(
    suite: &Contents,
    tables: Tables,
    ledgers: &[String],
) -> Result<BTreeMap<String, NamedState>, String> {
    let (mut known, mut faults) = (BTreeMap::new(), Vec::new());
    for (name, given) in tables {
        match suite.states.get(&name) {
            Some(state) => {
                known.insert(name.clone(), read(suite, &name, state, given, &mut faults));
            }
            None => {
                let names: Vec<_> = suite.states.keys().map(String::as_str).collect();
                let meant = did_you_mean(&name, names.iter().copied());
                faults.push(format!(
                    "[known] names the state {name}{meant}; the suite has {}",
                    names.join(", ")
                ));
            }
        }
    }
    faults.extend(known.iter().filter_map(|(name, named)| elsewhere(name, named, ledgers)));
    if faults.is_empty() {
        faults = named_twice(suite, &known);
        faults.extend(contradictions(suite, &known));
    }
    if faults.is_empty() { Ok(known) } else { Err(faults.join("; ")) }
}

/// Reads one table, and adds what is wrong with it.
fn read(
    suite: &Contents,
    name: &str,
    state: &State,
    mut given: BTreeMap<String, toml::Value>,
    faults: &mut Vec<String>,
) -> NamedState {
    let mut missing = Vec::new();
    let ledger = match state.ledger.as_ref().and_then(|_| given.remove("ledger")) {
        None => None,
        Some(toml::Value::String(no)) => {
            if no.is_empty() {
                missing.push("ledger (the number of the ledger that is asked)".to_owned());
            }
            Some(no)
        }
        Some(_) => {
            faults.push(format!("[known.\"{name}\"]: the ledger is a text"));
            None
        }
    };
    let mut variables = BTreeMap::new();
    for variable in state.variables.keys() {
        // Every TOML value can be said in JSON.
        let value = given.remove(variable).and_then(|value| serde_json::to_value(value).ok());
        match value.filter(|value| !is_empty(value)) {
            Some(value) => drop(variables.insert(variable.clone(), value)),
            None => {
                let what = suite.names.get(variable).map(|name| format!(" ({})", name.what));
                missing.push(format!("{variable}{}", what.unwrap_or_default()));
            }
        }
    }
    if !missing.is_empty() {
        faults.push(format!("[known.\"{name}\"] does not say {}", missing.join(", ")));
    }
    for extra in given.keys() {
        let meant = did_you_mean(extra, state.variables.keys().map(String::as_str));
        faults.push(format!("[known.\"{name}\"]: the state has no variable {extra}{meant}"));
    }
    NamedState { ledger, variables }
}

/// Returns what is wrong with the ledger of a table, if it is none of the target's.
fn elsewhere(name: &str, named: &NamedState, ledgers: &[String]) -> Option<String> {
    let no = named.ledger.as_ref().filter(|no| !no.is_empty() && !ledgers.contains(no))?;
    (!ledgers.is_empty()).then(|| {
        format!(
            "[known.\"{name}\"] names ledger {no}, and the target has {}: add a [[ledger]] of that \
             number, or name one that is there",
            ledgers.join(", ")
        )
    })
}

/// Returns where one table names what is not there by another one of the same ledger.
fn contradictions(suite: &Contents, known: &BTreeMap<String, NamedState>) -> Vec<String> {
    let mut faults = Vec::new();
    for (denier, denied) in known {
        let lacks = suite.lacks(denier, &denied.variables);
        for (namer, named) in known.iter().filter(|(namer, named)| {
            namer.split('/').next() == denier.split('/').next() && named.ledger == denied.ledger
        }) {
            let contradicts = |variable: &&String| {
                let places = suite.places(namer, variable, &named.variables);
                let denied = |place| lacks.iter().any(|lack| covers(lack, place));
                !places.is_empty() && places.iter().all(|place| denied(place))
            };
            let Some(variable) = named.variables.keys().find(contradicts) else { continue };
            let means = suite.states.get(denier).map_or("", |state| state.means.as_str());
            faults.push(format!(
                "[known.\"{namer}\"] names as {variable} what is not there by [known.\"{denier}\"], \
                 which is {means}: name another one, or leave one of the tables out"
            ));
        }
    }
    faults
}

/// Returns whether a value, or a part of it, says nothing, as in a table that is to be filled in.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(elements) => elements.is_empty() || elements.iter().any(is_empty),
        Value::Object(members) => members.is_empty() || members.values().any(is_empty),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A place of a target file that names a record.
struct Place<'k> {
    state: &'k str,
    /// Such as `customerNo` or `people[3]`.
    name: String,
    /// True if the record is for the cases of its state alone.
    apart: bool,
}

/// A record as one can name it: its API, the ledger that holds it, its kind and its identifier.
type Record<'k> = (&'k str, Option<&'k str>, &'k str, String);

/// Returns where one record is named twice though it must be two: in one table, or in two of which
/// one has its records apart. Two ledgers may use one identifier, and where none is said nobody
/// knows.
fn named_twice(suite: &Contents, known: &BTreeMap<String, NamedState>) -> Vec<String> {
    let mut records: BTreeMap<Record<'_>, Vec<Place<'_>>> = BTreeMap::new();
    for (state, named) in known {
        let api = state.split('/').next().unwrap_or_default();
        for (variable, value) in &named.variables {
            let Some(name) = suite.names.get(variable) else { continue };
            let Some(of) = &name.of else { continue };
            let apart = suite.states[state].apart.contains(variable);
            for (name, identifier) in identifiers(variable, value, name.member.as_deref()) {
                let record = (api, named.ledger.as_deref(), of.as_str(), identifier);
                records.entry(record).or_default().push(Place { state, name, apart });
            }
        }
    }
    let twice = records.iter().filter_map(|((_, _, of, _), places)| Some((of, clash(places)?)));
    let twice = twice.map(|(of, (one, other))| match one.state == other.state {
        true => format!(
            "[known.\"{}\"] names one {of} as {} and as {}, which must be two",
            one.state, one.name, other.name
        ),
        false => format!(
            "[known.\"{}\"] and [known.\"{}\"] name one {of}, as {} and as {}, and what the first \
             names is for its own cases alone: name another one, or leave one of the tables out",
            one.state, other.state, one.name, other.name
        ),
    });
    twice.collect()
}

/// Returns the identifiers that the value of a variable holds, and the name of the place of each.
fn identifiers(variable: &str, value: &Value, member: Option<&str>) -> Vec<(String, String)> {
    match (value, member) {
        (Value::Array(elements), Some(member)) => {
            let identifier = |element: &Value| text_of(element.get(member)?);
            let each = elements.iter().enumerate().filter_map(|(index, element)| {
                Some((format!("{variable}[{index}]"), identifier(element)?))
            });
            each.collect()
        }
        _ => text_of(value).map(|text| (variable.to_owned(), text)).into_iter().collect(),
    }
}

/// Returns two of the places that name one record and must not.
fn clash<'p, 'k>(places: &'p [Place<'k>]) -> Option<(&'p Place<'k>, &'p Place<'k>)> {
    // The places of one table stand beside each other.
    let within = places.windows(2).find(|pair| pair[0].state == pair[1].state);
    if let Some(pair) = within {
        return Some((&pair[0], &pair[1]));
    }
    let apart = places.iter().find(|place| place.apart)?;
    let other = places.iter().find(|place| place.state != apart.state)?;
    Some((apart, other))
}
