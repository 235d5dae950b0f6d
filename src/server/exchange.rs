//! One request to one response.

use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};

use super::body::{self, Ends, Reply};
use super::flow::Flow;
use super::head::Head;
use super::host;
use super::pulse::{Phase, Pulse};
use super::room::Room;
use super::unread;
use crate::api::message::{Altered, Body, End, Refusal, Request, Response, Service};
use crate::model::tmf::instant::http_date;
use crate::store::standing;

/// The header that names an answer as the log does, where there is one.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The part that the exchanges of one connection share.
pub(super) struct Exchange<S> {
    pub(super) service: Arc<S>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) flow: Arc<Flow>,
    pub(super) body_time: Duration,
    /// The longest head, in bytes.
    pub(super) header_bytes: usize,
    pub(super) room: Room,
    /// Whether the connection is one of TLS.
    pub(super) secure: bool,
}

/// The service panicked; the panic hook has told where.
struct Panicked;

impl<S: Service> Exchange<S> {
    /// Answers one request, which has an id where there is a log; whatever the service does, there
    /// is an answer.
    ///
    /// # Errors
    /// The service was told to give none.
    pub(super) async fn run(
        &self,
        request: http::Request<Incoming>,
        id: Option<String>,
    ) -> io::Result<http::Response<Reply>> {
        self.pulse.enter(Phase::Answering);
        let (parts, body) = request.into_parts();
        let ends = if parts.method == Method::HEAD { Ends::Unsaid } else { Ends::Said };
        let mut head = self.outline(parts.method, &parts.uri, parts.headers);
        let (mut answer, close) = match host::settle(parts.version, &parts.uri, &mut head.headers) {
            Ok(()) => self.answer(head, parts.uri, body).await,
            Err(sentence) => (self.refuse(&head, Refusal::BadHost(sentence)), true),
        };
        if let Body::Altered(altered) = answer.body {
            self.pulse.enter(Phase::Held);
            answer.body = Box::pin(alter(*altered)).await?;
            self.pulse.enter(Phase::Answering);
        }
        self.flow.answered(answer.status);
        let (pulse, flow) = (Arc::clone(&self.pulse), Arc::clone(&self.flow));
        let mut response =
            http::Response::new(Reply::new(answer.body, ends, pulse, flow, &self.room));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        name(response.headers_mut(), id);
        date(response.headers_mut());
        if close {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    /// Returns the answer, and whether the connection is to close after it: always where some of
    /// the request's body was left unread, for nobody knows where the next request begins.
    async fn answer(&self, mut head: Request, uri: Uri, body: Incoming) -> (Response, bool) {
        let whole = body.is_end_stream();
        let admitted = caught(|| self.service.admit(&head));
        let limit = match admitted {
            Ok(Ok(limit)) => limit,
            Ok(Err(answer)) => return (answer, !whole),
            Err(Panicked) => return (self.refuse(&head, Refusal::Broken), true),
        };
        // Held until the request is answered.
        let mut part = self.room.part();
        if !whole {
            self.pulse.enter(Phase::Receiving);
            let read = timeout(self.body_time, body::read(body, limit, &mut part)).await;
            self.pulse.enter(Phase::Answering);
            match read.unwrap_or(Err(Refusal::BodyTooSlow)) {
                Ok(bytes) => {
                    self.flow.body_ended();
                    head.body = bytes;
                }
                Err(refusal) => return (self.refuse(&head, refusal), true),
            }
        }
        // What a refusal needs once the request is gone, without copying all of it each time.
        let method = head.method.clone();
        let accept = head.headers.get(ACCEPT).cloned();
        match caught_in(async { self.service.answer(head).await }).await {
            Ok(answer) => (answer, false),
            Err(Panicked) => {
                let headers = accept.into_iter().map(|value| (ACCEPT, value)).collect();
                (self.refuse(&self.outline(method, &uri, headers), Refusal::Broken), true)
            }
        }
    }

    /// Returns a request without its body.
    fn outline(&self, method: Method, uri: &Uri, headers: HeaderMap) -> Request {
        let path = uri.path().to_owned();
        let query = uri.query().map(str::to_owned);
        Request { method, path, query, headers, body: Bytes::new(), secure: self.secure }
    }

    /// Returns the answer to a head that hyper refused, in the place of hyper's `own`, of which it has
    /// the status.
    pub(super) fn refuse_unread(&self, head: &Head, own: &[u8]) -> Bytes {
        let status = own.get(9..12).and_then(|code| StatusCode::from_bytes(code).ok());
        let status = status.unwrap_or(StatusCode::BAD_REQUEST);
        let (method, path) = unread::asked(head.line());
        let outline = Request {
            method: Method::from_bytes(method.as_bytes()).unwrap_or_default(),
            path,
            query: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            secure: self.secure,
        };
        let mut answer = self.refuse(&outline, unread::why(status, head, self.header_bytes));
        let id = self.flow.open_unread(&method, &outline.path, answer.status);
        name(&mut answer.headers, id);
        date(&mut answer.headers);
        unread::bytes(answer, own, &method)
    }

    /// Returns the service's form of a refusal; a bare 500 if that panics too.
    fn refuse(&self, head: &Request, refusal: Refusal) -> Response {
        caught(|| self.service.refuse(head, refusal)).unwrap_or_else(|Panicked| Response {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            headers: HeaderMap::new(),
            body: Body::Whole(Bytes::new()),
        })
    }
}

/// Holds an answer back, and returns what is sent as its body.
///
/// # Errors
/// Nothing is sent.
async fn alter(altered: Altered) -> io::Result<Body> {
    sleep(altered.delay).await;
    match altered.end {
        End::Whole => Ok(altered.body),
        End::Cut => Ok(Body::Altered(Box::new(altered))),
        End::Dropped => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Names an answer as the log does, if there is one.
fn name(headers: &mut HeaderMap, id: Option<String>) {
    if let Some(id) = id.and_then(|id| HeaderValue::try_from(id).ok()) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Dates an answer where the clock stands; otherwise hyper does.
fn date(headers: &mut HeaderMap) {
    let date = standing().map(http_date);
    headers.extend(date.and_then(|date| Some((DATE, HeaderValue::try_from(date).ok()?))));
}

/// Runs `work`; a panic is its result. Nothing that `work` may have left half done is looked at
/// again: the request is given up and its connection closes.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

/// The same of a future.
async fn caught_in<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut work = pin!(work);
    poll_fn(|cx| match caught(|| work.as_mut().poll(cx)) {
        Ok(poll) => poll.map(Ok),
        Err(panicked) => Poll::Ready(Err(panicked)),
    })
    .await
}
