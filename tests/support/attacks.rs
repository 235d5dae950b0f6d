//! Hostile requests, to be aimed at any server: after each, it must still answer.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::raw::{Answer, Raw};

/// What is attacked.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) addr: SocketAddr,
    /// A path whose GET is answered 200.
    pub(crate) get: &'static str,
    /// A path whose POST reads its body.
    pub(crate) post: &'static str,
    /// A path whose GET streams at least 50 MB; without one that attack is left out.
    pub(crate) long: Option<&'static str>,
    /// The field that the server wants to see, such as `Authorization: Bearer x`.
    pub(crate) credentials: &'static str,
    /// The longest body of a POST, in bytes.
    pub(crate) body_limit: usize,
    /// The server's time-outs, where they are short enough to wait for; without them the
    /// attackers leave by themselves after a moment.
    pub(crate) times: Option<Times>,
}

/// The time-outs that attackers wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) first_byte: Duration,
    pub(crate) header: Duration,
    pub(crate) body: Duration,
    pub(crate) write_stall: Duration,
}

/// Fails with a sentence where the server did other than it must.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// How late a server may be on a busy machine.
const SLACK: Duration = Duration::from_secs(3);

/// One hostile client.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Target) -> Outcome,
}

/// All of them.
pub(crate) fn attacks() -> Vec<Attack> {
    macro_rules! table {
        ($($name:literal => $run:expr,)*) => { vec![$(Attack { name: $name, run: $run }),*] };
    }
    table! {
        "a silent connection" => |target| shed(target, "", |times| times.first_byte),
        "a header that comes a byte a time" => |target| {
            shed(target, "GET / HTTP/1.1\r\n", |times| times.header)
        },
        "a body that comes a byte a time" => slow_body,
        "a body announced over the limit" => announced,
        "a body over the limit, sent all the same" => sent,
        "a chunked body over the limit" => chunked,
        "a body sent without credentials" => uninvited,
        "16 pipelined requests" => pipelined,
        "a chunk length that is none" => |target| broken_chunks(target, "zz\r\nabc\r\n"),
        "a chunk length over 64 bits" => |target| broken_chunks(target, "fffffffffffffffff\r\n"),
        "a chunk without its end" => |target| broken_chunks(target, "3\r\nabcdef\r\n0\r\n\r\n"),
        "chunk extensions without end" => |target| {
            broken_chunks(target, &format!("1;{}\r\na\r\n", "x".repeat(100_000)))
        },
        "10,000 trailer fields" => |target| {
            broken_chunks(target, &format!("0\r\n{}\r\n", "a: b\r\n".repeat(10_000)))
        },
        "Content-Length before Transfer-Encoding" => |target| {
            ambiguous(target, "Content-Length: 4\r\nTransfer-Encoding: chunked")
        },
        "Transfer-Encoding before Content-Length" => |target| {
            ambiguous(target, "Transfer-Encoding: chunked\r\nContent-Length: 4")
        },
        "two lengths" => |target| bad_head(target, "Content-Length: 3\r\nContent-Length: 4"),
        "two lengths in one field" => |target| bad_head(target, "Content-Length: 3, 4"),
        "a negative length" => |target| bad_head(target, "Content-Length: -1"),
        "a length with a sign" => |target| bad_head(target, "Content-Length: +3"),
        "a coding that is not chunked" => |target| bad_head(target, "Transfer-Encoding: xchunked"),
        "chunked before another coding" => |target| {
            bad_head(target, "Transfer-Encoding: chunked, identity")
        },
        "a space before the colon" => |target| bad_head(target, "Content-Length : 3"),
        "a NUL in a field" => |target| bad_head(target, "X-Field: a\0b"),
        "a huge field" => |target| bad_head(target, &format!("X-Field: {}", "x".repeat(1 << 20))),
        "10,000 fields" => |target| bad_head(target, &"X-Field: x\r\n".repeat(10_000)),
        "a NUL in the path" => |target| bad_start(target, "GET /a\0b HTTP/1.1\r\n\r\n"),
        "a huge path" => |target| {
            bad_start(target, &format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(1 << 20)))
        },
        "empty lines without end" => |target| bad_start(target, &"\r\n".repeat(100_000)),
        "HTTP/0.9" => |target| bad_start(target, "GET /\r\n\r\n"),
        "HTTP/2 by its preface" => |target| {
            bad_start(target, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        },
        "a TLS hello" => |target| bad_start(target, "\x16\x03\x01\x02\0\x01\0\x01\x7c\x03\x03\r\n\r\n"),
        "odd percent-encoding" => |target| {
            odd_paths(target, &["/%", "/%zz", "/%00", "/%c0%af", "/%ff", "/no?%=%", "/%25%32%65"])
        },
        "`..` in the path" => |target| {
            odd_paths(target, &["/../../etc/passwd", "/..%2f..%2fetc/passwd", "/a/./../b", "//"])
        },
        "an absolute target" => absolute,
        "a client that closes in the middle of its body" => half_body,
        "a client that never reads a long answer" => |target| never_reads(target, |_| Ok(())),
        "a client that reads a long answer a byte a time" => |target| {
            never_reads(target, |client| client.byte())
        },
    }
}

