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
        // Who only looks whether there is anybody tells of nothing.
        ("GET /token HTTP/1.0\r\n\r\n".to_owned(), Some(405), None, Value::Null),
        (sized("/token", ""), Some(201), None, Value::Null),
        (sized("http://a:1/token/x", "1"), Some(201), Some("/x"), json!(1)),
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
            let above = bytes.contains("/listener/").then_some("/listener");
            assert_eq!(call.get("above").and_then(Value::as_str), above, "{start}");
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
    // A target that tells one thing at a time told nobody anything more until it gave up on a callback
    // that was done with, and had no way to be deleted.
    listener.forget(&format!("{}/token", listener.url));
    assert_eq!(answered(listener.address, &event("4", "7")), Some(201));
    assert!(ids(listen(&listener, json!({}))).is_empty());
}

/// What lets a target in at its listeners stood in archives and bundles, under any name but three.
#[test]
fn of_the_headers_that_come_those_are_kept_which_let_nobody_in() {
    let listener = listener();
    heard(&listener, &listen(&listener, json!({})));
    let call = "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nX-Api-Key: key\r\n\
                Authorization: Bearer key\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(answered(listener.address, call), Some(201));
    let calls = heard(&listener, &listen(&listener, json!({})));
    let headers = json!({
        "host": "a",
        "content-type": "application/json",
        "x-api-key": "[redacted]",
        "authorization": "[redacted]",
        "content-length": "2",
    });
    assert_eq!(calls[0]["arrived"]["headers"], headers);
}

/// A settlement note that had the id of the account was taken for an event of the account, and failed
/// whoever told of it.
#[test]
fn what_is_told_of_another_kind_is_other_cases_affair_whatever_its_id() {
    let listener = listener();
    let told = |about: &str, body: Value| {
        let at = json!({"at": format!("{}/{about}", listener.url), "about": about});
        let listen: Listen = serde_json::from_value(at).unwrap();
        let before = heard(&listener, &listen).as_array().unwrap().len();
        let body = body.to_string();
        let length = body.len();
        let call = format!("POST /{about} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}");
        assert_eq!(answered(listener.address, &call), Some(201));
        heard(&listener, &listen).as_array().unwrap().len() > before
    };
    let note = "SettlementNoteAdviceNotification";
    let change = "BillingAccountStateChangeNotification";
    for (is_heard, body) in [
        (false, json!({"eventType": note, "event": {"settlementNoteAdvice": {"id": "7"}}})),
        (
            false,
            json!({"eventType": "CustomerBillNotification", "event": {"customerBill": {"id": 7}}}),
        ),
        (false, json!({"eventType": "HubTest"})),
        (false, json!({"eventType": change, "event": {"billingAccount": {"id": "8"}}})),
        // What is wrong with these is the case's to say.
        (true, json!({"eventType": note, "event": {"billingAccount": {"id": 7}}})),
        (true, json!({"eventType": change, "event": {"account": {"id": "7"}}})),
        (true, json!({"eventType": change})),
        (true, json!({"id": "7", "state": "Closed"})),
    ] {
        assert_eq!(told("7", body.clone()), is_heard, "{body}");
    }
}

