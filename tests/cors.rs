//! Pages of other origins that were let in by `serve --cors`, as their browsers ask.
//! `tests/foreign_page.rs` is the same in a real browser.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use raw::{Answer, Raw, field};
use served::{Served, command, etalon};

const APP: &str = "https://app.example";
const CUSTOMER: &str = "/ledger/customer/v1/100/customers/1000001";
const ACCOUNTS: &str = "/billingManagement/billingAccount";

fn ask(served: &Served, line: &str, fields: &str, body: &str) -> Answer {
    let fields: String = fields.split(';').map(|field| format!("{}\r\n", field.trim())).collect();
    let length = body.len();
    let mut client = Raw::connect(served.addr).unwrap();
    let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n");
    client.send(format!("{head}{fields}\r\n{body}")).unwrap();
    client.answer().unwrap()
}

/// A browser asks before it sends a token, so a server that wanted one then could be used by no page;
/// and leave for more than the documents have would be leave to try.
#[test]
fn leave_is_given_without_a_token_for_what_is_documented_and_nothing_else() {
    let served = Served::start(&["--cors", APP, "--cors", "http://localhost:3000"]);
    for (path, method, status, methods) in [
        (CUSTOMER, "PATCH", 204, "GET, PATCH, HEAD"),
        (CUSTOMER, "HEAD", 204, "GET, PATCH, HEAD"),
        (CUSTOMER, "DELETE", 405, ""),
        (CUSTOMER, "get", 405, ""),
        ("/ledger/customer/v1/100/customers", "POST", 204, "POST"),
        ("/ledger/customer/v1/999/customers/1", "GET", 204, "GET, PATCH, HEAD"),
        ("/ledger/customer/v1/100/nothing", "GET", 404, ""),
        ("/ledger/customer/v1", "GET", 404, ""),
        ("/api/v01/customers", "PUT", 204, "GET, PUT, HEAD"),
        ("/api/v01/customers/1/~load", "GET", 204, "GET, HEAD"),
        ("/api/v01/customers/1", "DELETE", 405, ""),
        (ACCOUNTS, "POST", 204, "GET, POST, HEAD"),
        ("/billingManagement/billingAccount/65", "PATCH", 204, "GET, PATCH, HEAD"),
        ("/billingManagement/nothing", "GET", 404, ""),
        ("/etalon/records", "DELETE", 204, "GET, HEAD, POST, DELETE"),
        ("/etalon/nothing", "GET", 404, ""),
        ("/nothing", "GET", 404, ""),
    ] {
        let fields = format!(
            "Origin: {APP};Access-Control-Request-Method: {method};\
             Access-Control-Request-Headers: authorization,x-other"
        );
        let answer = ask(&served, &format!("OPTIONS {path}"), &fields, "");
        let asked = format!("{method} {path}: {}", answer.head);
        let of = |name| field(&answer.head, name).unwrap_or_default();
        assert_eq!(answer.status, status, "{asked}");
        assert_eq!(of("access-control-allow-methods"), methods.to_lowercase(), "{asked}");
        assert_eq!(of("access-control-allow-origin"), APP, "{asked}");
        assert_eq!(of("vary"), "origin", "{asked}");
        if status == 204 {
            let headers = of("access-control-allow-headers");
            assert_eq!(headers, "accept, authorization, content-type", "{asked}");
            assert_eq!(of("access-control-max-age"), "600", "{asked}");
        }
        assert_eq!(of("access-control-allow-private-network"), "", "{asked}");
        assert_eq!(of("access-control-allow-credentials"), "", "{asked}");
    }
    let private = format!(
        "Origin: {APP};Access-Control-Request-Method: GET;Access-Control-Request-Private-Network: true"
    );
    let answer = ask(&served, &format!("OPTIONS {CUSTOMER}"), &private, "");
    assert_eq!(field(&answer.head, "access-control-allow-private-network"), Some("true"));
    // What is no question is answered as it always was.
    for fields in [&*format!("Origin: {APP}"), "Access-Control-Request-Method: GET"] {
        let answer = ask(&served, &format!("OPTIONS {CUSTOMER}"), fields, "");
        assert_eq!(answer.status, 401, "{fields}: {}", answer.head);
    }
    // A name that leads here after the page was loaded is another host whatever page asks.
    let rebound = format!("OPTIONS http://evil.example{CUSTOMER}");
    let fields = format!("Origin: {APP};Access-Control-Request-Method: GET");
    assert_eq!(ask(&served, &rebound, &fields, "").status, 421);
}

