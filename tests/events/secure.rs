//! Callbacks of https: who is called has to show who it is.

use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::spawn;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::authority::Authority;
use crate::listener;
use crate::served::Served;
use crate::{RECORDS, change, register, until};

/// What an account has become is for who was registered, and for nobody who merely answers there.
#[test]
fn a_secure_listener_is_told_of_nothing_before_it_has_shown_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let trusted = known.write(folder.path(), "ca.pem");
    let listen = |authority: &Authority, name: &str| {
        let signed = authority.sign(name, 2100);
        let certificate = CertificateDer::from_pem_slice(signed.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(signed.key.as_bytes()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let (config, socket) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
        let port = socket.local_addr().unwrap().port();
        let (hear, heard) = channel();
        spawn(move || {
            for client in socket.incoming().flatten() {
                let session = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut client = BufReader::new(StreamOwned::new(session, client));
                let Ok(call) = listener::read(&mut client) else { continue };
                let _ = hear.send(call);
                let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                let _ = client.get_mut().write_all(answer);
                client.get_mut().conn.send_close_notify();
                let _ = client.get_mut().flush();
            }
        });
        (format!("https://localhost:{port}/listener"), heard)
    };
    let (good, heard) = listen(&known, "localhost");
    let others = [listen(&unknown, "localhost"), listen(&known, "listener.example")];

    let served =
        Served::start_with("SSL_CERT_FILE", trusted.to_str().unwrap(), &["--load", RECORDS]);
    let client = &mut served.client();
    register(client, &good, None);
    let ids = others.each_ref().map(|(url, _)| register(client, url, None));
    change(client, "65", "Suspended");
    let call = heard.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(call.at("/event/billingAccount/state"), "Suspended");
    for (id, (_, heard)) in ids.iter().zip(&others) {
        let told = until(client, id, |told| told["next"]["failures"].is_number());
        let reason = told["next"]["reason"].as_str().unwrap();
        assert!(reason.starts_with("The TLS handshake failed: "), "{told}");
        assert!(heard.try_recv().is_err());
    }
}