/// A change of before the case, told late and perhaps twice, failed a case on which nothing else was
/// told.
#[test]
fn what_was_heard_before_is_left_out_and_so_is_whatever_tells_of_it_again() {
    let listener = listener();
    let ids = |more: Value| -> Vec<String> {
        let calls = heard(&listener, &listen(&listener, more));
        let calls = calls.as_array().unwrap().iter();
        calls.map(|call| call["body"]["eventId"].as_str().unwrap().to_owned()).collect()
    };
    let tell = |id: &str, state: &str| {
        let account = json!({"id": "7", "state": state});
        let body = json!({"eventId": id, "event": {"billingAccount": account}}).to_string();
        let length = body.len();
        let call = format!("POST /token HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}");
        answered(listener.address, &call)
    };
    assert!(ids(json!({"about": "7"})).is_empty());
    assert_eq!(tell("0", "Defined"), Some(201));
    assert_eq!(tell("1", "Active"), Some(201));
    let until = json!({"says": {"/event/billingAccount/state": "active"}});
    assert_eq!(ids(json!({"only": true, "until": until})), ["1"]);
    assert_eq!(ids(json!({"afresh": true, "until": until})), ["0", "1"]);
    assert_eq!(tell("2", "Active"), Some(201));
    assert_eq!(ids(json!({"afresh": true})), ["2"]);
    assert!(ids(json!({"answers": [503]})).is_empty());
    // The refusal is for what is new. Whose events are all called the same tells of another all the same.
    for (id, state, status) in
        [("1", "Active", 201), ("1", "Closed", 503), ("1", "Closed", 201), ("2", "Active", 201)]
    {
        assert_eq!(tell(id, state), Some(status), "{id}, {state}");
    }
    assert_eq!(ids(json!({})), ["1", "1", "2"]);
}

/// A run on a target that told nothing waited in every step of every case.
#[test]
fn waiting_in_vain_ends_after_a_few_times_and_is_explained() {
    let listener = listener();
    let until = json!({"until": {"says": {"/eventId": "1"}}});
    let wait = || {
        let start = Instant::now();
        let calls = heard(&listener, &listen(&listener, until.clone()));
        (start.elapsed(), calls.as_array().unwrap().len())
    };
    assert_eq!(listener.why_unheard(), None);
    for _ in 0..super::MOST_IN_VAIN {
        assert!(wait().0 >= Duration::from_millis(300));
    }
    assert!(wait().0 < Duration::from_millis(300));
    assert!(listener.why_unheard().unwrap().starts_with("nothing has reached http://127.0.0.1:"));
    assert_eq!(answered(listener.address, "POST / HTTP/1.1\r\n\r\n"), Some(404));
    assert!(listener.why_unheard().unwrap().starts_with("connections have reached http://"));
    let call = "POST /token HTTP/1.1\r\nContent-Length: 15\r\n\r\n{\"eventId\":\"1\"}";
    assert_eq!(answered(listener.address, call), Some(201));
    assert_eq!(listener.why_unheard(), None);
    assert_eq!(wait().1, 1);
    // Something came, so that something may come again.
    let other = json!({"until": {"says": {"/eventId": "2"}}});
    let start = Instant::now();
    heard(&listener, &listen(&listener, other));
    assert!(start.elapsed() >= Duration::from_millis(300));
}

/// A crowd that said nothing had whoever named a callback cut off in the middle of its event.
#[test]
fn who_named_a_callback_is_not_given_up_for_strangers() {
    let listener = listener();
    heard(&listener, &listen(&listener, json!({})));
    let mut target = TcpStream::connect(listener.address).unwrap();
    target.write_all(b"POST /token HTTP/1.1\r\nContent-Length: 2\r\n\r\n").unwrap();
    let start = Instant::now();
    while !listener.shared.heard.is_called() && start.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(5));
    }
    // It is named just before it is kept.
    std::thread::sleep(Duration::from_millis(50));
    let strangers: Vec<_> =
        (0..400).map(|_| TcpStream::connect(listener.address).unwrap()).collect();
    target.write_all(b"{}").unwrap();
    let mut answer = String::new();
    target.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    drop(strangers);
}

/// What came after the body of a call reset the connection, and the answer was lost: the target told
/// again.
#[test]
fn an_answer_arrives_whatever_still_comes_after_the_call() {
    let listener = listener();
    heard(&listener, &listen(&listener, json!({})));
    for (call, rest) in [
        (
            "POST /token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
            "X: y\r\n\r\n",
        ),
        ("POST /token HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\r\n", "\r\n"),
    ] {
        let mut socket = TcpStream::connect(listener.address).unwrap();
        socket.write_all(call.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        socket.write_all(rest.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{call}: {answer}");
    }
}
