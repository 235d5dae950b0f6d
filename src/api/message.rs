//! A request and a response as the API sees them: no socket, no runtime.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::error::ApiError;

/// A request whose body has been read whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method as sent.
    pub method: Method,
    /// The path as sent: percent-encoding untouched, without the query.
    pub path: String,
    /// What followed the first `?`, untouched; `None` without one.
    pub query: Option<String>,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body; empty where none was sent.
    pub body: Bytes,
    /// Whether it came over TLS.
    pub secure: bool,
}

/// A response, complete but for pages that are still to be read.
pub struct Response {
    /// The status code.
    pub status: StatusCode,
    /// The header fields, without Content-Length and Date: the socket adds those.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// The body of a response.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Pieces that are produced while they are sent.
    Pages(Pages),
    /// Pieces that come when there is something to tell.
    Live(Next),
    /// One that is not sent as it is, since the server was told to misbehave.
    Altered(Box<Altered>),
}

/// A body, and how it is sent.
pub struct Altered {
    /// The body.
    pub body: Body,
    /// How long the whole answer is held back.
    pub delay: Duration,
    /// How far it gets.
    pub end: End,
}

/// How far an answer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All of it is sent.
    Whole,
    /// The connection ends within its body, whose length was said.
    Cut,
    /// The connection ends instead.
    Dropped,
}

/// Pieces of a long body, each read from the store in its own short transaction. The iterator
/// blocks on disk, so the server drives it off the async threads. An error ends the connection:
/// what was sent cannot be taken back, and the client must not take it for whole.
pub type Pages = Box<dyn Iterator<Item = std::io::Result<Bytes>> + Send>;

/// The next piece of a body that has no end of its own, once there is one, and what follows it. It is
/// waited for on no thread; a client that does not read has one piece waiting.
pub struct Next(pub Pin<Box<dyn Future<Output = Option<(Bytes, Next)>> + Send>>);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => f.debug_tuple("Whole").field(bytes).finish(),
            Self::Pages(_) => f.write_str("Pages"),
            Self::Live(_) => f.write_str("Live"),
            Self::Altered(_) => f.write_str("Altered"),
        }
    }
}

/// A reason for which the socket layer gives up on a request before the API has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The body is longer than the limit, in bytes.
    BodyTooLarge(u64),
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body's framing is broken (a bad chunk, an early end).
    BodyBroken,
    /// The bodies of other requests have all the room that there is.
    NoRoom,
    /// The request is for no host, for several, or for one that can be none: a sentence.
    BadHost(&'static str),
    /// The request's target is longer than its head may be.
    TargetTooLong,
    /// The request's head is too long, or has too many fields.
    HeadTooLarge,
    /// The request's head is none: a sentence. Of what was asked no more is known than its first line
    /// says, if anything.
    BadHead(&'static str),
    /// Answering panicked; the store is untouched or the write was acknowledged to nobody.
    Broken,
}

/// Why a handshake of TLS failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedHandshake {
    /// The client showed no certificate, and had to.
    NoCertificate,
    /// The certificate that it showed is none that lets in.
    BadCertificate,
    /// Anything else: no common version, an alert of the client, no TLS at all.
    Other,
}

/// A service on sockets. One implementation answers for the APIs; tests have small ones.
pub trait Service: Send + Sync + 'static {
    /// Decides from the head of a request whether its body is to be read, and up to how many
    /// bytes. `Err` is answered at once; the connection then closes unless the body was empty.
    fn admit(&self, head: &Request) -> Result<u64, Response>;

    /// Answers a request.
    fn answer(&self, request: Request) -> impl Future<Output = Response> + Send;

    /// Returns the answer, in the form of the API that the head belongs to, to a request that the
    /// socket layer gave up on.
    fn refuse(&self, head: &Request, refusal: Refusal) -> Response;

    /// Takes note that nothing new is begun: what has no end of its own is to end.
    fn note_stopping(&self) {}

    /// Takes note of a connection that is open from now on.
    fn note_opened(&self) {}

    /// Takes note that one of them has ended.
    fn note_closed(&self) {}

    /// Takes note of a handshake that failed, after which there is no request.
    fn note_failed_handshake(&self, _: FailedHandshake) {}
}

impl Request {
    /// Returns whether there is a body, read or still to be read.
    pub(super) fn has_body(&self) -> bool {
        let announced = |name| self.headers.get(name).is_some_and(|value| value != "0");
        !self.body.is_empty() || announced(CONTENT_LENGTH) || announced(TRANSFER_ENCODING)
    }

    /// Scheme and host, without a slash at the end, of a request that names a host, and one that
    /// could be one. What a proxy says in headers of its own is not trusted.
    pub fn origin(&self) -> Option<String> {
        let mut values = self.headers.get_all(HOST).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~:[]%".contains(&byte);
        let scheme = if self.secure { "https" } else { "http" };
        let host = value.to_str().ok();
        let host = host.filter(|host| !host.is_empty() && host.bytes().all(plain))?;
        Some(format!("{scheme}://{host}"))
    }
}

impl Response {
    /// Returns a JSON response.
    pub fn json(status: StatusCode, body: Vec<u8>) -> Self {
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
        Self { status, headers, body: Body::Whole(Bytes::from(body)) }
    }

    /// Returns a response that says no more than its status, 204.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Body::Whole(Bytes::new()),
        }
    }

    /// The same with the headers that an error's status asks for.
    pub(super) fn with_headers_of(mut self, error: &ApiError) -> Self {
        for (name, value) in &error.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                self.headers.insert(name, value);
            }
        }
        self
    }

    /// The same with `Location`, a path that is percent-encoded where it must be.
    pub fn with_location(mut self, path: &str) -> Self {
        if let Ok(path) = HeaderValue::from_str(path) {
            self.headers.insert(LOCATION, path);
        }
        self
    }
}
