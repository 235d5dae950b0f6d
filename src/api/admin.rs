//! The admin surface: health, records in, out and away, events, and what describes the APIs. Ours,
//! of no document.

use std::borrow::Cow;
use std::io::{self, Cursor, Write};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

use super::error::ApiError;
use super::message::{Body, Request, Response};
use super::negotiation::check_coding;
use super::wire::{Object, decode};
use super::{Api, BODY_LIMIT};
use super::{behaviours, docs, journal, metrics, problem, query, snapshots};
use crate::input::encoding::{is_utf_16, unmarked};
use crate::model::record::RecordReader;
use crate::model::violation::Violation;
use crate::store::error::Cause;
use crate::store::load::{LoadError, Source};
use crate::store::{Writes, dump, empty};

/// The path of the surface.
pub(super) const MOUNT: &str = "/etalon";

/// Its name beside those of the APIs.
pub(super) const NAME: &str = "etalon";

/// The path of the health below it.
const HEALTH: &str = "/health";

/// The path of the records below it.
const RECORDS: &str = "/records";

/// The path of the events below it.
const EVENTS: &str = "/events";

/// The path of the counts below it.
const METRICS: &str = "/metrics";

/// The path of the journal below it.
const REQUESTS: &str = "/requests";

/// The paths of the behaviours below it.
const BEHAVIOURS: &str = "/behaviours";
const BEHAVIOUR: &str = "/behaviours/{id}";

/// The paths of the snapshots below it.
const SNAPSHOTS: &str = "/snapshots";
const SNAPSHOT: &str = "/snapshots/{name}";
const RESTORE: &str = "/snapshots/{name}/restore";

/// The paths of what describes the APIs below it.
const DOCUMENT: &str = "/openapi/{file}";
const PAGE: &str = "/docs";
const FILE_OF_PAGE: &str = "/docs/{file}";

/// The resources below it, each with its methods.
const RESOURCES: &[(&str, &str)] = &[
    (HEALTH, "GET, HEAD"),
    (METRICS, "GET, HEAD"),
    (RECORDS, "GET, HEAD, POST, DELETE"),
    (EVENTS, "GET, HEAD"),
    (REQUESTS, "GET, HEAD"),
    (BEHAVIOURS, "GET, HEAD, POST, DELETE"),
    (BEHAVIOUR, "DELETE"),
    (SNAPSHOTS, "GET, HEAD"),
    (SNAPSHOT, "POST, DELETE"),
    (RESTORE, "POST"),
    (DOCUMENT, "GET, HEAD"),
    (PAGE, "GET, HEAD"),
    (FILE_OF_PAGE, "GET, HEAD"),
];

/// The prefix of the code in problems that belong to no API.
pub(super) const PROBLEMS: &str = "etalon/problems/";

/// The most bytes of one load over HTTP: half of what all bodies have, so that one load leaves room
/// for others. Larger ones go through `etalon load`.
const LOAD_LIMIT: u64 = 32 << 20;

/// Answers a request to `path` below the mount, with its slash.
pub(super) async fn answer(api: &Api, path: &str, request: Request) -> Response {
    let answer = fulfil(api, path, &request).await;
    answer.unwrap_or_else(|error| problem::response(PROBLEMS, &error))
}

async fn fulfil(api: &Api, path: &str, request: &Request) -> Result<Response, ApiError> {
    examine(api, path, request)?;
    match (resource(path).map_or(path, |(known, _)| known), request.method.as_str()) {
        (RECORDS, "POST") => post(api, request).await,
        (RECORDS, "DELETE") => delete(api).await,
        // Without the dump that a HEAD has no use for.
        (RECORDS, "HEAD") => Ok(ndjson(Body::Whole(Bytes::new()))),
        (RECORDS, _) => records(api).map(ndjson),
        (EVENTS, _) => events(api),
        (METRICS, _) => metrics::response(api),
        (REQUESTS, _) => journal::answer(api, request),
        (BEHAVIOURS, "POST") => behaviours::add(api, request),
        (BEHAVIOURS, "DELETE") => Ok(behaviours::remove_all(api)),
        (BEHAVIOURS, _) => Ok(behaviours::list(api)),
        (BEHAVIOUR, _) => behaviours::remove(api, &variable(BEHAVIOUR, path)?),
        (SNAPSHOTS, _) => snapshots::list(api),
        (SNAPSHOT, "DELETE") => snapshots::remove(api, variable(SNAPSHOT, path)?).await,
        (SNAPSHOT, _) => snapshots::make(api, variable(SNAPSHOT, path)?).await,
        (RESTORE, _) => snapshots::restore(api, variable(RESTORE, path)?).await,
        (DOCUMENT | PAGE | FILE_OF_PAGE, _) => docs::get(api, path, &request.headers),
        _ => Ok(health(api, request.secure)),
    }
}

