//! What a run prints and writes.

use std::sync::Arc;

use serde_json::json;

use super::fake::{Fake, Reply};
use super::{create_case, creates, flags, judge, suite};
use crate::harness::compare::CompiledSchemas;
use crate::harness::outcome::{Exit, Verdict, json as to_json};
use crate::harness::report::{Details, Style, junit, terminal};
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;
use crate::harness::suite::Suite;

#[test]
fn an_empty_selection_contacts_nothing_and_is_inconclusive() {
    let suite = suite(json!([create_case("customer/a/1")]));
    let judge = judge(&suite, &flags("http://127.0.0.1:1"));
    let selection = Selection { filters: vec!["nowhere".to_owned()], ..Selection::default() };
    let refusal = run(&judge, &selection, &()).unwrap_err();
    assert_eq!(refusal.exit, Exit::Inconclusive);
    assert!(refusal.sentence.contains("--list"), "{refusal}");
}

#[test]
fn a_narrowed_run_says_how_many_passed_and_never_conforms() {
    let suite = suite(json!([create_case("customer/a/1"), create_case("customer/a/12")]));
    let fake = Fake::start(creates);
    let judge = judge(&suite, &flags(fake.url()));
    for (filters, exact, skip, line) in [
        (vec!["a/1"], false, vec![], "2 of 2 selected checks passed"),
        (vec!["customer/a/1"], true, vec![], "1 of 1 selected checks passed"),
        (vec![], false, vec!["12"], "1 of 1 selected checks passed"),
    ] {
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        let selection =
            Selection { filters: owned(filters), exact, skip: owned(skip), ..Selection::default() };
        assert_eq!(run(&judge, &selection, &()).unwrap().headline(), line);
    }
}

#[test]
fn reports_are_in_the_order_of_the_suite_and_hold_no_token() {
    let ids: Vec<_> = (0..30).map(|index| format!("customer/a/{index:02}")).collect();
    let cases: Vec<_> = ids.iter().map(|id| create_case(id)).collect();
    let suite = suite(json!(cases));
    let fake = Fake::start(|request| {
        let mut reply = creates(request);
        if reply.status == 201 {
            reply.status = 200;
        }
        reply
    });
    let flags = TargetFlags { tokens: vec!["100=s3cret".to_owned()], ..flags(fake.url()) };
    let report = run(&judge(&suite, &flags), &Selection::default(), &()).unwrap();
    let got: Vec<_> = report.cases.iter().map(|case| case.id.clone()).collect();
    assert_eq!(got, ids);
    assert!(report.cases.iter().all(|case| case.verdict == Verdict::Fail));

    let text = terminal(&report, &suite, Details::All, Style { color: false });
    let xml = junit(&report, &suite).unwrap();
    let json = to_json(&report, &suite);
    for written in [&text, &xml, &json.to_string()] {
        assert!(!written.contains("s3cret"), "{written}");
        assert!(written.contains("$TOKEN"), "{written}");
    }
    assert!(!text.contains('\x1b'));
    for part in [
        "FAIL  customer/a/00",
        "must  must/status",
        "This is what must/status asks.",
        "document 002 › Customer (reading 77)",
        "answered 200, expected 201",
        "DOES NOT CONFORM",
        "seed 7",
    ] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    assert_eq!(
        (json["verdict"].as_str(), json["exitCode"].as_u64()),
        (Some("DOES NOT CONFORM"), Some(1))
    );
    assert_eq!(json["counts"]["fail"], 30);
    assert!(xml.contains("failures=\"30\""), "{xml}");
    let schemas = CompiledSchemas::new(Arc::clone(&Suite::embedded().unwrap().schemas));
    let mut mismatches = Vec::new();
    schemas.check("report.schema", &json, &mut mismatches).unwrap();
    assert!(mismatches.is_empty(), "{mismatches:?}");
}

/// Of thirty faults the first stood two screens up.
#[test]
fn of_many_causes_those_stand_on_the_last_screen_by_which_most_cases_fail() {
    let get = |id: &str, members: std::ops::Range<usize>| {
        let body: serde_json::Map<_, _> =
            members.map(|at| (format!("member{at}"), json!("x".repeat(900)))).collect();
        json!({"id": id, "title": "t", "steps": [
            {"name": "get", "send": {"method": "GET", "path": "customers/1"}, "expect": [
                {"clause": "must/body", "body": body}
            ]}
        ]})
    };
    let suite = suite(json!([get("customer/a/1", 0..30), get("customer/a/2", 29..30)]));
    let fake = Fake::start(|_| Reply::json(200, json!({"member29": "two\nlines"})));
    let report = run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap();
    let text = terminal(&report, &suite, Details::Digest, Style { color: false });
    let lines: Vec<_> = text.lines().collect();
    let screen = lines[lines.len().saturating_sub(40)..].join("\n");
    for part in [
        "1 requirement is broken, probably by 30 causes:",
        "1. /member29 is \"two\\nlines\", expected \"xxx",
        "2 cases fail by it; look at customer/a/2",
        "2. /member0 is missing, expected \"xxx",
        "customer: GET /customers/1",
        "… and 25 more causes",
        "`etalon explain customer/a/2`",
    ] {
        assert!(screen.contains(part), "{part} in:\n{screen}");
    }
    assert!(screen.lines().all(|line| line.chars().count() < 300), "{screen}");
}
