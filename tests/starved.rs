//! Targets that answer so much, or for so long, that whoever reads it all has no memory or time left:
//! each costs its own cases, 64 MiB at most, and a sentence.
#![cfg(all(feature = "server", feature = "harness", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "adverse/fault.rs"]
mod fault;
#[path = "support/measured.rs"]
mod measured;
#[path = "judge/message.rs"]
mod message;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use etalon::harness::evidence::bundle::unpacked;
use serde_json::Value;

use fault::{Act, Spoilt, When};
use measured::{MIB, peak};
use served::{command, etalon, etalon_reading};

/// What a run takes on a target that is well, in a build without optimisation, and 64 MiB.
const PEAK: u64 = (72 + 64) * MIB;

const LIST: &str = "GET tmf/billingAccount";
const ITEM: &str = "GET tmf/billingAccount/*";
const SUBSCRIPTIONS: &str = "GET usage/*/*/subscriptions";

/// `unit` so often that it is so long, between a start and an end.
fn filled(start: &str, unit: &str, end: &str, length: usize) -> Vec<u8> {
    [start.as_bytes(), &unit.as_bytes().repeat(length / unit.len()), end.as_bytes()].concat()
}

/// An answer that is such a body, for as long as the process lives.
fn answer(body: Vec<u8>) -> Act {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    Act::Close(Box::leak([head.into_bytes(), body].concat().into_boxed_slice()))
}

fn members(count: usize) -> String {
    let members: Vec<_> = (0..count).map(|n| format!("\"m{n}\":1")).collect();
    format!("{{{}}}", members.join(","))
}

/// A run of the real binary, and what it took.
struct Run {
    code: Option<i32>,
    told: String,
    peak: u64,
    cases: Vec<Value>,
    report: Value,
}

