//! From answers to verdicts.

use serde_json::json;

use super::fake::{Fake, Reply};
use super::{certify, create_case, creates, judge, suite, verdicts};
use crate::harness::outcome::Exit;
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;
use crate::harness::suite::Suite;

#[test]
fn every_difference_is_found_and_the_worst_decides() {
    let report = certify(json!([create_case("customer/a/create")]), |request| {
        let mut reply = creates(request);
        if reply.status == 201 {
            reply = Reply::json(200, json!({"@id": "/elsewhere", "customerNo": " 1"}));
            reply.headers.retain(|(name, _)| name != "Content-Type");
        }
        reply
    });
    assert_eq!(verdicts(&report), ["fail"]);
    let found: Vec<_> =
        report.cases[0].findings.iter().map(|f| (f.clause.as_str(), f.pointer.as_str())).collect();
    assert_eq!(
        found,
        [
            ("must/status", ""),
            ("must/headers", ""),
            ("must/body", "/@id"),
            ("must/body", "/customerNo")
        ]
    );
    assert_eq!((report.headline().as_str(), report.exit()), ("DOES NOT CONFORM", Exit::Failed));
}

#[test]
fn a_broken_recommendation_is_an_advisory() {
    let cases = json!([{"id": "customer/a/get", "title": "t", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "customers/1"}, "expect": [
            {"clause": "should/status", "status": 410}
        ]}
    ]}]);
    let report = certify(cases, creates);
    assert_eq!((verdicts(&report), report.exit()), (vec!["advisory"], Exit::Conforms));
}

#[test]
fn steps_that_build_on_a_refused_one_are_not_taken() {
    let cases = json!([{"id": "customer/a/x", "title": "t", "steps": [
        {"name": "put", "send": {"method": "PUT", "path": "refused", "body": {}},
            "expect": [{"clause": "must/put", "status": "2xx"}]},
        {"name": "get", "send": {"method": "GET", "path": "never-asked"},
            "expect": [{"clause": "must/get", "status": 200}]}
    ]}]);
    let report = certify(cases, |request| {
        assert!(!request.path.ends_with("never-asked"));
        Reply::status(if request.method == "PUT" { 500 } else { 404 })
    });
    assert_eq!(verdicts(&report), ["fail"]);
    assert_eq!(report.cases[0].findings.len(), 1);
}

#[test]
fn a_case_whose_needs_are_not_met_is_not_a_pass() {
    let step = json!({"name": "get", "send": {"method": "GET", "path": "x"},
        "expect": [{"clause": "must/x", "status": 404}]});
    let cases = json!([
        {"id": "customer/a/grant", "title": "t", "ledger": {"grants": ["disbursement"]}, "steps": [step]},
        {"id": "customer/a/absent", "title": "t", "ledger": {"grants": ["population-register"]}, "steps": [step]},
        {"id": "customer/a/mode", "title": "t", "ledger": {"customerNoMode": "generated"}, "steps": [step]},
        {"id": "customer/a/other", "title": "t", "otherLedger": true, "steps": [step]},
        {"id": "customer/a/given", "title": "t", "given": ["customer"], "steps": [step]},
        {"id": "customer/a/nothing", "title": "t", "steps": [
            {"name": "get", "send": {"method": "GET", "path": "x"}}]},
        {"id": "customer/a/capture", "title": "t", "steps": [
            {"name": "get", "send": {"method": "GET", "path": "x"}, "capture": {"y": {"at": "/y"}}}, step]},
    ]);
    let report = certify(cases, |_| Reply::status(404));
    assert_eq!(
        verdicts(&report),
        ["pass", "not-applicable", "not-applicable", "pass", "blocked", "blocked", "blocked"]
    );
    assert_eq!(report.cases[0].ledger.as_deref(), Some("200"));
    assert_eq!(report.headline(), "INCONCLUSIVE");
    assert_eq!(report.exit(), Exit::Inconclusive);
}

