//! Contact: what is wrong with the way to the target is one sentence before the first case, where
//! there once were hundreds of failures to read.

use std::fs;
use std::sync::Mutex;

use serde_json::json;

use crate::front::{Behaviour, Front};
use crate::message::Response;
use crate::run::{certify, etalon, run};
use crate::served::{self, Served};
use crate::{conforms_unheard, folder, plain, refused, write};

/// What stands in the way, the flags beside the URL, the parts of what is said, and how the server
/// answers.
type Row = (&'static str, &'static [&'static str], &'static [&'static str], Behaviour);

const ROWS: &[Row] = &[
    (
        "403 to everything",
        &["--api", "customer"],
        &["(403)", "customer API of ledger 100", "--token LEDGER=TOKEN"],
        |_, _| Response::empty(403),
    ),
    (
        "403 to everything, of an API without ledgers",
        &["--api", "tmf"],
        &["(403)", "--tmf-token TOKEN"],
        |_, _| Response::problem(403, "forbidden"),
    ),
    (
        "an unknown ledger, said as the API says it",
        &["--api", "customer", "--ledger", "999", "--token", "999=any"],
        &["answers 404", "whether the target has the ledger 999"],
        |_, _| Response::problem(404, "not-found"),
    ),
    (
        "an unknown ledger of usage",
        &["--api", "usage", "--ledger", "999", "--token", "999=any"],
        &["answers 404", "whether the target has the ledger 999"],
        |_, _| Response::problem(404, "ledger-not-found"),
    ),
    (
        "a redirect to another host",
        &["--api", "usage"],
        &["leads elsewhere (301), to https://www.example.org/", "`base`", "`mount`"],
        |request, _| {
            let to = format!("https://www.example.org{}", request.path);
            let mut response = Response::empty(301);
            response.headers.push(("Location".to_owned(), to));
            response
        },
    ),
    (
        "a redirect to the path with a slash",
        &["--api", "tmf"],
        &["leads elsewhere (308), to /v2/", "[api.tmf]"],
        |request, _| {
            let mut response = Response::empty(308);
            response.headers.push(("Location".to_owned(), format!("/v2{}", request.path)));
            response
        },
    ),
    ("gzip that nobody asked for", &["--api", "usage"], &["encoded as gzip"], |request, server| {
        let mut response = server.pass(request);
        response.headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
        response
    }),
];

#[test]
fn what_is_in_the_way_is_said_before_the_first_case() {
    for (what, flags, parts, behaviour) in ROWS {
        let front = Front::start(*behaviour);
        let run = certify(&[&[front.url().as_str()], *flags].concat());
        for part in *parts {
            assert!(run.stderr.contains(part), "{what}: {part}: {}", run.stderr);
            refused(&run, 4, part);
        }
    }
}

/// Whoever had not loaded the ledger was told to look for another token.
#[test]
fn what_a_401_may_come_from_is_told_and_not_the_token_alone() {
    let folder = folder();
    let front = Front::start(|_, _| Response::problem(401, "unauthorized"));
    let tables = |provision: &str, token: &str| {
        let ledger = format!("[[ledger]]\nno = \"100\"\ntoken = \"{token}\"\n");
        let text = format!("base = \"{}\"\n{provision}\n[api.usage]\n{ledger}", front.url());
        write(&folder, "target.toml", &text).display().to_string()
    };
    let written = run(etalon("target").args(["init", "--api", "usage", "-"])).stdout;
    let placeholder = written.lines().find_map(|line| line.strip_prefix("token = \"")).unwrap();
    let placeholder = placeholder.strip_suffix('"').unwrap();
    for (provision, token, said) in [
        ("", placeholder, "ledger 100: it is still the one that `etalon target init` writes"),
        (
            "",
            "mine",
            "ledger 100: either that is not the right one: give the right one with --token 100=TOKEN",
        ),
        ("", "mine", "or the target has no ledger 100: nobody has brought it the suite's records"),
        (
            "provision.command = \"cat\"",
            "mine",
            "or the records that were just brought have not made ledger 100 known",
        ),
        (
            "provision = \"preloaded\"",
            "mine",
            "though the target file says that the suite's records are preloaded",
        ),
    ] {
        refused(&certify(&["--target", &tables(provision, token)]), 4, said);
    }
    let assumed = certify(&[&front.url(), "--api", "usage"]);
    refused(&assumed, 4, "either that is not etalon-100, as it is where nobody says another");
}

#[test]
fn a_base_url_that_ends_in_the_mount_is_told_to_end_before_it() {
    let front = plain();
    for (api, path) in [
        ("tmf", "/billingManagement"),
        ("customer", "/ledger/customer/v1"),
        ("usage", "/billing/usage"),
    ] {
        let run = certify(&[&format!("{}{path}", front.url()), "--api", api]);
        refused(&run, 4, &format!("the base URL ends in {path} already"));
    }
}

#[test]
fn a_host_without_its_scheme_is_no_filter() {
    for word in ["127.0.0.1:8080", "localhost:8080", "localhost/api", "api.example.test"] {
        refused(&certify(&[word, "--api", "usage"]), 2, &format!("http://{word}"));
    }
}

#[test]
fn records_that_are_said_to_be_there_and_are_not_are_missed_before_the_first_case() {
    let folder = folder();
    let bare = served::ledgers_only(folder.path()).display().to_string();
    let served = Served::start(&["--load", &bare]);
    for (provision, said) in [
        ("provision = \"preloaded\"", "the target file says that they are preloaded"),
        ("provision.command = \"cat\"", "they were just brought there"),
    ] {
        for api in ["customer", "usage", "tmf"] {
            let text = format!("base = \"{}\"\n{provision}\n[api.{api}]\n", served.url());
            let file = write(&folder, "target.toml", &text).display().to_string();
            let run = certify(&["--target", &file]);
            refused(&run, 4, &format!("records of the {api} API is in the target, and {said}"));
        }
    }
}

/// Who described his target in a file and forgot to say that the records are in it was judged by
/// half of the cases.
#[test]
fn the_records_are_looked_for_where_a_target_file_says_nothing_of_them() {
    let folder = folder();
    let front = plain();
    let text = format!(
        "base = \"{}\"\n[api.customer]\n[api.usage]\n[api.gateway]\n[api.tmf]\n",
        front.url()
    );
    let file = write(&folder, "target.toml", &text).display().to_string();
    let run = certify(&["--target", &file]);
    assert!(conforms_unheard(&run), "{}{}", run.stdout, run.stderr);

    let bare = served::ledgers_only(folder.path()).display().to_string();
    let served = Served::start(&["--load", &bare]);
    let text = fs::read_to_string(&file).unwrap().replace(&front.url(), served.url());
    let file = write(&folder, "target.toml", &text).display().to_string();
    let run = certify(&["--target", &file]);
    assert_eq!(run.code, Some(4), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("etalon fixtures"), "{}", run.stdout);
}

/// Contact is a few requests that read, and none but safe ones where no other may be sent.
#[test]
fn contact_keeps_to_safe_requests_in_a_run_that_only_reads() {
    static METHODS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let front = Front::start(|request, _| {
        METHODS.lock().unwrap().push(request.method);
        Response::json_of(404, &json!({"error": "there is nothing"}))
    });
    for (flags, sent) in [(&["--read-only"][..], "GET"), (&[], "POST")] {
        METHODS.lock().unwrap().clear();
        let run = certify(&[&[front.url().as_str(), "--api", "customer"], flags].concat());
        refused(&run, 4, "answers 404");
        let methods = METHODS.lock().unwrap();
        assert!(methods.len() < 25, "{methods:?}");
        assert!(methods.last().is_some_and(|method| method == sent), "{methods:?}");
    }
}
