//! What every client may rely on, whatever API it speaks to: answers in order, none lost, and a
//! stop that loses none either.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/tiny.rs"]
mod tiny;

use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use etalon::server::Limits;
use raw::{Answer, Raw, field};
use tiny::{BODY_LIMIT, CREDENTIALS, SLOW, Served};

const SHORT: Duration = Duration::from_millis(300);

fn start(limits: Limits) -> Served {
    Served::start(limits, None)
}

fn connect(served: &Served) -> Raw {
    Raw::connect(served.addr).unwrap()
}

fn request(line: &str, fields: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: x\r\n{CREDENTIALS}\r\n{fields}\r\n")
}

fn exchange(client: &mut Raw, line: &str, fields: &str, body: &str) -> Answer {
    client.send(request(line, fields) + body).unwrap();
    client.answer().unwrap()
}

fn ask(client: &mut Raw, line: &str) -> Answer {
    exchange(client, line, "", "")
}

#[test]
fn an_answer_has_its_length_and_date_and_the_connection_stays() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    for _ in 0..3 {
        let answer = ask(&mut client, "GET /");
        assert_eq!((answer.status, answer.body.len()), (200, 1000));
        assert!(field(&answer.head, "date").is_some(), "{}", answer.head);
        assert_eq!(field(&answer.head, "connection"), None);
    }
}

#[test]
fn head_has_the_length_of_get_and_no_body() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    client.send(request("HEAD /", "")).unwrap();
    let head = client.head().unwrap();
    assert_eq!(field(&head, "content-length"), Some("1000"));
    client.send(request("HEAD /long", "")).unwrap();
    client.head().unwrap();
    assert_eq!(ask(&mut client, "GET /").body.len(), 1000, "bytes between the two answers");
}

#[test]
fn a_body_arrives_whole_however_it_is_framed() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    let body = "0123456789abcdef".repeat(BODY_LIMIT / 16);
    let length = format!("Content-Length: {BODY_LIMIT}\r\n");
    let answer = exchange(&mut client, "POST /echo", &length, &body);
    assert_eq!((answer.status, answer.body), (200, body.clone().into_bytes()));
    let mut chunks: String = body.as_bytes().chunks(1000).fold(String::new(), |chunks, chunk| {
        chunks + &format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk))
    });
    chunks += "0\r\n\r\n";
    let answer = exchange(&mut client, "POST /echo", "Transfer-Encoding: chunked\r\n", &chunks);
    assert_eq!((answer.status, answer.body), (200, body.into_bytes()));
}

#[test]
fn a_body_is_asked_for_only_when_it_is_wanted() {
    let served = start(Limits::default());
    let expect = |length| format!("Expect: 100-continue\r\nContent-Length: {length}\r\n");
    let mut client = connect(&served);
    client.send(request("POST /echo", &expect(4))).unwrap();
    assert!(client.head().unwrap().starts_with("http/1.1 100 "));
    client.send("body").unwrap();
    assert_eq!(client.answer().unwrap().body, b"body");
    assert_eq!(exchange(&mut client, "POST /echo", &expect(BODY_LIMIT + 1), "").status, 413);
    assert!(client.closed());
}

#[test]
fn a_refusal_without_a_body_to_read_keeps_the_connection() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert_eq!(client.answer().unwrap().status, 401);
    assert_eq!(ask(&mut client, "GET /").status, 200);
}

#[test]
fn a_client_of_http_1_0_is_answered_and_the_connection_closes() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    client.send(format!("GET / HTTP/1.0\r\n{CREDENTIALS}\r\n\r\n")).unwrap();
    assert_eq!(client.answer().unwrap().body.len(), 1000);
    assert!(client.closed());
}

#[test]
fn a_head_within_the_limit_is_served_and_a_longer_one_is_answered_431() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    let field = |length| format!("X-Field: {}\r\n", "x".repeat(length));
    assert_eq!(exchange(&mut client, "GET /", &field(30 * 1024), "").status, 200);
    assert_eq!(exchange(&mut client, "GET /", &field(33 * 1024), "").status, 431);
    assert!(client.closed());
}