/// A GET on a new connection is answered 200.
pub(crate) fn still_answers(target: &Target) -> Outcome {
    still_usable(target, Raw::connect(target.addr)?)
}

/// A GET on this connection is answered 200.
fn still_usable(target: &Target, mut client: Raw) -> Outcome {
    client.send(request(target, "GET", target.get, ""))?;
    answered(&client.answer()?, &[200])
}

fn request(target: &Target, method: &str, path: &str, fields: &str) -> String {
    let fields = if fields.is_empty() { String::new() } else { format!("{fields}\r\n") };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n{fields}\r\n", target.credentials)
}

fn answered(answer: &Answer, statuses: &[u16]) -> Outcome {
    if statuses.contains(&answer.status) {
        return Ok(());
    }
    Err(format!("answered {} where {statuses:?} was due", answer.status).into())
}

/// One of `statuses` reaches the client, however much it was still sending, and the connection
/// closes.
fn turned_away(client: &mut Raw, statuses: &[u16]) -> Outcome {
    let answer = client.answer().map_err(|error| format!("the answer was lost: {error}"))?;
    answered(&answer, statuses)?;
    if !client.closed() {
        return Err("left open after a request whose end nobody knows".into());
    }
    Ok(())
}

/// Sends `start`, then a byte a time, until the server closes the connection. After an empty
/// start nothing follows.
fn shed(target: &Target, start: &str, limit: fn(Times) -> Duration) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    client.send(start)?;
    let Some(limit) = target.times.map(limit) else {
        return still_answers(target);
    };
    let begun = Instant::now();
    while begun.elapsed() < limit + SLACK {
        let gone = if start.is_empty() { client.closed() } else { client.send("x").is_err() };
        if gone && begun.elapsed() < limit.mul_f32(0.9) {
            return Err("closed before its time".into());
        }
        if gone {
            return Ok(());
        }
        sleep(Duration::from_millis(10));
    }
    Err("held for ever".into())
}

fn slow_body(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    client.send(request(target, "POST", target.post, "Content-Length: 1000"))?;
    let begun = Instant::now();
    let limit = target.times.map_or(Duration::from_millis(100), |times| times.body);
    while begun.elapsed() < limit {
        client.send("x")?;
        sleep(Duration::from_millis(10));
    }
    if target.times.is_none() {
        return still_answers(target);
    }
    turned_away(&mut client, &[408])?;
    if begun.elapsed() > limit + SLACK {
        return Err("held long after its time".into());
    }
    Ok(())
}

fn announced(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let length = format!("Content-Length: {}", target.body_limit + 1);
    client.send(request(target, "POST", target.post, &length))?;
    turned_away(&mut client, &[413])
}

fn sent(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let length = target.body_limit + (4 << 20);
    let fields = format!("Content-Length: {length}");
    client.send(request(target, "POST", target.post, &fields))?;
    client.send(vec![b'x'; length])?;
    turned_away(&mut client, &[413])
}

fn chunked(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    client.send(request(target, "POST", target.post, "Transfer-Encoding: chunked"))?;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..target.body_limit / 0x10000 + 32 {
        client.send(&chunk)?;
    }
    turned_away(&mut client, &[413])
}

