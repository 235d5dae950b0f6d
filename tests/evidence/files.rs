//! Files are written whole or not at all, and what cannot be written is known before a request is
//! sent.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::front::Front;
use crate::named;
use crate::run::{certify, report};

#[test]
fn what_cannot_be_written_is_said_before_the_first_request() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let front = Front::start(|request, server| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        server.pass(request)
    });
    let url = front.url();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none").join("r");
    let missing = missing.display().to_string();
    let inside = folder.path().join("r");
    let twice = named("json", &inside);
    let own = inside.display().to_string();
    let is_folder = folder.path().display().to_string();
    let key = folder.path().join("key.pem");
    fs::write(&key, "no key").unwrap();
    let key = key.display().to_string();
    for (flags, said) in [
        (&["--report", &format!("json={missing}")][..], "cannot be written"),
        (&["--report", &format!("junit={missing}")], "cannot be written"),
        (&["--report", &format!("har={missing}")], "cannot be written"),
        (&["--report", &format!("json={is_folder}")], "cannot be written"),
        (&["--bundle", &missing], "cannot be written"),
        (&["--write-baseline", &missing], "cannot be written"),
        (&["--report", &twice, "--bundle", &own], "is to be written twice"),
        (&["--bundle", &own, "--sign", &missing], "the key"),
        (&["--bundle", &own, "--sign", &key], "no Ed25519 private key"),
        (&["--sign", &key], "--bundle"),
        (&["--baseline", &missing], "the baseline"),
        (&["--baseline", &key], "the baseline"),
    ] {
        let run = certify(&[&[&url, "--api", "usage"][..], flags].concat());
        assert_eq!(run.code, Some(2), "{flags:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(said), "{flags:?}: {}", run.stderr);
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 0);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|each| each.unwrap()).collect();
    assert_eq!(left.len(), 1, "only the key: {left:?}");
}

#[test]
fn a_file_is_replaced_whole_and_a_link_keeps_leading_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("r.json"), folder.path().join("link.json"));
    fs::write(&file, "x".repeat(1 << 20)).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let run = certify(&["usage/invoices/get", "--report", &named("json", &link), "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(report(&file)["verdict"], "SELECTED PASSED");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    // A pipe or a device is written to, not replaced.
    let run = certify(&["usage/invoices/get", "--report", "json=/dev/null", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

/// Every format tells the same of the same run.
#[test]
fn the_counts_agree_across_formats() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let servers: [(crate::front::Behaviour, &str); 2] = [
        (|request, server| server.pass(request), "CONFORMS"),
        (
            |request, server| {
                server.edit("GET customer/customers/*", request, |body| body["name"] = 1.into())
            },
            "DOES NOT CONFORM",
        ),
    ];
    for (behaviour, verdict) in servers {
        let front = Front::start(behaviour);
        let flags = [
            named("json", &file("r.json")),
            named("junit", &file("r.xml")),
            named("har", &file("r.har")),
            named("html", &file("r.html")),
        ];
        let bundle = file("r.bundle").display().to_string();
        let reports = flags.iter().flat_map(|flag| ["--report", flag]).collect::<Vec<_>>();
        let url = front.url();
        let args =
            [&[&url, "--api", "customer,usage,gateway,tmf", "--bundle", &bundle][..], &reports];
        let run = certify(&args.concat());
        assert!(run.stdout.contains(verdict), "{}", run.stdout);
        let json = report(&file("r.json"));
        let count = |verdict: &str| json["counts"][verdict].as_u64().unwrap();
        let cases = json["cases"].as_array().unwrap();

        let junit = fs::read_to_string(file("r.xml")).unwrap();
        let junit = roxmltree::Document::parse(&junit).unwrap();
        let elements =
            |name: &str| junit.descendants().filter(|n| n.has_tag_name(name)).count() as u64;
        assert_eq!(elements("testcase"), cases.len() as u64);
        assert_eq!(elements("failure"), count("fail"));
        assert_eq!(
            elements("error"),
            count("blocked") + count("inconclusive") + count("harness-error")
        );
        assert_eq!(elements("skipped"), count("not-applicable"));
        let whole = junit.root_element();
        let counter = |name: &str| whole.attribute(name).unwrap().parse::<u64>().unwrap();
        assert_eq!(counter("tests"), elements("testcase"));
        assert_eq!(
            (counter("failures"), counter("errors")),
            (elements("failure"), elements("error"))
        );

        let har: Value = serde_json::from_slice(&fs::read(file("r.har")).unwrap()).unwrap();
        let pages = har["log"]["pages"].as_array().unwrap();
        let of_har =
            |verdict: &str| pages.iter().filter(|p| p["comment"] == verdict).count() as u64;
        for verdict in ["pass", "advisory", "fail"] {
            assert_eq!(of_har(verdict), count(verdict), "{verdict}");
        }
        let ids: Vec<_> = pages.iter().map(|page| &page["id"]).collect();
        let entries = har["log"]["entries"].as_array().unwrap();
        let refs: Vec<_> = entries.iter().map(|entry| &entry["pageref"]).collect();
        assert!(refs.iter().all(|page| page.is_null() || ids.contains(page)));

        let html = fs::read_to_string(file("r.html")).unwrap();
        for verdict in ["pass", "fail"] {
            let told = format!(">{} {verdict}</a>", count(verdict));
            assert_eq!(html.contains(&told), count(verdict) > 0, "{told}");
        }

        let bundle = fs::read(file("r.bundle")).unwrap();
        let bundle = etalon::harness::evidence::bundle::Bundle::read(&bundle).unwrap();
        assert_eq!(bundle.report, json);
    }
}