#[test]
fn what_is_not_applicable_stands_beside_the_verdict() {
    let step = json!({"name": "get", "send": {"method": "GET", "path": "x"},
        "expect": [{"clause": "must/x", "status": 404}]});
    let cases = json!([
        {"id": "customer/a/1", "title": "t", "steps": [step]},
        {"id": "customer/a/2", "title": "t", "ledger": {"grants": ["population-register"]}, "steps": [step]},
    ]);
    let report = certify(cases, |_| Reply::status(404));
    assert_eq!(report.headline(), "CONFORMS (without population-register)");
}

#[test]
fn a_fault_of_the_suite_names_its_file_and_is_not_blamed_on_the_target() {
    let cases = json!([{"id": "customer/a/x", "title": "t", "steps": [
        {"name": "get", "replay": "customer/none", "expect": [{"clause": "must/x", "status": 200}]}
    ]}]);
    let report = certify(cases, creates);
    assert_eq!((verdicts(&report), report.exit()), (vec!["harness-error"], Exit::Broken));
    let reason = report.cases[0].reason.as_deref().unwrap();
    assert!(reason.contains("cases/customer/a.json") && reason.contains("customer/none"));

    let broken = [("conformance/cases/customer/a.json",
        br#"{"api":"customer","resource":"a","cases":[{"id":"customer/a/x","title":"t","step":[]}]}"#
            .as_slice())];
    let fault = Suite::from_files(broken).unwrap_err().to_string();
    assert!(fault.contains("customer/a.json") && fault.contains("customer/a/x"), "{fault}");
}

#[test]
fn values_of_a_state_are_judged_only_where_the_fixtures_are() {
    let cases = json!([{"id": "customer/a/x", "title": "t", "state": "customer/known", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "customers/${known}"}, "expect": [
            {"clause": "must/status", "status": 200},
            {"clause": "must/value", "fixture": true, "body": {"name": "Fixture"}}
        ]}
    ]}]);
    let suite = suite(cases);
    let fake = Fake::start(|request| match request.path.rsplit('/').next() {
        Some("7" | "8") => Reply::json(200, json!({"name": "Other"})),
        _ => Reply::status(404),
    });
    let folder = tempfile::tempdir().unwrap();
    let target = |toml: &str| {
        let path = folder.path().join("target.toml");
        let head = format!("base = \"{}\"\n", fake.url());
        let api = "\n[api.customer]\n[[ledger]]\nno = \"100\"\n";
        std::fs::write(&path, format!("{head}{toml}{api}")).unwrap();
        TargetFlags { file: Some(path), ..TargetFlags::default() }
    };
    for (toml, verdict) in [
        ("provision = \"preloaded\"", "fail"),
        ("", "blocked"),
        ("[known.\"customer/known\"]\nknown = \"8\"", "pass"),
        ("provision = \"preloaded\"\n[known.\"customer/known\"]\nknown = \"9\"", "fail"),
    ] {
        let report = run(&judge(&suite, &target(toml)), &Selection::default(), &()).unwrap();
        assert_eq!(verdicts(&report), [verdict], "{toml}: {:?}", report.cases[0]);
    }
}

/// A vendor whose server did not follow a recommendation was judged by nothing that came after it.
#[test]
fn a_recommendation_that_is_not_followed_leaves_later_requirements_to_be_judged() {
    for (advice, said) in [
        (json!({"clause": "should/put", "status": "2xx"}), ["should/put", "must/get"]),
        (
            json!({"clause": "must/put", "status": "2xx", "advisory": true}),
            ["must/put", "must/get"],
        ),
    ] {
        let cases = json!([{"id": "customer/a/x", "title": "t", "steps": [
            {"name": "put", "send": {"method": "PUT", "path": "x", "body": {}}, "expect": [advice]},
            {"name": "get", "send": {"method": "GET", "path": "x"},
                "expect": [{"clause": "must/get", "status": 200}]}
        ]}]);
        let report = certify(cases, |_| Reply::status(404));
        assert_eq!(verdicts(&report), ["fail"]);
        let found = report.cases[0].findings.iter().map(|finding| finding.clause.as_str());
        assert_eq!(found.collect::<Vec<_>>(), said);
    }
}