fn certify(target: &Spoilt, args: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let (report, told) = (folder.path().join("r.json"), folder.path().join("told"));
    let file = format!("json={}", report.display());
    let mut child = command(&["certify", &target.url(), "--report", &file])
        .args(args)
        .stdout(fs::File::create(&told).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peak = peak(&mut child);
    let code = child.wait().unwrap().code();
    let report = fs::read(&report).unwrap_or_else(|_| b"{\"cases\":[]}".to_vec());
    let report: Value = serde_json::from_slice(&report).unwrap();
    let cases = report["cases"].as_array().unwrap().clone();
    Run { code, told: fs::read_to_string(&told).unwrap(), peak, cases, report }
}

/// The judge of a target that answered thirty million numbers took 8 GB and had not ended after an
/// hour, since every case met them anew.
#[test]
fn an_answer_that_is_too_much_costs_its_cases_and_little_memory() {
    let tmf = ["--api", "tmf", "tmf/billing-account", "tmf/query", "tmf/filter-is-complete"];
    let usage = ["--api", "usage", "usage/pages", "usage/invoices", "usage/customers"];
    let many = "values, the most that are read of";
    let thing = "more than 2097152 bytes, the most that are read of one thing";
    for (what, operation, act, says) in [
        ("thirty million numbers", LIST, answer(filled("[1", ",1", "]", 60 << 20)), many),
        ("ten million objects", LIST, answer(filled("[{}", ",{}", "]", 30 << 20)), many),
        (
            "a list without end",
            LIST,
            Act::Endless(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[0",
                br#",{"id":"some identifier that is long"}"#,
            ),
            "`listBytes`",
        ),
        (
            "a list that is long beyond reason",
            LIST,
            answer(filled("[\"\"", ",\"some text that is in no account\"", "]", 65 << 20)),
            "`listBytes`",
        ),
        (
            "two million members",
            LIST,
            answer(members(2_000_000).into_bytes()),
            "of an element of a list, or around it",
        ),
        (
            "two million members in an element",
            LIST,
            answer(format!("[{}]", members(2_000_000)).into_bytes()),
            "of an element of a list",
        ),
        ("numbers for one thing", ITEM, answer(filled("[1", ",1", "]", 32 << 20)), thing),
        ("as many numbers as fit", ITEM, answer(filled("[1", ",1", "]", 2_000_000)), many),
        ("a number of 8 MB", ITEM, answer(filled("{\"id\":", "7", "}", 8 << 20)), thing),
        (
            "a number of 1 MB",
            ITEM,
            answer(filled("{\"id\":", "7", "}", 1 << 20)),
            "a number of more than 4096",
        ),
        ("a text of 30 MB", ITEM, answer(filled("{\"id\":\"", "7", "\"}", 30 << 20)), thing),
        (
            "a text of 30 MB in a list",
            LIST,
            answer(filled("[{\"id\":\"", "7", "\"}]", 30 << 20)),
            "of an element of a list",
        ),
        ("a nest", ITEM, answer(filled("", "[", "", 30 << 20)), thing),
        ("pages without end", SUBSCRIPTIONS, Act::Next, "has more than 1000 pages"),
    ] {
        let target = Spoilt::start(When::On(operation), act);
        let args = if operation == SUBSCRIPTIONS { &usage[..] } else { &tmf[..] };
        let began = Instant::now();
        let run = certify(&target, args);
        println!("{what}: {} MiB, {:.1} s", run.peak / MIB, began.elapsed().as_secs_f64());
        assert!(run.told.contains(says), "{what}: {}", run.told);
        assert!(run.peak < PEAK, "{what}: {} MiB", run.peak / MIB);
        let reasons: Vec<_> = run.cases.iter().filter_map(|case| case["reason"].as_str()).collect();
        let met = reasons.iter().filter(|reason| reason.contains(says)).count();
        assert!(met <= 12, "{what}: met {met} times: {}", run.told);
        let passed = run.cases.iter().filter(|case| case["verdict"] == "pass").count();
        assert!(passed >= 3, "{what}: {}", run.told);
        // Such a page is broken, too, and says so to whoever does not follow it.
        let code = if operation == SUBSCRIPTIONS { 1 } else { 4 };
        assert_eq!(run.code, Some(code), "{what}: {}", run.told);
    }
}

/// A target that answers slowly enough kept a run for a day.
#[test]
fn a_run_ends_with_its_budget_and_names_it() {
    let slow = Spoilt::start(When::On(LIST), Act::Hold(b""));
    let run = certify(&slow, &["--api", "tmf", "--max-time", "15"]);
    assert_eq!(run.code, Some(4), "{}", run.told);
    let said = |line: &&str| line.starts_with("INCONCLUSIVE (");
    let headline = run.told.lines().find(said).unwrap_or_default();
    assert!(headline.contains("it has lasted 15 s, its budget; --max-time"), "{headline}");
    assert!(
        run.report["ended"].as_str().unwrap().contains("lasted 15 s"),
        "{}",
        run.report["ended"]
    );
    assert!(run.cases.iter().any(|case| {
        case["reason"].as_str().is_some_and(|why| why.starts_with("not sent: the run was ended"))
    }));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("target.toml");
    let big = Spoilt::start(
        When::On(LIST),
        answer(filled("[\"\"", ",\"some text that is in no account\"", "]", 30 << 20)),
    );
    fs::write(
        &file,
        format!(
            "base = \"{}\"\n[limits]\ntotalBytes = 9000000\nlistBytes = 8000000\n[api.tmf]\n",
            big.url()
        ),
    )
    .unwrap();
    let run = certify(&big, &["--target", file.to_str().unwrap(), "tmf/billing-account"]);
    assert_eq!(run.code, Some(4), "{}", run.told);
    assert!(run.told.contains("`listBytes`"), "{}", run.told);

    // What was found before counts all the same.
    let wrong = Spoilt::start(When::On(LIST), answer(b"{\"no\":\"list\"}".to_vec()));
    let run = certify(&wrong, &["--api", "tmf", "tmf/billing-account", "--max-time", "60"]);
    assert_eq!((run.code, &run.report["ended"]), (Some(1), &Value::Null), "{}", run.told);
}

/// A run that took a minute longer than it should did not say for what.
#[test]
fn what_a_run_waits_for_it_says_with_the_sum() {
    const BUSY: Act = Act::Close(b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
    let run = certify(&Spoilt::start(When::At(40), BUSY), &["--api", "usage"]);
    assert_eq!(run.code, Some(0), "{}", run.told);
    assert!(run.told.contains("waited 1 s in all for 429 of "), "{}", run.told);
    let waited = &run.report["waited"][0];
    assert_eq!((&waited["times"], &waited["seconds"]), (&1.into(), &1.into()), "{waited}");
}

/// Who names a pipe that nobody writes to waited for ever; who names /dev/zero read for ever.
#[test]
fn what_is_no_file_is_refused_as_input_and_the_shells_pipes_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let (fifo, zero) = (fifo.display().to_string(), "/dev/zero");
    let store = folder.path().join("s.redb").display().to_string();
    let url = "http://127.0.0.1:9";
    for path in [fifo.as_str(), zero] {
        let secret = format!("100=file:{path}");
        for args in [
            &["certify", "--target", path][..],
            &["certify", url, "--api", "usage", "--token", &secret],
            &["certify", url, "--api", "usage", "--baseline", path],
            &["verify", path],
            &["diff", path, path],
            &["load", "--db", &store, path],
            &["serve", "--listen", "127.0.0.1:0", "--load", path],
            &["serve", "--listen", "127.0.0.1:0", "--like", path],
            &["serve", "--listen", "127.0.0.1:0", "--db", path],
        ] {
            let mut child = command(args)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let began = Instant::now();
            while child.try_wait().unwrap().is_none() {
                if began.elapsed() > Duration::from_secs(30) {
                    child.kill().unwrap();
                    panic!("{args:?} has not ended");
                }
                thread::sleep(Duration::from_millis(20));
            }
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains("no file"), "{args:?}: {said}");
        }
    }
    let fixtures = etalon(&["fixtures"]).stdout;
    for stdin in ["-", "/dev/stdin", "/dev/fd/0"] {
        let store = folder.path().join(stdin.replace('/', "_"));
        let loaded = etalon_reading(&["load", "--db", store.to_str().unwrap(), stdin], &fixtures);
        assert!(loaded.status.success(), "{stdin}: {}", String::from_utf8_lossy(&loaded.stderr));
    }
}

/// Others on the machine read the customers of whoever ran a judge or a server there.
#[test]
fn what_is_written_is_for_its_owner_alone_and_through_no_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run = etalon(&[
        "certify",
        "usage/invoices/get",
        "--report",
        &format!("json={}", path("r.json")),
        "--report",
        &format!("har={}", path("r.har")),
        "--bundle",
        &path("r.bundle"),
        "--write-baseline",
        &path("known.toml"),
    ]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    // What a kill left of the making of a store, as somebody else would leave a link.
    let elsewhere = path("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, path("s.redb.making")).unwrap();
    let loaded = etalon_reading(&["load", "--db", &path("s.redb"), "-"], b"");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stderr));
    assert!(!fs::exists(&elsewhere).unwrap());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["known.toml", "r.bundle", "r.har", "r.json", "s.redb"]);
}

