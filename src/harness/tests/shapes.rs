//! What every answer of an operation is held to, whatever its case looks at.

use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::{creates, flags, judge, suite_with_shapes};
use crate::harness::outcome::RunReport;
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;

fn judged(steps: Value, shapes: Value, answer: fn(&str) -> Reply) -> RunReport {
    let cases = json!([{"id": "customer/a/x", "title": "t", "steps": steps}]);
    let suite = suite_with_shapes(cases, shapes);
    let fake = Fake::start(move |request| answer(&request.path));
    run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap()
}

/// The clause, the step and the place of every finding.
fn found(report: &RunReport) -> Vec<(&str, &str, &str)> {
    let findings = report.cases.iter().flat_map(|case| &case.findings);
    findings.map(|each| (each.clause.as_str(), each.step.as_str(), each.pointer.as_str())).collect()
}

#[test]
fn what_no_step_looks_at_is_judged_by_the_form_of_its_operation() {
    let shapes = json!([
        {"of": ["GET customers/{no}"], "status": "2xx", "without": ["fields"], "expect": [
            {"clause": "must/shape", "body": {"name": {"$schema": {"type": "string"}}}},
            {"clause": "must/names-one", "at": "/no", "body": "${no}"},
            {"clause": "should/status", "status": 200}
        ]},
        {"status": "5xx", "expect": [{"clause": "must/no-server-error", "status": "not-5xx"}]}
    ]);
    let get = |name: &str, path: &str| {
        json!({"name": name, "send": {"method": "GET", "path": path},
            "expect": [{"clause": "must/step", "at": "/no", "body": {"$optional": {"$present": true}}}]})
    };
    let steps = json!([
        get("good", "customers/7"),
        get("other-type", "customers/8"),
        get("another", "customers/%39"),
        get("projection", "customers/8?fields=no"),
        get("elsewhere", "orders/8"),
        get("broken", "broken"),
    ]);
    let report = judged(steps, shapes, |path| match path.rsplit('/').next() {
        Some("7") => Reply::json(200, json!({"no": "7", "name": "a"})),
        Some("%39") => Reply::json(203, json!({"no": "8", "name": "a"})),
        Some("broken") => Reply::json(500, json!({})),
        _ => Reply::json(200, json!({"no": "8", "name": 1})),
    });
    assert_eq!(
        found(&report),
        [
            ("must/shape", "other-type", "/name"),
            ("must/names-one", "another", "/no"),
            ("should/status", "another", ""),
            ("must/no-server-error", "broken", "")
        ]
    );
}

/// A target's answer would be held to what only another status asks of it.
#[test]
fn an_expectation_of_one_status_is_not_held_against_another() {
    let of = |status: u16, name: &str| json!({"clause": "must/x", "when": status, "body": {"name": name}});
    let shapes = json!([
        {"of": ["GET customers/{no}"], "status": [403, 404], "expect": [of(403, "a"), of(404, "b")]}
    ]);
    let steps = json!([{"name": "get", "send": {"method": "GET", "path": "customers/7"},
        "expect": [{"clause": "must/step", "status": 404}]}]);
    let report = judged(steps, shapes, |path| match path.ends_with("/7") {
        true => Reply::json(404, json!({"name": "c"})),
        false => Reply::json(200, json!({})),
    });
    let [finding] = &report.cases[0].findings[..] else { panic!("{:?}", found(&report)) };
    assert!(format!("{finding:?}").contains("\"b\""), "{finding:?}");
}

#[test]
fn what_a_step_expects_by_the_same_clause_is_said_once() {
    let expectation = json!({"clause": "must/x", "body": {"name": "a"}});
    let shapes = json!([{"of": ["GET customers/{no}"], "status": 200, "expect": [expectation]}]);
    let steps = json!([{"name": "get", "send": {"method": "GET", "path": "customers/7"},
        "expect": [expectation]}]);
    let report = judged(steps, shapes, |_| Reply::json(200, json!({"name": "b"})));
    assert_eq!(found(&report), [("must/x", "get", "/name")]);
}

