//! Laws: once filled in they are cases like others, and each judges what it is there for.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{assert_none, suite};
use crate::data;
use crate::harness::compare::CompiledSchemas;
use crate::harness::suite::LawFile;

fn files() -> impl Iterator<Item = (&'static str, LawFile)> {
    let files = data::files_under("conformance/laws/");
    files.map(|(path, bytes)| (path, serde_json::from_slice(bytes).unwrap()))
}

#[test]
fn a_law_that_is_filled_in_has_the_form_of_a_case() {
    let schemas = CompiledSchemas::new(Arc::clone(&suite().schemas));
    let mut faults = Vec::new();
    for (path, file) in files() {
        for case in file.cases().unwrap() {
            let id = case["id"].to_string();
            let cases = json!({"api": file.api, "resource": "laws", "cases": [case]});
            let mut mismatches = Vec::new();
            schemas.check("etalon/cases", &cases, &mut mismatches).unwrap();
            let places = mismatches.iter().map(|each| (&each.pointer, &each.message));
            faults.extend(places.map(|(at, message)| format!("{path}, {id}{at}: {message}")));
        }
    }
    assert_none(faults);
}

#[test]
fn every_case_of_a_law_cites_the_clause_of_its_law() {
    let suite = suite();
    let mut faults = Vec::new();
    let mut laws = BTreeSet::new();
    for (path, bytes) in data::files_under("conformance/laws/") {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        for law in file["laws"].as_array().unwrap() {
            laws.insert(law["id"].to_string());
            for cover in law["covers"].as_array().unwrap() {
                let clause = cover.get("clause").or(law.get("clause")).and_then(Value::as_str);
                let resource = cover["resource"].as_str().unwrap();
                let id = format!("{}/{resource}", law["id"].as_str().unwrap());
                let case = suite.cases.iter().find(|case| case.id == id).unwrap();
                match clause {
                    Some(clause) if case.clauses().contains(&clause) => {}
                    Some(clause) => faults.push(format!("{path}: {id} does not cite {clause}")),
                    None => faults.push(format!("{path}: {id} names no clause")),
                }
            }
        }
    }
    assert!(laws.len() >= 25, "{laws:?}");
    assert_none(faults);
}