#[test]
fn a_panic_is_answered_in_the_form_of_the_api_and_costs_one_connection() {
    let served = start(Limits::default());
    let (mut client, mut other) = (connect(&served), connect(&served));
    assert_eq!(ask(&mut other, "GET /").status, 200);
    let answer = ask(&mut client, "POST /panic?x=y");
    assert_eq!((answer.status, answer.body.as_slice()), (500, &b"POST /panic: Broken"[..]));
    assert!(client.closed());
    assert_eq!(ask(&mut other, "GET /").status, 200);
}

#[test]
fn a_long_answer_is_whole_and_a_torn_one_cannot_be_taken_for_it() {
    let served = start(Limits::default());
    let mut client = connect(&served);
    assert_eq!(ask(&mut client, "GET /long").body.len(), 64_000 * 1024);
    assert_eq!(ask(&mut client, "GET /").status, 200);
    client.send(request("GET /short", "")).unwrap();
    client.answer().expect_err("a torn answer has no last chunk");
}

/// Who closes its side after the last request, as `nc -N` does, had the customer stored and was told
/// nothing.
#[test]
fn a_client_that_has_said_all_is_still_answered() {
    let served = start(Limits::default());
    let posted = |path| request(&format!("POST {path}"), "Content-Length: 4\r\n") + "body";
    for (sent, lengths) in [
        (request("GET /", ""), vec![1000]),
        (posted("/slow"), vec![4]),
        (request("GET /long", ""), vec![64_000 * 1024]),
        (posted("/slow") + &request("GET /", "") + &posted("/slow"), vec![4, 1000, 4]),
        // What was not said whole is not answered by half.
        (request("GET /", "") + "GET / HT", vec![1000]),
    ] {
        let mut client = connect(&served);
        client.send(&sent).unwrap();
        client.say_no_more().unwrap();
        for length in lengths {
            let answer = client.answer().unwrap();
            assert_eq!((answer.status, answer.body.len()), (200, length), "{sent}");
        }
        assert!(client.closed(), "{sent}");
    }
    let mut client = connect(&served);
    client.send(request("POST /echo", "Content-Length: 4\r\n") + "bo").unwrap();
    client.say_no_more().unwrap();
    let answer = client.answer().ok();
    assert!(answer.is_none_or(|answer| answer.status == 400) && client.closed());
}

#[test]
fn an_idle_connection_is_closed_after_its_time_and_not_before() {
    let served = start(Limits { keep_alive: SHORT, header_time: SHORT / 2, ..Limits::default() });
    let mut client = connect(&served);
    assert_eq!(ask(&mut client, "GET /").status, 200);
    sleep(SHORT.mul_f32(0.7));
    assert_eq!(ask(&mut client, "GET /").status, 200);
    let since = Instant::now();
    assert!(client.closed());
    assert!(since.elapsed() >= SHORT.mul_f32(0.9), "{:?}", since.elapsed());
    assert!(since.elapsed() < SHORT * 4, "{:?}", since.elapsed());
}

#[test]
fn a_head_that_begins_after_an_answer_has_the_time_of_a_head_only() {
    let served = start(Limits { header_time: SHORT, ..Limits::default() });
    let mut client = connect(&served);
    assert_eq!(ask(&mut client, "GET /").status, 200);
    client.send("GET / HT").unwrap();
    let since = Instant::now();
    assert!(client.closed());
    assert!(since.elapsed() >= SHORT.mul_f32(0.9), "{:?}", since.elapsed());
    assert!(since.elapsed() < SHORT * 4, "{:?}", since.elapsed());
}

#[test]
fn no_time_runs_against_a_client_that_waits_for_us() {
    let limit = SLOW / 4;
    let served = start(Limits {
        first_byte: limit,
        header_time: limit,
        body_time: limit,
        keep_alive: limit,
        write_stall: limit,
        ..Limits::default()
    });
    let mut client = connect(&served);
    let answer = exchange(&mut client, "POST /slow", "Content-Length: 4\r\n", "body");
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"body"[..]));
}

