//! A listener to events: a server of HTTP that answers as it is told, and tells what it heard.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::Value;

/// A call, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The request line and the header fields, as they came.
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The id of the event.
    pub(crate) fn id(&self) -> String {
        self.at("/eventId").to_string()
    }
}

/// What a listener does with a call.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This status, and no body.
    Status(u16),
    /// 302 to this URL.
    Redirect(String),
    /// These bytes, and the end of the connection; nothing at all where there are none.
    Bytes(&'static str),
    /// These bytes, and then the same piece again and again.
    Endless(&'static str),
    /// A byte now and then.
    Slow,
    /// Nothing, while the connection stays.
    Silence,
}

pub(crate) struct Listener {
    pub(crate) addr: SocketAddr,
    heard: Receiver<Call>,
    /// The most bytes that one connection has taken.
    taken: Arc<AtomicU64>,
}

impl Listener {
    /// Starts one that always answers so.
    pub(crate) fn start(answer: Answer) -> Self {
        Self::answering(move |_| answer.clone())
    }

    /// Starts one that answers each call as `answer` says.
    pub(crate) fn answering(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (hear, heard) = channel();
        let (answer, taken) = (Arc::new(answer), Arc::new(AtomicU64::new(0)));
        let most = Arc::clone(&taken);
        spawn(move || {
            for client in listener.incoming().flatten() {
                let (hear, answer, most) = (hear.clone(), Arc::clone(&answer), Arc::clone(&most));
                // Whoever calls may go away at any time.
                spawn(move || drop(serve(client, &hear, &*answer, &most)));
            }
        });
        Self { addr, heard, taken }
    }

    /// Its URL, with a query.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/listener?key=secret", self.addr)
    }

    /// The next call.
    pub(crate) fn hears(&self) -> Call {
        self.heard.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// A call that comes within that time, if one does.
    pub(crate) fn hears_within(&self, time: Duration) -> Option<Call> {
        self.heard.recv_timeout(time).ok()
    }

    /// The calls that nobody has asked for yet.
    pub(crate) fn heard(&self) -> Vec<Call> {
        self.heard.try_iter().collect()
    }

    /// The most bytes of an answer that one connection has taken, those on the way included.
    pub(crate) fn most_taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

fn serve(
    client: TcpStream,
    hear: &Sender<Call>,
    answer: &dyn Fn(&Call) -> Answer,
    most: &AtomicU64,
) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let call = read(&mut client)?;
    let answer = answer(&call);
    let _ = hear.send(call);
    let out = client.get_mut();
    match answer {
        Answer::Status(status) => {
            write!(out, "HTTP/1.1 {status} Said\r\nContent-Length: 0\r\n\r\n")
        }
        Answer::Redirect(to) => {
            write!(out, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
        }
        Answer::Bytes(bytes) => out.write_all(bytes.as_bytes()),
        Answer::Endless(begin) => {
            out.write_all(begin.as_bytes())?;
            let (piece, mut taken) = ([b'x'; 16 << 10], 0);
            loop {
                out.write_all(&piece)?;
                taken += piece.len() as u64;
                most.fetch_max(taken, Ordering::Relaxed);
            }
        }
        Answer::Slow => {
            for byte in "HTTP/1.1 200 OK\r\nX: ".bytes().chain(std::iter::repeat(b'x')) {
                out.write_all(&[byte])?;
                sleep(Duration::from_millis(500));
            }
            Ok(())
        }
        Answer::Silence => {
            // Until the other goes away.
            while client.read(&mut [0; 64])? > 0 {}
            Ok(())
        }
    }
}

/// Reads a request with a length.
pub(crate) fn read(client: &mut impl BufRead) -> io::Result<Call> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    Ok(Call { head, body: serde_json::from_slice(&body).unwrap_or_default() })
}
