//! The judge against small servers that are right, wrong, slow, gone or malicious.

mod access;
mod controls;
mod coverage;
mod fake;
mod formats;
mod gateway;
mod lint;
mod relations;
mod reports;
mod sending;
mod shapes;
mod transport;
mod verdicts;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Judge, Options, Patience, RunReport, Selection, Suite, Target, TargetFlags, run};
use crate::harness::evidence::Redaction;
use crate::harness::run::Bench;
use fake::{Fake, Reply};

const LEDGERS: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":[]}
{"record":"ledger","ledgerNo":"200","country":"NO","currency":"NOK","customerNoMode":"assigned","grants":["disbursement"]}
"#;

/// A clause for every one that these cases cite: `must/…` or `should/…`.
fn clauses(cases: &Value) -> Vec<Value> {
    let text = cases.to_string();
    let mut clauses: Vec<Value> = Vec::new();
    for piece in text.split("\"clause\":\"").skip(1) {
        let id = piece.split('"').next().unwrap();
        let level = id.split('/').next().unwrap();
        if clauses.iter().all(|clause| clause["id"] != id) {
            clauses.push(json!({
                "id": id, "document": "002", "heading": "Customer", "cites": [],
                "requires": format!("This is what {id} asks."), "readings": [77],
                "level": level, "status": "checked"
            }));
        }
    }
    clauses
}

fn suite_of(files: &[(&str, String)]) -> Arc<Suite> {
    Arc::new(Suite::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap())
}

/// A suite of these cases of the customer API.
fn suite(cases: Value) -> Arc<Suite> {
    suite_with_shapes(cases, json!([]))
}

/// The same, with these shapes of its answers.
fn suite_with_shapes(cases: Value, shapes: Value) -> Arc<Suite> {
    let clauses = clauses(&json!([cases, shapes]));
    let example = json!({
        "example": "customer/create", "document": "002", "heading": "Create",
        "request": {"method": "POST", "path": "/ledger/customer/v1/XXX/customers",
            "headers": {"Host": "-", "Authorization": "Bearer <Token>", "Content-Type": "application/json"},
            "body": ["{", "  \"customerNo\": \"9999\",", "  \"amount\": 1.50,,", "  \"name\": \"Britt\"", "}"]},
        "response": {"status": 201, "reason": "CREATED", "headers": {"Content-Type": "application/json"},
            "body": ["{ \"@id\": \"/ledger/customer/v1/XXX/customers/9999\", \"customerNo\": \" 9999\" }"]},
        "substitute": {
            "request": [
                {"in": "path", "text": "XXX", "with": "${ledger}", "reading": 173},
                {"in": "text", "text": ",,", "with": ",", "reading": 109},
                {"at": "/customerNo", "with": "${no}", "reading": 173}
            ],
            "response": [
                {"at": "/@id", "with": {"$link": "customers/${no}"}, "reading": 17},
                {"at": "/customerNo", "with": {"$trimmed": "${no}"}, "reading": 43}
            ]
        }
    });
    let given = json!({"api": "customer", "given": {"customer": {
        "draw": {"no": "customerNo"},
        "steps": [{"name": "given", "replay": "customer/create"}]
    }}});
    let states = json!({"states": {"customer/known": {
        "ledger": "100", "means": "a customer", "variables": {"known": "7"}
    }}});
    suite_of(&[
        (
            "conformance/cases/customer/a.json",
            json!({"api": "customer", "resource": "a", "cases": cases}).to_string(),
        ),
        (
            "conformance/clauses/customer.json",
            json!({"api": "customer", "clauses": clauses}).to_string(),
        ),
        (
            "conformance/shapes/customer.json",
            json!({"api": "customer", "shapes": shapes}).to_string(),
        ),
        ("conformance/fixtures/ledgers.ndjson", LEDGERS.to_owned()),
        ("conformance/fixtures/states.json", states.to_string()),
        ("conformance/given/customer.json", given.to_string()),
        ("examples/customer/create.json", example.to_string()),
    ])
}

fn flags(url: &str) -> TargetFlags {
    TargetFlags {
        url: Some(url.to_owned()),
        apis: vec!["customer".to_owned()],
        ..TargetFlags::default()
    }
}

fn judge(suite: &Arc<Suite>, flags: &TargetFlags) -> Judge {
    let options = Options {
        record: false,
        seed: 7,
        threads: 4,
        // Long enough for a busy machine: only what never answers is waited for to the end.
        patience: Patience { connect: Duration::from_secs(5), answer: Duration::from_secs(1) },
        ..Options::default()
    };
    let target = Target::resolve(suite, flags).unwrap();
    let redaction = Redaction::of(&target);
    Judge::new(Bench::new(Arc::clone(suite), target, options, redaction)).unwrap()
}

/// Judges the cases on a server that answers so.
fn certify(
    cases: Value,
    answer: impl Fn(&fake::Request) -> Reply + Send + Sync + 'static,
) -> RunReport {
    let fake = Fake::start(answer);
    let suite = suite(cases);
    run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap()
}

fn verdicts(report: &RunReport) -> Vec<&str> {
    report.cases.iter().map(|case| case.verdict.name()).collect()
}

/// A server that creates and forgets; every customer it is asked for is unknown.
fn creates(request: &fake::Request) -> Reply {
    match request.method.as_str() {
        "POST" if request.path.ends_with("/customers") => {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let no = body["customerNo"].as_str().unwrap();
            let host = request.header("host").unwrap();
            let id = format!("https://{host}{}/{no}", request.path);
            Reply::json(201, json!({"@id": id, "customerNo": no, "operations": null}))
        }
        _ => Reply::json(404, json!({"Type": "x/customer-not-found", "Status": 404})),
    }
}

fn create_case(id: &str) -> Value {
    json!({"id": id, "title": "A customer is created", "draw": {"no": "customerNo"}, "steps": [
        {"name": "create", "replay": "customer/create", "expect": [
            {"clause": "must/status", "printed": "status"},
            {"clause": "must/headers", "printed": "headers"},
            {"clause": "must/body", "printed": "body"}
        ]}
    ]})
}
