//! What a run tells before it begins and what it leaves: the target file, the plan, what is created,
//! what is missing.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::front::Front;
use crate::message::Response;
use crate::run::{Run, certify, etalon, report, run};
use crate::served::{self, Served};
use crate::{ALL, conforms, folder, plain, refused, write};

fn init(args: &[&str]) -> Run {
    run(etalon("target").arg("init").args(args))
}

#[test]
fn a_target_file_is_written_that_can_be_read_at_once_and_none_is_written_over() {
    let folder = folder();
    let file = folder.path().join("target.toml").display().to_string();
    for (apis, ledgers) in [
        ("customer,usage,gateway,tmf", true),
        ("customer", true),
        ("tmf", false),
        ("gateway,tmf", false),
    ] {
        let written = init(&["--force", "--api", apis, &file]);
        assert_eq!((written.code, written.stdout.as_str()), (Some(0), ""), "{}", written.stderr);
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text, init(&["--api", apis, "-"]).stdout);
        assert!(text.lines().filter(|line| line.starts_with("# ")).count() > 8, "{text}");
        assert_eq!(text.contains("[[ledger]]"), ledgers, "{text}");
        let listed = certify(&["--target", &file, "--list"]);
        assert_eq!(listed.code, Some(0), "{}", listed.stderr);
        let of_apis = |line: &str| apis.contains(line.split('/').next().unwrap());
        assert!(listed.stdout.lines().all(of_apis), "{}", listed.stdout);
        // What stands behind a `#` may be said as well.
        let is_key = |line: &&str| {
            let name = line.split(" = ").next().unwrap();
            line.starts_with('[') || name != *line && name.chars().all(char::is_alphanumeric)
        };
        let uncommented = text.lines().filter(|line| !line.contains("command = "));
        let uncommented: Vec<_> = uncommented
            .map(|line| line.strip_prefix("# ").filter(is_key).unwrap_or(line))
            .collect();
        let all: toml::Value = toml::from_str(&uncommented.join("\n")).unwrap();
        let schema = etalon::data::file("schemas/etalon/target.json").unwrap();
        let schema: Value = serde_json::from_slice(schema).unwrap();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let all = serde_json::to_value(all).unwrap();
        let faults: Vec<_> = schema.iter_errors(&all).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    fs::write(&file, "mine").unwrap();
    refused(&init(&[&file]), 2, "--force");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    refused(&init(&["--api", "gatway", "-"]), 2, "did you mean gateway?");
    refused(&init(&[&folder.path().display().to_string(), "--force"]), 2, "cannot be written");
}

#[test]
fn a_misspelled_name_is_told_with_its_place_and_what_was_meant() {
    let folder = folder();
    for (toml, parts) in [
        ("base = \"http://h\"\n[api.tmf]\n[limits]\nparalelism = 3", ["line 4", "parallelism?"]),
        ("bse = \"http://h\"\n[api.tmf]", ["line 1", "mean base?"]),
        ("base = \"http://h\"\n[api.tmv]", ["target.toml", "mean tmf?"]),
        ("base = \"http://h\"\n[api.tmf]\nmout = \"/x\"", ["line 3", "mean mount?"]),
        ("base = \"http://h\"\n[api.gateway.media]\nfrom = false", ["target.toml", "mean form?"]),
        (
            "base = \"http://h\"\n[api.usage]\n[known.\"usage/biled\"]",
            ["target.toml", "usage/billed?"],
        ),
        (
            "base = \"http://h\"\n[api.usage]\n[[ledger]]\nno = \"100\"\ngrants = [\"disbursment\"]",
            ["ledger 100", "mean disbursement?"],
        ),
        (
            "base = \"http://h\"\n[api.tmf]\n[known.\"tmf/settlement-note-kept\"]\nnoteId = \"1\"\nnoteID = \"1\"",
            ["target.toml", "mean noteId?"],
        ),
        (
            "base = \"http://h\"\n[api.usage]\n[[ledger]]\nno = \"1\"\ntoken = \"s3cret\"\ncuntry = \"SE\"",
            ["line 6", "country?"],
        ),
        (
            "base = \"http://h\"\n[api.tmf]\n[provision]\ncomand = \"x\"",
            ["line 3", "mean command?"],
        ),
        ("base = \"http://h\"\n[api.tmf]\n[limits]\nrate = 0", ["target.toml", "rate is"]),
        (
            "base = \"http://h\"\n[api.tmf]\n[limits]\nparallelism = 1000",
            ["target.toml", "1 to 256"],
        ),
        (
            "base = \"http://h\"\n[api.tmf]\n[limits]\nanswerTimeout = -1",
            ["target.toml", "answerTimeout"],
        ),
    ] {
        let file = write(&folder, "target.toml", toml).display().to_string();
        let run = certify(&["--target", &file]);
        for part in parts {
            refused(&run, 2, part);
        }
        assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    }
}

