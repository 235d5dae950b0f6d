//! TLS: a client that trusts the certificate is served over it; what cannot serve is refused by
//! a sentence that names the file.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/tiny.rs"]
mod tiny;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use etalon::server::{Limits, tls};
use raw::Raw;
use tempfile::TempDir;
use tiny::Served;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// A certificate for `localhost` and its key, as PEM text.
fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn agent(roots: RootCerts) -> ureq::Agent {
    let tls = TlsConfig::builder().root_certs(roots).build();
    let limit = Some(Duration::from_secs(10));
    ureq::Agent::config_builder().tls_config(tls).timeout_global(limit).build().into()
}

#[test]
fn a_client_that_trusts_the_certificate_is_served_and_a_silent_one_is_shed() {
    let folder = TempDir::new().unwrap();
    let (certificate, key) = certificate();
    let config = tls::load(
        &write(&folder, "certificate.pem", &certificate),
        &write(&folder, "key.pem", &key),
    )
    .unwrap();
    let limits = Limits { first_byte: Duration::from_millis(300), ..Limits::default() };
    let mut served = Served::start(limits, Some(config));
    let url = format!("https://localhost:{}/", served.addr.port());

    let trusted: Vec<Certificate<'static>> = parse_pem(certificate.as_bytes())
        .filter_map(|item| match item.unwrap() {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    let agent_that_trusts = agent(RootCerts::new_with_certs(&trusted));
    for _ in 0..2 {
        let mut answer =
            agent_that_trusts.get(&url).header("Authorization", "Bearer tiny").call().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.body_mut().read_to_vec().unwrap().len(), 1000);
    }
    agent(RootCerts::WebPki).get(&url).call().expect_err("an unknown certificate was trusted");

    let mut silent = Raw::connect(served.addr).unwrap();
    assert!(silent.closed(), "a handshake that never begins was waited for");
    let mut plain = Raw::connect(served.addr).unwrap();
    plain.send("GET / HTTP/1.1\r\n\r\n").unwrap();
    plain.answer().expect_err("plain HTTP was answered on the TLS port");
    drop(agent_that_trusts);
    served.finish();
}

#[test]
fn what_cannot_serve_is_refused_by_a_sentence_that_names_the_file() {
    let folder = TempDir::new().unwrap();
    let ((certificate, key), (_, other_key)) = (certificate(), certificate());
    let good = write(&folder, "certificate.pem", &certificate);
    let key = write(&folder, "key.pem", &key);
    let other = write(&folder, "other.pem", &other_key);
    let empty = write(&folder, "empty.pem", "no PEM here\n");
    let torn = write(&folder, "torn.pem", &certificate[..certificate.len() / 2]);
    let missing = folder.path().join("missing.pem");
    let cases = [
        (&missing, &key, "missing.pem cannot be read"),
        (&empty, &key, "empty.pem holds no certificate"),
        (&torn, &key, "torn.pem holds a PEM section that is broken"),
        (&good, &missing, "missing.pem cannot be read"),
        (&good, &empty, "empty.pem holds no private key"),
        (&good, &good, "certificate.pem holds no private key"),
        (&good, &other, "other.pem is not the key of the certificate in"),
    ];
    for (certificate, key, expected) in cases {
        let sentence = tls::load(certificate, key).unwrap_err().to_string();
        assert!(sentence.contains(expected), "{sentence}");
    }
    tls::load(&good, &key).unwrap();
}
