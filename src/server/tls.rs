//! TLS from PEM files.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoClientAuth, WebPkiClientVerifier};
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig};

use crate::input::pem::Pem;

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

/// What handshakes go by.
#[derive(Debug)]
pub struct Tls {
    current: Arc<ServerConfig>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence that names the file and holds no byte of it: one cannot be read or holds nothing
    /// usable, or the key is not the certificate's.
    pub fn load(files: Files) -> Result<Tls, String> {
        Ok(Tls { current: read(&files)? })
    }

    /// Returns what the next handshake goes by.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current))
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
