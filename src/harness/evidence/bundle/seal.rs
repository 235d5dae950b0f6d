//! Digests and signatures: SHA-256, and Ed25519 (RFC 8032) with keys as OpenSSL writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};

/// The bytes before the 32 of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4).
const SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The points of small order on the curve, as an encoding of 32 bytes can name them, without the bit
/// of the sign: for a key that is one of them, anybody finds a signature of anything. The last three
/// are not reduced modulo the field's prime (RFC 8032, 5.1.3, asks to refuse those).
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    at_first(0x01),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    near_prime(0xec),
    near_prime(0xed),
    near_prime(0xee),
];

const fn at_first(byte: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = byte;
    bytes
}

const fn near_prime(byte: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = byte;
    bytes[31] = 0x7f;
    bytes
}

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
        let key = key.as_ref().strip_prefix(SPKI).ok_or_else(wrong)?;
        PublicKey::of(key)?.ok_or_else(wrong)
    }

    /// Reads the 32 bytes in Base64; none, if it is no such text.
    ///
    /// # Errors
    /// A sentence: whatever it signs, anybody can sign.
    pub(super) fn from_text(text: &str) -> Result<Option<PublicKey>, String> {
        STANDARD.decode(text).map_or(Ok(None), |key| PublicKey::of(&key))
    }

    fn of(key: &[u8]) -> Result<Option<PublicKey>, String> {
        let Ok(bytes) = <[u8; 32]>::try_from(key) else { return Ok(None) };
        let mut unsigned = bytes;
        unsigned[31] &= 0x7f;
        match SMALL_ORDER.contains(&unsigned) {
            true => {
                Err("it is a key of small order, by which anybody can sign anything".to_owned())
            }
            false => Ok(Some(PublicKey(key.to_vec()))),
        }
    }

    /// Returns SHA-256 of its SubjectPublicKeyInfo, in hexadecimal, as
    /// `openssl pkey -pubin -outform DER | sha256sum` prints it.
    pub fn fingerprint(&self) -> String {
        sha256(&[SPKI, &self.0].concat())
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{PublicKey, SMALL_ORDER};

    /// Whoever were shown such a key beside a bundle would trust what anybody can write.
    #[test]
    fn a_key_by_which_anybody_can_sign_is_refused_however_it_is_written() {
        for key in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut key = key;
                key[31] |= sign;
                let said = PublicKey::from_text(&STANDARD.encode(key)).unwrap_err();
                assert!(said.contains("small order"), "{key:02x?}: {said}");
            }
        }
        assert_eq!(PublicKey::from_text("AQ=="), Ok(None));
        assert_eq!(PublicKey::from_text("no text"), Ok(None));
    }

    /// With the identity for a key and for the signature's point, and nothing to multiply, the equation
    /// of RFC 8032, 5.1.7, holds of any message: this is what the refusal guards.
    #[test]
    fn the_identity_has_signed_whatever_one_likes() {
        let identity = super::at_first(1);
        let signature = [identity, [0; 32]].concat();
        assert!(PublicKey(identity.to_vec()).has_signed(b"anything", &signature));
    }
}
