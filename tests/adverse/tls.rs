//! TLS: whom the judge believes, whom it does not, and what it shows of itself.

use std::fs;
use std::io::{self, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, date_time_ymd};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::authority::{Authority, Signed, write};
use crate::fault::exchange;
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

/// A server of plain HTTP, which refuses whatever comes before it is whole.
fn serve_plainly() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            thread::spawn(move || {
                let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                io::copy(&mut client, &mut io::sink())
            });
        }
    });
    address
}

fn talk(client: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    let mut client = BufReader::new(client);
    while exchange(&mut client)? {}
    Ok(())
}

/// `certify` by a target file in `folder` that begins so, with variables of its environment.
fn certify_in(
    folder: &Path,
    address: SocketAddr,
    head: &str,
    flags: &[&str],
    variables: &[(&str, &str)],
) -> Run {
    let port = address.port();
    let text = format!(
        "base = \"https://localhost:{port}\"\nprovision = \"preloaded\"\n{head}\n[api.usage]\n"
    );
    fs::write(folder.join("target.toml"), text).unwrap();
    let mut command = etalon("certify");
    let key = fs::read_to_string(folder.join("own-key.pem")).unwrap_or_default();
    command.env("ETALON_TEST_KEY", key);
    if !variables.is_empty() {
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    }
    command.envs(variables.iter().copied()).current_dir(folder);
    command.args(["usage/invoices/get", "--report", "json=report.json", "--target", "target.toml"]);
    run(command.args(flags))
}

/// The same in the environment of the test.
fn certify(folder: &Path, address: SocketAddr, head: &str, flags: &[&str]) -> Run {
    certify_in(folder, address, head, flags, &[])
}