/// Decides from the head of a request to `path` below the mount whether it is answered, and returns
/// the most bytes of its body.
///
/// # Errors
/// 401, 404, 405; 400 on a query that would be passed over, and 415 on a body that is compressed.
pub(super) fn examine(api: &Api, path: &str, head: &Request) -> Result<u64, ApiError> {
    let is_open = match resource(path) {
        // The counts name nobody, and whoever scrapes them is not to hold the token that empties the
        // store.
        Some((METRICS, _)) => !api.auth.exposed,
        Some((known, _)) => [HEALTH, DOCUMENT, PAGE, FILE_OF_PAGE].contains(&known),
        None => true,
    };
    if !is_open {
        api.auth.admin(&head.headers)?;
    }
    offers(path, &head.method)?;
    without_parameters(path, head.query.as_deref())?;
    check_coding(&head.headers)?;
    let is_load = path == RECORDS && head.method == Method::POST;
    Ok(if is_load { LOAD_LIMIT } else { BODY_LIMIT })
}

/// Takes no query where what it asks for would be passed over, and perhaps all be given or removed
/// instead of a part.
///
/// # Errors
/// 400 with each parameter.
fn without_parameters(path: &str, query: Option<&str>) -> Result<(), ApiError> {
    const WITHOUT: [&str; 7] =
        [RECORDS, EVENTS, BEHAVIOURS, BEHAVIOUR, SNAPSHOTS, SNAPSHOT, RESTORE];
    if !resource(path).is_some_and(|(known, _)| WITHOUT.contains(&known)) {
        return Ok(());
    }
    let wrong = |name| Violation::new(name, format!("There is no parameter at {MOUNT}{path}."));
    let unknown: Vec<_> = query::names(query).map(wrong).collect();
    if unknown.is_empty() { Ok(()) } else { Err(unknown.into()) }
}

/// Returns the methods at `path` below the mount, one of them `method`.
///
/// # Errors
/// 404, 405.
pub(super) fn offers(path: &str, method: &Method) -> Result<&'static str, ApiError> {
    let Some((_, allow)) = resource(path) else {
        return Err(ApiError::not_found(format!("There is nothing at {MOUNT}{path}.")));
    };
    if allow.split(", ").any(|allowed| allowed == method.as_str()) {
        return Ok(allow);
    }
    let detail = format!("{method} is not among the methods here: {allow}.");
    Err(ApiError::method_not_allowed(detail).with_header(ALLOW, allow))
}

/// Returns the resource of a path below the mount: its path with its variables, and its methods.
fn resource(path: &str) -> Option<(&'static str, &'static str)> {
    let fits = |known: &str| {
        let pairs = || known.split('/').zip(path.split('/'));
        known.split('/').count() == path.split('/').count()
            && pairs().all(|(known, segment)| known == segment || is_variable(known, segment))
    };
    RESOURCES.iter().copied().find(|(known, _)| fits(known))
}

/// Returns whether a segment of a path is the value of a variable.
fn is_variable(known: &str, segment: &str) -> bool {
    known.starts_with('{') && !segment.is_empty()
}

/// Returns the value of the variable of a resource's path, decoded.
///
/// # Errors
/// 400 where its encoding is broken.
fn variable(resource: &str, path: &str) -> Result<String, ApiError> {
    let mut pairs = resource.split('/').zip(path.split('/'));
    let (known, segment) =
        pairs.find(|(known, segment)| is_variable(known, segment)).unwrap_or_default();
    let name = known.trim_matches(['{', '}']);
    let broken = format!("The percent-encoding of {name} in the path is broken.");
    decode(segment).map(Cow::into_owned).ok_or_else(|| Violation::new(name, broken).into())
}

/// Returns the operations in the order in which they are counted: HEAD is counted as GET.
pub(super) fn operations() -> impl Iterator<Item = String> {
    let of_resource = |(path, allow): &(&'static str, &'static str)| {
        let path = *path;
        let methods = allow.split(", ").filter(|method| *method != "HEAD");
        methods.map(move |method| format!("{method} {path}"))
    };
    RESOURCES.iter().flat_map(of_resource)
}

/// Returns which of the operations a request to `path` below the mount asks for.
pub(super) fn operation(path: &str, method: &Method) -> Option<usize> {
    let (path, _) = resource(path)?;
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let asked = format!("{method} {path}");
    operations().position(|operation| operation == asked)
}

