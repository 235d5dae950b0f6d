//! A server that a proxy publishes under a URL of its own.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::net::{SocketAddr, TcpListener};

use raw::{Answer, Raw, field};
use serde_json::Value;
use served::{Served, etalon};

const PREFIX: &str = "/billing";

/// A server behind a proxy: the address of the proxy, and the server.
fn published(args: &[&str]) -> (SocketAddr, Served) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let url = format!("http://{addr}{PREFIX}");
    let served = Served::start(&[&["--public-url", &url], args].concat());
    proxy::publish(listener, PREFIX, served.addr);
    (addr, served)
}

fn ask(addr: SocketAddr, line: &str, fields: &str, body: &str) -> Answer {
    let mut client = Raw::connect(addr).unwrap();
    let length = body.len();
    let token = if line.contains("/etalon/") { "etalon-admin" } else { "etalon-100" };
    client
        .send(format!(
            "{line} HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n{fields}\r\n{body}"
        ))
        .unwrap();
    client.answer().unwrap()
}

/// Every link that stands in a text of JSON, under whatever name.
fn links(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('/') || text.contains("://") => {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| links(item, found)),
        Value::Object(members) => members.values().for_each(|member| links(member, found)),
        _ => {}
    }
}

/// Whoever followed an `href` of a server behind a proxy was sent to 127.0.0.1, or to the proxy
/// without the path under which it publishes the server.
#[test]
fn every_link_leads_through_the_proxy_to_what_it_names() {
    for choice in [&[][..], &["--choice", "links=absolute", "--choice", "problem-type=absolute"]] {
        let (addr, _served) = published(choice);
        let public = format!("http://{addr}{PREFIX}");
        let mut followed = 0;
        for path in [
            "/ledger/customer/v1/100/customers/1000001?$expand=legaladdress,billingaddress",
            "/ledger/customer/v1/100/customers/1000001/surpluses",
            "/billing/usage/v1/100/invoices/2610001/subscriptions",
            "/billingManagement/billingAccount",
            "/billingManagement/customerBillFormat",
        ] {
            let answer = ask(addr, &format!("GET {PREFIX}{path}"), "", "");
            let body = String::from_utf8(answer.body).unwrap();
            assert_eq!(answer.status, 200, "{path}: {body}");
            let mut found = Vec::new();
            links(&serde_json::from_str(&body).unwrap(), &mut found);
            assert!(!found.is_empty(), "{path}: {body}");
            // What a record says of APIs that are not served is none of ours.
            let elsewhere = |link: &String| {
                let others = ["/invoice/v1", "/account/v1", ".example.com"];
                others.iter().any(|other| link.contains(other))
            };
            for link in found.into_iter().filter(|link| !elsewhere(link)) {
                let at = link.strip_prefix(&format!("http://{addr}")).unwrap_or(&link);
                assert!(at.starts_with(PREFIX), "{path} has {link}");
                let is_of_payex = at.contains("/ledger/") || at.contains("/usage/");
                assert!(at != link || is_of_payex && choice.is_empty(), "{path} has {link}");
                followed += 1;
                // Operations that write are not done here, and one adds an address that is not there.
                let status = ask(addr, &format!("GET {at}"), "", "").status;
                let is_there = [200, 405].contains(&status);
                assert!(is_there || link.ends_with("/billing-address"), "{link}: {status}");
            }
        }
        assert!(followed > 20, "{followed}");

        let refused = ask(addr, &format!("GET {PREFIX}/ledger/customer/v1/100/nothing"), "", "");
        let problem: Value = serde_json::from_slice(&refused.body).unwrap();
        let root = if choice.is_empty() { String::new() } else { format!("{public}/") };
        assert_eq!(problem["Type"], format!("{root}ledger/customer/v1/problems/not-found"));

        let new = r#"{"name":"A","relatedParty":[{"id":"1","role":"bill receiver"}]}"#;
        let path = "/billingManagement/billingAccount";
        let made = ask(addr, &format!("POST {PREFIX}{path}"), "", new);
        let location = field(&made.head, "location").unwrap_or_default().to_owned();
        assert!(location.starts_with(&format!("{public}{path}").to_lowercase()), "{}", made.head);
        for (path, body) in [("behaviours", "{\"status\":503}"), ("snapshots/start", "")] {
            let made = ask(addr, &format!("POST {PREFIX}/etalon/{path}"), "", body);
            let location = field(&made.head, "location").unwrap_or_default();
            assert!(location.starts_with(&format!("{PREFIX}/etalon/{path}")), "{}", made.head);
        }
    }
}

/// As long as the tokens are well known the host decides who is let in: the public one, which a proxy
/// may pass on, and its pages; nobody else.
#[test]
fn the_public_host_and_its_pages_are_let_in_and_no_others() {
    let served = Served::start(&["--public-url", "https://api.example:8443/billing"]);
    for (fields, status) in [
        ("Host: api.example:8443", 200),
        ("Host: API.example:8443", 200),
        ("Host: localhost", 200),
        ("Host: api.example:8443\r\nOrigin: https://api.example:8443", 200),
        ("Host: localhost\r\nOrigin: https://api.example:8443", 200),
        ("Host: api.example", 421),
        ("Host: evil.example\r\nX-Forwarded-Host: api.example:8443", 421),
        ("Host: api.example:8443\r\nOrigin: http://api.example:8443", 403),
        ("Host: api.example:8443\r\nOrigin: https://evil.example", 403),
    ] {
        let mut client = Raw::connect(served.addr).unwrap();
        let path = "/billingManagement/customerBillFormat";
        client.send(format!("GET {path} HTTP/1.1\r\n{fields}\r\n\r\n")).unwrap();
        let answer = client.answer().unwrap();
        let body = String::from_utf8(answer.body).unwrap();
        assert_eq!(answer.status, status, "{fields}: {body}");
        let public = "\"href\":\"https://api.example:8443/billing/billingManagement/customerBill";
        assert!(status != 200 || body.contains(public), "{body}");
    }
}

#[test]
fn a_public_url_that_is_none_is_refused_in_a_sentence() {
    for url in ["api.example", "https://api.example?a=b", "ftp://api.example", "https://a/b//c"] {
        let refused = etalon(&["serve", "--listen", "127.0.0.1:0", "--public-url", url]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{said}");
        assert!(said.contains("--public-url") && said.contains(url), "{said}");
    }
}

/// The judge, which follows what it is given, finds nothing wrong with a server behind a proxy.
#[test]
fn certify_says_conforms_of_the_public_url() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.ndjson");
    std::fs::write(&fixtures, etalon(&["fixtures"]).stdout).unwrap();
    let (addr, _served) = published(&["--load", &fixtures.display().to_string()]);
    let url = format!("http://{addr}{PREFIX}");
    let all = "customer,usage,gateway,tmf";
    let listen = ["--listen", "127.0.0.1:0", "--quiet"];
    let run = etalon(&[&["certify", &url, "--api", all], &listen[..]].concat());
    let said = String::from_utf8(run.stdout).unwrap();
    assert_eq!(run.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.lines().any(|line| line == "CONFORMS"), "{said}");
}
