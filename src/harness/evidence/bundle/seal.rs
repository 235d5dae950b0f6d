//! Digests and signatures: SHA-256, and Ed25519 (RFC 8032) with keys as OpenSSL writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

/// The bytes before the 32 of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4).
const SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Returns the SHA-256 of bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The private half of a pair of keys. It shows itself to nobody.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// A sentence that shows nothing of it: it is no such key.
    pub fn from_pem(pem: &[u8]) -> Result<SigningKey, String> {
        let wrong = || {
            "it holds no Ed25519 private key as PKCS#8 in PEM, such as \
             `openssl genpkey -algorithm ed25519` writes"
                .to_owned()
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| wrong())?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_pkcs8_der());
        pair.map(SigningKey).map_err(|_| wrong())
    }

    /// Returns the public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// The public half of a pair of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads SubjectPublicKeyInfo in PEM, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// A sentence: it is no such key.
    pub fn from_pem(pem: &[u8]) -> Result<PublicKey, String> {
        let wrong = || {
            "it holds no Ed25519 public key in PEM, such as `openssl pkey -pubout` writes"
                .to_owned()
        };
        let key = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| wrong())?;
        let key = key.as_ref().strip_prefix(SPKI).filter(|key| key.len() == 32);
        key.map(|key| PublicKey(key.to_vec())).ok_or_else(wrong)
    }

    pub(super) fn from_text(text: &str) -> Option<PublicKey> {
        STANDARD.decode(text).ok().filter(|key| key.len() == 32).map(PublicKey)
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

impl std::fmt::Display for PublicKey {
    /// Returns the 32 bytes in Base64.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&STANDARD.encode(&self.0))
    }
}