/// Each is one sentence that says what was wrong and what to do, and none says that a server which
/// answered cannot be reached.
#[test]
fn who_is_not_known_is_not_judged_unless_that_is_asked_for_aloud() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    known.write(folder, "ca.pem");
    let ca = "ca = \"ca.pem\"";
    let plain = serve_plainly();
    let later = |params: &mut CertificateParams| params.not_before = date_time_ymd(2099, 1, 1);
    let of_authority = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    let for_clients = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    };
    for (what, address, said) in [
        ("known", serve(&known.sign("localhost", 2100), None), None),
        (
            "another's name",
            serve(&known.sign("other.example", 2100), None),
            Some("is not valid for the name localhost (its names: other.example); ask it by"),
        ),
        (
            "expired",
            serve(&known.sign("localhost", 2001), None),
            Some("has expired: it was valid until 2001-01-01, and the clock of this machine says"),
        ),
        (
            "not yet",
            serve(&known.sign_with("localhost", later), None),
            Some("is not valid yet: it will be from 2099-01-01 on"),
        ),
        (
            "unknown",
            serve(&unknown.sign("localhost", 2100), None),
            Some("is of no authority that is trusted here (by ca.pem); --ca FILE, or `ca` in a"),
        ),
        (
            "an authority's own",
            serve(&known.sign_with("localhost", of_authority), None),
            Some("is one of an authority (CA:TRUE)"),
        ),
        (
            "a client's",
            serve(&known.sign_with("localhost", for_clients), None),
            Some("is not for servers, by its extended key usage"),
        ),
        ("no TLS", plain, Some("does not speak TLS: http:// may be meant")),
    ] {
        let judged = certify(folder, address, ca, &[]);
        let text = format!("{what}: {}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(if said.is_none() { 0 } else { 4 }), "{text}");
        assert!(text.contains(said.unwrap_or_default()), "{text}");
        assert!(!text.contains("INSECURE") && !text.contains("cannot be reached"), "{text}");
        assert!(said.is_none() || judged.stderr.lines().count() == 1, "{text}");
        if what == "no TLS" {
            continue;
        }
        let judged = certify(folder, address, ca, &["--insecure"]);
        let text = format!("{what}: {}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(0), "{text}");
        assert!(text.contains("INSECURE: certificates were not verified"), "{text}");
        assert_eq!(report(&folder.join("report.json"))["target"]["insecure"], true);
    }
    // A file cannot say it.
    let silent = certify(folder, plain, "insecure = true", &[]);
    assert_eq!(silent.code, Some(2), "{}", silent.stderr);
    assert!(silent.stderr.contains("no key insecure"), "{}", silent.stderr);
}

#[test]
fn a_certificate_is_shown_to_who_asks_for_it_and_its_key_to_nobody() {
    let authority = Authority::new("known");
    let address = serve(&authority.sign("localhost", 2100), Some(&authority));
    let (own, other) =
        (authority.sign("judge.example", 2100), authority.sign("other.example", 2100));
    let stranger = Authority::new("unknown").sign("judge.example", 2100);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority.write(folder, "ca.pem");
    own.write(folder, "own");
    other.write(folder, "other");
    stranger.write(folder, "stranger");
    let both = format!("{}{}", own.certificate, own.key);
    write(folder, "both.pem", &both);
    write(folder, "windows.pem", format!("\u{feff}{}", both.replace('\n', "\r\n")));
    write(folder, "none.pem", "no PEM here\n");
    let ca = "ca = \"ca.pem\"";
    let named = format!("{ca}\ncertificate = \"own.pem\"");
    let given = format!("{named}\nkey = '''{}'''", own.key);
    let secret: Vec<_> = own.key.lines().filter(|line| !line.starts_with("---")).collect();
    let key = ["--client-key", "own-key.pem"];
    let flags = |certificate| [["--client-cert", certificate], key].concat();
    for (head, flags, code, said) in [
        (
            ca.to_owned(),
            vec![],
            4,
            "cannot be judged: the server demands a certificate of its clients; --client-cert FILE",
        ),
        (format!("{named}\nkey = {{ file = \"own-key.pem\" }}"), vec![], 0, ""),
        (format!("{named}\nkey = {{ env = \"ETALON_TEST_KEY\" }}"), vec![], 0, ""),
        (given, vec![], 0, ""),
        (format!("{ca}\ncertificate = \"both.pem\""), vec![], 0, ""),
        (format!("{ca}\ncertificate = \"windows.pem\""), vec![], 0, ""),
        (String::new(), [vec!["--ca", "ca.pem"], flags("own.pem")].concat(), 0, ""),
        (ca.to_owned(), vec!["--client-cert", "both.pem"], 0, ""),
        // A flag wins over both keys of the file.
        (format!("{ca}\ncertificate = \"none.pem\"\nkey = \"none\""), flags("own.pem"), 0, ""),
        (
            ca.to_owned(),
            vec!["--client-cert", "stranger.pem", "--client-key", "stranger-key.pem"],
            4,
            "the server refuses the certificate that is shown to it, stranger.pem: UnknownCA",
        ),
        (named.clone(), vec![], 2, "own.pem holds no private key in PEM form"),
        (named.clone(), vec![], 2, "--client-key FILE, or `key` in a target file, names"),
        (format!("{ca}\nkey = {{ file = \"own-key.pem\" }}"), vec![], 2, "without a `certificate`"),
        (format!("{named}\nkey = {{ file = \"own.pem\" }}"), vec![], 2, "own.pem holds no private"),
        (format!("{named}\nkey = '''{}'''", secret.concat()), vec![], 2, "holds no private key"),
        // It took the judge down.
        (ca.to_owned(), flags("other.pem"), 2, "own-key.pem is not the key of the certificate in"),
        (ca.to_owned(), flags("none.pem"), 2, "none.pem holds no certificate in PEM form"),
        (ca.to_owned(), flags("missing.pem"), 2, "missing.pem cannot be read"),
        ("ca = \"none.pem\"".to_owned(), vec![], 2, "none.pem holds no certificate in PEM form"),
        (ca.to_owned(), key.to_vec(), 2, "--client-cert"),
    ] {
        let judged = certify(folder, address, &head, &flags);
        let text = format!("{}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(code), "{head} {flags:?}: {text}");
        assert!(text.contains(said), "{head} {flags:?}: {text}");
        let written = fs::read_to_string(folder.join("report.json")).unwrap_or_default();
        for line in &secret {
            assert!(!text.contains(line) && !written.contains(line), "{text}");
        }
    }
}

/// Within a company the authority stands in the machine's own store, where every other tool finds it:
/// the judge alone demanded it by a flag.
#[test]
fn whom_the_system_trusts_is_trusted_unless_a_flag_says_otherwise() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let address = serve(&known.sign("localhost", 2100), None);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    known.write(folder, "known.pem");
    unknown.write(folder, "unknown.pem");
    fs::create_dir(folder.join("store")).unwrap();
    known.write(&folder.join("store"), "0a1b2c3d.0");
    let file = |name| vec![("SSL_CERT_FILE", name)];
    for (variables, flags, code, said) in [
        (file("known.pem"), vec![], 0, ""),
        (vec![("SSL_CERT_DIR", "store")], vec![], 0, ""),
        (vec![("SSL_CERT_FILE", "unknown.pem"), ("SSL_CERT_DIR", "store")], vec![], 0, ""),
        (file("unknown.pem"), vec![], 4, "trusted here (by SSL_CERT_FILE); --ca FILE"),
        (file("unknown.pem"), vec!["--ca", "known.pem"], 0, ""),
        // As of curl: it replaces, and does not add.
        (file("known.pem"), vec!["--ca", "unknown.pem"], 4, "trusted here (by unknown.pem)"),
        (file("missing.pem"), vec![], 2, "SSL_CERT_FILE leads to no certificate in PEM form: "),
        (file("missing.pem"), vec!["--ca", "known.pem"], 0, ""),
    ] {
        let judged = certify_in(folder, address, "", &flags, &variables);
        let text = format!("{variables:?} {flags:?}: {}{}", judged.stdout, judged.stderr);
        assert_eq!(judged.code, Some(code), "{text}");
        assert!(text.contains(said), "{text}");
    }
}
