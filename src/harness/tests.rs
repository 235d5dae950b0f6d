//! The judge against small servers that are right, wrong, slow, gone or malicious.

mod fake;

use std::sync::Arc;
use std::time::Duration;

use fake::{Fake, Reply};
use serde_json::{Value, json};

use super::report::{Style, json as to_json, junit, terminal};
use super::{
    Exit, Judge, Options, Patience, RunReport, Selection, Suite, Target, TargetFlags, Verdict, run,
};

const LEDGERS: &str = r#"{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":[]}
{"record":"ledger","ledgerNo":"200","country":"NO","currency":"NOK","customerNoMode":"assigned","grants":["disbursement"]}
"#;

/// A suite of these cases, with a clause for every one that they cite: `must/…` or `should/…`.
fn suite(cases: Value) -> Arc<Suite> {
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
    let files = [
        (
            "conformance/cases/customer/a.json",
            json!({"api": "customer", "resource": "a", "cases": cases}).to_string(),
        ),
        (
            "conformance/clauses/customer.json",
            json!({"api": "customer", "clauses": clauses}).to_string(),
        ),
        ("conformance/fixtures/ledgers.ndjson", LEDGERS.to_owned()),
        ("conformance/fixtures/states.json", states.to_string()),
        ("conformance/given/customer.json", given.to_string()),
        ("examples/customer/create.json", example.to_string()),
    ];
    Arc::new(Suite::from_files(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap())
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
        seed: 7,
        threads: 4,
        patience: Patience { connect: Duration::from_secs(2), answer: Duration::from_millis(300) },
    };
    Judge::new(Arc::clone(suite), Target::resolve(suite, flags).unwrap(), options).unwrap()
}

/// Judges the cases on a server that answers so.
fn certify(
    cases: Value,
    answer: impl Fn(&fake::Request) -> Reply + Send + Sync + 'static,
) -> RunReport {
    let fake = Fake::start(answer);
    let suite = suite(cases);
    run(&judge(&suite, &flags(fake.url())), &Selection::default()).unwrap()
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
            let id = format!("https://inside{}/{no}", request.path);
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

#[test]
fn a_replayed_example_is_sent_as_printed_but_for_its_substitutions() {
    let report = certify(json!([create_case("customer/a/create")]), |request| {
        if request.method == "POST" {
            assert_eq!(request.header("authorization"), Some("Bearer etalon-100"));
            assert_eq!(request.header("content-type"), Some("application/json"));
            assert_ne!(request.header("host"), Some("-"));
            assert_eq!(request.header("accept"), None);
            let body = String::from_utf8_lossy(&request.body);
            assert!(body.contains(r#""amount":1.50,"name":"Britt""#), "{body}");
            assert_eq!(request.path, "/ledger/customer/v1/100/customers");
        }
        creates(request)
    });
    assert_eq!(verdicts(&report), ["pass"]);
    assert_eq!(report.headline(), "CONFORMS");
    assert_eq!(report.exit(), Exit::Conforms);
}

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
        Reply::status(500)
    });
    assert_eq!(verdicts(&report), ["fail"]);
    assert_eq!(report.cases[0].findings.len(), 1);
}

#[test]
fn captures_links_conditions_and_repetitions_work_together() {
    let cases = json!([{"id": "customer/a/flow", "title": "t", "given": ["customer"], "steps": [
        {"name": "list", "send": {"method": "GET", "path": "list"},
            "capture": {
                "href": {"in": "/operations", "where": {"rel": "update"}, "at": "/href"},
                "gone": {"in": "/operations", "where": {"rel": "delete"}, "at": "/href", "optional": true}
            }},
        {"name": "update", "onlyIf": {"captured": "href"},
            "send": {"method": "PUT", "path": "${href}", "body": {"no": "${no}"}},
            "expect": [{"clause": "must/update", "status": 204}]},
        {"name": "delete", "onlyIf": {"captured": "gone"},
            "send": {"method": "DELETE", "path": "${gone}"},
            "expect": [{"clause": "must/delete", "status": 204}]},
        {"name": "each", "forEach": {"step": "list", "at": "/items"},
            "send": {"method": "GET", "path": "${item/@id}"},
            "expect": [{"clause": "must/each", "body": {"id": "${item/id}"}}]},
        {"name": "either", "either": [
            {"send": {"method": "POST", "path": "first", "body": {}}},
            {"send": {"method": "POST", "path": "second", "body": {}}}
        ], "expect": [{"clause": "must/either", "status": 200}]},
        {"name": "again", "send": {"method": "GET", "path": "list"},
            "expect": [{"clause": "must/again", "sameAs": {"step": "list", "without": ["/operations"]}}]},
        {"name": "none", "send": {"method": "GET", "path": "token", "credentials": "none"},
            "expect": [{"clause": "must/none", "status": 401}]}
    ]}]);
    let report = certify(cases, |request| {
        let root = "/ledger/customer/v1/100";
        let path = request.path.strip_prefix(root).unwrap_or(&request.path);
        match (request.method.as_str(), path) {
            ("GET", "/list") => Reply::json(
                200,
                json!({
                    "items": [
                        {"id": 1, "@id": "http://elsewhere.invalid/ledger/customer/v1/100/items/1"},
                        {"id": 2, "@id": "/ledger/customer/v1/100/items/2"}
                    ],
                    "operations": [
                        {"rel": "add", "href": "/a"}, {"rel": "update", "href": format!("{root}/u")}
                    ]
                }),
            ),
            ("PUT", "/u") => Reply::status(204),
            ("GET", "/items/1") => Reply::json(200, json!({"id": 1.0})),
            ("GET", "/items/2") => Reply::json(200, json!({"id": 3})),
            ("POST", "/second") => Reply::status(200),
            ("GET", "/token") if request.header("authorization").is_none() => Reply::status(401),
            _ => creates(request),
        }
    });
    let found: Vec<_> = report.cases[0]
        .findings
        .iter()
        .map(|f| (f.step.as_str(), f.pointer.as_str(), f.message.as_str()))
        .collect();
    assert_eq!(found, [("each [1]", "/id", "is 3, expected 2")], "{:?}", report.cases[0].reason);
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
fn a_taken_identifier_is_drawn_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let probes = AtomicUsize::new(0);
    let report = certify(json!([create_case("customer/a/create")]), move |request| {
        // The first identifier asked for exists already; created again, it would be refused.
        if request.method == "GET" && request.path.contains("/customers/") {
            return match probes.fetch_add(1, Ordering::SeqCst) {
                0 => Reply::json(200, json!({})),
                _ => Reply::status(404),
            };
        }
        assert!(request.method != "POST" || probes.load(Ordering::SeqCst) == 2);
        creates(request)
    });
    assert_eq!(verdicts(&report), ["pass"]);
}

