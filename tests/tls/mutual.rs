//! `serve --tls-client-ca`: who has to show a certificate, and what becomes of who does not.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

use crate::authority::{Authority, Signed};
use crate::clients::{agent, curl, trusting};
use crate::served::Served;

/// A server that demands certificates, and the files beside it.
pub(crate) struct Guarded {
    served: Served,
    pub(crate) folder: TempDir,
    authority: Authority,
    own: Signed,
}

impl Guarded {
    fn start() -> Guarded {
        Guarded::start_in(TempDir::new().unwrap(), &[])
    }

    /// Starts one with more flags, its files in this folder.
    pub(crate) fn start_in(folder: TempDir, flags: &[&str]) -> Guarded {
        let authority = Authority::new("known");
        let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
        let (cert, key) = authority.sign("localhost", 2100).write(folder.path(), "server");
        let ca = authority.write(folder.path(), "ca.pem");
        let own = authority.sign("client.example", 2100);
        own.write(folder.path(), "client");
        let [cert, key, ca] = [cert, key, ca].map(|file| path(&file));
        let tls = ["--tls-cert", &cert, "--tls-key", &key, "--tls-client-ca", &ca];
        Guarded { served: Served::start(&[&tls[..], flags].concat()), folder, authority, own }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.served.addr.port())
    }

    /// The counts of handshakes that failed, as somebody reads them who is let in.
    fn failed(&self) -> Value {
        let agent = agent(trusting(&self.authority), Some(&self.own));
        let mut answer = agent.get(self.url("/etalon/health")).call().unwrap();
        let health: Value =
            serde_json::from_slice(&answer.body_mut().read_to_vec().unwrap()).unwrap();
        health["failedHandshakes"].clone()
    }

    /// Why a client gets no answer, by the alert that reaches it.
    fn refusal(
        &self,
        shown: Option<&Signed>,
        version: &'static tokio_rustls::rustls::SupportedProtocolVersion,
    ) -> String {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.certificate.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        let config = match shown {
            None => config.with_no_client_auth(),
            Some(signed) => {
                let chain = CertificateDer::from_pem_slice(signed.certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(signed.key.as_bytes()).unwrap();
                config.with_client_auth_cert(vec![chain], key).unwrap()
            }
        };
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = TcpStream::connect(self.served.addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut stream = Stream::new(&mut client, &mut socket);
        // Much is sent before the answer is read: what the server does not read must not cost the
        // client the alert.
        let sent = stream.write_all(&[b'x'; 30_000]);
        let read = sent.and_then(|()| std::io::Read::read(&mut stream, &mut [0]));
        read.unwrap_err().to_string()
    }
}

/// Before, `serve` could not ask for a certificate: who had to try a client against a ledger API,
/// which asks for one, could not.
#[test]
fn who_shows_no_certificate_of_the_authority_is_refused_counted_and_told_of_once() {
    use tokio_rustls::rustls::version::{TLS12, TLS13};
    let guarded = Guarded::start();
    let counts = serde_json::json!({"noCertificate": 0, "badCertificate": 0, "other": 0});
    assert_eq!(guarded.failed(), counts);

    let stranger = Authority::new("unknown").sign("client.example", 2100);
    let expired = guarded.authority.sign("client.example", 2001);
    for version in [&TLS12, &TLS13] {
        for (shown, alert) in [
            (None, "CertificateRequired"),
            (Some(&stranger), "UnknownCA"),
            (Some(&expired), "CertificateExpired"),
        ] {
            let refusal = guarded.refusal(shown, version);
            assert!(refusal.contains(alert), "{version:?}, {alert}: {refusal}");
        }
    }
    // One that does not speak TLS.
    let mut plain = TcpStream::connect(guarded.served.addr).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    std::io::Read::read_to_end(&mut plain, &mut Vec::new()).unwrap();

    let counts = serde_json::json!({"noCertificate": 2, "badCertificate": 4, "other": 1});
    assert_eq!(guarded.failed(), counts);
    let told = guarded.served.says();
    assert!(told.contains("a TLS handshake failed: peer sent no certificates"), "{told}");
    assert_eq!(guarded.served.said(), [""; 0]);
}

#[test]
fn the_same_of_curl() {
    let guarded = Guarded::start();
    let path = "/ledger/customer/v1/100/customers/2100000001";
    let url = guarded.url(path);
    let token = "Authorization: Bearer etalon-100";
    let with = ["--cert", "client.pem", "--key", "client-key.pem"];
    let common = ["--cacert", "ca.pem", "-H", token, "-w", "%{http_code}", "-o", "answer", &url];
    let folder: &Path = guarded.folder.path();
    for versions in [&["--tls-max", "1.2"][..], &["--tlsv1.3"]] {
        let Some(served) = curl(folder, &[&with[..], versions, &common].concat()) else { return };
        assert_eq!(String::from_utf8_lossy(&served.stdout), "404", "{served:?}");
        let refused = curl(folder, &[versions, &common[..]].concat()).unwrap();
        assert_eq!(String::from_utf8_lossy(&refused.stdout), "000", "{refused:?}");
        assert!(!refused.status.success());
        let why = String::from_utf8_lossy(&refused.stderr);
        assert!(why.contains("certificate required"), "{why}");
    }
    assert_eq!(guarded.failed()["noCertificate"], 2);
    // The certificate is asked for beside the token, not instead of it.
    let bare = ["--cacert", "ca.pem", "-w", "%{http_code}", "-o", "answer", &url];
    let bare = curl(folder, &[&with[..], &bare].concat()).unwrap();
    assert_eq!(String::from_utf8_lossy(&bare.stdout), "401");
}
