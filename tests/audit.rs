//! The audit: what it counts as caught, what as survived, and that every fault of behaviour is
//! noticed by the cases of what it breaks.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::process::Command;
use std::sync::Arc;

use etalon::harness::audit::{Audit, Outcome, Seeds, audit, behaviours};
use etalon::harness::evidence::Redaction;
use etalon::harness::{Bench, Judge, Options, Selection, Suite, Target, TargetFlags};
use etalon::server::builtin::{self, BuiltIn};
use serde_json::{Value, json};

/// A judge of the built-in server by a suite.
fn judge(suite: Arc<Suite>, apis: &[&str]) -> (Judge, BuiltIn) {
    let server = builtin::start(suite.records()).unwrap();
    let apis = apis.iter().map(|api| (*api).to_owned()).collect();
    let flags = TargetFlags {
        url: Some(server.url().to_string()),
        apis,
        listen: Some(TargetFlags::LOOPBACK.to_owned()),
        ..TargetFlags::default()
    };
    let target = Target::resolve(&suite, &flags).unwrap();
    let options = Options { seed: 7, ..Options::default() };
    let redaction = Redaction::of(&target);
    (Judge::new(Bench::new(suite, target, options, redaction)).unwrap(), server)
}

/// The audit of one case of Usage, with nothing beside it that judges, but `excused`.
fn audited(steps: &Value, excused: &Value) -> Audit {
    let judges = ["conformance/cases/", "conformance/shapes/", "conformance/holdings/"];
    let left_out = ["conformance/faults/", "conformance/laws/", "conformance/generated/"];
    let cases = json!({"api": "usage", "resource": "own", "cases": [
        {"id": "usage/own/case", "title": "A case", "state": "usage/both-trees", "steps": steps}
    ]});
    let (cases, excused) = (cases.to_string(), json!({"excused": excused}).to_string());
    let own = [
        ("conformance/cases/usage/own.json", cases.as_bytes()),
        ("conformance/excused.json", excused.as_bytes()),
    ];
    let taken = etalon::data::FILES.iter().copied().filter(|(path, _)| {
        !judges.iter().chain(&left_out).any(|folder| path.starts_with(folder))
            && *path != "conformance/excused.json"
    });
    let files: Vec<_> = taken.chain(own).collect();
    let suite = Suite::from_files(files.iter().copied()).unwrap();
    let seeds = Seeds::from_files(files.iter().copied()).unwrap();
    let (judge, _server) = judge(Arc::new(suite), &["usage"]);
    audit(&judge, &seeds, &Selection::default()).unwrap()
}

/// Where faults of a kind survived, with the step.
fn survived(audit: &Audit, mutation: &str) -> Vec<String> {
    let kind = audit.survivors.iter().filter(|survivor| survivor.mutation == mutation);
    kind.map(|survivor| format!("{} {}", survivor.step, survivor.at)).collect()
}

#[test]
fn only_a_requirement_that_is_found_broken_kills() {
    let get = json!({"method": "GET", "path": "invoices/${invoiceNo}"});
    let status = json!({"clause": "usage/get-invoice/status", "status": 200});
    let member =
        json!({"clause": "usage/route/resource", "at": "/invoiceNo", "body": "${invoiceNo}"});
    let advised =
        json!({"clause": "usage/get-invoice/id-present", "at": "/@id", "body": {"$present": true}});
    let audit = audited(
        &json!([{"name": "get", "send": get, "expect": [status, member, advised]}]),
        &json!([]),
    );
    assert!(survived(&audit, "status-404").is_empty() && survived(&audit, "status-500").is_empty());
    assert!(!survived(&audit, "removed").contains(&"get /invoiceNo".to_owned()));
    assert!(!survived(&audit, "value").contains(&"get /invoiceNo".to_owned()));
    // Nobody asks for what is left, and a recommendation kills nothing.
    assert!(survived(&audit, "value").contains(&"get /@id".to_owned()));
    let total = audit.total();
    assert!(total.advisory > 0 && total.killed > 0 && total.survived > 0, "{total:?}");
    assert!(audit.dead.is_empty() && !audit.is_good(), "survivors that nothing excuses");
}

