//! Whoever calls may be anybody: the listener hears whom it knows, and is held up by nobody.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Listener;
use crate::harness::subject::{Target, TargetFlags};
use crate::harness::suite::{Listen, Suite};
use crate::harness::wire::client::Client;
use crate::harness::wire::message::{Request, Room};
use crate::harness::wire::{Allowance, EndAsked, Patience};

/// A listener that holds calls of up to 1600 bytes and waits for a moment.
fn listener() -> Listener {
    let flags = TargetFlags {
        url: Some("http://127.0.0.1:1".to_owned()),
        apis: vec!["tmf".to_owned()],
        listen: Some("127.0.0.1:0".to_owned()),
        ..TargetFlags::default()
    };
    let target = Target::resolve(&Suite::embedded().unwrap(), &flags).unwrap();
    let allowance = Allowance { answer: 1600, ..Allowance::default() };
    let client = Client::new(&target, Patience::default(), allowance, 1).unwrap();
    let mut listening = target.listening.unwrap();
    listening.timeout = Duration::from_millis(300);
    Listener::bind(&listening, Arc::new(client), EndAsked::default()).unwrap()
}

/// What is answered to these bytes: the status, or nothing.
fn answered(address: SocketAddr, bytes: &str) -> Option<u16> {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.write_all(bytes.as_bytes()).unwrap();
    let mut answer = String::new();
    // The rest of what was not read may end the connection.
    let _ = socket.read_to_string(&mut answer);
    let last = answer.rsplit("HTTP/1.1 ").next()?;
    last.get(..3)?.parse().ok()
}

fn heard(listener: &Listener, listen: &Listen) -> Value {
    let request = Request {
        method: Listen::METHOD.to_owned(),
        url: listen.at.clone(),
        headers: Vec::new(),
        credential: None,
        body: Some(serde_json::to_vec(listen).unwrap()),
        room: Room::Thing,
    };
    serde_json::from_slice(&listener.answer(&request).unwrap().body).unwrap()
}

fn listen(listener: &Listener, more: Value) -> Listen {
    let mut listen = json!({"at": format!("{}/token", listener.url)});
    listen.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(listen).unwrap()
}

#[test]
fn a_call_is_heard_however_it_is_framed_and_nobody_who_does_not_know_a_callback() {
    let listener = listener();
    assert_eq!(heard(&listener, &listen(&listener, json!({}))), json!([]));
    let sized = |path: &str, body: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    let chunked = "POST /token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3;x=y\r\n{\"a\r\n4\r\n\":2}\r\n0\r\n\r\n";
    let asked = "POST /token HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
    let long = "x".repeat(1601);
    let values = format!("[{}]", vec!["1"; 200].join(","));
    for (bytes, status, below, body) in [
        (sized("/token", r#"{"a":1}"#), Some(201), Some(""), json!({"a": 1})),
        (chunked.to_owned(), Some(201), Some(""), json!({"a": 2})),
        (asked.to_owned(), Some(201), Some(""), json!({})),
        (sized("/listener/token/more?x=1", "no JSON"), Some(201), Some("/more"), json!("no JSON")),
        ("GET /token HTTP/1.0\r\n\r\n".to_owned(), Some(405), Some(""), Value::Null),
        (sized("/token", &long), Some(413), Some(""), Value::Null),
        (sized("/token", &values), Some(413), Some(""), Value::Null),
        (sized("/tokens", "{}"), Some(404), None, Value::Null),
        (sized("/", "{}"), Some(404), None, Value::Null),
        ("no HTTP at all\r\n\r\n".to_owned(), Some(400), None, Value::Null),
        (
            format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20 << 10)),
            Some(431),
            None,
            Value::Null,
        ),
    ] {
        let before = heard(&listener, &listen(&listener, json!({}))).as_array().unwrap().len();
        let start = &bytes[..bytes.len().min(60)];
        assert_eq!(answered(listener.address, &bytes), status, "{start}");
        let calls = heard(&listener, &listen(&listener, json!({})));
        let new = calls.as_array().unwrap().get(before);
        assert_eq!(new.map(|call| call["below"].as_str().unwrap()), below, "{start}");
        if let Some(call) = new {
            assert_eq!((&call["body"], call["answered"].as_u64()), (&body, status.map(u64::from)));
        }
    }
}

/// A run stood still until everybody had hung up who had called and said nothing.
#[test]
fn who_says_nothing_holds_up_nobody() {
    let listener = listener();
    heard(&listener, &listen(&listener, json!({})));
    let silent: Vec<_> = (0..200).map(|_| TcpStream::connect(listener.address).unwrap()).collect();
    let start = Instant::now();
    let body = r#"{"eventId":"1","event":{"billingAccount":{"id":7,"state":"Closed"}}}"#;
    let call = format!("POST /token HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    assert_eq!(answered(listener.address, &call), Some(201));
    let until = json!({"says": {"/event/billingAccount/state": "closed"}});
    let calls = heard(&listener, &listen(&listener, json!({"about": "7", "until": until})));
    assert_eq!(calls.as_array().unwrap().len(), 1, "{calls}");
    assert!(start.elapsed() < super::connection::LONGEST, "{:?}", start.elapsed());
    drop(silent);
}

#[test]
fn a_listener_hears_of_its_own_resource_and_answers_as_it_was_told() {
    let listener = listener();
    heard(&listener, &listen(&listener, json!({"about": "7", "answers": [503]})));
    let event = |id: &str, of: &str| {
        let body = json!({"eventId": id, "event": {"billingAccount": {"id": of}}}).to_string();
        format!("POST /token HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    for (id, of, status) in [("1", "8", 201), ("2", "7", 503), ("2", "7", 201), ("3", "7", 201)] {
        assert_eq!(answered(listener.address, &event(id, of)), Some(status), "{id}");
    }
    let ids = |listen: Listen| -> Vec<String> {
        let calls = heard(&listener, &listen);
        let calls = calls.as_array().unwrap().iter();
        calls.map(|call| call["body"]["eventId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(listen(&listener, json!({"about": "7"}))), ["2", "2", "3"]);
    assert_eq!(ids(listen(&listener, json!({"about": "7", "once": true}))), ["2", "3"]);
    listener.forget(&format!("{}/token", listener.url));
    assert_eq!(answered(listener.address, &event("4", "7")), Some(404));
}
