//! `etalon certify` as a reader meets it: what it prints, what it writes, how it ends.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails its test")]

#[path = "suite/readings.rs"]
mod readings;
#[path = "suite/rows.rs"]
mod rows;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Command, Output};

use etalon::data;
use serde_json::{Value, json};

fn certify(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
    command.arg("certify").args(args).env("ETALON_TEST_TOKEN", "etalon-100");
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A base URL at which nothing listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn what_cannot_be_judged_ends_in_one_sentence_and_the_code_for_its_kind() {
    let url = nowhere();
    let unset = ["--ledger", "7", "--token", "7=env:ETALON_NOT_SET", "--api", "usage"];
    for (args, code, part) in [
        (vec![url.as_str()], 2, "--api"),
        (vec![&url, "--api", "usage,billing"], 2, "billing"),
        (vec!["ftp://host", "--api", "usage"], 2, "http"),
        (vec!["--target", "no-such-file.toml"], 2, "no-such-file.toml"),
        (vec!["--report", "json=no-such-folder/report.json"], 2, "no-such-folder"),
        (vec!["--report", "yaml=report.yaml"], 2, "yaml"),
        ([&[url.as_str()][..], &unset].concat(), 2, "ETALON_NOT_SET"),
        (vec!["no-such-case"], 4, "--list"),
        (vec!["--exact", "usage"], 4, "--list"),
        (vec!["--list", "no-such-case"], 4, "--list"),
        (vec![&url, "--api", "usage"], 4, "cannot be reached"),
    ] {
        let output = certify(&args);
        let (out, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
        assert!(out.is_empty(), "{args:?}: {out}");
        // What clap finds wrong has its hint below.
        if !said.contains("--help") {
            assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        }
    }
}

#[test]
fn a_list_contacts_nothing_and_names_what_would_be_judged() {
    let url = nowhere();
    let output = certify(&[&url, "--api", "usage", "--list"]);
    assert_eq!(output.status.code(), Some(0));
    let lines = text(&output.stdout);
    assert!(lines.lines().count() > 10);
    assert!(lines.lines().all(|line| line.starts_with("usage/")), "{lines}");

    let first = lines.split(':').next().unwrap();
    let exact = certify(&["--list", "--exact", first]);
    assert_eq!(text(&exact.stdout).lines().count(), 1);
    let rest = certify(&["--list", "--api", "usage", "--exact", "--skip", first]);
    assert_eq!(text(&rest.stdout).lines().count(), lines.lines().count() - 1);
}

#[test]
fn the_built_in_server_conforms_and_every_report_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (json, junit) = (file("report.json"), file("report.xml"));
    let output = certify(&[
        "--seed",
        "42",
        "--token",
        "100=env:ETALON_TEST_TOKEN",
        "--report",
        &format!("json={}", json.display()),
        "--report",
        &format!("junit={}", junit.display()),
    ]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", text(&output.stderr));
    assert!(printed.lines().any(|line| line == "CONFORMS"), "{printed}");
    assert!(printed.contains("seed 42"), "{printed}");
    assert!(!printed.contains('\x1b'), "no colour where no terminal is: {printed}");
    assert!(!printed.contains("etalon explain"), "nothing was found to be explained: {printed}");

    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!((&report["verdict"], &report["exitCode"]), (&"CONFORMS".into(), &0.into()));
    assert_eq!(report["seed"], 42);
    let cases = report["cases"].as_array().unwrap();
    assert!(cases.len() > 50);
    assert!(cases.iter().all(|case| !case["clauses"].as_array().unwrap().is_empty()));
    let mut origins = BTreeSet::new();
    for case in cases {
        let file = case["file"].as_str().unwrap();
        assert!(data::file(file).is_some(), "{file} is no file of the suite");
        origins.insert(case["origin"].as_str().unwrap());
    }
    assert_eq!(origins, BTreeSet::from(["generated", "law", "written"]));
    let coverage = report["coverage"].as_array().unwrap();
    assert_eq!(coverage.len(), 4);
    for of_api in coverage {
        assert_eq!(of_api["unjudged"], json!([]), "{of_api}");
        for level in ["must", "should"] {
            let tally = &of_api[level];
            assert!(tally["checked"] == tally["judged"] && tally["judged"] == tally["hold"]);
        }
        let row =
            format!("{:10}  {:>4}", of_api["api"].as_str().unwrap(), of_api["clauses"].to_string());
        assert!(printed.lines().any(|line| line.starts_with(&row)), "{row} in {printed}");
    }
    let xml = std::fs::read_to_string(junit).unwrap();
    assert_eq!(xml.matches("<testcase ").count(), cases.len());
    for written in [printed, report.to_string(), xml] {
        assert!(!written.contains("etalon-100"), "a token is in the report");
    }
}

#[test]
fn a_narrowed_run_counts_and_does_not_say_that_the_target_conforms() {
    let output = certify(&["usage/problems"]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains(" selected checks passed\n"), "{printed}");
    assert!(!printed.contains("CONFORM"), "{printed}");
}

#[test]
fn the_clauses_are_listed_with_where_they_stand_and_what_judges_them() {
    let clauses = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_etalon")).arg("clauses").args(args).output();
        output.unwrap()
    };
    let table = text(&clauses(&["--api", "gateway"]).stdout);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("must    checked")
        && line.contains("gateway/find/method  (003 › Supported Actions › find)")
        && line.ends_with(" cases")));
    let find = lines.iter().position(|line| line.contains("  gateway/find/method  ")).unwrap();
    assert!(
        lines[find + 1].trim_start().starts_with("GET on the collection finds customers"),
        "{}",
        lines[find + 1]
    );
    let summary = lines.last().unwrap();
    assert!(summary.starts_with("gateway ") && summary.contains(" checked (must "), "{summary}");
    assert!(!table.contains("tmf/"), "{table}");

    let json: Value = serde_json::from_slice(&clauses(&["--format", "json"]).stdout).unwrap();
    let all = json["clauses"].as_array().unwrap();
    for api in json["apis"].as_array().unwrap() {
        let of_api = |clause: &&Value| {
            let id = clause["id"].as_str().unwrap();
            id.starts_with(&format!("{}/", api["api"].as_str().unwrap()))
        };
        assert_eq!(json!(all.iter().filter(of_api).count()), api["clauses"]);
    }
    for clause in all {
        let reasoned = clause["reason"].is_string();
        assert_eq!(reasoned, clause["status"] != "checked", "{clause}");
        let judged =
            !clause["cases"].as_array().unwrap().is_empty() || clause["everyAnswer"] == true;
        assert!(reasoned || judged, "{clause}");
    }

    let narrowed = clauses(&["--level", "should", "--status", "checked", "find/", "created"]);
    let narrowed = text(&narrowed.stdout);
    let listed: Vec<_> = narrowed.lines().filter(|line| line.contains(" › ")).collect();
    assert!(!listed.is_empty());
    for line in listed {
        assert!(line.starts_with("should  checked"), "{line}");
        assert!(line.contains("find/") || line.contains("created"), "{line}");
    }
    for (args, part) in [
        (&["no-such-clause"][..], "`etalon clauses`"),
        (&["--level", "shall"], "must or should"),
        (&["--status", "open"], "out-of-scope"),
    ] {
        let refused = clauses(args);
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(text(&refused.stderr).contains(part), "{args:?}: {}", text(&refused.stderr));
        assert!(refused.stdout.is_empty(), "{args:?}");
    }
    let unknown = clauses(&["--api", "billing"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("there is no API billing"));
}
