//! The handshake of TLS: its end, and what is told of those that fail. Anybody can fail as many as
//! he likes, so that they are counted, and told once a minute at most.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::Error;
use tokio_rustls::server::TlsStream;

use crate::api::message::FailedHandshake;
use crate::output::standard_error::tell;

/// How long no other failure is told.
const SILENCE: Duration = Duration::from_secs(60);

/// The end of a handshake.
pub(super) enum Shaken {
    Secure(Box<TlsStream<TcpStream>>),
    /// One side refused the other: why, and the socket, on which an alert says so.
    Refused(Error, TcpStream),
    /// The client went away.
    Gone,
}

/// Shakes hands.
pub(super) async fn shake(acceptor: TlsAcceptor, socket: TcpStream) -> Shaken {
    match acceptor.accept(socket).into_fallible().await {
        Ok(socket) => Shaken::Secure(Box::new(socket)),
        Err((error, socket)) => match error.into_inner().map(|why| why.downcast::<Error>()) {
            Some(Ok(why)) => Shaken::Refused(*why, socket),
            _ => Shaken::Gone,
        },
    }
}

/// Returns whose fault it was.
pub(super) fn kind(error: &Error) -> FailedHandshake {
    match error {
        Error::NoCertificatesPresented => FailedHandshake::NoCertificate,
        Error::InvalidCertificate(_) => FailedHandshake::BadCertificate,
        _ => FailedHandshake::Other,
    }
}

/// What was told of failures.
#[derive(Default)]
pub(super) struct Told(Mutex<Option<Silence>>);

struct Silence {
    began: Instant,
    /// How many failed since then.
    failed: u64,
}

impl Told {
    /// Tells of a failure, unless one was told just now.
    pub(super) fn note(&self, why: &Error) {
        let mut silence = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = match &mut *silence {
            Some(silence) if silence.began.elapsed() < SILENCE => {
                silence.failed += 1;
                return;
            }
            Some(silence) => silence.failed,
            None => 0,
        };
        *silence = Some(Silence { began: Instant::now(), failed: 0 });
        drop(silence);
        let before = match untold {
            0 => String::new(),
            untold => format!(", and {untold} before it"),
        };
        tell(format_args!(
            "etalon: a TLS handshake failed{before}: {why}. The next is told in a minute at the \
             earliest; /etalon/health counts them."
        ));
    }
}