#[test]
fn limits_are_kept_and_a_flag_wins() {
    let front = plain();
    let folder = folder();
    let text = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\n[api.usage]\n[limits]\nrate = 20\n",
        front.url()
    );
    let file = write(&folder, "target.toml", &text).display().to_string();
    let took = |flags: &[&str]| {
        let start = std::time::Instant::now();
        let run = certify(&[&["--target", &file, "usage/invoices"], flags].concat());
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
        start.elapsed().as_secs_f64()
    };
    // Some twenty requests at least, and none faster than one in 50 ms.
    let (slow, fast) = (took(&[]), took(&["--rate", "5000"]));
    assert!(slow > fast + 0.4, "{slow} {fast}");
}

/// How many records stay at most, case by case, as it is told before.
fn planned(stdout: &str) -> BTreeMap<&str, usize> {
    let mut planned = BTreeMap::new();
    for line in stdout.lines() {
        if let (Some(case), Some(n)) =
            (line.trim().split(" › ").next(), line.split(", leaves ").nth(1))
        {
            *planned.entry(case).or_default() += n.parse::<usize>().unwrap();
        }
    }
    planned
}

#[test]
fn what_stays_in_the_target_is_told_before_and_listed_after() {
    let odd = crate::Odd::silent();
    let url = odd.url();
    let plan = certify(&[&[url.as_str(), "--plan"], &ALL[..]].concat());
    assert_eq!((plan.code, plan.stderr.as_str()), (Some(0), ""));
    assert_eq!(odd.connections(), 0);
    for line in [
        "customer/customers/create › create: POST /ledger/customer/v1/{ledger}/customers, leaves 1",
        "customer/billing-address/delete › delete: DELETE /ledger/customer/v1/{ledger}/customers/${customerNo}/billing-address",
    ] {
        assert!(plan.stdout.lines().any(|printed| printed.trim() == line), "{}", plan.stdout);
    }
    assert!(!plan.stdout.contains(": GET "), "{}", plan.stdout);

    let folder = folder();
    let file = folder.path().join("report.json");
    let run = certify(&["--report", &format!("json={}", file.display())]);
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
    let report = report(&file);
    let created = report["created"].as_array().unwrap();
    let (deleted, left): (Vec<_>, Vec<_>) =
        created.iter().partition(|each| each["deleted"] == json!(true));
    let mut planned = planned(&plan.stdout);
    for each in &left {
        let rest = planned.entry(each["case"].as_str().unwrap()).or_default();
        *rest = rest.checked_sub(1).unwrap_or_else(|| panic!("{each} was not planned"));
    }
    // What a condition kept from being sent is all that may be missing.
    let missing = planned.values().sum::<usize>();
    assert!(missing * 10 < left.len(), "{planned:?}");
    assert!(!deleted.is_empty());
    let is_deletable = |path: &str| path.ends_with("/billing-address") || path.ends_with("/hub");
    assert!(deleted.iter().all(|each| is_deletable(each["path"].as_str().unwrap())));
    // An order is named by the surplus that it is for, which stands in its path.
    let order = |each: &Value| each["path"].as_str().unwrap().ends_with("disbursement-orders");
    let nameless = left.iter().find(|each| !each["identifier"].is_string() && !order(each));
    assert_eq!(nameless, None);
    assert!(run.stdout.contains(&format!("created: {} records", created.len())), "{}", run.stdout);
}

