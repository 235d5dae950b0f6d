//! TLS: who trusts the certificate is served over it, and who has to show one and does not is
//! refused; what cannot serve, or cannot be shown, is refused by a sentence that names the file.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/authority.rs"]
mod authority;
#[path = "tls/clients.rs"]
mod clients;
#[path = "tls/files.rs"]
mod files;
#[path = "tls/judged.rs"]
mod judged;
#[path = "tls/mutual.rs"]
mod mutual;
#[path = "support/raw.rs"]
mod raw;
#[cfg(unix)]
#[path = "tls/rotation.rs"]
mod rotation;
#[path = "support/served.rs"]
mod served;
#[path = "support/tiny.rs"]
mod tiny;

use std::sync::Arc;
use std::time::Duration;

use authority::Authority;
use clients::{agent, trusting};
use etalon::server::Limits;
use etalon::server::tls::{Files, Tls};
use raw::Raw;
use tempfile::TempDir;
use tiny::Served;
use ureq::tls::RootCerts;

#[test]
fn a_client_that_trusts_the_certificate_is_served_and_a_silent_one_is_shed() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("known");
    let (certificate, key) = authority.sign("localhost", 2100).write(folder.path(), "server");
    let tls = Tls::load(Files { certificate, key, client_ca: None }).unwrap();
    let limits = Limits { first_byte: Duration::from_millis(300), ..Limits::default() };
    let mut served = Served::start(limits, Some(Arc::new(tls)));
    let url = format!("https://localhost:{}/", served.addr.port());

    let agent_that_trusts = agent(trusting(&authority), None);
    for _ in 0..2 {
        let mut answer =
            agent_that_trusts.get(&url).header("Authorization", "Bearer tiny").call().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.body_mut().read_to_vec().unwrap().len(), 1000);
    }
    agent(RootCerts::WebPki, None).get(&url).call().expect_err("an unknown one was trusted");

    let mut silent = Raw::connect(served.addr).unwrap();
    assert!(silent.closed(), "a handshake that never begins was waited for");
    let mut plain = Raw::connect(served.addr).unwrap();
    plain.send("GET / HTTP/1.1\r\n\r\n").unwrap();
    plain.answer().expect_err("plain HTTP was answered on the TLS port");
    drop(agent_that_trusts);
    served.finish();
}