#[test]
fn who_was_not_let_in_or_could_not_be_read_may_be_answered_in_any_shape() {
    let shapes = json!([{"status": "4xx", "understood": true,
        "expect": [{"clause": "must/problem", "problem": {"status": "4xx"}}]}]);
    let put = |name: &str, rest: Value| {
        let mut send = json!({"method": "PUT", "path": "customers/7"});
        send.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({"name": name, "send": send, "expect": [{"clause": "must/step", "status": "4xx"}]})
    };
    let steps = json!([
        put("plain", json!({"body": {"a": 1}})),
        put("without-body", json!({})),
        put("malformed", json!({"text": "{\"a\":"})),
        put("no-object", json!({"text": "[1]"})),
        put("other-media", json!({"body": {"a": 1}, "headers": {"Content-Type": "text/plain"}})),
        put("no-media", json!({"body": {"a": 1}, "headers": {"Content-Type": null}})),
        put("no-token", json!({"credentials": "none", "body": {"a": 1}})),
        put("bad-token", json!({"credentials": "invalid"})),
    ]);
    let report = judged(steps, shapes, |path| match path.ends_with("/7") {
        true => Reply::of(400, "text/html", "<p>No"),
        false => Reply::status(404),
    });
    let steps: Vec<_> = found(&report).iter().map(|each| each.1).collect();
    assert_eq!(steps, ["plain", "without-body"]);
}

#[test]
fn a_prelude_is_held_to_no_form_and_a_shape_alone_makes_no_pass() {
    let shapes = json!([{"status": [201, 404],
        "expect": [{"clause": "must/never", "status": 999}]}]);
    let given = json!([{"id": "customer/a/given", "title": "t", "given": ["customer"], "steps": [
        {"name": "get", "send": {"method": "GET", "path": "x"}}]}]);
    let suite = suite_with_shapes(
        given,
        json!([{"status": 404, "expect": [
        {"clause": "must/fine", "status": 404}]}]),
    );
    let fake = Fake::start(creates);
    let report = run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap();
    assert_eq!(report.cases[0].verdict.name(), "blocked", "nothing of its own was judged");

    let cases = json!([{"id": "customer/a/given", "title": "t", "given": ["customer"], "steps": [
        {"name": "get", "send": {"method": "GET", "path": "x"},
            "expect": [{"clause": "must/step", "status": 404}]}]}]);
    let suite = suite_with_shapes(cases, shapes);
    let report = run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap();
    assert_eq!(found(&report), [("must/never", "get", "")], "the prelude's 201 is not judged");
}

#[test]
fn a_shape_holds_where_the_target_mounts_the_api() {
    let shapes = json!([{"of": ["GET customers/{no}"], "status": 200,
        "expect": [{"clause": "must/shape", "at": "/no", "body": "${no}"}]}]);
    let cases = json!([{"id": "customer/a/x", "title": "t", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "customers/7"},
            "expect": [{"clause": "must/step", "status": 200}]},
        {"name": "by-link", "send": {"method": "GET", "path": "/ledger/customer/v1/100/customers/8"},
            "expect": [{"clause": "must/step", "status": 200}]},
        {"name": "other", "send": {"method": "GET", "path": "/elsewhere/customers/9"},
            "expect": [{"clause": "must/step", "status": 200}]}
    ]}]);
    let suite = suite_with_shapes(cases, shapes);
    let fake = Fake::start(|_| Reply::json(200, json!({"no": 1})));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.toml");
    let target =
        "\n[api.customer]\nmount = \"/crm/{ledger}\"\n[[ledger]]\nno = \"100\"\ntoken = \"a\"\n";
    std::fs::write(&path, format!("base = \"{}/prefix\"\n{target}", fake.url())).unwrap();
    let flags = TargetFlags { file: Some(path), ..TargetFlags::default() };
    let report = run(&judge(&suite, &flags), &Selection::default(), &()).unwrap();
    assert_eq!(found(&report), [("must/shape", "get", "/no"), ("must/shape", "by-link", "/no")]);
}
