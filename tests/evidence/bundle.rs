//! A stranger needs one command and no network.

use std::fs;
use std::path::Path;
use std::process::Command;

use etalon::harness::evidence::bundle::{Bundle, PublicKey, unpacked};
use serde_json::Value;

use crate::front::{Behaviour, Front};
use crate::message::Response;
use crate::run::{Run, certify, etalon, run};

const APIS: [&str; 4] = ["--api", "customer,usage,gateway,tmf", "--listen", "127.0.0.1:0"];

/// A pair of keys by OpenSSL, as its users have them.
pub(crate) fn keys(folder: &Path, name: &str) -> (String, String) {
    let (key, public) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.pub")));
    let (key, public) = (key.display().to_string(), public.display().to_string());
    for args in [
        &["genpkey", "-algorithm", "ed25519", "-out", &key][..],
        &["pkey", "-in", &key, "-pubout", "-out", &public],
    ] {
        let made = Command::new("openssl").args(args).output();
        let made = made.expect("this test needs the program openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    (key, public)
}

fn verify(args: &[&str]) -> Run {
    run(etalon("verify").args(args))
}

/// A server that is right, and three that are wrong: in a value, in a form, and at the connection.
const SERVERS: [(&str, Behaviour); 4] = [
    ("CONFORMS", |request, server| server.pass(request)),
    ("DOES NOT CONFORM", |request, server| {
        server.edit("GET customer/customers/*", request, |body| body["name"] = "Another".into())
    }),
    ("DOES NOT CONFORM", |request, server| {
        let response = server.pass(request);
        match response.json() {
            Value::Object(_) => response.edit(|body| {
                if let Some(members) = body.as_object_mut() {
                    members.retain(|name, _| name.len() != 4);
                }
            }),
            _ => response,
        }
    }),
    ("INCONCLUSIVE", |request, server| match request.is("GET usage/**") {
        true => Response::of(503, "text/plain", &Value::Null),
        false => server.pass(request),
    }),
];

#[test]
fn every_verdict_is_found_again_from_the_exchanges_alone_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.bundle");
    let flag = file.display().to_string();
    for (verdict, behaviour) in SERVERS {
        // The one that is right is judged by everything; of the others a part is enough, and what a
        // 503 asks to wait for would make this test slow.
        let cases: &[&str] = match verdict {
            "CONFORMS" => &[],
            "INCONCLUSIVE" => &["usage/invoices/get", "customer/customers/get", "--exact"],
            _ => &["customer/customers/", "customer/find-customer/", "tmf/billing-account/"],
        };
        for (redact, codes) in [
            (&[][..], &[Some(0)][..]),
            // What was never kept cannot be judged again, and nobody says that it was.
            (&["--redact", "emailAddress,surpluses,city"], &[Some(4)]),
            (&["--redact", "customerNo,regNo,id"], &[Some(1), Some(4)]),
        ] {
            let front = Front::start(behaviour);
            let url = front.url();
            let said = certify(&[&[&url, "--bundle", &flag][..], &APIS, redact, cases].concat());
            let headline = if cases.is_empty() { verdict } else { "selected checks passed" };
            assert!(said.stdout.contains(headline), "{}", said.stdout);
            drop(front);
            for threads in ["1", "7"] {
                let run = verify(&[&flag, "--threads", threads]);
                let told = format!("{verdict} {redact:?}: {}{}", run.stdout, run.stderr);
                assert!(codes.contains(&run.code), "{told}");
                let words = match run.code {
                    Some(0) => ["VERIFIED\n", headline],
                    Some(4) => ["VERIFIED BUT FOR ", "of the other "],
                    _ => ["NOT VERIFIED: whatever was sent rests on what was redacted", ""],
                };
                assert!(words.iter().all(|words| run.stdout.contains(words)), "{told}");
                assert!(run.code == Some(0) || !run.stdout.contains("CONFORMS"), "{told}");
            }
        }
    }
}

#[test]
fn a_thousand_random_flips_of_a_signed_bundle_are_all_detected() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.bundle");
    let (key, public) = keys(folder.path(), "own");
    let (_, other) = keys(folder.path(), "other");
    let flag = file.display().to_string();
    let run = certify(&["usage/invoices", "--bundle", &flag, "--sign", &key, "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(verify(&[&flag, "--key", &public]).code, Some(0));
    let run = verify(&[&flag, "--key", &other]);
    assert_eq!(run.code, Some(1), "a bundle of somebody else");
    assert!(run.stderr.contains("it is signed by another key"), "{}", run.stderr);

    // What is sealed is the content, however it is compressed, and it may be sent as it is.
    let packed = fs::read(&file).unwrap();
    assert!(packed.len() * 5 < unpacked(&packed).unwrap().len());
    for (what, changed) in [
        ("cut short", &packed[..packed.len() - 1]),
        ("with more behind it", &[&packed[..], b" "].concat()),
        ("with another behind it", &[&packed[..], &packed].concat()),
        ("with another checksum", &{
            let mut changed = packed.clone();
            let at = changed.len() - 8;
            changed[at] ^= 1;
            changed
        }),
    ] {
        assert!(Bundle::read(changed).is_err(), "{what}");
    }
    let bytes = unpacked(&packed).unwrap().into_owned();
    let signer = PublicKey::from_pem(&fs::read(&public).unwrap()).unwrap();
    assert_eq!(Bundle::read(&bytes).unwrap().signer, Some(signer));
    let head = bytes.split_inclusive(|byte| *byte == b'\n').take(2).map(<[u8]>::len).sum();
    // Every bit of the head, where a signature could be bent, and a thousand places of the rest.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let of_head = (0..head).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    let of_rest: Vec<_> = (0..1000).map(|_| (head + next(bytes.len() - head), next(8))).collect();
    for (at, bit) in of_head.chain(of_rest) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        assert!(Bundle::read(&flipped).is_err(), "byte {at}, bit {bit}");
    }
    for (what, changed) in [
        ("cut short", &bytes[..bytes.len() - 1]),
        ("with more behind it", &[&bytes[..], b" "].concat()),
        ("without its content", &bytes[..head]),
        ("empty", b""),
    ] {
        assert!(Bundle::read(changed).is_err(), "{what}");
    }
}
