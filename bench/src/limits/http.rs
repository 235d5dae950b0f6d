//! hyper with nothing behind it, or with one read of redb: processes of their own, on one thread.

use std::convert::Infallible;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, DATE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use redb::{Database, ReadableDatabase, TableDefinition};
use tokio::net::TcpListener;

use crate::Outcome;

/// The last segment of a path → the body that is answered.
pub const BODIES: TableDefinition<&str, &[u8]> = TableDefinition::new("bodies");

/// Answers everything with one answer of the product.
///
/// # Errors
/// When it cannot listen.
pub fn bare(answer: &Path) -> Outcome<()> {
    let Answer { headers, body } = Answer::read(answer)?;
    serve(headers, move |_| body.clone())
}

/// Answers with what stands in redb under the path's last segment, a transaction a request.
///
/// # Errors
/// When it cannot listen, or there is no such store.
pub fn redb(answer: &Path, store: &Path) -> Outcome<()> {
    let Answer { headers, .. } = Answer::read(answer)?;
    let database = Database::open(store)?;
    serve(headers, move |request| {
        let path = request.uri().path();
        let key = path.rsplit('/').next().unwrap_or_default();
        // A wrong length of the answer fails the row.
        body(&database, key).unwrap_or_default()
    })
}

fn body(database: &Database, key: &str) -> Outcome<Bytes> {
    let tx = database.begin_read()?;
    let table = tx.open_table(BODIES)?;
    let body = table.get(key)?.ok_or("no such key")?;
    Ok(Bytes::copy_from_slice(body.value()))
}

/// An answer of the product.
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Reads an answer as it came. What hyper writes itself is left to it.
    fn read(path: &Path) -> Outcome<Self> {
        let answer = std::fs::read(path)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no head")?;
        let mut headers = HeaderMap::new();
        for line in std::str::from_utf8(&answer[..end])?.lines().skip(1) {
            let (name, value) = line.split_once(": ").ok_or("no header")?;
            let name: HeaderName = name.parse()?;
            if name != DATE && name != CONTENT_LENGTH {
                headers.append(name, HeaderValue::from_str(value)?);
            }
        }
        Ok(Self { headers, body: Bytes::copy_from_slice(&answer[end + 4..]) })
    }
}

fn serve(headers: HeaderMap, body: impl Fn(&Request<Incoming>) -> Bytes + 'static) -> Outcome<()> {
    let body = Arc::new(body);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let (headers, body) = (headers.clone(), body.clone());
            tokio::task::spawn_local(async move {
                let answer = service_fn(move |request| {
                    let mut answer = Response::new(Full::new(body(&request)));
                    *answer.headers_mut() = headers.clone();
                    ready(Ok::<_, Infallible>(answer))
                });
                // A client that goes away ends its connection.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await;
            });
        }
    })
}
