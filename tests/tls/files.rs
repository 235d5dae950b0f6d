//! The PEM files of `serve`.

use std::path::Path;
use std::process::Command;

use etalon::server::tls::{Files, Tls};
use tempfile::TempDir;

use crate::authority::{Authority, write};

/// Who names the wrong file is told which it is, and what to do, and never a byte of it.
#[test]
fn what_cannot_serve_is_refused_by_a_sentence_that_names_the_file() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let authority = Authority::new("known");
    let (good, key) = authority.sign("localhost", 2100).write(folder, "good");
    let (_, other) = authority.sign("localhost", 2100).write(folder, "other");
    let ca = authority.write(folder, "ca.pem");
    let pem = std::fs::read_to_string(&good).unwrap();
    let empty = write(folder, "empty.pem", "no PEM here\n");
    let torn = write(folder, "torn.pem", &pem[..pem.len() / 2]);
    let der = write(folder, "good.der", authority.certificate.der());
    let wide: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = write(folder, "wide.pem", wide);
    let locked =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let locked = write(folder, "locked.pem", locked);
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let nonsense = write(folder, "nonsense.pem", nonsense);
    let missing = folder.join("missing.pem");
    let files = |certificate: &Path, key: &Path, client_ca: Option<&Path>| Files {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        client_ca: client_ca.map(Path::to_owned),
    };
    for (certificate, key, client_ca, expected) in [
        (&missing, &key, None, "missing.pem cannot be read"),
        (&empty, &key, None, "empty.pem holds no certificate"),
        (&torn, &key, None, "torn.pem holds a PEM section that is broken"),
        (&der, &key, None, "good.der holds no certificate in PEM form; it looks like DER"),
        (&wide, &key, None, "wide.pem is in UTF-16; save it as UTF-8"),
        (&nonsense, &key, None, "nonsense.pem"),
        (&good, &missing, None, "missing.pem cannot be read"),
        (&good, &empty, None, "empty.pem holds no private key"),
        (&good, &good, None, "good.pem holds no private key"),
        (&good, &locked, None, "locked.pem holds a private key that is encrypted"),
        (&good, &other, None, "other-key.pem is not the key of the certificate in"),
        (&good, &key, Some(&missing), "missing.pem cannot be read"),
        (&good, &key, Some(&key), "good-key.pem holds no certificate"),
        (&good, &key, Some(&nonsense), "Certificate 1 in"),
    ] {
        let client_ca = client_ca.map(|path: &std::path::PathBuf| path.as_path());
        let sentence = Tls::load(files(certificate, key, client_ca)).unwrap_err();
        assert!(sentence.contains(expected) && sentence.ends_with('.'), "{sentence}");
    }
    Tls::load(files(&good, &key, Some(&ca))).unwrap();
}

/// An editor on Windows puts a byte-order mark before the first line, and CRLF behind each.
#[test]
fn files_are_read_whatever_system_wrote_them() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let authority = Authority::new("known");
    let signed = authority.sign("localhost", 2100);
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let files = Files {
        certificate: write(folder, "server.pem", windows(&signed.certificate)),
        key: write(folder, "key.pem", windows(&signed.key)),
        client_ca: Some(write(folder, "ca.pem", windows(&authority.certificate.pem()))),
    };
    Tls::load(files).unwrap();
}

/// A flag that is nothing without another says so, instead of serving everybody.
#[test]
fn an_authority_of_clients_is_nothing_without_a_certificate_of_the_server() {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_etalon"));
    let said = serve.args(["serve", "--tls-client-ca", "ca.pem"]).output().unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("--tls-cert"), "{said:?}");
}
