//! The plans fit the rows that they draw on, and every constraint is tried on both sides.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::clause::ClauseStatus;
use super::super::{Case, Check, Suite};
use super::member::members;
use super::plan::{Plan, Values};
use super::probe::{Outcome, Sent, probes};
use super::request::spelled;
use crate::data;
use crate::harness::compare::CompiledSchemas;

fn suite() -> Arc<Suite> {
    Suite::embedded().unwrap_or_else(|fault| panic!("{fault}"))
}

fn plans() -> Vec<Plan> {
    let files = data::files_under("conformance/generated/");
    files.map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect()
}

/// Returns whether `value` keeps to an inline schema.
fn keeps(schemas: &CompiledSchemas, schema: &Value, value: &Value) -> bool {
    let mut mismatches = Vec::new();
    schemas.check_inline(schema, value, "", &mut mismatches).unwrap();
    mismatches.is_empty()
}

#[test]
fn every_value_of_a_plan_is_of_a_row_and_of_a_member_that_is_tried() {
    let suite = suite();
    let mut faults = Vec::new();
    for plan in plans() {
        for Values { rows, broken, skip, .. } in &plan.values {
            for id in rows {
                let clause = suite.clause(id).filter(|clause| clause.row.is_some());
                let Some(clause) = clause else {
                    faults.push(format!("{id} has no row"));
                    continue;
                };
                let unread = skip.values().filter(|reading| !clause.readings.contains(reading));
                faults.extend(unread.map(|reading| format!("{id} does not rest on {reading}")));
            }
            let clauses = broken.iter().filter_map(|broken| broken.clause.as_ref());
            let unknown = clauses.filter(|id| suite.clause(id).is_none());
            faults.extend(unknown.map(|id| format!("there is no clause {id}")));
        }
        let used: BTreeSet<_> = plan
            .resources
            .iter()
            .flat_map(|resource| members(&plan.api, resource, &plan.values, &suite.clauses))
            .flat_map(|member| member.clauses().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let rows = plan.values.iter().flat_map(|values| &values.rows);
        let unused = rows.filter(|id| !used.contains(*id));
        faults.extend(unused.map(|id| format!("{id} is in no resource of {}", plan.api)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_constraint_of_every_member_is_tried_on_both_sides_or_a_reading_says_why_not() {
    let suite = suite();
    let mut faults = Vec::new();
    for plan in plans() {
        for resource in &plan.resources {
            for member in members(&plan.api, resource, &plan.values, &suite.clauses) {
                let tried: BTreeSet<_> =
                    probes(&member, resource).into_iter().map(|probe| probe.what).collect();
                let mut needed = Vec::new();
                if member.says(|row| row.max_length).is_some() {
                    needed.extend(["longest", "one-too-long"]);
                }
                if member.says(|row| row.min_length).is_some() {
                    needed.extend(["shortest", "one-too-short"]);
                }
                if member.says(|row| Some(()).filter(|()| !row.listed.is_empty())).is_some() {
                    needed.push("unlisted");
                }
                let outermost = resource.alone && !member.path.contains('.');
                let required = member.says(|row| row.required).is_some_and(|(it, _)| it);
                if required && !outermost {
                    needed.extend(["absent", "null"]);
                }
                let is_optional = member.says(|row| row.required).is_some_and(|(it, _)| !it);
                if is_optional && !resource.alone && resource.request.body().is_some() {
                    needed.push("left-out");
                }
                if resource.nulls.is_some() {
                    needed.push("nulled");
                }
                if resource.accepted.is_none() {
                    needed.retain(|probe| !["longest", "shortest", "left-out"].contains(probe));
                }
                let untried = needed
                    .into_iter()
                    .filter(|probe| !tried.contains(*probe) && !member.skips(probe));
                let name = format!("{}/{}", resource.resource, member.path);
                faults.extend(untried.map(|probe| format!("{name}: {probe} is not tried")));
                let ruled = member.says(|row| row.pattern.as_ref()).is_some();
                let broken = member.value(|values| values.broken.first()).is_some();
                if ruled && !broken {
                    faults.push(format!("{name}: nothing breaks its pattern"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn what_is_sent_breaks_the_constraint_that_it_is_meant_to_and_no_other() {
    let suite = suite();
    let schemas = CompiledSchemas::new(Arc::clone(&suite.schemas));
    let mut faults = Vec::new();
    for plan in plans() {
        for resource in &plan.resources {
            for member in members(&plan.api, resource, &plan.values, &suite.clauses) {
                let pattern = member.says(|row| row.pattern.clone());
                let pattern = pattern.map(|(pattern, _)| format!("^({pattern})$"));
                let most = member.says(|row| row.max_length).map_or(1000, |(most, _)| most);
                let least = member.says(|row| row.min_length).map_or(0, |(least, _)| least);
                let lengths = json!({"minLength": least, "maxLength": most});
                for probe in probes(&member, resource) {
                    let Sent::Value(value) = &probe.sent else { continue };
                    let patterned = pattern.as_ref().map(|pattern| json!({"pattern": pattern}));
                    let is_formed = patterned.is_none_or(|schema| keeps(&schemas, &schema, value));
                    let fits = keeps(&schemas, &lengths, value);
                    let wanted = match (&probe.outcome, probe.what.as_str()) {
                        (Outcome::Accepted { .. }, _) => (true, true),
                        // Nothing at all has no form either.
                        (_, "one-too-short") if least == 1 => (is_formed, false),
                        (_, "one-too-short" | "one-too-long") => (true, false),
                        (_, "unlisted" | "wrong-type" | "null" | "nulled") => continue,
                        // No pattern holds the list of countries (reading 69).
                        (_, "of-no-country") => continue,
                        // A form may be narrower than its pattern, and a length part of a pattern.
                        _ if pattern.is_none() => (true, true),
                        _ => (false, fits),
                    };
                    if (is_formed, fits) != wanted {
                        let (of, path) = (&resource.resource, &member.path);
                        faults.push(format!("{of}/{path}/{}: {value}", probe.what));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_clause_that_judges_a_constraint_for_a_row_is_a_checked_one() {
    let suite = suite();
    for clause in suite.clauses.values() {
        for id in clause.row.iter().flat_map(|row| row.judged_by.values()) {
            let judge = suite.clause(id).unwrap_or_else(|| panic!("{}: no {id}", clause.id));
            assert_eq!(judge.status, ClauseStatus::Checked, "{id}");
        }
    }
}

#[test]
fn only_free_text_and_lists_that_a_reading_names_must_be_taken() {
    let suite = suite();
    // What may be left out is no value.
    let generated = |case: &&Case| {
        case.file.starts_with("conformance/generated/") && !case.id.ends_with("/left-out")
    };
    let mut required = BTreeSet::new();
    for case in suite.cases.iter().filter(generated) {
        let sent = case.steps.iter().filter(|step| step.name == "send");
        for expectation in sent.flat_map(|step| &step.expect) {
            let taken = matches!(&expectation.check, Check::Status(it) if it.wants_success());
            if taken && !expectation.advisory && case.id.starts_with("customer/") {
                let member = case.id.split('/').nth(2).unwrap_or_default();
                required.insert(member.rsplit('.').next().unwrap_or_default().to_owned());
            }
        }
    }
    let named = ["addressee", "city", "coAddress", "name", "streetAddress"];
    let listed = ["distributionType", "legalStatus", "preferredLanguageCode"];
    let expected: BTreeSet<_> =
        named.iter().chain(&listed).map(|name| (*name).to_owned()).collect();
    assert_eq!(required, expected);
}

#[test]
fn a_member_is_sent_as_the_valid_request_spells_it() {
    let body = json!({"eDIAddressInfo": {"VAN": "X"}, "name": "Y"});
    for (path, wanted) in [
        ("name", vec!["name"]),
        ("eDIAddressInfo.van", vec!["eDIAddressInfo", "VAN"]),
        ("eDIAddressInfo.other", vec!["eDIAddressInfo", "other"]),
        ("absent.member", vec!["absent", "member"]),
    ] {
        assert_eq!(spelled(Some(&body), path), wanted, "{path}");
    }
}