/// Returns whether the server answers and takes writes; over TLS also how many handshakes failed.
fn health(api: &Api, secure: bool) -> Response {
    let (status, word) = match api.store.writes() {
        Writes::Taken => (StatusCode::OK, "ok"),
        Writes::ReadOnly => (StatusCode::OK, "read-only"),
        Writes::Refused(Cause::FullDisk) => {
            (StatusCode::SERVICE_UNAVAILABLE, "refusing writes since the disk is full")
        }
        Writes::Refused(Cause::Damaged) => {
            (StatusCode::SERVICE_UNAVAILABLE, "answering nothing since the store's file is damaged")
        }
        Writes::Refused(Cause::Other) => {
            (StatusCode::SERVICE_UNAVAILABLE, "refusing writes since a commit failed")
        }
    };
    let mut out = Vec::new();
    let mut object = Object::begin(&mut out);
    object.text("status", word).text("version", env!("CARGO_PKG_VERSION"));
    if secure {
        api.handshakes.write(&mut object);
    }
    object.end();
    Response::json(status, out)
}

/// Returns what each listener waits for, and what was given up.
fn events(api: &Api) -> Result<Response, ApiError> {
    let mut out = Vec::new();
    api.write_events(&mut out)?;
    Ok(Response::json(StatusCode::OK, out))
}

/// Loads the records of the body: all or none. Whoever listens is told of new settlement notes.
async fn post(api: &Api, request: &Request) -> Result<Response, ApiError> {
    let body = request.body.clone();
    if is_utf_16(&body) {
        return Err(Violation::body("The body is in UTF-16; send it as UTF-8.").into());
    }
    let body = body.slice_ref(unmarked(&body));
    let lines = Box::new(Cursor::new(body));
    let sources = vec![Source { name: "body".to_owned(), lines }];
    let reader = RecordReader::embedded()
        .map_err(|reason| ApiError::internal("The load failed.").with_log(reason))?;
    match api.store.load_telling(reader, sources, |_| (), api.teller(request)).await {
        Ok((records, _ring)) => {
            let mut out = Vec::new();
            let mut object = Object::begin(&mut out);
            object.raw("records", &records.to_string());
            object.end();
            Ok(Response::json(StatusCode::OK, out))
        }
        Err(LoadError::Unreadable(reason)) => {
            Err(ApiError::internal("The load failed.").with_log(reason))
        }
        Err(LoadError::Unwritten(error)) => Err(error.into()),
        Err(LoadError::Refused(refusals)) => {
            let rest = refusals.rest().map(Violation::body);
            let lines = refusals.lines.into_iter().map(|line| {
                let member = &line.refused.member;
                let dot = if member.is_empty() { "" } else { "." };
                let parameter = format!("line {}{dot}{member}", line.line);
                Violation::new(parameter, line.refused.reason)
            });
            Err(lines.chain(rest).collect::<Vec<_>>().into())
        }
    }
}

/// Removes every record.
async fn delete(api: &Api) -> Result<Response, ApiError> {
    let ring = api.store.bell().ring();
    api.store.write_alone(empty).await??;
    drop(ring);
    Ok(Response::no_content())
}

/// Returns a response of records.
fn ndjson(body: Body) -> Response {
    let media = HeaderValue::from_static("application/x-ndjson");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media)]);
    Response { status: StatusCode::OK, headers, body }
}

/// Dumps the records as one consistent view. This transaction lives as long as the client reads,
/// which only an administrator can ask for.
fn records(api: &Api) -> Result<Body, ApiError> {
    let tx = api.store.reader()?;
    let (pages, read) = sync_channel(2);
    let failed = |error: io::Error| {
        ApiError::internal("The dump cannot be started.").with_log(error.to_string())
    };
    let store = Arc::clone(&api.store);
    std::thread::Builder::new()
        .name("dump".to_owned())
        .spawn(move || {
            let mut out = PageWriter { page: Vec::new(), pages };
            if let Err(error) = dump::dump(&tx, &mut out) {
                // Nobody listens any more when the client is gone.
                let _ = out.pages.send(Err(error));
            }
            drop(store);
        })
        .map_err(failed)?;
    Ok(Body::Pages(Box::new(read.into_iter())))
}

/// Gathers what is written into pages and hands them on.
struct PageWriter {
    page: Vec<u8>,
    pages: SyncSender<io::Result<Bytes>>,
}

impl Write for PageWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.page.extend_from_slice(bytes);
        if self.page.len() >= 64 << 10 {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let page = Bytes::from(std::mem::take(&mut self.page));
        self.pages.send(Ok(page)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
