//! Document 004, what is true of all of it: methods, errors, tokens, links.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use etalon::api::auth::Auth;
use etalon::api::message::{Body, Refusal, Request, Service};
use etalon::api::{Api, Mounts};
use etalon::input::secret::Secret;
use etalon::model::tmf::instant::http_date;
use etalon::store::{Store, wait};
use serde_json::Value;

use crate::world::{Reply, World, request, with_header};

pub(crate) const ROOT: &str = "/billingManagement";

/// What the document prints, as records: reference data, a settlement note, charge 25, account 65.
const RECORDS: &str = include_str!("tmf.ndjson");

/// The API over those records.
pub(crate) struct Bills {
    pub(crate) world: World,
}

impl Bills {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same with more records.
    pub(crate) fn with(more: &str) -> Self {
        Self::of(&[RECORDS, more].concat())
    }

    /// The API over other records.
    pub(crate) fn of(records: &str) -> Self {
        Self { world: World::with(records) }
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, "")
    }

    /// Asks without credentials, which nobody needs on a loopback address (reading 165).
    pub(crate) fn ask(&self, method: &str, path: &str, body: impl ToString) -> Reply {
        let request = request(method, &format!("{ROOT}/{path}"), body);
        self.answer(with_header(request, "authorization", ""))
    }

    /// Answers; whatever is refused changes nothing and says so in the one form of errors.
    pub(crate) fn answer(&self, request: Request) -> Reply {
        let before = self.world.records();
        let reply = self.world.answer(request);
        if reply.status >= 400 {
            assert!(
                before == self.world.records(),
                "refused, and yet something changed: {reply:?}"
            );
        }
        check(&reply);
        reply
    }

    /// The ids that a query finds, in its order.
    pub(crate) fn found(&self, path: &str) -> Vec<String> {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        let id = |resource: &Value| resource["id"].as_str().unwrap().to_owned();
        reply.json().as_array().unwrap().iter().map(id).collect()
    }
}

/// An account with a bill receiver, without whom none is made (readings 136, 143).
pub(crate) fn received(account: &str) -> String {
    if account.contains("relatedParty") {
        return account.to_owned();
    }
    let rest = account.strip_prefix('{').unwrap();
    let comma = if rest == "}" { "" } else { "," };
    format!(r#"{{"relatedParty":[{{"id":"1","role":"bill receiver"}}]{comma}{rest}"#)
}

/// Every answer is JSON; an error has four texts (reading 164).
fn check(reply: &Reply) {
    assert_eq!(reply.header("content-type"), "application/json", "{reply:?}");
    if reply.status < 400 {
        return;
    }
    let error = reply.json();
    let names: Vec<&String> = error.as_object().unwrap().keys().collect();
    assert_eq!(names, ["code", "reason", "message", "status"], "{error}");
    assert!(error["code"].as_str().unwrap().bytes().all(|b| b == b'-' || b.is_ascii_lowercase()));
    assert!(error["message"].as_str().unwrap().ends_with('.'), "{error}");
    assert!(!error["reason"].as_str().unwrap().is_empty(), "{error}");
    assert_eq!(error["status"], reply.status.to_string(), "{error}");
}

const READ: &str = "GET, HEAD";

/// The methods of each collection and of its items.
const METHODS: [(&str, &str, &str); 6] = [
    ("billingAccount", "GET, POST, HEAD", "GET, PATCH, HEAD"),
    ("appliedCustomerBillingCharge", "GET, POST, HEAD", READ),
    ("settlementNoteAdvice", READ, READ),
    ("customerBillingCycleSpecification", READ, READ),
    ("customerBillFormat", READ, READ),
    ("customerBillPresentationMedia", READ, READ),
];

/// "No put operation for BillingAccount" and its like: 405 with what there is (readings 152, 153).
#[test]
fn what_the_document_rules_out_is_answered_with_what_there_is() {
    let bills = Bills::new();
    let mut routes = 0;
    let hub = ("hub", "GET, POST, HEAD", "GET, DELETE, HEAD");
    for (name, on_all, on_one) in METHODS.into_iter().chain([hub]) {
        // Nobody listens.
        let id = bills.found(name).first().map_or("1", String::as_str).to_owned();
        for (path, allow) in [
            (name.to_owned(), on_all),
            (format!("{name}/"), on_all),
            (format!("{name}/{id}"), on_one),
        ] {
            routes += 1;
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"] {
                let reply = bills.ask(method, &path, "{}");
                if allow.split(", ").any(|allowed| allowed == method) {
                    assert_ne!(reply.status, 405, "{method} {path}");
                    continue;
                }
                reply.fails(405, "method-not-allowed", allow);
                assert_eq!(reply.header("allow"), allow, "{method} {path}");
            }
        }
    }
    assert_eq!(routes, bills.world.routes("tmf"), "every route has its row here");
}

