//! The suite lints its own data: what is wrong with it must not be blamed on a target.

mod controls;
mod coverage;
mod documents;
mod laws;
mod names;
mod prints;
mod readings;
mod requests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use self::documents::Documents;
use crate::data;
use crate::harness::api::Api;
use crate::harness::audit::Seeds;
use crate::harness::compare::CompiledSchemas;
use crate::harness::suite::{ClauseStatus, Expectation, Shape, Suite, next_variable};

fn suite() -> Arc<Suite> {
    let suite = Suite::embedded().unwrap_or_else(|fault| panic!("{fault}"));
    assert!(!suite.cases.is_empty() && !suite.clauses.is_empty() && !suite.examples.is_empty());
    suite
}

fn documents() -> Documents {
    serde_json::from_slice(data::file("conformance/documents.json").unwrap()).unwrap()
}

/// Fails with every fault, a line each.
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The API to which what has this id or name belongs.
fn api_of(id: &str) -> Option<&'static Api> {
    id.split('/').next().and_then(Api::named)
}

/// Every expectation of the cases, of the preludes and of the shapes, with where it stands.
fn expectations(suite: &Suite) -> Vec<(String, &Expectation)> {
    let cases = suite.cases.iter().map(|case| (case.id.clone(), &case.steps));
    let given = suite.given.iter().flat_map(|(api, given)| {
        given.iter().map(move |(name, given)| (format!("{api} given {name}"), &given.steps))
    });
    let mut all = Vec::new();
    for (api, shape) in shapes(suite) {
        let place = format!("{api} form of {}", shape.operations().join(", "));
        all.extend(shape.expect.iter().map(|expectation| (place.clone(), expectation)));
    }
    for (id, steps) in cases.chain(given) {
        for step in steps {
            let place = format!("{id}, step {}", step.name);
            all.extend(step.expect.iter().map(|expectation| (place.clone(), expectation)));
        }
    }
    all
}

fn shapes(suite: &Suite) -> impl Iterator<Item = (&str, &Shape)> {
    suite
        .shapes
        .iter()
        .flat_map(|(api, shapes)| shapes.iter().map(move |shape| (api.as_str(), shape)))
}

#[test]
fn every_file_has_the_form_of_its_schema() {
    let schemas = CompiledSchemas::new(Arc::clone(&suite().schemas));
    let mut faults = Vec::new();
    let mut checked = 0;
    for (path, bytes) in data::FILES {
        let folders: Vec<_> = path.split('/').collect();
        let schema = match folders.as_slice() {
            ["conformance", "documents.json"] => "documents",
            ["conformance", "clauses", _] => "clauses",
            ["conformance", "readings", _] => "readings",
            ["conformance", "cases", ..] => "cases",
            ["conformance", "shapes", _] => "shapes",
            ["conformance", "sights", _] => "sights",
            ["conformance", "generated", _] => "generated",
            ["conformance", "laws", _] => "laws",
            ["conformance", "holdings", _] => "holdings",
            ["conformance", "faults", _] => "faults",
            ["conformance", "excused.json"] => "excused",
            ["conformance", "given", _] => "given",
            ["conformance", "fixtures", "states.json"] => "states",
            ["examples", _, name] if name.ends_with(".json") => "example",
            _ => continue,
        };
        checked += 1;
        let value: Value = serde_json::from_slice(bytes).unwrap();
        let mut mismatches = Vec::new();
        schemas.check(&format!("etalon/{schema}"), &value, &mut mismatches).unwrap();
        let places =
            mismatches.iter().map(|each| format!("{path}{}: {}", each.pointer, each.message));
        faults.extend(places);
    }
    assert!(checked > 10);
    assert_none(faults);
}

#[test]
fn ids_are_unique_and_begin_with_their_api() {
    let suite = suite();
    let documents = documents();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    let ids = suite.cases.iter().map(|case| case.id.clone()).chain(entries(&documents));
    for id in ids {
        if !seen.insert(id.clone()) {
            faults.push(format!("{id} stands twice"));
        }
    }
    for case in &suite.cases {
        if !case.id.starts_with(&format!("{}/", case.api)) {
            faults.push(format!("{} is no case of {}", case.id, case.api));
        }
    }
    for (path, _) in data::files_under("examples/") {
        let name = path.trim_start_matches("examples/").trim_end_matches(".json");
        if path.ends_with(".json") && !suite.examples.contains_key(name) {
            faults.push(format!("{path} calls itself something else"));
        }
    }
    assert_none(faults);
}

/// The ids of everything in the inventory; a table's row is `<table>/<row>`.
fn entries(documents: &Documents) -> Vec<String> {
    let mut ids = Vec::new();
    for document in &documents.documents {
        for table in &document.tables {
            ids.extend(table.rows.iter().map(|row| format!("{}/{row}", table.id)));
        }
        ids.extend(document.exchanges.iter().map(|each| each.id.clone()));
        ids.extend(document.problems.iter().map(|each| each.id.clone()));
        ids.extend(document.sentences.iter().map(|each| each.id.clone()));
    }
    ids
}

#[test]
fn no_two_cases_send_the_same_and_expect_the_same() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let suite = suite();
    let mut faults = Vec::new();
    for case in &suite.cases {
        let needs = (&case.ledger, &case.state, &case.given, &case.draw);
        let form = format!("{needs:?} {:?}", case.steps);
        if let Some(other) = seen.insert(form, &case.id) {
            faults.push(format!("{} is {other} again", case.id));
        }
    }
    assert_none(faults);
}

/// A value in which a variable is only some text.
fn without_variables(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            while let Some((before, _, after)) = next_variable(&text) {
                text = format!("{before}x{after}");
            }
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(without_variables).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), without_variables(member))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn holdings_cite_clauses_of_their_api_that_are_checked() {
    let suite = suite();
    let mut faults = Vec::new();
    for (api, holdings) in &suite.holdings {
        for holding in holdings {
            for id in holding.clauses() {
                let clause = suite.clause(id);
                if !clause.is_some_and(|clause| {
                    clause.status == ClauseStatus::Checked && id.starts_with(api.as_str())
                }) {
                    faults
                        .push(format!("{}: {id} is no checked clause of {api}", holding.resource));
                }
            }
        }
    }
    assert_none(faults);
}

#[test]
fn faults_of_behaviour_have_ids_of_their_own_and_cases() {
    let suite = suite();
    let seeds = Seeds::embedded().unwrap();
    let ids: BTreeSet<_> = seeds.behaviours.iter().map(|fault| &fault.id).collect();
    assert_eq!(ids.len(), seeds.behaviours.len());
    assert!(ids.len() >= 60);
    let cases: Vec<_> = suite.cases.iter().map(|case| case.id.as_str()).collect();
    let idle = seeds.behaviours.iter().filter(|fault| !cases.iter().any(|case| fault.is_for(case)));
    assert_none(idle.map(|fault| format!("{} has no case", fault.id)).collect());
}