/// The requests that are not safe: API, method, and whether they look for a person.
static UNSAFE: Mutex<Vec<(&str, String, bool)>> = Mutex::new(Vec::new());

/// How many requests of an API and a method a plan tells: where each is accepted at once, and at
/// most. Those that look for a person are told apart.
fn told(plan: &str, api: &str, method: &str, looks: bool) -> (usize, usize) {
    let (mut first, mut most) = (0, 0);
    for line in plan.lines() {
        let Some((what, sent)) = line.trim().split_once(&format!(": {method} ")) else { continue };
        let below = |(name, path): &(&str, &str)| *name == api && sent.starts_with(path);
        let is_of_api = what.starts_with(&format!("{api}/")) || API_PATHS.iter().any(below);
        if !is_of_api || sent.contains("/find-customer") != looks {
            continue;
        }
        let number = |after: &str| {
            let mut parts = sent.split(", ").filter_map(|part| part.strip_suffix(after));
            parts.find_map(|part| part.trim_start_matches("at most ").parse::<usize>().ok())
        };
        let times = number(" times").unwrap_or(1);
        first += times;
        most += times * (1 + number(" more if it is refused").unwrap_or(0));
    }
    (first, most)
}

const API_PATHS: [(&str, &str); 4] = [
    ("customer", "/ledger/customer/"),
    ("usage", "/billing/usage/"),
    ("gateway", "/api/v01/customers"),
    ("tmf", "/billingManagement/"),
];

#[test]
fn every_request_that_is_not_safe_is_told_before_it_is_sent() {
    let front = Front::start(|request, server| {
        let api = API_PATHS.iter().find(|(_, path)| request.path.starts_with(path));
        let is_safe = ["GET", "HEAD"].contains(&request.method.as_str());
        if let (Some((api, _)), false) = (api, is_safe) {
            let looks = request.last() == "find-customer";
            UNSAFE.lock().unwrap().push((*api, request.method.clone(), looks));
        }
        server.pass(request)
    });
    let url = front.url();
    let run = certify(&[&[url.as_str()], &ALL[..]].concat());
    assert!(conforms(&run), "{}{}", run.stdout, run.stderr);
    let plan = certify(&[&[url.as_str(), "--plan"], &ALL[..]].concat()).stdout;
    let mut sent: BTreeMap<_, usize> = BTreeMap::new();
    UNSAFE.lock().unwrap().drain(..).for_each(|each| *sent.entry(each).or_default() += 1);
    for ((api, method, looks), sent) in &sent {
        let (first, most) = told(&plan, api, method, *looks);
        let text = format!(
            "{api} {method} (looks for a person: {looks}): {first} told, at most {most}, {sent} sent"
        );
        assert!(*sent <= most, "{text}");
        // It tells no more than what a condition may keep from being sent.
        assert!(*sent * 10 >= first * 9, "{text}");
    }
    for part in [
        "  to clean up: DELETE ",
        "  to look for drawn identifiers: POST ",
        "  to look for what no run has used up: POST ",
    ] {
        assert!(plan.contains(part), "{plan}");
    }
}

