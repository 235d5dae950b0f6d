//! TLS: whom the client believes, what it shows of itself, and what the end of a handshake means
//! for whoever must act on it.

use std::io;

use chrono::DateTime;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, RootCertStore};
use rustls_native_certs::{CertificateResult, load_native_certs};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::harness::subject::{Shown, Target, Trust};

/// What names other certificates to trust, as the system's tools read it.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];
/// What says which certificate to show.
const SHOW: &str = "--client-cert FILE and --client-key FILE, or `certificate` and `key` in a \
                    target file, name the one to show";

/// Whom the client believes, and what it shows.
#[derive(Debug)]
pub(super) struct Tls {
    pub(super) config: TlsConfig,
    /// Whom it believes, in words.
    trusted: String,
    /// The file of what it shows, if it shows anything.
    shown: Option<String>,
}

impl Tls {
    /// Returns what a target asks for.
    ///
    /// # Errors
    /// A sentence: a file holds no certificate or no key, or the key is not the certificate's.
    pub(super) fn of(target: &Target) -> Result<Tls, String> {
        let config = TlsConfig::builder();
        let (config, trusted) = match &target.tls.trust {
            Trust::Anybody => (config.disable_verification(true), String::new()),
            Trust::Authorities(pem) => {
                let certificates = pem.certificates()?;
                check(&certificates).map_err(|number| {
                    format!("Certificate {number} in {pem} is none of an authority.")
                })?;
                (config.root_certs(roots(&certificates)), pem.to_string())
            }
            Trust::Nobody => (config.root_certs(roots(&[])), "nobody".to_owned()),
            // It takes time, and no connection will ask for it.
            Trust::System if !target.is_asked_over_tls() => (config, String::new()),
            Trust::System => {
                let variables = VARIABLES.iter().filter(|name| std::env::var_os(name).is_some());
                let variables: Vec<_> = variables.copied().collect();
                let (roots, trusted) = system(load_native_certs(), &variables)?;
                (config.root_certs(roots), trusted)
            }
        };
        let shown = target.tls.shown.as_ref();
        let certificate = shown.map(client_certificate).transpose()?;
        Ok(Tls {
            config: config.client_cert(certificate).build(),
            trusted,
            shown: shown.map(|shown| shown.certificate.to_string()),
        })
    }

    /// Returns what TLS says of an error, in a sentence without a full stop; nothing where TLS has
    /// no part in it.
    pub(super) fn told(&self, error: &io::Error) -> Option<String> {
        let error = error.get_ref()?.downcast_ref::<Error>()?;
        Some(match error {
            Error::InvalidCertificate(why) => self.distrust(why),
            Error::AlertReceived(alert) => self.refusal(*alert),
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                "what answers there does not speak TLS: http:// may be meant, not https://"
                    .to_owned()
            }
            error => format!("no connection of TLS came about: {error}"),
        })
    }

    /// Returns why the server is not believed.
    fn distrust(&self, why: &CertificateError) -> String {
        let trusted = &self.trusted;
        match why {
            CertificateError::UnknownIssuer => format!(
                "the server's certificate is of no authority that is trusted here (by {trusted}); \
                 --ca FILE, or `ca` in a target file, names the certificate of its authority"
            ),
            CertificateError::NotValidForNameContext { expected, presented } => {
                // They come as `DnsName("…")`.
                let bare = |name: &String| {
                    let inner = name.split_once('(').map_or(name.as_str(), |(_, inner)| inner);
                    inner.trim_end_matches(')').trim_matches('"').to_owned()
                };
                let others: Vec<_> = presented.iter().map(bare).collect();
                let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
                format!(
                    "the server's certificate is not valid for the name {} (its names: {others}); \
                     ask it by a name that it has",
                    expected.to_str()
                )
            }
            CertificateError::ExpiredContext { time, not_after } => format!(
                "the server's certificate has expired: it was valid until {}, and the clock of this \
                 machine says {}; it is to be renewed",
                date(*not_after),
                date(*time)
            ),
            CertificateError::NotValidYetContext { time, not_before } => format!(
                "the server's certificate is not valid yet: it will be from {} on, and the clock of \
                 this machine says {}",
                date(*not_before),
                date(*time)
            ),
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                "the server's certificate is not for servers, by its extended key usage".to_owned()
            }
            why if why.to_string().contains("CaUsedAsEndEntity") => {
                "the server's certificate is one of an authority (CA:TRUE), which vouches for others \
                 and does not serve; it is to be made anew with CA:FALSE"
                    .to_owned()
            }
            why => format!("the server's certificate cannot be relied on: {why}"),
        }
    }

    /// Returns why the server broke off, by its alert (RFC 8446, 6.2).
    fn refusal(&self, alert: AlertDescription) -> String {
        use AlertDescription as Alert;
        let of_certificate = matches!(
            alert,
            Alert::CertificateRequired
                | Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied
        );
        match &self.shown {
            None if alert == Alert::CertificateRequired => {
                format!("the server demands a certificate of its clients; {SHOW}")
            }
            // So servers of TLS 1.2 say the same.
            None if of_certificate || alert == Alert::HandshakeFailure => format!(
                "the server broke off the handshake ({alert:?}); if it demands a certificate of its \
                 clients, {SHOW}"
            ),
            Some(shown) if of_certificate => format!(
                "the server refuses the certificate that is shown to it, {shown}: {alert:?}"
            ),
            _ => format!("the server broke off the connection: {alert:?}"),
        }
    }
}