#[test]
fn a_writing_step_is_never_resent_but_the_case_runs_again_under_new_identifiers() {
    use std::sync::Mutex;
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let posts = Arc::clone(&seen);
    let report = certify(json!([create_case("customer/a/create")]), move |request| {
        if request.method == "POST" {
            let mut posts = posts.lock().unwrap();
            posts.push(String::from_utf8_lossy(&request.body).into_owned());
            if posts.len() == 1 {
                return Reply::hang_up();
            }
        }
        creates(request)
    });
    assert_eq!(verdicts(&report), ["pass"]);
    assert!(report.cases[0].rerun.is_some());
    let posts = seen.lock().unwrap();
    assert_eq!(posts.len(), 2);
    assert_ne!(posts[0], posts[1]);
}

#[test]
fn a_target_that_hangs_up_or_hangs_is_inconclusive() {
    for reply in [Reply::hang_up(), Reply::silence()] {
        let report = certify(json!([create_case("customer/a/create")]), move |request| {
            if request.method == "POST" { reply.clone() } else { creates(request) }
        });
        assert_eq!((verdicts(&report), report.exit()), (vec!["inconclusive"], Exit::Inconclusive));
    }
}

#[test]
fn nothing_reachable_is_said_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let suite = suite(json!([create_case("customer/a/1"), create_case("customer/a/2")]));
    let url = format!("http://127.0.0.1:{port}");
    let refusal = run(&judge(&suite, &flags(&url)), &Selection::default()).unwrap_err();
    assert_eq!(refusal.exit, Exit::Inconclusive);
    assert!(refusal.sentence.contains("cannot be reached"), "{refusal}");
}

#[test]
fn an_empty_selection_contacts_nothing_and_is_inconclusive() {
    let suite = suite(json!([create_case("customer/a/1")]));
    let judge = judge(&suite, &flags("http://127.0.0.1:1"));
    let selection = Selection { filters: vec!["nowhere".to_owned()], ..Selection::default() };
    let refusal = run(&judge, &selection).unwrap_err();
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
        let selection = Selection { filters: owned(filters), exact, skip: owned(skip) };
        assert_eq!(run(&judge, &selection).unwrap().headline(), line);
    }
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
        let report = run(&judge(&suite, &target(toml)), &Selection::default()).unwrap();
        assert_eq!(verdicts(&report), [verdict], "{toml}: {:?}", report.cases[0]);
    }
}

#[test]
fn the_fixtures_are_loaded_once_before_the_first_case() {
    use std::sync::Mutex;
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let lines = Arc::clone(&log);
    let fake = Fake::start(move |request| {
        lines.lock().unwrap().push(request.path.clone());
        if request.path == "/records" {
            assert_eq!(request.header("content-type"), Some("application/x-ndjson"));
            assert_eq!(request.header("authorization"), Some("Bearer admin"));
            assert_eq!(request.body, LEDGERS.as_bytes());
            return Reply::status(204);
        }
        creates(request)
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.toml");
    let url = fake.url();
    std::fs::write(&path, format!(
        "base = \"{url}\"\nprovision.url = \"{url}/records\"\nprovision.token = \"admin\"\n[api.customer]\n"
    )).unwrap();
    let suite = suite(json!([create_case("customer/a/1"), create_case("customer/a/2")]));
    let flags = TargetFlags { file: Some(path), ..TargetFlags::default() };
    let report = run(&judge(&suite, &flags), &Selection::default()).unwrap();
    assert_eq!(report.headline(), "CONFORMS");
    let log = log.lock().unwrap();
    assert_eq!(log.iter().filter(|path| *path == "/records").count(), 1);
    assert_eq!(log[1], "/records", "after the first word and before the first case");
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
    let report = run(&judge(&suite, &flags), &Selection::default()).unwrap();
    let got: Vec<_> = report.cases.iter().map(|case| case.id.clone()).collect();
    assert_eq!(got, ids);
    assert!(report.cases.iter().all(|case| case.verdict == Verdict::Fail));

    let text = terminal(&report, &suite, Style { color: false });
    let xml = junit(&report, &suite).unwrap();
    let json = to_json(&report);
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
        (Some("does-not-conform"), Some(1))
    );
    assert_eq!(json["counts"]["fail"], 30);
    assert!(xml.contains("failures=\"30\""), "{xml}");
}