/// Whoever fills all seats and then does nothing would keep everybody out for as long as an idle
/// connection may last: a minute, and then another.
#[test]
fn over_the_cap_the_idle_ones_go_and_who_waits_for_an_answer_stays() {
    let served = start(Limits { connections: 4, ..Limits::default() });
    let mut waiting = connect(&served);
    waiting.send(request("GET /held", "")).unwrap();
    served.admitted("/held");
    let (mut idle, mut refused, mut half) = (connect(&served), connect(&served), connect(&served));
    assert_eq!(ask(&mut idle, "GET /").status, 200);
    refused.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert_eq!(refused.answer().unwrap().status, 401);
    half.send("GET / HT").unwrap();
    for _ in 0..2 {
        assert_eq!(ask(&mut connect(&served), "GET /").status, 200);
    }
    let mut newcomers: Vec<Raw> = (0..2).map(|_| connect(&served)).collect();
    for newcomer in &mut newcomers {
        assert_eq!(ask(newcomer, "GET /").status, 200);
    }
    assert!(idle.closed() && refused.closed());
    half.send(format!("TP/1.1\r\nHost: x\r\n{CREDENTIALS}\r\n\r\n")).unwrap();
    assert_eq!(half.answer().unwrap().status, 200, "who had begun a request went before the idle");
    served.let_go(1);
    assert_eq!(waiting.answer().unwrap().status, 200);
}

/// Who begins many bodies and ends none would have the server hold as many megabytes as it has
/// connections; and where that is bounded, keep the small writes of all others out.
#[test]
fn bodies_share_a_bounded_room_and_a_small_one_always_has_its_place() {
    const OWN: usize = 16 << 10;
    let bodies = 8 * OWN + BODY_LIMIT;
    let served = start(Limits { connections: 8, bodies, ..Limits::default() });
    let whole = "x".repeat(BODY_LIMIT);
    let length = |body: &str| format!("Content-Length: {}\r\n", body.len());
    let mut hogs: Vec<Raw> = (0..2).map(|_| connect(&served)).collect();
    for hog in &mut hogs {
        hog.send(request("POST /echo", &length(&whole)) + &whole[..BODY_LIMIT / 2 + OWN]).unwrap();
        served.admitted("/echo");
    }
    let mut client = connect(&served);
    // How much of what the others sent was read by now is theirs to say; soon it is all.
    let large = (0..).map(|_| {
        let mut client = connect(&served);
        exchange(&mut client, "POST /echo", &length(&whole), &whole).status
    });
    assert_eq!(large.take(20).find(|status| *status != 200), Some(503));
    for _ in 0..3 {
        let small = "x".repeat(OWN);
        assert_eq!(exchange(&mut client, "POST /echo", &length(&small), &small).status, 200);
    }
    drop(hogs);
    let again = (0..20).map(|_| {
        let mut client = connect(&served);
        exchange(&mut client, "POST /echo", &length(&whole), &whole).status
    });
    assert_eq!({ again }.find(|status| *status == 200), Some(200), "nothing was given back");
}

#[test]
fn a_stop_answers_what_is_in_flight_closes_the_rest_and_takes_nothing_new() {
    const HOUR: Duration = Duration::from_secs(3600);
    let mut served = start(Limits { grace: HOUR, ..Limits::default() });
    let (mut idle, mut silent, mut busy) = (connect(&served), connect(&served), connect(&served));
    let mut half = connect(&served);
    assert_eq!(ask(&mut idle, "GET /").status, 200);
    busy.send(request("POST /held", "Content-Length: 4\r\n") + "body").unwrap();
    half.send(request("POST /held", "Content-Length: 4\r\n") + "bo").unwrap();
    (0..2).for_each(|_| served.admitted("/held"));
    served.stop();
    // They do not wait for the others, which are answered when they are let go and not before.
    assert!(idle.closed() && silent.closed());
    assert!(TcpStream::connect(served.addr).is_err(), "a new connection was taken");
    half.send("dy").unwrap();
    served.let_go(2);
    for client in [&mut busy, &mut half] {
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"body"[..]));
        assert_eq!(field(&answer.head, "connection"), Some("close"));
        assert!(client.closed());
    }
    drop((busy, half));
    // It ends, long before the grace is over.
    served.finish();
}

#[test]
fn a_stop_gives_up_what_does_not_end_within_the_grace() {
    let mut served = start(Limits { grace: SHORT, ..Limits::default() });
    let mut client = connect(&served);
    client.send(request("GET /stuck", "")).unwrap();
    sleep(SHORT / 3);
    let since = Instant::now();
    served.finish();
    assert!(since.elapsed() >= SHORT.mul_f32(0.9), "{:?}", since.elapsed());
    assert!(since.elapsed() < SHORT * 4, "{:?}", since.elapsed());
    assert!(client.closed());
}
