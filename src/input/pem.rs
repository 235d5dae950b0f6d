//! Certificates and private keys in PEM (RFC 7468), as tools and editors of three systems write
//! them. What is wrong with one is a sentence that never holds a byte of it.

use std::fmt;
use std::path::Path;

use rustls_pki_types::pem::{Error, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::encoding::{is_utf_16, unmarked};
use super::file;
use super::secret::Secret;

/// A text that is to hold certificates or a private key. It shows no more of itself than its name.
#[derive(Clone)]
pub struct Pem {
    name: String,
    text: Vec<u8>,
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pem({})", self.name)
    }
}

/// Names it, as the subject of a sentence.
impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Pem {
    /// Reads a file.
    ///
    /// # Errors
    /// A sentence: it cannot be read, or is in UTF-16.
    pub fn read(path: &Path) -> Result<Pem, String> {
        let name = path.display().to_string();
        let bytes = file::read(path, file::WRITTEN)
            .map_err(|error| format!("{name} cannot be read: {error}."))?;
        // DER begins with 0x30 and a length, never with a byte of zero.
        if is_utf_16(&bytes) {
            return Err(format!("{name} is in UTF-16; save it as UTF-8."));
        }
        Ok(Pem { name, text: unmarked(&bytes).to_vec() })
    }

    /// Takes a secret, which `name` calls in sentences.
    pub fn of_secret(name: impl fmt::Display, secret: &Secret) -> Pem {
        let text = unmarked(secret.reveal().as_bytes()).to_vec();
        Pem { name: name.to_string(), text }
    }

    /// Returns the text itself.
    pub fn reveal(&self) -> &[u8] {
        &self.text
    }

    /// Returns the certificates, in their order; at least one.
    ///
    /// # Errors
    /// A sentence: there is none, or a section that cannot be read.
    pub fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.text).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => Err(self.unusable("certificate", &Error::NoItemsFound)),
            Err(error) => Err(self.unusable("certificate", &error)),
        }
    }

    /// Returns the first private key.
    ///
    /// # Errors
    /// A sentence: there is none, it is encrypted, or cannot be read.
    pub fn private_key(&self) -> Result<PrivateKeyDer<'static>, String> {
        PrivateKeyDer::from_pem_slice(&self.text)
            .map_err(|error| self.unusable("private key", &error))
    }

    /// Returns the sentence on a text that holds no usable `item`.
    fn unusable(&self, item: &str, error: &Error) -> String {
        let has = |part: &[u8]| self.text.windows(part.len()).any(|bytes| bytes == part);
        match error {
            _ if item == "private key" && has(b"ENCRYPTED") => format!(
                "{self} holds a private key that is encrypted, for which there is nobody to ask for \
                 its passphrase; `openssl pkey` writes it without one."
            ),
            // A sequence of ASN.1, as the first byte of DER and of PKCS #12.
            Error::NoItemsFound if self.text.starts_with(&[0x30]) && !has(b"-----BEGIN") => {
                format!(
                    "{self} holds no {item} in PEM form; it looks like DER or PKCS #12, which `openssl \
                 x509 -inform der`, `openssl pkey -inform der` or `openssl pkcs12 -nodes` write as \
                 PEM."
                )
            }
            Error::NoItemsFound => format!(
                "{self} holds no {item} in PEM form (a section between BEGIN and END lines)."
            ),
            _ => format!("{self} holds a PEM section that is broken; a {item} was expected."),
        }
    }
}