#[test]
fn a_case_that_cannot_go_on_kills_nothing() {
    let steps = json!([
        {"name": "get", "send": {"method": "GET", "path": "invoices/${invoiceNo}"},
         "expect": [{"clause": "usage/get-invoice/status", "status": 200}],
         "capture": {"kept": {"at": "/invoiceNo"}}}
    ]);
    let audit = audited(&steps, &json!([]));
    assert!(survived(&audit, "removed").contains(&"get /invoiceNo".to_owned()));
}

#[test]
fn a_change_that_leads_the_case_elsewhere_is_judged_live() {
    let steps = json!([
        {"name": "get", "send": {"method": "GET", "path": "invoices/${invoiceNo}"},
         "expect": [{"clause": "usage/get-invoice/status", "status": 200}],
         "capture": {"link": {"at": "/subscriptions"}}},
        {"name": "follow", "send": {"method": "GET", "path": "${link}"},
         "expect": [{"clause": "usage/list-invoice-subscriptions/status", "status": 200}]}
    ]);
    let audit = audited(&steps, &json!([]));
    assert!(!survived(&audit, "value").contains(&"get /subscriptions".to_owned()));
    // Nothing else that the case asks for is another when the number in the answer is.
    assert!(survived(&audit, "value").contains(&"get /invoiceNo".to_owned()));
}

#[test]
fn a_survivor_is_excused_by_its_row_alone_and_a_row_is_no_wider_than_it_has_to_be() {
    let steps = json!([
        {"name": "get", "send": {"method": "GET", "path": "invoices/${invoiceNo}"},
         "expect": [{"clause": "usage/get-invoice/status", "status": [200, 404, 500]}]}
    ]);
    let row = |at: &str, mutations: Value| {
        json!({"case": "usage/own/*", "at": [at], "mutations": mutations, "readings": [32],
               "reason": "It is only recommended."})
    };
    let excused = audited(&steps, &json!([row("/@id", json!(["removed"]))]));
    assert!(!survived(&excused, "removed").contains(&"get /@id".to_owned()));
    assert!(survived(&excused, "value").contains(&"get /@id".to_owned()));
    assert_eq!((excused.total().excused, excused.broad.len()), (1, 0));
    let rows: Vec<_> =
        excused.excuses.iter().map(|(row, faults)| (&row.reason[..], *faults)).collect();
    assert_eq!(rows, [("It is only recommended.", 1)]);

    let all = json!([
        "removed",
        "renamed",
        "retyped",
        "value",
        "repeated",
        "media",
        "emptied",
        "halved",
        "status-201",
        "status-404",
        "status-500"
    ]);
    let broad = audited(&steps, &json!([row("**", all)]));
    assert!(!broad.broad.is_empty() || broad.total().killed > 0, "it covers a whole answer");
}

#[test]
fn every_fault_of_behaviour_is_noticed_by_the_cases_of_what_it_breaks() {
    let apis = ["customer", "usage", "gateway", "tmf"];
    let (judge, _server) = judge(Suite::embedded().unwrap(), &apis);
    judge.prepare().unwrap();
    let found = behaviours(&judge, &Seeds::embedded().unwrap(), &Selection::default()).unwrap();
    assert!(found.len() >= 60, "{}", found.len());
    let survived = found.iter().filter(|(_, outcome)| *outcome == Outcome::Survived);
    let survived: Vec<_> = survived.map(|(id, _)| id.as_str()).collect();
    assert!(survived.is_empty(), "{}", survived.join(", "));
}

#[test]
fn the_command_line_says_what_was_found_by_its_exit() {
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_etalon")).arg("audit").args(args).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&["usage/invoices/get", "--exact", "--format", "json", "--seed", "7"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, Some(i32::from(report["trusted"] != true)), "{text}");
    assert_eq!((&report["cases"], &report["seed"]), (&json!(1), &json!(7)));
    assert!(report["total"]["killed"].as_u64() > Some(50), "{text}");
    let (code, text) = run(&["usage/invoices/get", "--exact", "--survivors"]);
    assert!(text.contains("usage removed") && text.contains("% of what is not excused"), "{text}");
    assert!(matches!(code, Some(0 | 1)));
    assert_eq!(run(&["no-such-case"]).0, Some(4));
    assert_eq!(run(&["--format", "xml"]).0, Some(2));
}
