//! A service of a few lines behind the real socket layer, on a free port.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::iter::repeat_with;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use bytes::Bytes;
use etalon::api::message::{Body, Refusal, Request, Response, Service};
use etalon::server::tls::Tls;
use etalon::server::{Limits, serve};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The longest body of a POST.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// What every request must carry.
pub(crate) const CREDENTIALS: &str = "Authorization: Bearer tiny";

/// How long `/slow` takes.
pub(crate) const SLOW: Duration = Duration::from_millis(300);

/// The service:
///
/// | path | answer |
/// |---|---|
/// | `/` | 200, 1,000 bytes |
/// | `/echo` | 200, the request's body |
/// | `/long` | 200, 64 MB in pages |
/// | `/short` | 200, a page, then an error |
/// | `/slow` | 200, after [`SLOW`] |
/// | `/held` | 200, the request's body, once it is let go |
/// | `/stuck` | none |
/// | `/panic` | panics |
struct Tiny {
    /// Told the path of each request that is admitted.
    admitted: mpsc::Sender<String>,
    /// A permit for each answer to `/held`.
    let_go: Arc<Semaphore>,
}

/// A server that does not do a thing by then never does it.
const NEVER: Duration = Duration::from_secs(20);

fn response(status: StatusCode, body: impl Into<Bytes>) -> Response {
    Response { status, headers: HeaderMap::new(), body: Body::Whole(body.into()) }
}

fn pages(pages: impl Iterator<Item = std::io::Result<Bytes>> + Send + 'static) -> Response {
    let body = Body::Pages(Box::new(pages));
    Response { body, ..response(StatusCode::OK, "") }
}

impl Service for Tiny {
    fn admit(&self, head: &Request) -> Result<u64, Response> {
        let _ = self.admitted.send(head.path.clone());
        let credentials = head.headers.get("authorization");
        if credentials == Some(&HeaderValue::from_static("Bearer tiny")) {
            Ok(BODY_LIMIT as u64)
        } else {
            Err(response(StatusCode::UNAUTHORIZED, "who are you?"))
        }
    }

    async fn answer(&self, request: Request) -> Response {
        let page = || Bytes::from(vec![b'x'; 64 * 1024]);
        match request.path.as_str() {
            "/" => response(StatusCode::OK, vec![b'x'; 1000]),
            "/echo" => response(StatusCode::OK, request.body),
            "/long" => pages(repeat_with(move || Ok(page())).take(1000)),
            "/short" => pages([Ok(page()), Err(std::io::Error::other("torn"))].into_iter()),
            "/slow" => {
                tokio::time::sleep(SLOW).await;
                response(StatusCode::OK, request.body)
            }
            "/held" => {
                self.let_go.acquire().await.unwrap().forget();
                response(StatusCode::OK, request.body)
            }
            "/stuck" => std::future::pending().await,
            "/panic" => panic!("as asked"),
            _ if request.method == Method::GET => response(StatusCode::NOT_FOUND, "no such path"),
            _ => response(StatusCode::METHOD_NOT_ALLOWED, ""),
        }
    }

    fn refuse(&self, head: &Request, refusal: Refusal) -> Response {
        let status = match refusal {
            Refusal::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::BodyBroken | Refusal::BadHost(_) | Refusal::BadHead(_) => {
                StatusCode::BAD_REQUEST
            }
            Refusal::TargetTooLong => StatusCode::URI_TOO_LONG,
            Refusal::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Refusal::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        };
        response(status, format!("{} {}: {refusal:?}", head.method, head.path))
    }
}

/// The service, served until dropped.
pub(crate) struct Served {
    pub(crate) addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<std::io::Result<()>>,
    runtime: Runtime,
    admitted: mpsc::Receiver<String>,
    let_go: Arc<Semaphore>,
}

impl Served {
    pub(crate) fn start(limits: Limits, tls: Option<Arc<Tls>>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move {
            let _ = stopped.await;
        };
        let (admits, admitted) = mpsc::channel();
        let let_go = Arc::new(Semaphore::new(0));
        let tiny = Tiny { admitted: admits, let_go: Arc::clone(&let_go) };
        let serving = runtime.spawn(serve(listener, Arc::new(tiny), tls, limits, stopped));
        Self { addr, stop: Some(stop), serving, runtime, admitted, let_go }
    }

    /// Waits until one more request for a path has been admitted.
    pub(crate) fn admitted(&self, path: &str) {
        while self.admitted.recv_timeout(NEVER).unwrap() != path {}
    }

    /// Lets so many requests for `/held` be answered.
    pub(crate) fn let_go(&self, requests: usize) {
        self.let_go.add_permits(requests);
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Asks it to stop and waits until it says that it has. Its runtime lives on.
    pub(crate) fn finish(&mut self) {
        self.stop();
        let ended = self.runtime.block_on(async { timeout(NEVER, &mut self.serving).await });
        ended.unwrap().unwrap().unwrap();
    }
}
