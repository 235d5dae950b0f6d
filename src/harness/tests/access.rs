//! Credentials of APIs without ledgers: sent, refused, and never shown.

use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::gateway::{case, certify, certify_by, flags, suite};
use super::{judge, verdicts};
use crate::harness::outcome::{Exit, json as to_json};
use crate::harness::report::{Details, Style, terminal};
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;

/// `api-x:pass word"å` in base64.
const ENCODED: &str = "YXBpLXg6cGFzcyB3b3JkIg==";
const FILE: &str = "[api.gateway]\nuser = \"api-x\"\npassword = 'pass word\"'\n";

fn asks(credentials: &str) -> Value {
    let send = json!({"method": "GET", "path": "", "credentials": credentials});
    case(json!([{"name": "get", "send": send, "expect": [{"clause": "must/x", "status": 401}]}]))
}

#[test]
fn a_request_is_let_in_by_what_the_target_file_says() {
    for (credentials, header) in [("own", Some(format!("Basic {ENCODED}"))), ("none", None)] {
        let report = certify_by(FILE, asks(credentials), move |request| {
            let given = request.header("authorization").map(str::to_owned);
            let probe = request.path.contains("limit=1") || !request.path.contains("customers");
            Reply::status(if given == header && !probe { 401 } else { 200 })
        });
        assert_eq!(verdicts(&report), ["pass"], "{credentials}: {:?}", report.cases[0]);
    }
    let report = certify_by(FILE, asks("invalid"), move |request| {
        let given = request.header("authorization").unwrap_or_default();
        let own = given == format!("Basic {ENCODED}");
        Reply::status(if given.starts_with("Basic ") && !own { 401 } else { 200 })
    });
    assert_eq!(verdicts(&report), ["pass"]);
    // Where everybody is let in, nobody is refused.
    let report = certify(asks("invalid"), |_| Reply::status(200));
    assert_eq!(verdicts(&report), ["not-applicable"]);
}

#[test]
fn what_lets_in_is_shown_to_nobody_even_if_the_target_says_it_back() {
    let get = json!({"method": "GET", "path": ""});
    let cases = case(json!([{"name": "get", "send": get, "expect": [
        {"clause": "must/x", "body": {"a": "b"}},
        {"clause": "must/y", "header": {"name": "X-Echo", "contains": "none"}}
    ]}, {"name": "again", "send": {"method": "GET", "path": "xml"}, "expect": [
        {"clause": "must/x", "body": {"a": "b"}},
        {"clause": "must/y", "sameAs": {"step": "get"}}
    ]}, {"name": "form", "send": {"method": "GET", "path": "form"}, "expect": [
        {"clause": "must/x", "body": {"a": "b"}}
    ]}, {"name": "more", "send": {"method": "GET", "path": "more"}, "expect": [
        {"clause": "must/y", "sameAs": {"step": "get"}}
    ]}]));
    let suite = suite(cases);
    let fake = Fake::start(|request| {
        let given = request.header("authorization").unwrap_or_default();
        let mut reply = match request.path.rsplit('/').next() {
            Some("xml") => Reply::of(200, "text/xml", "<a b='pass word&quot;'>"),
            Some("form") => {
                Reply::of(200, "application/x-www-form-urlencoded", "a=pass%20word%22%")
            }
            Some("more") => Reply::json(200, json!({"pass word\"": 1})),
            _ => Reply::json(200, json!({"a": format!("{given} pass word\""), (given): 1})),
        };
        reply.headers.push(("X-Echo".to_owned(), given.to_owned()));
        reply
    });
    let credentials = vec![("gateway", "api-x:pass word\"".to_owned())];
    let flags = TargetFlags { credentials, ..flags(fake.url()) };
    let judge = judge(&suite, &flags);
    assert!(!format!("{:?} {}", judge.target(), judge.target().summary()).contains("pass word"));
    let report = run(&judge, &Selection::default(), &()).unwrap();
    assert_eq!(verdicts(&report), ["fail"]);
    for text in [
        terminal(&report, &suite, Details::All, Style { color: false }),
        to_json(&report, &suite).to_string(),
    ] {
        assert!(!text.contains(ENCODED) && !text.contains("pass word"), "{text}");
        assert!(text.contains("$GATEWAY_USER") && !text.contains("pass%20"), "{text}");
    }
}

#[test]
fn a_refusal_names_what_has_to_be_given() {
    for (api, given, parts) in [
        ("gateway", None, ["without credentials", "--gateway-user USER:PASSWORD"]),
        ("gateway", Some("u:p"), ["with the credentials that are given", "[api.gateway]"]),
        ("tmf", None, ["without credentials", "--tmf-token TOKEN"]),
        ("tmf", Some("wrong"), ["with the credentials that are given", "[api.tmf]"]),
    ] {
        let fake = Fake::start(|_| Reply::status(401));
        let credentials = given.map(|given| (api, given.to_owned())).into_iter().collect();
        let apis = vec![api.to_owned()];
        let flags = TargetFlags { credentials, apis, ..flags(fake.url()) };
        let judge = judge(&suite(asks("own")), &flags);
        let refusal = judge.prepare().unwrap_err();
        assert_eq!(refusal.exit, Exit::Inconclusive);
        for part in parts {
            assert!(refusal.sentence.contains(part), "{part}: {refusal}");
        }
    }
}

#[test]
fn a_login_page_that_is_led_to_with_what_lets_in_does_not_show_it() {
    let suite = suite(asks("own"));
    let fake = Fake::start(|request| {
        let given = request.header("authorization").unwrap_or_default();
        let to = format!("https://login.example/?from={}", given.trim_start_matches("Basic "));
        let mut reply = Reply::status(302);
        reply.headers.push(("Location".to_owned(), to));
        reply
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.toml");
    std::fs::write(&file, format!("base = \"{}\"\n{FILE}", fake.url())).unwrap();
    let flags = TargetFlags { file: Some(file), ..TargetFlags::default() };
    let refusal = run(&judge(&suite, &flags), &Selection::default(), &()).unwrap_err();
    assert_eq!(refusal.exit, Exit::Inconclusive);
    assert!(refusal.sentence.contains("https://login.example/?from=$TOKEN"), "{refusal}");
    assert!(!refusal.sentence.contains(ENCODED), "{refusal}");
}
