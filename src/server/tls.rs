//! TLS from PEM files, which can be read again while it serves.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoClientAuth, WebPkiClientVerifier};
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

use crate::input::pem::Pem;
#[cfg(unix)]
use crate::output::standard_error::tell;

/// The PEM files that say who the server is, and whom it lets in.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate chain, the server's own first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// The authorities of whose certificates a client has to show one, if it has to.
    pub client_ca: Option<PathBuf>,
}

/// What handshakes go by: what the files held when they were last read and could be used.
#[derive(Debug)]
pub struct Tls {
    files: Files,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence that names the file and holds no byte of it: one cannot be read or holds nothing
    /// usable, or the key is not the certificate's.
    pub fn load(files: Files) -> Result<Tls, String> {
        let current = RwLock::new(read(&files)?);
        Ok(Tls { files, current })
    }

    /// Reads the files again, for the handshakes from now on. No session of before is resumed, so
    /// that nobody comes in by an authority that is gone.
    ///
    /// # Errors
    /// As of [`Tls::load`]; what was read before stays in force.
    pub fn reload(&self) -> Result<(), String> {
        let read = read(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// Returns what the next handshake goes by.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

/// Returns what reads the files again at each SIGHUP, where there is one, and tells whether they are
/// in force. A signal that comes from now on is not missed.
///
/// # Errors
/// The signal cannot be listened for.
pub fn reloading(tls: Arc<Tls>) -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        Ok(async move {
            while hangup.recv().await.is_some() {
                let tls = Arc::clone(&tls);
                // Files may be slow, and handshakes go on.
                let read = tokio::task::spawn_blocking(move || tls.reload()).await;
                match read {
                    Ok(Ok(())) => {
                        tell("etalon: the TLS files were read again; new connections go by them.")
                    }
                    Ok(Err(sentence)) => tell(format_args!(
                        "etalon: the TLS files were not taken, and those of before stay in force: \
                         {sentence}"
                    )),
                    // It panicked, which is told already; what was read before stays in force.
                    Err(_) => {}
                }
            }
        })
    }
    #[cfg(not(unix))]
    {
        drop(tls);
        Ok(std::future::pending())
    }
}

/// Returns the configuration that the files make. TLS 1.2 and 1.3.
fn read(files: &Files) -> Result<Arc<ServerConfig>, String> {
    let provider = Arc::new(ring::default_provider());
    let clients = match &files.client_ca {
        None => Arc::new(NoClientAuth),
        Some(path) => clients_of(&Pem::read(path)?, &provider)?,
    };
    let certificate = Pem::read(&files.certificate)?;
    let key = Pem::read(&files.key)?;
    let (chain, private) = (certificate.certificates()?, key.private_key()?);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config.with_client_cert_verifier(clients).with_single_cert(chain, private)
        })
        .map_err(|error| match error {
            Error::InconsistentKeys(_) => {
                format!("The key in {key} is not the key of the certificate in {certificate}.")
            }
            Error::InvalidCertificate(why) => {
                format!("The first certificate in {certificate} is not valid: {why:?}.")
            }
            error => format!("{certificate} and {key} cannot be used for TLS: {error}."),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Returns what demands a certificate that one of these authorities has signed.
fn clients_of(
    authorities: &Pem,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for (index, certificate) in authorities.certificates()?.into_iter().enumerate() {
        roots.add(certificate).map_err(|_| {
            format!("Certificate {} in {authorities} is none of an authority.", index + 1)
        })?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|error| format!("{authorities} cannot be used to tell clients apart: {error}."))
}
