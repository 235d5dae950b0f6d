//! What is sent, and when.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};

use serde_json::json;

use super::fake::{Fake, Reply, Request};
use super::{LEDGERS, certify, create_case, creates, judge, suite, verdicts};
use crate::harness::outcome::Exit;
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;

#[test]
fn a_replayed_example_is_sent_as_printed_but_for_its_substitutions() {
    let report = certify(json!([create_case("customer/a/create")]), |request| {
        if request.method == "POST" {
            assert_eq!(request.header("authorization"), Some("Bearer etalon-100"));
            assert_eq!(request.header("content-type"), Some("application/json"));
            assert_ne!(request.header("host"), Some("-"));
            assert_eq!(request.header("accept"), None);
            assert_eq!(request.header("accept-encoding"), Some("identity"));
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
fn a_taken_identifier_is_drawn_again() {
    let probes = AtomicUsize::new(0);
    let report = certify(json!([create_case("customer/a/create")]), move |request| {
        // The first identifier asked for exists already; created again, it would be refused.
        let probe = request.method == "GET" && request.path.contains("/customers/");
        if probe && !request.path.ends_with("/customers/1") {
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

/// A plus in a query is a blank to many a server, and so are an offset and an exponent with it.
#[test]
fn a_value_that_is_asked_for_in_a_query_is_escaped() {
    let cases = json!([{"id": "customer/a/x", "title": "t", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "one"}, "capture": {
            "date": {"at": "/date"}, "amount": {"at": "/amount"}, "name": {"at": "/name"}
        }},
        {"name": "find", "send": {"method": "GET", "path": "all", "query": "date=${date}&amount=${amount}&name=${name}+%2B"},
            "expect": [{"clause": "must/x", "status": 204}]}
    ]}]);
    let report = certify(cases, |request| {
        if request.path.ends_with("/one") {
            let date = "2013-04-19T16:42:23+02:00";
            let body = format!(r#"{{"date": "{date}", "amount": 1e+30, "name": "a&b=c å"}}"#);
            return Reply::of(200, "application/json", &body);
        }
        let asked = request.path.split_once('?').map(|(_, query)| query);
        match asked {
            Some(
                "date=2013-04-19T16%3A42%3A23%2B02%3A00&amount=1e%2B30&name=a%26b%3Dc%20%C3%A5+%2B",
            ) => Reply::status(204),
            Some(other) => Reply::json(400, json!({"query": other})),
            None => Reply::status(404),
        }
    });
    assert_eq!(verdicts(&report), ["pass"], "{:?}", report.cases[0]);
}

#[test]
fn text_that_can_be_drawn_but_once_is_enough_for_every_case() {
    let case = |id: &str| {
        json!({"id": id, "title": "Text", "draw": {"text": {"text": 1}}, "steps": [
            {"name": "get", "send": {"method": "GET", "path": "x", "query": "q=${text}"},
             "expect": [{"clause": "must/x", "status": 404}]}
        ]})
    };
    let report = certify(json!([case("customer/a/one"), case("customer/a/two")]), creates);
    assert_eq!(verdicts(&report), ["pass", "pass"]);
}

/// A list of `size` items in pages of two, each linked to the next, which starts at `step` more.
fn paged(size: usize, step: usize) -> impl Fn(&Request) -> Reply {
    move |request| {
        let skip: usize =
            request.path.split_once("skip=").map_or(0, |(_, skip)| skip.parse().unwrap());
        let ids: Vec<_> = (skip..size.min(skip + 2)).map(|id| json!({"id": id})).collect();
        let next =
            json!(format!("https://elsewhere/ledger/customer/v1/100/list?skip={}", skip + step));
        let next = if skip + step < size { next } else { json!(null) };
        Reply::json(200, json!({"items": ids, "navigation": {"next": next}}))
    }
}

#[test]
fn a_list_in_pages_is_judged_whole() {
    let cases = || {
        json!([{"id": "customer/a/list", "title": "t", "steps": [
        {"name": "list", "pages": true, "send": {"method": "GET", "path": "list"},
            "expect": [
                {"clause": "must/list", "status": 200},
                {"clause": "must/list", "at": "/items",
                    "body": [{"id": 0}, {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]}
            ]}]}])
    };
    for (step, verdict) in [(2, "pass"), (1, "fail"), (3, "fail")] {
        assert_eq!(verdicts(&certify(cases(), paged(5, step))), [verdict], "{step}");
    }
    let circular = |_: &Request| {
        Reply::json(200, json!({"items": [{"id": 0}], "navigation": {"next": "/again"}}))
    };
    assert_eq!(verdicts(&certify(cases(), circular)), ["fail"]);
    let broken = |request: &Request| match request.path.contains("skip=") {
        true => Reply::status(500),
        false => paged(5, 2)(request),
    };
    assert_eq!(verdicts(&certify(cases(), broken)), ["fail"]);
}

/// A server whose answer to the nth of the requests that come at one time is the nth of these. None
/// is answered before all have come.
fn at_once(statuses: &'static [u16]) -> impl Fn(&Request) -> Reply {
    let (come, all) = (AtomicUsize::new(0), Barrier::new(statuses.len()));
    move |request| {
        if request.method != "POST" {
            return Reply::status(404);
        }
        let body = String::from_utf8_lossy(&request.body);
        assert!(
            (1..=statuses.len()).any(|index| body.contains(&format!("Kund {index}"))),
            "{body}"
        );
        assert_eq!(request.of_connection, 0, "each on a connection of its own");
        all.wait();
        let nth = come.fetch_add(1, Ordering::SeqCst) % statuses.len();
        Reply::json(statuses[nth], json!({"customerNo": "9999"}))
    }
}

/// A server that looks whether a number is taken, and then creates, takes two creations at one time:
/// two customers of one number, of which a vendor would have heard in production.
#[test]
fn what_is_sent_at_one_time_is_judged_by_the_second_acceptance() {
    let cases = || {
        json!([{"id": "customer/a/race", "title": "t", "steps": [
        {"name": "create", "simultaneous": 3,
            "send": {"method": "POST", "path": "customers", "body": {"name": "Kund ${index}"}},
            "expect": [
                {"clause": "must/once", "status": "not-2xx"},
                {"clause": "must/no-server-error", "status": "not-5xx"}
            ]}]}])
    };
    let rows: [(&'static [u16], &str); 6] = [
        (&[201, 409, 409], "pass"),
        (&[409, 409, 201], "pass"),
        (&[409, 409, 409], "pass"),
        (&[409, 201, 201], "fail"),
        (&[201, 201, 500], "fail"),
        (&[409, 500, 201], "fail"),
    ];
    for (statuses, verdict) in rows {
        let report = certify(cases(), at_once(statuses));
        assert_eq!(verdicts(&report), [verdict], "{statuses:?}");
    }
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
            "expect": [
                {"clause": "must/none", "status": 401},
                {"clause": "must/none", "header": {"name": "WWW-Authenticate", "contains": "Bearer"}}
            ]}
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
            ("GET", "/token") if request.header("authorization").is_none() => {
                let mut reply = Reply::status(401);
                for scheme in ["Negotiate", "bearer realm=\"a\""] {
                    reply.headers.push(("WWW-Authenticate".to_owned(), scheme.to_owned()));
                }
                reply
            }
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
fn the_fixtures_are_loaded_once_before_the_first_case() {
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
    let report = run(&judge(&suite, &flags), &Selection::default(), &()).unwrap();
    assert_eq!(report.headline(), "CONFORMS");
    let log = log.lock().unwrap();
    assert_eq!(log.iter().filter(|path| *path == "/records").count(), 1);
    assert_eq!(log[1], "/records", "after the first word and before the first case");
}
