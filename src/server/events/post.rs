//! One try to deliver an event.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use http::{Request, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::lookup;
use crate::model::callback::{Callback, Host, Reach};

/// How long one try may take, from the look-up of the name to the end of the answer.
const TRY: Duration = Duration::from_secs(5);

/// How much of an answer is held at a time, its head included.
const HELD_BYTES: usize = 64 << 10;

/// How much of an answer's body is read: nothing in it says anything, and a listener whose answer is
/// cut short might take that for a fault.
const BODY_BYTES: usize = 64 << 10;

/// Who posts.
const AGENT: HeaderValue = HeaderValue::from_static(concat!("etalon/", env!("CARGO_PKG_VERSION")));

/// Posts events.
pub(super) struct Client {
    reach: Reach,
    /// Whom the system trusts, read when it is first needed.
    tls: OnceCell<TlsConnector>,
}

impl Client {
    pub(super) fn new(reach: Reach) -> Self {
        Self { reach, tls: OnceCell::new() }
    }

    /// Posts `body`, which is JSON, once.
    ///
    /// # Errors
    /// Why it was not taken, as a sentence that holds nothing of the callback.
    pub(super) async fn post(&self, callback: &str, body: Vec<u8>) -> Result<(), String> {
        let end = Instant::now() + TRY;
        let asked = timeout_at(end, self.ask(callback, body)).await;
        let late = || Err(format!("It did not answer within {} seconds.", TRY.as_secs()));
        let Exchange { status, answer, driving } = asked.unwrap_or_else(|_| late())?;
        let _ = timeout_at(end, read_out(answer)).await;
        drop(driving);
        if status.is_success() {
            return Ok(());
        }
        let led_on = if status.is_redirection() { ", and redirects are not followed" } else { "" };
        Err(format!("It answered {}{led_on}.", status.as_u16()))
    }

    async fn ask(&self, callback: &str, body: Vec<u8>) -> Result<Exchange, String> {
        let callback = Callback::parse(callback)?;
        callback.check(self.reach)?;
        let stream = self.connect(&callback).await?;
        if !callback.is_secure {
            return exchange(stream, &callback, body).await;
        }
        let name = match &callback.host {
            Host::Name(name) => ServerName::try_from(name.clone())
                .map_err(|_| "Its host's name is none that a certificate can have.".to_owned())?,
            Host::Address(address) => ServerName::from(*address),
        };
        let stream = self.tls().await?.connect(name, stream).await;
        let stream = stream.map_err(|error| format!("The TLS handshake failed: {error}."))?;
        exchange(stream, &callback, body).await
    }

    /// Connects to an address that was checked, and that is the one that is connected to: a name could
    /// lead elsewhere the next time.
    async fn connect(&self, callback: &Callback) -> Result<TcpStream, String> {
        let found = lookup::addresses(&callback.host).await?;
        let included: Vec<IpAddr> =
            found.into_iter().filter(|address| self.reach.includes(*address)).collect();
        let mut failed = "Its host's name leads to no address that may be called.".to_owned();
        for address in included {
            match TcpStream::connect(SocketAddr::new(address, callback.port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => failed = format!("It cannot be connected to: {error}."),
            }
        }
        Err(failed)
    }

    async fn tls(&self) -> Result<&TlsConnector, String> {
        self.tls
            .get_or_try_init(|| async {
                let read = spawn_blocking(trusting).await;
                read.unwrap_or_else(|_| Err("The authorities cannot be read.".to_owned()))
            })
            .await
    }
}

/// Returns what connects to those whom the system trusts.
fn trusting() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("The system trusts no authority: SSL_CERT_FILE can name some.".to_owned());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be begun: {error}."))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// An answer of which the head has come.
struct Exchange {
    status: StatusCode,
    answer: Incoming,
    /// What moves the bytes of the connection until it is dropped.
    driving: JoinSet<hyper::Result<()>>,
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    callback: &Callback,
    body: Vec<u8>,
) -> Result<Exchange, String> {
    let broken = |error: hyper::Error| format!("It did not answer as HTTP does: {error}.");
    let request = Request::post(&callback.target)
        .header(HOST, &callback.authority)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "*/*")
        .header(USER_AGENT, AGENT)
        .header(CONNECTION, "close")
        // What is JSON is text.
        .body(String::from_utf8(body).unwrap_or_default())
        .map_err(|error| format!("The callback cannot be asked for: {error}."))?;
    let mut client = http1::Builder::new();
    client.max_buf_size(HELD_BYTES);
    let (mut sender, connection) = client.handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    let (head, answer) = sender.send_request(request).await.map_err(broken)?.into_parts();
    Ok(Exchange { status: head.status, answer, driving })
}

/// Reads an answer's body to its end, or as much of it as is read.
async fn read_out(mut answer: Incoming) {
    let mut read = 0;
    while read < BODY_BYTES
        && let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut answer).poll_frame(cx)).await
    {
        read += frame.data_ref().map_or(0, bytes::Bytes::len);
    }
}