/// A page that cannot read the error it got shows "network error" to whoever looks for the fault.
#[test]
fn every_answer_is_shown_to_a_page_that_is_let_in_and_to_no_other() {
    let served = Served::start(&["--cors", "https://App.Example:443/", "--cors", "http://b:81"]);
    let token = "Authorization: Bearer etalon-100";
    let json = "Content-Type: application/json";
    let mut names = std::collections::BTreeSet::new();
    for (line, fields, body, status) in [
        (&*format!("GET {CUSTOMER}"), token.to_owned(), "", 200),
        (&format!("HEAD {CUSTOMER}"), token.to_owned(), "", 200),
        (&format!("GET {CUSTOMER}"), "X-None: 1".to_owned(), "", 401),
        (&format!("PUT {CUSTOMER}"), token.to_owned(), "", 405),
        (&format!("PATCH {CUSTOMER}"), format!("{token};{json}"), "{", 400),
        (&format!("PATCH {CUSTOMER}"), format!("{token};Content-Type: text/plain"), "{}", 415),
        (&format!("PATCH {CUSTOMER}"), format!("{token};{json}"), "{}", 204),
        ("GET /api/v01/customers?id=1", "X-None: 1".to_owned(), "", 200),
        (&format!("GET {ACCOUNTS}"), "X-None: 1".to_owned(), "", 200),
        ("GET /billingManagement/billingAccount/65", "X-None: 1".to_owned(), "", 200),
        (
            &format!("POST {ACCOUNTS}"),
            json.to_owned(),
            r#"{"name":"A","relatedParty":[{"id":"1","role":"bill receiver"}]}"#,
            201,
        ),
        ("GET /nothing", "X-None: 1".to_owned(), "", 404),
        ("GET /etalon/health", "X-None: 1".to_owned(), "", 200),
        ("GET /etalon/records", "Authorization: Bearer etalon-admin".to_owned(), "", 200),
    ] {
        let head = |origin: &str| {
            let mut client = Raw::connect(served.addr).unwrap();
            let length = body.len();
            let fields = format!("{fields};Origin: {origin};Sec-Fetch-Site: cross-site");
            let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}");
            let fields = fields.replace(';', "\r\n");
            client.send(format!("{head}\r\n{fields}\r\n\r\n{body}")).unwrap();
            client.head().unwrap()
        };
        for origin in ["https://app.example", "http://b:81"] {
            let head = head(origin);
            assert!(head.starts_with(&format!("http/1.1 {status} ")), "{line}: {head}");
            assert_eq!(field(&head, "access-control-allow-origin"), Some(origin), "{line}");
            assert_eq!(field(&head, "vary"), Some("origin"), "{line}");
            names.extend(
                head.lines()
                    .skip(1)
                    .filter_map(|line| line.split_once(": ").map(|(name, _)| name.to_owned())),
            );
        }
        let refused = head("https://evil.example");
        assert!(refused.starts_with("http/1.1 403 "), "{line}: {refused}");
        assert_eq!(field(&refused, "access-control-allow-origin"), None, "{line}");
        assert_eq!(field(&refused, "vary"), Some("origin"), "{line}");
    }
    // Whatever an answer says in a header a page can read: what every page sees (Fetch ›
    // CORS-safelisted response-header name), what HTTP is about, and what is exposed.
    let exposed = "allow, etalon-behaviour, link, location, retry-after, www-authenticate, x-request-id, \
                   x-result-count, x-total-count";
    let answer = ask(&served, &format!("GET {CUSTOMER}"), &format!("{token};Origin: {APP}"), "");
    assert_eq!(field(&answer.head, "access-control-expose-headers"), Some(exposed));
    let seen = ["content-length", "content-type", "last-modified", "date", "connection", "vary"];
    let hidden: Vec<_> = names
        .iter()
        .filter(|name| !seen.contains(&name.as_str()) && !exposed.contains(name.as_str()))
        .filter(|name| !name.starts_with("access-control-") && *name != "transfer-encoding")
        .collect();
    assert!(hidden.is_empty(), "{hidden:?} cannot be read by a page");
    assert!(["location", "x-total-count"].iter().all(|name| names.contains(*name)), "{names:?}");
}

#[test]
fn a_star_lets_in_every_page_and_is_warned_of_where_everybody_knows_the_credentials() {
    let served = Served::start(&["--cors", "*"]);
    for origin in ["https://evil.example", "null"] {
        let answer = ask(&served, &format!("GET {ACCOUNTS}"), &format!("Origin: {origin}"), "");
        assert_eq!(answer.status, 200);
        assert_eq!(field(&answer.head, "access-control-allow-origin"), Some("*"));
    }
    let named = ["--token", "100=env:T", "--gateway-user", "u:env:T", "--tmf-token", "env:T"];
    for (args, warned) in [
        (&["--cors", "*"][..], true),
        (&["--cors", APP], false),
        (&[&["--cors", "*"], &named[..]].concat(), false),
    ] {
        // It ends for want of a file, before which it has told what it has to.
        let output = command(&["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .args(["--load", "no-such-file"])
            .env("T", "s3cret")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains("every site"), warned, "{args:?}: {said}");
    }
}

#[test]
fn an_origin_that_is_none_is_refused_in_a_sentence() {
    for origin in ["app.example", "https://app.example/page", "null", "https://*.example"] {
        let refused = etalon(&["serve", "--listen", "127.0.0.1:0", "--cors", origin]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("--cors") && said.contains(origin), "{said}");
    }
}