/// Returns the day of a time, in UTC.
fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let moment = DateTime::from_timestamp(seconds, 0);
    moment.map_or_else(|| format!("{seconds} s"), |moment| moment.date_naive().to_string())
}

/// Returns whom the system trusts, and that in words: whoever stands in its store, or where the
/// `variables` that are set say; the authorities that came with this build where there is no store
/// at all, as in an empty container.
///
/// # Errors
/// A sentence: a variable leads to no certificate.
fn system(found: CertificateResult, variables: &[&str]) -> Result<(RootCerts, String), String> {
    let named = variables.join(" and ");
    match (found.certs.is_empty(), variables.is_empty()) {
        (false, true) => Ok((roots(&found.certs), "the system's trust store".to_owned())),
        (false, false) => Ok((roots(&found.certs), named)),
        (true, true) => Ok((RootCerts::WebPki, "the authorities built in".to_owned())),
        (true, false) => {
            let why = found.errors.first().map(|error| format!(": {error}"));
            let why = why.unwrap_or_default();
            Err(format!(
                "{named} leads to no certificate in PEM form{why}; correct it, unset it, or name \
                 the certificates to trust with --ca FILE."
            ))
        }
    }
}

/// Checks that each certificate can be trusted.
///
/// # Errors
/// The number of the first that cannot, from 1 on.
fn check(certificates: &[CertificateDer<'static>]) -> Result<(), usize> {
    let mut store = RootCertStore::empty();
    let refused = certificates.iter().position(|each| store.add(each.clone()).is_err());
    refused.map_or(Ok(()), |index| Err(index + 1))
}

fn roots(certificates: &[CertificateDer<'static>]) -> RootCerts {
    RootCerts::new_with_certs(&owned(certificates))
}

fn owned(certificates: &[CertificateDer<'static>]) -> Vec<Certificate<'static>> {
    certificates.iter().map(|each| Certificate::from_der(each).to_owned()).collect()
}

/// Returns the certificate that is shown, as the library knows it, which takes its word for it.
fn client_certificate(Shown { certificate, key }: &Shown) -> Result<ClientCert, String> {
    let chain = certificate.certificates()?;
    let private = match key {
        Some(key) => key.private_key()?,
        None => certificate.private_key().map_err(|sentence| {
            format!(
                "{sentence} --client-key FILE, or `key` in a target file, names the file that does."
            )
        })?,
    };
    let key_name = key.as_ref().unwrap_or(certificate);
    CertifiedKey::from_der(chain.clone(), private, &ring::default_provider()).map_err(|error| {
        match error {
            Error::InconsistentKeys(_) => {
                format!("The key in {key_name} is not the key of the certificate in {certificate}.")
            }
            // What is wrong with the key is not said: it might be shown.
            _ => format!("{certificate} and {key_name} cannot be used for TLS."),
        }
    })?;
    // The library makes keys of PEM alone.
    let private = PrivateKey::from_pem(key_name.reveal());
    let private = private.map_err(|_| format!("{key_name} holds no private key."))?;
    Ok(ClientCert::new_with_certs(&owned(&chain), private))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(certificates: usize) -> CertificateResult {
        let mut found = CertificateResult::default();
        let certificate = CertificateDer::from(vec![0x30]);
        found.certs.extend(std::iter::repeat_n(certificate, certificates));
        found
    }

    /// A container without a store is judged from all the same; but what somebody says is not
    /// passed over for what he did not say.
    #[test]
    fn the_authorities_built_in_are_trusted_only_where_there_is_nothing_else() {
        for (count, variables, trusted) in [
            (1, &[][..], Ok("the system's trust store")),
            (1, &["SSL_CERT_FILE"], Ok("SSL_CERT_FILE")),
            (2, &["SSL_CERT_FILE", "SSL_CERT_DIR"], Ok("SSL_CERT_FILE and SSL_CERT_DIR")),
            (0, &[], Ok("the authorities built in")),
            (0, &["SSL_CERT_DIR"], Err("SSL_CERT_DIR leads to no certificate")),
        ] {
            match (system(found(count), variables), trusted) {
                (Ok((roots, found)), Ok(expected)) => {
                    assert_eq!(found, expected);
                    assert_eq!(matches!(roots, RootCerts::WebPki), count == 0);
                }
                (Err(sentence), Err(part)) => assert!(sentence.starts_with(part), "{sentence}"),
                (found, expected) => unreachable!("{found:?}, not {expected:?}"),
            }
        }
    }
}