#[test]
fn a_read_only_run_sends_nothing_but_safe_requests_and_never_conforms() {
    let front = Front::start(|request, server| {
        assert!(["GET", "HEAD", "OPTIONS", "TRACE"].contains(&request.method.as_str()));
        server.pass(request)
    });
    let run = certify(&[&[front.url().as_str(), "--read-only"], &ALL[..]].concat());
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(" selected checks passed") && !run.stdout.contains("CONFORMS"));
    let plan = certify(&["--read-only", "--plan"]);
    assert!(plan.stdout.starts_with("No case that would be judged writes"), "{}", plan.stdout);

    let folder = folder();
    for provision in ["command = \"cat\"", "url = \"http://127.0.0.1:1/load\""] {
        let text = format!("base = \"{}\"\n[api.usage]\n[provision]\n{provision}", front.url());
        let file = write(&folder, "target.toml", &text).display().to_string();
        refused(&certify(&["--target", &file, "--read-only"]), 2, "preloaded");
    }
}

/// A base URL and what lets in are enough to begin with.
#[test]
fn a_target_without_the_suites_records_is_judged_as_far_as_it_goes_and_told_what_it_lacks() {
    let folder = folder();
    let ledgers = served::ledgers_only(folder.path()).display().to_string();
    let served =
        Served::start(&["--load", &ledgers, "--gateway-user", "a:b", "--tmf-token", "secret-t"]);
    let file = folder.path().join("report.json");
    let flag = format!("json={}", file.display());
    for (api, flags, lacks) in [
        ("customer", &[][..], Some("customer/surpluses")),
        ("usage", &[], Some("usage/billed")),
        ("gateway", &["--gateway-user", "a:b"], None),
        ("tmf", &["--tmf-token", "secret-t"], Some("tmf/reference-data")),
    ] {
        let run = certify(&[&[served.url(), "--api", api, "--report", &flag], flags].concat());
        let text = format!("{api}: {}{}", run.stdout, run.stderr);
        let report = report(&file);
        assert_eq!(report["counts"]["fail"], 0, "{text}");
        assert!(report["counts"]["pass"].as_u64() > Some(2), "{text}");
        let Some(lacks) = lacks else {
            // It has no records but its own.
            assert_eq!(run.code, Some(0), "{text}");
            continue;
        };
        assert_eq!(run.code, Some(4), "{text}");
        assert!(text.contains(&format!("`etalon fixtures --api {api}`")), "{text}");
        assert_eq!(text.matches(&format!("\n[known.\"{lacks}\"]\n")).count(), 1, "{text}");
        let blocked = report["counts"]["blocked"].as_u64().unwrap();
        let lacking = report["lacks"].as_array().unwrap().iter();
        assert_eq!(lacking.map(|lack| lack["cases"].as_u64().unwrap()).sum::<u64>(), blocked);
    }
}

#[test]
fn an_operation_that_finds_nothing_is_a_failure_and_no_lack_of_records() {
    let front = Front::start(|request, server| {
        let segments: Vec<_> = request.path.split('/').skip(1).collect();
        let broken = matches!(
            segments[..],
            [_, "customer", _, _, "customers", _]
                | [_, "usage", _, _, "invoices", _]
                | [_, "settlementNoteAdvice", _]
        );
        if broken && request.method == "GET" { Response::empty(404) } else { server.pass(request) }
    });
    for (api, case) in [
        ("customer", "customer/customers/get"),
        ("usage", "usage/invoices/get"),
        ("tmf", "tmf/settlement-note-advice/documented"),
    ] {
        let run = certify(&[&front.url(), "--api", api, "--exact", case]);
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn what_a_command_of_the_file_holds_is_not_printed() {
    let folder = folder();
    let front = Front::start(|_, _| Response::empty(404));
    for command in ["curl-not-there --token s3cret", "TOKEN=s3cret exit 3", "sh -c 'exit 3' s3cret"]
    {
        let text =
            format!("base = \"{}\"\n[api.usage]\nprovision.command = \"{command}\"", front.url());
        let text = text.replace("[api.usage]\nprovision", "provision") + "\n[api.usage]";
        let file = write(&folder, "target.toml", &text).display().to_string();
        for flags in [&[][..], &["--plan"]] {
            let run = certify(&[&["--target", &file], flags].concat());
            assert!(!format!("{}{}", run.stdout, run.stderr).contains("s3cret"), "{run:?}");
        }
    }
}