/// Readings 147, 148: an id gives an object, none an array; a slash at its end changes nothing.
#[test]
fn every_collection_and_every_item_can_be_read() {
    let bills = Bills::new();
    for (name, ..) in METHODS {
        let listed = bills.get(name);
        assert_eq!(listed.text(), bills.get(&format!("{name}/")).text());
        for item in listed.json().as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            let path = format!("{name}/{id}");
            assert_eq!(bills.get(&path).json(), *item);
            assert_eq!(item["href"], format!("{ROOT}/{path}"), "without a Host it is a path");
        }
        bills.get(&format!("{name}/99")).fails(404, "not-found", "no resource 99");
        bills.get(&format!("{name}/26/26")).fails(404, "not-found", "26/26");
        bills.get(&format!("{name}/%zz")).fails(400, "validation", "id");
    }
    bills.get("billingAccount/a%2Fb").fails(404, "not-found", "a/b");
    for path in ["", "customerAccount", "customerAccount/15", "billingaccount", "Hub"] {
        bills.get(path).fails(404, "not-found", "");
    }
}

/// Reading 164: an error has this API's form, whoever it is that gives up.
#[test]
fn every_error_has_one_form() {
    let bills = Bills::new();
    let account = || request("GET", &format!("{ROOT}/billingAccount/65"), "");
    let refused = bills.answer(with_header(account(), "accept", "text/html"));
    refused.fails(406, "not-acceptable", "application/json");
    for (method, path) in [
        ("POST", "billingAccount"),
        ("PATCH", "billingAccount/65"),
        ("POST", "appliedCustomerBillingCharge"),
    ] {
        let sent = request(method, &format!("{ROOT}/{path}"), "{}");
        let refused = bills.answer(with_header(sent.clone(), "content-type", "text/plain"));
        refused.fails(415, "unsupported-media-type", "text/plain");
        for (refusal, status, code) in [
            (Refusal::BodyTooLarge(7), 413, "payload-too-large"),
            (Refusal::BodyTooSlow, 408, "request-timeout"),
            (Refusal::BodyBroken, 400, "validation"),
            (Refusal::Broken, 500, "internal-error"),
        ] {
            let reply = bills.world.gives_up(&sent, refusal);
            check(&reply);
            reply.fails(status, code, "");
        }
        let broken =
            ["", "7", "[]", "{", "{}{}", r#"{"name":"a","name":"b"}"#, "{\"a\":\"\u{1}\"}"];
        for body in broken {
            bills.ask(method, path, body).fails(400, "validation", "");
        }
    }
}

/// Reading 165: without a token everybody on this machine, with one its bearer, and nobody from
/// elsewhere without one.
#[test]
fn a_token_is_asked_for_where_there_is_one() {
    let ask = |tmf_token: Option<&str>, exposed: bool, header: &str| {
        let auth = Auth { tmf_token: tmf_token.map(Secret::new), exposed, ..Auth::default() };
        let api = Api::new(Arc::new(Store::in_memory().unwrap()), auth).unwrap();
        let request = request("GET", &format!("{ROOT}/billingAccount"), "");
        wait(api.answer(with_header(request, "authorization", header)))
    };
    for (token, exposed, header, status) in [
        (None, false, "", 200),
        (None, false, "Bearer whatever", 200),
        (None, true, "", 401),
        (None, true, "Bearer s3cret", 401),
        (Some("s3cret"), false, "", 401),
        (Some("s3cret"), false, "Bearer other", 401),
        (Some("s3cret"), false, "Bearer s3cret", 200),
        (Some("s3cret"), true, "bearer s3cret", 200),
    ] {
        let response = ask(token, exposed, header);
        assert_eq!(response.status, status, "{token:?} {exposed} {header}");
        let Body::Whole(body) = response.body else { unreachable!() };
        if status == 401 {
            assert_eq!(response.headers["www-authenticate"], "Bearer");
            let error: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((&error["code"], &error["status"]), (&"unauthorized".into(), &"401".into()));
        }
    }
}

/// Reading 215: what a resource is called follows from the request, and from nothing that anybody
/// in between claims.
#[test]
fn a_link_leads_to_where_the_request_went() {
    let bills = Bills::new();
    for (hosts, secure, root) in [
        (&["bills.example.com"][..], false, "http://bills.example.com"),
        (&["bills.example.com:8443"], true, "https://bills.example.com:8443"),
        (&["[::1]:8080"], false, "http://[::1]:8080"),
        (&[""], false, ""),
        (&["a b"], false, ""),
        (&["a/b"], false, ""),
        (&["user@host"], false, ""),
        (&["a\"b"], false, ""),
        (&["one", "two"], false, ""),
    ] {
        let mut request = request("GET", &format!("{ROOT}/billingAccount/65"), "");
        request.secure = secure;
        for (name, value) in
            [("x-forwarded-proto", "gopher"), ("forwarded", "host=evil.example.com;proto=gopher")]
        {
            request = with_header(request, name, value);
        }
        for host in hosts {
            request.headers.append("host", host.parse().unwrap());
        }
        let href = bills.answer(request).at("/href");
        assert_eq!(href, format!("{root}{ROOT}/billingAccount/65"), "{hosts:?}");
    }
}

/// `serve --mount tmf=…`: hrefs and Location stand where the API stands.
#[test]
fn a_link_leads_to_where_the_api_is_mounted() {
    let mounts = Mounts::from_flags(&["tmf=/api/billingManagement/v2".to_owned()]).unwrap();
    let store = Arc::new(Store::in_memory().unwrap());
    let api = Api::mounted(store, Auth::default(), &mounts).unwrap();
    let post = request("POST", "/api/billingManagement/v2/billingAccount/", received("{}"));
    let created = wait(api.answer(with_header(post, "host", "h")));
    let href = "http://h/api/billingManagement/v2/billingAccount/1";
    assert_eq!(created.headers["location"], href);
    let Body::Whole(body) = created.body else { unreachable!() };
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["href"], href);
}

/// Reading 218: a date of RFC 9110, of the last write; HEAD has the headers of GET.
#[test]
fn an_item_tells_when_it_was_last_written() {
    let bills = Bills::new();
    let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let began = now();
    std::thread::sleep(Duration::from_millis(1100));
    let before = bills.get("billingAccount/65").header("last-modified").to_owned();
    assert!((began.saturating_sub(10)..=now()).any(|time| http_date(time) == before), "{before}");
    let patched = bills.ask("PATCH", "billingAccount/65", r#"{"name":"another"}"#);
    let after = patched.header("last-modified").to_owned();
    assert_ne!(after, before);
    for method in ["GET", "HEAD"] {
        let reply = bills.ask(method, "billingAccount/65", "");
        assert_eq!(reply.header("last-modified"), after, "{method}");
    }
}
