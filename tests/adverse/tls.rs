//! TLS: whom the judge believes, whom it does not, and what it shows of itself.

use std::fs;
use std::io::{self, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::authority::{Authority, Signed};
use crate::fault::{Act, Spoilt, When, exchange};
use crate::run::{Run, etalon, report, run};

/// The reference over TLS, by `shown`; with `clients`, only for who has a certificate by them.
fn serve(shown: &Signed, clients: Option<&Authority>) -> SocketAddr {
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(shown.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).unwrap();
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // A client that does not believe it goes away.
            thread::spawn(move || drop(talk(StreamOwned::new(connection, client))));
        }
    });
    address
}

fn talk(client: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    let mut client = BufReader::new(client);
    while exchange(&mut client)? {}
    Ok(())
}

/// `certify` by a target file in `folder` that begins so.
fn certify(folder: &Path, host: &str, address: SocketAddr, head: &str, flags: &[&str]) -> Run {
    let port = address.port();
    let text = format!(
        "base = \"https://{host}:{port}\"\nprovision = \"preloaded\"\n{head}\n[api.usage]\n"
    );
    fs::write(folder.join("target.toml"), text).unwrap();
    let mut command = etalon("certify");
    command.env("ETALON_TEST_KEY", fs::read_to_string(folder.join("key.pem")).unwrap());
    let json = format!("json={}", folder.join("report.json").display());
    command.args(["usage/invoices/get", "--report", &json, "--target"]);
    run(command.arg(folder.join("target.toml")).args(flags))
}

#[test]
fn who_is_not_known_is_not_judged_unless_that_is_asked_for_aloud() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("ca.pem"), known.certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), "").unwrap();
    let ca = "ca = \"ca.pem\"";
    let plain = Spoilt::start(When::Always, Act::Close(b"HTTP/1.1 400 X\r\n\r\n")).address;
    for (what, address, said) in [
        ("known", serve(&known.sign("localhost", 2100), None), None),
        (
            "another's name",
            serve(&known.sign("other.example", 2100), None),
            Some("not valid for name"),
        ),
        ("expired", serve(&known.sign("localhost", 2001), None), Some("expired")),
        ("unknown", serve(&unknown.sign("localhost", 2100), None), Some("`ca`")),
        ("no TLS", plain, Some("TLS")),
    ] {
        let judged = certify(folder, "localhost", address, ca, &[]);
        let text = format!("{what}: {}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(if said.is_none() { 0 } else { 4 }), "{text}");
        assert!(text.contains(said.unwrap_or_default()), "{text}");
        assert!(!text.contains("INSECURE"), "{text}");
        if what == "no TLS" {
            continue;
        }
        let judged = certify(folder, "localhost", address, ca, &["--insecure"]);
        let text = format!("{what}: {}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(0), "{text}");
        assert!(text.contains("INSECURE: certificates were not verified"), "{text}");
        assert_eq!(report(&folder.join("report.json"))["target"]["insecure"], true);
    }
    // A file cannot say it.
    let silent = certify(folder, "localhost", plain, "insecure = true", &[]);
    assert_eq!(silent.code, Some(2), "{}", silent.stderr);
    assert!(silent.stderr.contains("no key insecure"), "{}", silent.stderr);
}

#[test]
fn a_certificate_is_shown_to_who_asks_for_it_and_its_key_to_nobody() {
    let authority = Authority::new("known");
    let address = serve(&authority.sign("localhost", 2100), Some(&authority));
    let own = authority.sign("judge.example", 2100);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, text) in [
        ("ca.pem", authority.certificate.pem()),
        ("own.pem", own.certificate.clone()),
        ("key.pem", own.key.clone()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let ca = "ca = \"ca.pem\"\ncertificate = \"own.pem\"";
    let given = format!("{ca}\nkey = '''{}'''", own.key);
    let secret: Vec<_> = own.key.lines().filter(|line| !line.starts_with("---")).collect();
    for (head, code, said) in [
        ("ca = \"ca.pem\"".to_owned(), 4, "`certificate` and `key`"),
        (format!("{ca}\nkey = {{ file = \"key.pem\" }}"), 0, ""),
        (format!("{ca}\nkey = {{ env = \"ETALON_TEST_KEY\" }}"), 0, ""),
        (given, 0, ""),
        (ca.to_owned(), 2, "one of `certificate` and `key`"),
        (format!("{ca}\nkey = {{ file = \"own.pem\" }}"), 2, "no private key"),
        (format!("{ca}\nkey = '''{}'''", secret.concat()), 2, "no private key"),
    ] {
        let judged = certify(folder, "localhost", address, &head, &[]);
        let text = format!("{}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(code), "{head}: {text}");
        assert!(text.contains(said), "{head}: {text}");
        let written = fs::read_to_string(folder.join("report.json")).unwrap_or_default();
        for line in &secret {
            assert!(!text.contains(line) && !written.contains(line), "{text}");
        }
    }
}
