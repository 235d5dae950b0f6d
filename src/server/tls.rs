//! TLS from PEM files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::Error;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub use tokio_rustls::rustls::ServerConfig;

/// Why a certificate or key cannot be used: one sentence that names the file and never holds a
/// byte of it.
#[derive(Debug)]
pub struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Returns the configuration of a server with the certificate chain in `certificates`, its own
/// first, and the private key in `key`, both PEM. TLS 1.2 and 1.3.
///
/// # Errors
/// A file cannot be read or holds nothing usable, or the key is not the certificate's.
pub fn load(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, Unusable> {
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .and_then(|chain| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(|error| unusable(certificates, "certificate", &error))?;
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, "private key", &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| {
            let (certificates, key) = (certificates.display(), key.display());
            Unusable(match error {
                Error::InconsistentKeys(_) => {
                    format!("The key in {key} is not the key of the certificate in {certificates}.")
                }
                Error::InvalidCertificate(why) => {
                    format!("The first certificate in {certificates} is not valid: {why:?}.")
                }
                error => format!("{certificates} and {key} cannot be used for TLS: {error}."),
            })
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Returns the sentence on a file that holds no usable `item`.
fn unusable(file: &Path, item: &str, error: &pem::Error) -> Unusable {
    let file = file.display();
    Unusable(match error {
        pem::Error::Io(error) => format!("{file} cannot be read: {error}."),
        pem::Error::NoItemsFound => {
            format!("{file} holds no {item} in PEM form (a section between BEGIN and END lines).")
        }
        _ => format!("{file} holds a PEM section that is broken; a {item} was expected."),
    })
}
