//! `certify` against a server that demands a certificate.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::authority::{Authority, write};
use crate::mutual::Guarded;
use crate::served::{Served, etalon};

/// The ledger APIs ask for a client certificate beside the token (reading 238): whoever serves them so
/// could not be judged by flags alone.
#[test]
fn a_target_that_demands_a_certificate_is_judged_by_who_shows_one() {
    let folder = TempDir::new().unwrap();
    let fixtures = write(folder.path(), "fixtures.ndjson", etalon(&["fixtures"]).stdout);
    let guarded = Guarded::start_in(folder, &["--load", fixtures.to_str().unwrap()]);
    let url = guarded.url("");
    let folder = guarded.folder.path();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let [ca, certificate, key] = ["ca.pem", "client.pem", "client-key.pem"].map(file);
    let [bundle, json] = ["run.bundle", "report.json"].map(file);
    let report = format!("json={json}");
    let common = ["certify", &url, "--api", "usage", "--ca", &ca];
    let with = ["--client-cert", &certificate, "--client-key", &key];
    let kept = ["--bundle", &bundle, "--report", &report];

    let judged = etalon(&[&common[..], &with, &kept].concat());
    let (said, told) = (text(&judged.stdout), text(&judged.stderr));
    assert_eq!(judged.status.code(), Some(0), "{said}{told}");
    assert!(said.lines().any(|line| line == "CONFORMS"), "{said}");
    // Nothing of the key is kept, and the bundle is judged again without a network or a store.
    let key = fs::read_to_string(&key).unwrap();
    let secret: Vec<_> = key.lines().filter(|line| !line.starts_with("---")).collect();
    for written in [&bundle, &json].map(|path| fs::read(path).unwrap()) {
        let written = String::from_utf8_lossy(&written).into_owned();
        assert!(secret.iter().all(|line| !written.contains(line)));
    }
    let verified = etalon(&["verify", &bundle]);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stderr));
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["target"]["insecure"], false);

    let refused = etalon(&common);
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(4), "{told}");
    assert!(told.lines().count() == 1 && told.contains("--client-cert FILE"), "{told}");
    assert_eq!(text(&refused.stdout), "");
}

/// What an account has become went over the network unencrypted to whoever judged its server.
#[test]
fn a_target_tells_the_judge_over_tls() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("listeners");
    let trusted = authority.write(folder.path(), "ca.pem");
    authority.sign("127.0.0.1", 2100).write(folder.path(), "listener");
    let fixtures = write(folder.path(), "fixtures.ndjson", etalon(&["fixtures"]).stdout);
    let load = ["--load", fixtures.to_str().unwrap()];
    let served = Served::start_with("SSL_CERT_FILE", trusted.to_str().unwrap(), &load);
    let target = format!(
        "base = \"http://{}\"\nprovision = \"preloaded\"\nprofile = \"tmf636\"\n[api.tmf]\n[listen]\n\
         address = \"127.0.0.1:0\"\ntls-cert = \"listener.pem\"\n\
         tls-key = {{ file = \"listener-key.pem\" }}\n",
        served.addr
    );
    let target = write(folder.path(), "target.toml", target);
    let target = target.to_str().unwrap();
    let judged = etalon(&["certify", "--target", target, "tmf/events/", "tmf/hub/"]);
    let (said, told) = (text(&judged.stdout), text(&judged.stderr));
    assert_eq!(judged.status.code(), Some(0), "{said}{told}");
    assert!(said.contains("10 of 10 selected checks passed"), "{said}");
    assert!(!said.contains("not-applicable") && !said.contains("advisory"), "{said}");
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
