//! A connection to the listener: bounded in time, plain or over TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::harness::subject::Shown;

/// So long whoever was answered may go on, and so much it may still say: what nobody reads would
/// reset the connection, and the answer would be lost with it.
const LINGER: Duration = Duration::from_millis(300);
const MOST_AFTER: u64 = 64 << 10;

/// Whatever is read from and written to.
pub(super) trait Stream: Read + Write {
    /// Says that nothing more is said, and waits a moment until whoever called has read it.
    fn finish(&mut self);
}

impl Stream for Timed {
    fn finish(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
        self.until = self.until.min(Instant::now() + LINGER);
        // Whatever it was, it was answered.
        let _ = io::copy(&mut self.take(MOST_AFTER), &mut io::sink());
    }
}

impl Stream for StreamOwned<ServerConnection, Timed> {
    fn finish(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
        self.sock.finish();
    }
}

/// Returns a connection on which everything is over by then.
///
/// # Errors
/// TLS has no configuration that can be used.
pub(super) fn stream(
    socket: TcpStream,
    until: Instant,
    tls: Option<&Arc<ServerConfig>>,
) -> io::Result<Box<dyn Stream>> {
    let socket = Timed { socket, until };
    Ok(match tls {
        None => Box::new(socket),
        Some(config) => {
            let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(connection, socket))
        }
    })
}

/// Returns what a handshake goes by.
///
/// # Errors
/// A sentence that names the file and holds no byte of it: it holds nothing usable, or the key is not
/// the certificate's.
pub(super) fn config(shown: &Shown) -> Result<ServerConfig, String> {
    let Shown { certificate, key } = shown;
    let chain = certificate.certificates()?;
    let key = key.as_ref().unwrap_or(certificate).private_key()?;
    let provider = Arc::new(ring::default_provider());
    let fault = |error: rustls::Error| format!("{certificate} cannot be shown: {error}");
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(fault)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(fault)
}

/// A socket that is given up at a moment, however much comes or goes until then.
struct Timed {
    socket: TcpStream,
    until: Instant,
}

impl Timed {
    /// Lets the next thing that is done take no longer than there is time.
    fn hurry(&self) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        self.socket.set_write_timeout(Some(left))
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.hurry()?;
        self.socket.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hurry()?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
