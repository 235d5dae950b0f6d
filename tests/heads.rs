//! Heads of requests that no library reads as they come: what clients send unencoded is read, what is
//! none is refused in the form of the API.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use raw::{Answer, Raw, field};
use serde_json::Value;
use served::Served;

const ACCOUNTS: &str = "/billingManagement/billingAccount";
const TOKEN: &str = "Authorization: Bearer etalon-100";

/// A request as it is sent, and the same as it would be sent encoded.
const PAIRS: [(&str, &str); 4] = [
    (
        "billingAccountBalance.amount>5000&fields=id",
        "billingAccountBalance.amount%3E5000&fields=id",
    ),
    (
        "billingAccountBalance.amount<=5000&fields=id",
        "billingAccountBalance.amount%3C=5000&fields=id",
    ),
    ("name=\"a\"", "name=%22a%22"),
    ("name=`{a}|b^\\", "name=%60%7Ba%7D%7Cb%5E%5C"),
];

fn get(query: &str) -> String {
    format!("GET {ACCOUNTS}?{query} HTTP/1.1\r\nHost: localhost\r\nX-Raw: <\">`\r\n\r\n")
}

fn ids(answer: &Answer) -> Value {
    let body = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// TM Forum writes `date>2024`, and curl sends it so: whoever tried the document's own filter was told
/// 400 and nothing else.
#[test]
fn a_query_that_was_sent_unencoded_is_read_as_if_it_were_encoded() {
    let served = Served::start(&[]);
    let mut all = Vec::new();
    for (raw, encoded) in PAIRS {
        let mut client = Raw::connect(served.addr).unwrap();
        client.send(get(encoded)).unwrap();
        let expected = ids(&client.answer().unwrap());
        // On the same connection, and cut in two at every byte of the line.
        for at in [0, 1, 4, 5, 40, 62, 63, 64, 70] {
            let sent = get(raw);
            let at = at.min(sent.len());
            client.send(&sent[..at]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(5));
            client.send(&sent[at..]).unwrap();
            assert_eq!(ids(&client.answer().unwrap()), expected, "{raw} cut at {at}");
        }
        all.push(expected);
    }
    assert_ne!(all[0], all[1], "the filters say nothing");
    assert!(all[0].as_array().is_some_and(|found| !found.is_empty()), "{all:?}");
}

/// Bytes of a body that look like a target are a body, and what follows it is the next request,
/// wherever the network cuts.
#[test]
fn what_is_in_bodies_stays_and_what_follows_them_is_read() {
    let served = Served::start(&[]);
    let name = "GET /a?b<c HTTP/1.1 \\\"`>";
    let account =
        format!(r#"{{"name":"{name}","relatedParty":[{{"id":"1","role":"bill receiver"}}]}}"#);
    let fields = "Host: localhost\r\nContent-Type: application/json";
    let length = account.len();
    let plain = format!(
        "POST {ACCOUNTS} HTTP/1.1\r\n{fields}\r\nContent-Length: {length}\r\n\r\n{account}"
    );
    let (first, rest) = account.split_at(10);
    let chunks = format!("a\r\n{first}\r\n{:x}\r\n{rest}\r\n0\r\n\r\n", rest.len());
    let chunked = format!(
        "POST {ACCOUNTS} HTTP/1.1\r\n{fields}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
    );
    let raw = get(PAIRS[0].0);
    let mut client = Raw::connect(served.addr).unwrap();
    client.send(&raw).unwrap();
    let expected = client.answer().unwrap().body;
    let mut client = Raw::connect(served.addr).unwrap();
    for (post, behind) in [(&plain, &raw), (&chunked, &String::new()), (&plain, &raw)] {
        for size in [1, 7, 100, usize::MAX] {
            let sent = format!("{post}{behind}");
            for piece in sent.as_bytes().chunks(size.min(sent.len())) {
                client.send(piece).unwrap();
            }
            let made = client.answer().unwrap();
            let body: Value = serde_json::from_slice(&made.body).unwrap();
            assert_eq!(
                (made.status, body["name"].as_str()),
                (201, Some("GET /a?b<c HTTP/1.1 \"`>"))
            );
            if behind.is_empty() {
                client.send(&raw).unwrap();
            }
            assert_eq!(client.answer().unwrap().body, expected, "{size}");
        }
    }
    // Many at once are answered in order, each once.
    client.send(raw.repeat(40)).unwrap();
    for _ in 0..40 {
        assert_eq!(client.answer().unwrap().body, expected);
    }
}

/// A client that has a fault in its heads saw an empty answer, and its author had nothing to go by.
#[test]
fn a_head_that_cannot_be_read_is_refused_in_the_form_of_the_api_and_says_why() {
    let served = Served::start(&[]);
    let host = "Host: localhost\r\n";
    let many = "X: y\r\n".repeat(101);
    let long = "x".repeat(70_000);
    for (head, status, member, says) in [
        (format!("GET {ACCOUNTS}?a\u{1}b HTTP/1.1\r\n{host}"), 400, "message", "percent-encoded"),
        (format!("GET {ACCOUNTS} HTTP/3.0\r\n{host}"), 400, "message", "version"),
        (format!("GET {ACCOUNTS}\r\n{host}"), 400, "message", "request line"),
        (format!("G@T {ACCOUNTS} HTTP/1.1\r\n{host}"), 400, "message", "method"),
        (format!("GET {ACCOUNTS} HTTP/1.1\r\n{host}A : b\r\n"), 400, "message", "header field"),
        (format!("GET {ACCOUNTS} HTTP/1.1\r\n{host}{many}"), 431, "message", "100 header fields"),
        (format!("GET {ACCOUNTS} HTTP/1.1\r\n{host}X: {long}\r\n"), 431, "message", "too long"),
        (format!("GET {ACCOUNTS}?{long} HTTP/1.1\r\n{host}"), 414, "message", "target"),
        (format!("GET /api/v01/customers?a b HTTP/1.1\r\n{host}"), 400, "message", "request line"),
        (
            format!(
                "POST /ledger/customer/v1/100/customers HTTP/1.1\r\n{host}Content-Length: x\r\n"
            ),
            400,
            "Detail",
            "header field",
        ),
        (format!("GET /nothing HTTP/1.1\r\n{host}A\r\n"), 400, "Detail", "header field"),
        ("\u{16}\u{3}\u{1}\r\n".to_owned(), 400, "Detail", "request line"),
    ] {
        let mut client = Raw::connect(served.addr).unwrap();
        // One that is read before it is refused, so that nothing depends on being the first.
        client.send(format!("GET /etalon/health HTTP/1.1\r\n{host}\r\n{head}\r\n")).unwrap();
        assert_eq!(client.answer().unwrap().status, 200);
        let refused = client.answer().unwrap();
        let shown = String::from_utf8_lossy(&refused.body).into_owned();
        let body: Value =
            serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{head:.80}: {shown}"));
        assert_eq!(refused.status, status, "{head:.80}: {shown}");
        assert!(
            body[member].as_str().is_some_and(|text| text.contains(says)),
            "{head:.80}: {shown}"
        );
        assert_eq!(field(&refused.head, "connection"), Some("close"), "{}", refused.head);
        assert!(field(&refused.head, "date").is_some(), "{}", refused.head);
        assert!(client.closed(), "{head:.80}");
    }
    let mut client = Raw::connect(served.addr).unwrap();
    client.send(format!("HEAD {ACCOUNTS} HTTP/1.1\r\n{host}A : b\r\n\r\n")).unwrap();
    let head = client.head().unwrap();
    assert!(
        head.starts_with("http/1.1 400 ") && field(&head, "content-length") != Some("0"),
        "{head}"
    );
    assert!(client.closed(), "HEAD was answered with a body");
    // Of the rest of the machinery nothing is lost.
    let mut client = Raw::connect(served.addr).unwrap();
    let path = "/ledger/customer/v1/100/customers/1000001";
    client.send(format!("GET {path} HTTP/1.1\r\n{host}{TOKEN}\r\n\r\n")).unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
}