fn uninvited(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let length = target.body_limit.min(1 << 20);
    client.send(format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n",
        target.post
    ))?;
    client.send(vec![b'x'; length])?;
    let answer = client.answer().map_err(|error| format!("the answer was lost: {error}"))?;
    answered(&answer, &[401])?;
    // Closed with the body unread, or usable with the body read; nothing between.
    let _ = client.send(request(target, "GET", target.get, ""));
    client.answer().map_or(Ok(()), |answer| answered(&answer, &[200]))
}

fn pipelined(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let odd = request(target, "GET", "/no-such-path", "");
    let even = request(target, "GET", target.get, "");
    client.send([even.as_str(), odd.as_str()].concat().repeat(8))?;
    for at in 0..16 {
        let answer = client.answer()?;
        answered(&answer, &[if at % 2 == 0 { 200 } else { 404 }])
            .map_err(|error| format!("pipelined request {at}: {error}"))?;
    }
    still_usable(target, client)
}

/// Answered 400 or cut; never answered as if the body were whole.
fn broken_chunks(target: &Target, chunks: &str) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    client.send(request(target, "POST", target.post, "Transfer-Encoding: chunked"))?;
    refused(client, chunks)
}

/// Whatever the answer, there is one only, and nothing after the body is taken for a request.
fn ambiguous(target: &Target, fields: &str) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let smuggled = request(target, "GET", target.get, "");
    client.send(request(target, "POST", target.post, fields) + "0\r\n\r\n" + &smuggled)?;
    client.answer()?;
    if !client.closed() {
        return Err("two requests were seen in one".into());
    }
    Ok(())
}

fn bad_head(target: &Target, fields: &str) -> Outcome {
    refused(Raw::connect(target.addr)?, &request(target, "POST", target.post, fields))
}

fn bad_start(target: &Target, start: &str) -> Outcome {
    refused(Raw::connect(target.addr)?, start)
}

/// The connection is closed, after 400, 414 or 431 or without an answer.
fn refused(mut client: Raw, bytes: &str) -> Outcome {
    // A server may close before it has read all of it; what counts is what it says.
    let _ = client.send(bytes);
    match client.answer() {
        Ok(answer) => {
            answered(&answer, &[400, 414, 431])?;
            if !client.closed() {
                return Err("left open after a request that is none".into());
            }
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(format!("neither answered nor closed in order: {error}").into()),
    }
}

/// Answered as any other path that is not there, on a connection that stays usable.
fn odd_paths(target: &Target, paths: &[&str]) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    for path in paths {
        client.send(request(target, "GET", path, ""))?;
        let answer = client.answer().map_err(|error| format!("{path}: {error}"))?;
        answered(&answer, &[400, 404]).map_err(|error| format!("{path}: {error}"))?;
    }
    still_usable(target, client)
}

/// A server must take the absolute form (RFC 9112 › 3.2.2).
fn absolute(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    let path = format!("http://localhost{}", target.get);
    client.send(request(target, "GET", &path, ""))?;
    answered(&client.answer()?, &[200])?;
    still_usable(target, client)
}

fn half_body(target: &Target) -> Outcome {
    let mut client = Raw::connect(target.addr)?;
    client.send(request(target, "POST", target.post, "Content-Length: 1000") + "half of it")?;
    drop(client);
    Ok(())
}

/// Eight clients ask for a long answer and take of it only what `sip` does, now and then.
fn never_reads(target: &Target, sip: fn(&mut Raw) -> io::Result<()>) -> Outcome {
    let Some(long) = target.long else {
        return Ok(());
    };
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut client = Raw::connect(target.addr)?;
        client.send(request(target, "GET", long, ""))?;
        clients.push(client);
    }
    let rest = Duration::from_millis(500);
    let until = Instant::now() + target.times.map_or(rest, |times| times.write_stall + rest);
    while Instant::now() < until {
        clients.iter_mut().try_for_each(sip)?;
        sleep(Duration::from_millis(20));
    }
    still_answers(target)?;
    if target.times.is_some() && !clients.iter_mut().all(Raw::cut) {
        return Err("waited for a client that did not read".into());
    }
    Ok(())
}
