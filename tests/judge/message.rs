//! Requests and responses as a front sees them: read whole, changed at will, written out again.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufRead, Read, Write};
use std::iter;

use serde_json::{Map, Value, json};

/// A request of the judge, or one that the front makes itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    /// As sent, without the question mark.
    pub(crate) query: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    Chunked,
    /// By a length, and the answer says that the connection ends with it.
    LengthAndClose,
    /// By a length, and the connection ends with it unannounced.
    LengthThenClosed,
    /// By a length, and interim answers come before this one.
    LengthAfterInterim,
    /// A length, and the body even after HEAD, which nobody expects.
    LengthAndBodyToHead,
}

/// Answers of which none is the last (RFC 9110, 15.2).
const INTERIM: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n\
    HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

/// An answer. Its framing is not among its headers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
}

/// The APIs, where each stands, and whether a ledger follows.
const ROOTS: [(&str, &str, bool); 4] = [
    ("customer", "/ledger/customer/v1/", true),
    ("usage", "/billing/usage/v1/", true),
    ("gateway", "/api/v01/customers", false),
    ("tmf", "/billingManagement", false),
];

const FRAMING: [&str; 3] = ["content-length", "transfer-encoding", "connection"];

impl Request {
    /// Reads the next request of a connection; none when the client has closed it.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Request>> {
        let Some((line, headers)) = head(from)? else { return Ok(None) };
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Err(io::Error::other(format!("no request line: {line}")));
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Ok(Some(Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            body: body(from, &headers)?,
            headers,
        }))
    }

    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let query = self.query.iter().map(|query| format!("?{query}")).collect::<String>();
        let mut bytes = format!("{} {}{query} HTTP/1.1\r\n", self.method, self.path).into_bytes();
        for (name, value) in &self.headers {
            if !FRAMING.contains(&name.to_ascii_lowercase().as_str()) {
                bytes.extend(format!("{name}: {value}\r\n").bytes());
            }
        }
        if !self.body.is_empty() || ["POST", "PUT", "PATCH"].contains(&self.method.as_str()) {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }

    /// Whether this is a `METHOD api/path`; the path is below the API's root or ledger, `*` stands
    /// for any one segment or method, and a last `**` for whatever follows.
    pub(crate) fn is(&self, pattern: &str) -> bool {
        let Some((method, path)) = pattern.split_once(' ') else { return false };
        let mut segments = self.segments();
        let mut wanted = path.split('/');
        (method == "*" || method == self.method)
            && loop {
                match (wanted.next(), segments.next()) {
                    (Some("**"), _) | (None, None) => break true,
                    (Some("*"), Some(_)) => {}
                    (Some(wanted), Some(segment)) if wanted == segment => {}
                    _ => break false,
                }
            }
    }

    /// The name of the API and the segments below its root or ledger: `/billing/usage/v1/100/invoices/1`
    /// is `usage`, `invoices`, `1`. What the gateway's method says anyway (`~find`) is left out, and
    /// so is what follows a last slash.
    fn segments(&self) -> impl Iterator<Item = &str> {
        let found = ROOTS.iter().find_map(|(api, root, ledgers)| {
            Some((*api, self.path.strip_prefix(root)?, usize::from(*ledgers)))
        });
        let (api, rest, ledgers) = found.unwrap_or_default();
        let below = rest.split('/').filter(|segment| !segment.is_empty());
        iter::once(api).chain(below.skip(ledgers).filter(|segment| !segment.starts_with('~')))
    }

    /// The ledger in the path.
    pub(crate) fn ledger(&self) -> &str {
        self.path.split('/').nth(4).unwrap_or_default()
    }

    /// The last segment of the path.
    pub(crate) fn last(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The same request to another ledger, by that ledger's own token.
    pub(crate) fn to_ledger(&self, ledger: &str) -> Request {
        let own = format!("/v1/{}/", self.ledger());
        let mut request = self.clone();
        request.path = self.path.replacen(&own, &format!("/v1/{ledger}/"), 1);
        request.authorize(ledger);
        request
    }

    /// Replaces the token by the one that reaches `ledger`.
    pub(crate) fn authorize(&mut self, ledger: &str) {
        for (name, value) in &mut self.headers {
            if name.eq_ignore_ascii_case("authorization") {
                *value = format!("Bearer etalon-{ledger}");
            }
        }
    }

    /// Replaces a header field; none takes it away.
    pub(crate) fn set_header(&mut self, name: &str, value: Option<&str>) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    /// Another request by the same caller.
    pub(crate) fn also(&self, method: &str, path: String, body: Option<&Value>) -> Request {
        Request {
            method: method.to_owned(),
            path,
            query: None,
            headers: self.headers.clone(),
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        }
    }

    /// The GET of the same.
    pub(crate) fn get(&self) -> Request {
        self.also("GET", self.path.clone(), None)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Changes the body, if it is a JSON object.
    pub(crate) fn edit(&mut self, edit: impl FnOnce(&mut Map<String, Value>)) {
        if let Value::Object(mut members) = self.json() {
            edit(&mut members);
            self.body = Value::Object(members).to_string().into_bytes();
        }
    }
}

impl Response {
    /// An answer with a JSON body.
    pub(crate) fn of(status: u16, media: &str, body: &Value) -> Response {
        Response {
            status,
            headers: vec![("Content-Type".to_owned(), media.to_owned())],
            body: body.to_string().into_bytes(),
            framing: Framing::Length,
        }
    }

    pub(crate) fn json_of(status: u16, body: &Value) -> Response {
        Response::of(status, "application/json", body)
    }

    pub(crate) fn empty(status: u16) -> Response {
        Response { status, headers: Vec::new(), body: Vec::new(), framing: Framing::Length }
    }

    /// A problem of the customer API.
    pub(crate) fn problem(status: u16, code: &str) -> Response {
        let body = json!({
            "Type": format!("ledger/customer/v1/problems/{code}"),
            "Title": "An error",
            "Status": status,
            "Instance": "6c9f37f5-3f5c-4b8b-9a35-5f3b7f0b1d02",
            "Detail": "It went wrong."
        });
        Response::of(status, "application/problem+json", &body)
    }

    pub(crate) fn read(from: &mut impl BufRead, head_only: bool) -> io::Result<Response> {
        let (line, headers) = head(from)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status line: {line}")))?;
        let body = if head_only { Vec::new() } else { body(from, &headers)? };
        let close = field(&headers, "connection") == Some("close");
        Ok(Response {
            status,
            body,
            headers: headers
                .into_iter()
                .filter(|(name, _)| !FRAMING.contains(&name.to_ascii_lowercase().as_str()))
                .collect(),
            framing: if close { Framing::LengthAndClose } else { Framing::Length },
        })
    }

    pub(crate) fn write(&self, to: &mut impl Write, head_only: bool) -> io::Result<()> {
        let mut bytes = match self.framing {
            Framing::LengthAfterInterim => INTERIM.to_vec(),
            _ => Vec::new(),
        };
        bytes.extend(format!("HTTP/1.1 {} \r\n", self.status).bytes());
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        if self.framing == Framing::LengthAndClose {
            bytes.extend(b"Connection: close\r\n");
        }
        let bodiless = self.status == 204 || self.status == 304;
        match self.framing {
            _ if bodiless => bytes.extend(b"\r\n"),
            Framing::Length
            | Framing::LengthAndClose
            | Framing::LengthThenClosed
            | Framing::LengthAfterInterim
            | Framing::LengthAndBodyToHead => {
                bytes.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).bytes());
                if !head_only || self.framing == Framing::LengthAndBodyToHead {
                    bytes.extend(&self.body);
                }
            }
            Framing::Chunked => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in self.body.chunks(7).filter(|_| !head_only) {
                    bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
                    bytes.extend(chunk);
                    bytes.extend(b"\r\n");
                }
                if !head_only {
                    bytes.extend(b"0\r\n\r\n");
                }
            }
        }
        to.write_all(&bytes)
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    pub(crate) fn header(&mut self, name: &str) -> Option<&mut String> {
        let found = self.headers.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    pub(crate) fn without_header(mut self, name: &str) -> Response {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn with_media(mut self, media: &str) -> Response {
        if let Some(value) = self.header("content-type") {
            media.clone_into(value);
        }
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Response {
        self.status = status;
        self
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Changes the body, if it is JSON.
    pub(crate) fn edit(mut self, edit: impl FnOnce(&mut Value)) -> Response {
        if let Ok(mut value) = serde_json::from_slice(&self.body) {
            edit(&mut value);
            self.body = value.to_string().into_bytes();
        }
        self
    }
}

/// The value of a header field.
fn field<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

type Head = (String, Vec<(String, String)>);

/// The first line and the header fields; none at the end of the connection.
fn head(from: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let fields = lines.filter_map(|line| {
        line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
    });
    Ok(Some((first, fields.collect())))
}

fn body(from: &mut impl BufRead, headers: &[(String, String)]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if field(headers, "transfer-encoding").is_some() {
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            from.take(length).read_to_end(&mut body)?;
            from.read_line(&mut String::new())?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
    let length = field(headers, "content-length").unwrap_or("0");
    body.resize(length.parse().map_err(io::Error::other)?, 0);
    from.read_exact(&mut body)?;
    Ok(body)
}