/// Reports of a target with long lists held each of them until the end.
#[test]
fn what_is_kept_of_long_answers_is_their_beginning_and_that_is_said() {
    let account = r#",{"id":"7","href":"http://h/billingManagement/billingAccount/7","name":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
    let list = answer(filled("[{}", account, "]", 12 << 20));
    let target = Spoilt::start(When::On(LIST), list);
    let folder = tempfile::tempdir().unwrap();
    let (har, bundle) = (folder.path().join("r.har"), folder.path().join("r.bundle"));
    let flag = format!("har={}", har.display());
    let args = ["--api", "tmf", "tmf/billing-account", "tmf/query", "--report", &flag, "--bundle"];
    let run = certify(&target, &[&args[..], &[bundle.to_str().unwrap()]].concat());
    // Beside what a run takes otherwise, 64 MiB of bodies are kept until the reports are written.
    assert!(run.peak < PEAK + 64 * MIB, "{} MiB", run.peak / MIB);
    let read = |path| fs::read_to_string(path).unwrap();
    let kept: Value = serde_json::from_str(&read(&har)).unwrap();
    let entries = kept["log"]["entries"].as_array().unwrap();
    let long =
        entries.iter().find(|entry| entry["response"]["content"]["size"].as_u64() > Some(10 << 20));
    let content = &long.unwrap()["response"]["content"];
    assert!(content["text"].as_str().unwrap().len() < 100_000);
    assert!(content["comment"].as_str().unwrap().contains("were kept"), "{}", content["comment"]);
    let bundle = fs::read(&bundle).unwrap();
    let bundle = String::from_utf8_lossy(&unpacked(&bundle).unwrap()).into_owned();
    assert!(bundle.contains("\"cutFrom\":"), "nothing of it says that it was cut");
}
