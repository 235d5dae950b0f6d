//! Clients over TLS.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::authority::{Authority, Signed};

/// A client of the judge's family. It keeps its connections.
pub(crate) fn agent(roots: RootCerts, shown: Option<&Signed>) -> ureq::Agent {
    let shown = shown.map(|signed| {
        let key = PrivateKey::from_pem(signed.key.as_bytes()).unwrap();
        ClientCert::new_with_certs(&certificates(&signed.certificate), key)
    });
    let tls = TlsConfig::builder().root_certs(roots).client_cert(shown).build();
    let limit = Some(Duration::from_secs(10));
    ureq::Agent::config_builder().tls_config(tls).timeout_global(limit).build().into()
}

/// Trust in one authority.
pub(crate) fn trusting(authority: &Authority) -> RootCerts {
    RootCerts::new_with_certs(&certificates(&authority.certificate.pem()))
}

fn certificates(pem: &str) -> Vec<Certificate<'static>> {
    let items = parse_pem(pem.as_bytes()).map(Result::unwrap);
    let certificates = items.filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    certificates.collect()
}

/// `curl` with these arguments, if it is on this machine.
pub(crate) fn curl(folder: &Path, args: &[&str]) -> Option<Output> {
    Command::new("curl")
        .args(["-sS", "--max-time", "20"])
        .args(args)
        .current_dir(folder)
        .output()
        .ok()
}
