//! The command line of `etalon certify`: what it is told, what it says, how it ends.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "certify/choices.rs"]
mod choices;
#[path = "certify/contact.rs"]
mod contact;
#[path = "certify/contract.rs"]
mod contract;
#[path = "certify/digest.rs"]
mod digest;
#[path = "judge/front.rs"]
mod front;
#[path = "certify/listener.rs"]
mod listener;
#[path = "judge/message.rs"]
mod message;
#[path = "certify/odd.rs"]
mod odd;
#[path = "certify/proxies.rs"]
mod proxies;
#[path = "certify/records.rs"]
mod records;
#[path = "judge/rewrite.rs"]
mod rewrite;
#[path = "judge/run.rs"]
mod run;
#[path = "certify/served.rs"]
mod served;
#[path = "certify/target.rs"]
mod target;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use front::{Behaviour, Front};
use message::Response;
use odd::Odd;
use run::{Run, certify, executed, report};
use serde_json::{Value, json};
use tempfile::TempDir;

const APIS: [&str; 2] = ["--api", "customer,usage"];
const ALL: [&str; 4] = ["--api", "customer,usage,gateway,tmf", "--listen", "127.0.0.1:0"];

fn plain() -> Front {
    Front::start(|request, server| server.pass(request))
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn conforms(run: &Run) -> bool {
    run.code == Some(0) && run.stdout.lines().any(|line| line == "CONFORMS")
}

/// Returns whether TM Forum's API conforms too, of which nothing was heard.
fn conforms_unheard(run: &Run) -> bool {
    run.code == Some(0) && run.stdout.lines().any(|line| line == "CONFORMS (without events)")
}

/// Asserts that the run ended with `code` and nothing but one sentence, which holds `part`; beside
/// it may be warned of a secret on the command line.
fn refused(run: &Run, code: i32, part: &str) {
    assert_eq!(run.code, Some(code), "{part}: {}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, "", "{part}");
    let said = run.stderr.lines().filter(|line| !line.contains("list of processes"));
    let said: Vec<&str> = said.collect();
    assert_eq!(said.len(), 1, "{}", run.stderr);
    assert!(said[0].starts_with("etalon: ") && said[0].contains(part), "{}", run.stderr);
}

#[test]
fn what_cannot_be_reached_is_inconclusive_and_said_in_one_sentence() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    refused(&certify(&[&url, "--api", "usage"]), 4, "cannot be reached");
    let unknown = "http://nowhere.invalid";
    refused(&certify(&[unknown, "--api", "usage"]), 4, "nowhere.invalid cannot be reached");

    let silent = Odd::silent();
    let start = Instant::now();
    let run = certify(&[&silent.url(), "--api", "usage", "--answer-timeout", "1"]);
    refused(&run, 4, "no whole answer within 1s");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_selection_of_nothing_is_inconclusive() {
    let front = plain();
    for words in [
        &["no-such-case"][..],
        &["no-such-case", "--list"],
        &["--skip", "/"],
        &["customer/customers/ge", "--exact"],
        &["usage", "--api", "customer"],
    ] {
        refused(&certify(words), 4, "no case");
        let url = front.url();
        let args: Vec<_> = [url.as_str()].into_iter().chain(words.iter().copied()).collect();
        if !words.contains(&"--api") {
            refused(&certify(&[&args, &APIS[..]].concat()), 4, "no case");
        }
    }
}

/// A colleague pastes a line with an ellipsis in it, or a case that has another name by now: what is
/// left of the selection passes, and nobody sees that it is not what was meant.
#[test]
fn a_filter_that_finds_nothing_beside_others_is_an_error() {
    for words in [
        &["\u{2026}", "usage/problems/unknown-invoice", "--exact"][..],
        &["usage/nosuch", "usage/invoices/get"],
        &["usage/problems", "no-such-case", "--list"],
    ] {
        refused(&certify(words), 2, "no case ");
    }
}

#[test]
fn a_usage_error_names_what_is_wrong_and_nothing_is_sent() {
    let folder = folder();
    let odd = Odd::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let url = odd.url();
    let url = url.as_str();
    let file = |name: &str, text: String| write(&folder, name, &text).display().to_string();
    let misspelled = file("misspelled.toml", format!("bse = \"{url}\"\n[api.usage]\n"));
    let nested = file("nested.toml", format!("base = \"{url}\"\n[api.usage]\nroot = \"/\"\n"));
    let broken = file("broken.toml", "base =".to_owned());
    let other = file("other.toml", format!("base = \"{url}\"\n[api.billing]\n"));
    let empty = file("empty", String::new());
    let folder_name = folder.path().display().to_string();
    let json_in_nowhere = format!("json={folder_name}/none/report.json");
    let junit_in_folder = format!("junit={folder_name}");
    let empty_token = format!("100=file:{empty}");
    let empty_password = format!("api-x:file:{empty}");
    let foreign = format!("base = \"{url}\"\n[api.tmf]\npassword = \"x\"\n");
    let foreign = file("foreign.toml", foreign);
    let formless = "json = false\nxml = false\nform = false\n";
    let formless = format!("base = \"{url}\"\n[api.gateway.media]\n{formless}");
    let formless = file("formless.toml", formless);
    for (args, part) in [
        (&[url][..], "--api"),
        (&[url, "customer"], "--api"),
        (&[url, "--api", "billing"], "customer, usage"),
        (&[url, "--api", "customer,"], "there is no API"),
        (&["--target", "none.toml"], "none.toml cannot be read"),
        (&["--target", &folder_name], "cannot be read"),
        (&["--target", &misspelled], "bse"),
        (&["--target", &nested], "root"),
        (&["--target", &broken], "broken.toml"),
        (&["--target", &other], "billing"),
        (&[url, "--api", "usage", "--report", &json_in_nowhere], "cannot be written"),
        (&[url, "--api", "usage", "--report", &junit_in_folder], "cannot be written"),
        (&[url, "--api", "usage", "--report", "yaml=x"], "there are json, junit, har, html"),
        (&[url, "--api", "usage", "--report", "json="], "file is missing"),
        (&[url, "--api", "usage", "--token", "100"], "LEDGER=TOKEN"),
        (&[url, "--api", "usage", "--token", "900=x"], "--ledger 900"),
        (&[url, "--api", "usage", "--token", "100=env:ETALON_NOT_SET"], "ETALON_NOT_SET"),
        (&[url, "--api", "usage", "--token", "100=file:none.txt"], "none.txt"),
        (&[url, "--api", "usage", "--token", &empty_token], "holds no secret"),
        (&[url, "--api", "usage", "--ledger", "900"], "--token 900="),
        (&[url, "--api", "gateway", "--gateway-user", "api-x"], "USER:PASSWORD"),
        (&[url, "--api", "gateway", "--gateway-user", "env:ETALON_NOT_SET"], "ETALON_NOT_SET"),
        (&[url, "--api", "gateway", "--gateway-user", &empty_password], "holds no secret"),
        (&[url, "--api", "tmf", "--tmf-token", "file:none.txt"], "none.txt"),
        (&[url, "--api", "usage", "--tmf-token", "x"], "tmf are given, which is not judged"),
        (&[url, "--api", "tmf", "--token", "100=x"], "no API that is judged has"),
        (&[url, "--api", "gateway,tmf", "--ledger", "100"], "no API that is judged has"),
        (&["--target", &foreign], "has no password"),
        (&["--target", &formless], "no format"),
        (&[url, "--api", "usage", "--answer-timeout", "0"], "--answer-timeout"),
        (&["ftp://host", "--api", "usage"], "ftp"),
        (&["http://", "--api", "usage"], "http://"),
        (&[url, "--api", "usage", "--no-such-flag"], "--no-such-flag"),
    ] {
        let run = certify(args);
        assert_eq!(run.code, Some(2), "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(part), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
    assert_eq!(odd.connections(), 0);
}

#[test]
fn a_list_contacts_nothing_and_names_the_cases_of_the_chosen_apis() {
    let odd = Odd::silent();
    let url = odd.url();
    let run = certify(&[&url, "--api", "usage", "--list"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.contains("usage/invoices/get: "), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.starts_with("usage/")), "{}", run.stdout);
    assert_eq!(odd.connections(), 0);

    let lines = |args: &[&str]| certify(args).stdout.lines().count();
    let (all, usage) = (lines(&["--list"]), run.stdout.lines().count());
    assert_eq!(all, usage + lines(&["--list", "--api", "customer,gateway,tmf"]));
    assert_eq!(all, lines(&["--list", "usage/", "customer/", "gateway/", "tmf/"]));
    assert_eq!(all, usage + lines(&["--list", "--skip", "usage/"]));
    assert_eq!(lines(&["--list", "--exact", "usage/invoices/get"]), 1);
    assert_eq!(lines(&["--list", "usage/invoices/get", "usage/customers/get"]), 2);
}

#[test]
fn a_narrowed_run_says_how_many_checks_passed_and_never_conforms() {
    let folder = folder();
    let file = folder.path().join("report.json");
    let flag = format!("json={}", file.display());
    for (words, headline) in [
        (&["usage/customers/get"][..], "1 of 1 selected checks passed"),
        (&["usage/customers/get", "usage/invoices/get"], "2 of 2 selected checks passed"),
        (&["usage/invoices/get", "--exact"], "1 of 1 selected checks passed"),
        // All of them, and yet no one can know that from the words.
        (&["/"], "selected checks passed"),
        (&["--skip", "no-such-case"], "selected checks passed"),
        (
            &["--skip", "customer/", "--skip", "usage/invoices/get", "--exact"],
            "selected checks passed",
        ),
    ] {
        let run = certify(&[words, &["--report", &flag]].concat());
        assert_eq!(run.code, Some(0), "{words:?}: {}", run.stdout);
        assert!(run.stdout.contains(headline), "{words:?}: {}", run.stdout);
        assert!(!run.stdout.contains("CONFORMS"), "{words:?}: {}", run.stdout);
        let report = report(&file);
        assert_eq!(report["verdict"], "SELECTED PASSED", "{words:?}");
        assert_eq!(report["narrowed"], true, "{words:?}");
    }
    // An API that is left out narrows nothing: whoever implements one is judged by one.
    let run = certify(&[&plain().url(), "--api", "usage"]);
    assert!(conforms(&run), "{}", run.stdout);
    assert!(!run.stdout.contains("selected"), "{}", run.stdout);
}

#[test]
fn a_narrowed_run_of_a_broken_server_fails() {
    let front = Front::start(|request, server| {
        server.edit("GET customer/customers/*", request, |body| body["name"] = Value::Null)
    });
    let run = certify(&[&front.url(), "customer/customers/get", "--api", "customer", "--exact"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout.contains("DOES NOT CONFORM (0 of 1 selected checks passed)"),
        "{}",
        run.stdout
    );
    let run = certify(&[&front.url(), "customer/legal-address/get", "--api", "customer"]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
}

/// Whatever the verdict, the JSON report is as its schema says, and the JUnit report tells the same.
#[test]
fn reports_have_their_form_and_tell_what_is_printed() {
    let schema = etalon::data::file("schemas/report.schema.json").unwrap();
    let schema: Value = serde_json::from_slice(schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let folder = folder();
    let (json, junit) = (folder.path().join("r.json"), folder.path().join("r.xml"));
    let flags = [format!("json={}", json.display()), format!("junit={}", junit.display())];
    let servers: [(Behaviour, u8, &str); 3] = [
        (|request, server| server.pass(request), 0, "CONFORMS"),
        (|_, _| Response::json_of(200, &json!({"<&>\"'": "\u{1}]]>å"})), 1, "DOES NOT CONFORM"),
        (
            |request, server| {
                static ASKED: AtomicUsize = AtomicUsize::new(0);
                assert!(ASKED.fetch_add(1, Ordering::Relaxed) < 40, "it goes silent");
                server.pass(request)
            },
            4,
            "INCONCLUSIVE",
        ),
    ];
    for (behaviour, code, verdict) in servers {
        let front = Front::start(behaviour);
        let run = certify(
            &[
                &[front.url().as_str(), "--details=all", "--report", &flags[0]][..],
                &["--report", &flags[1]],
                &APIS[..],
            ]
            .concat(),
        );
        assert_eq!(run.code, Some(i32::from(code)), "{}{}", run.stdout, run.stderr);
        let report = report(&json);
        let faults: Vec<_> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{verdict}: {faults:?}");
        assert_eq!((&report["verdict"], &report["exitCode"]), (&json!(verdict), &json!(code)));

        let text = fs::read_to_string(&junit).unwrap();
        let suites = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let cases: Vec<_> = suites.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
        let reported = report["cases"].as_array().unwrap();
        assert_eq!(cases.len(), reported.len());
        for (case, reported) in cases.iter().zip(reported) {
            assert_eq!(case.name.as_str(), reported["id"]);
            let good = matches!(case.status, quick_junit::TestCaseStatus::Success { .. });
            let verdict = reported["verdict"].as_str().unwrap();
            assert_eq!(good, ["pass", "advisory"].contains(&verdict), "{}", reported["id"]);
            let shown = !["pass", "not-applicable"].contains(&verdict);
            let line = format!("  {}\n", case.name.as_str());
            assert_eq!(shown, run.stdout.contains(&line), "{line}");
        }
    }
}

#[test]
fn whatever_else_answers_is_never_taken_for_an_implementation() {
    const ANSWERS: [&[u8]; 4] = [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    ];
    for answer in ANSWERS {
        let odd = Odd::answering(answer);
        for apis in [&APIS[..], &["--api", "gateway"], &["--api", "tmf"]] {
            let run = certify(&[&[odd.url().as_str(), "--answer-timeout", "1"], apis].concat());
            let answer = String::from_utf8_lossy(answer);
            let said = format!("{apis:?} {answer:?}: {}{}", run.stdout, run.stderr);
            assert_eq!(run.code, Some(1), "{said}");
        }
    }
}

#[test]
fn without_a_url_the_built_in_server_is_judged() {
    let folder = folder();
    let file = folder.path().join("report.json");
    let run = certify(&["--report", &format!("json={}", file.display()), "--seed", "7"]);
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
    let last = run.stdout.lines().last().unwrap();
    assert!(last.starts_with("the built-in server at http://127.0.0.1:"), "{last}");
    let report = report(&file);
    assert_eq!(report["seed"], 7);
    assert_eq!(Some(executed(&report)), report["cases"].as_array().map(Vec::len));
    assert!(Path::new(&file).is_file());
}
