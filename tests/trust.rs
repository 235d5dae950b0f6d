//! A correct server never fails: whatever the documents leave to the server, the judge accepts.
//!
//! Each server is the built-in one with other choices among what the documents leave open, judged in this process.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Instant;

use etalon::api::choices::{CHOICES, Choices};
use etalon::harness::evidence::Redaction;
use etalon::harness::{
    APIS, Bench, Judge, Options, RunReport, Selection, Suite, Target, TargetFlags, Verdict, run,
};
use etalon::server::builtin;
use serde_json::Value;

static SUITE: LazyLock<Arc<Suite>> = LazyLock::new(|| Suite::embedded().unwrap());

/// What combinations are drawn from.
const SEED: u64 = 20260731;

/// A server: the flags that choose for it, and the APIs that are judged.
struct Server {
    flags: Vec<String>,
    apis: Vec<&'static str>,
}

#[test]
fn each_value_alone_conforms_and_no_case_is_lost() {
    all_conform(each_value(false));
}

#[test]
fn ten_combinations_conform_and_no_case_is_lost() {
    all_conform(combinations(10));
}

/// `just trust`: every value and two hundred combinations, each against the whole suite.
#[test]
#[ignore = "minutes in a debug build"]
fn two_hundred_combinations() {
    all_conform(each_value(true));
    all_conform(combinations(200));
}

#[test]
fn the_command_line_lists_the_choices_and_refuses_what_is_none() {
    let etalon = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_etalon")).args(args).stdin(Stdio::null()).output().unwrap()
    };
    let listed = etalon(&["choices", "--format", "json"]);
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed.len(), CHOICES.len());
    for (row, choice) in listed.iter().zip(CHOICES) {
        assert_eq!(
            (&row["name"], &row["default"]),
            (&choice.name.into(), &row["values"][0]["value"])
        );
        assert_eq!(row["values"].as_array().unwrap().len(), choice.values.len());
    }
    let table = String::from_utf8(etalon(&["choices"]).stdout).unwrap();
    for choice in CHOICES {
        assert!(table.contains(&format!("{} · ", choice.name)), "{}", choice.name);
    }
    for flags in [&["patsh=200"][..], &["patch=2"], &["patch"], &["patch=200", "patch=200"]] {
        let flags = flags.iter().flat_map(|flag| ["--choice", flag]);
        let args: Vec<_> = ["serve", "--listen", "127.0.0.1:0"].into_iter().chain(flags).collect();
        let refused = etalon(&args);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!((refused.status.code(), said.lines().count()), (Some(2), 1), "{args:?}: {said}");
        assert!(refused.stdout.is_empty() && said.contains("patch"), "{said}");
    }
}

/// A server for each value but the defaults. Its own APIs are judged, or all of them.
fn each_value(all: bool) -> Vec<Server> {
    let alone = CHOICES.iter().flat_map(|choice| {
        let apis = if all { every_api() } else { choice.apis.to_vec() };
        choice.values.iter().skip(1).map(move |value| Server {
            flags: vec![format!("{}={}", choice.name, value.name)],
            apis: apis.clone(),
        })
    });
    alone.collect()
}

/// Servers with a value of every choice, drawn alike from all that it has.
fn combinations(count: usize) -> Vec<Server> {
    let mut state = SEED;
    let mut draw = move |below: usize| {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
    };
    let drawn = (0..count).map(|_| {
        let flags = CHOICES.iter().map(|choice| {
            let value = &choice.values[draw(choice.values.len())];
            format!("{}={}", choice.name, value.name)
        });
        Server { flags: flags.collect(), apis: every_api() }
    });
    drawn.collect()
}

fn every_api() -> Vec<&'static str> {
    APIS.iter().map(|api| api.name).collect()
}

/// Judges every server, two at a time, and fails with what was said of those that were rejected.
fn all_conform(servers: Vec<Server>) {
    let start = Instant::now();
    let mut reference = BTreeMap::new();
    for server in &servers {
        reference.entry(server.apis.clone()).or_insert_with(|| executed(&judge(&[], &server.apis)));
    }
    let (next, judged, rejected) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(vec![]));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(server) = servers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let report = judge(&server.flags, &server.apis);
                    judged.fetch_add(executed(&report).len(), Ordering::Relaxed);
                    let complaint = complaint(&report, &reference[&server.apis]);
                    let told = complaint.map(|it| format!("{}\n{it}", server.flags.join(" ")));
                    rejected.lock().unwrap().extend(told);
                }
            });
        }
    });
    let (count, cases) = (servers.len(), judged.into_inner());
    println!(
        "{count} servers, {cases} cases in {:.1} s, seed {SEED}",
        start.elapsed().as_secs_f32()
    );
    let rejected = rejected.into_inner().unwrap();
    let told = rejected.join("\n");
    assert!(rejected.is_empty(), "{} of {count} are rejected:\n{told}", rejected.len());
}

/// What is said of a server with these choices.
fn judge(flags: &[String], apis: &[&str]) -> RunReport {
    let choices = Choices::from_flags(flags).unwrap();
    let server = builtin::start_with(SUITE.records(), choices).unwrap();
    let flags = TargetFlags {
        listen: Some(TargetFlags::LOOPBACK.to_owned()),
        url: Some(server.url()),
        apis: apis.iter().map(ToString::to_string).collect(),
        ..TargetFlags::default()
    };
    let target = Target::resolve(&SUITE, &flags).unwrap_or_else(|it| panic!("{it}"));
    let options = Options { seed: SEED, ..Options::default() };
    let redaction = Redaction::of(&target);
    let judge = Judge::new(Bench::new(Arc::clone(&SUITE), target, options, redaction));
    let judge = judge.unwrap_or_else(|it| panic!("{it}"));
    run(&judge, &Selection::default(), &()).unwrap_or_else(|it| panic!("{it}"))
}

/// The cases that were judged to their end.
fn executed(report: &RunReport) -> Vec<String> {
    let ended = |verdict| [Verdict::Pass, Verdict::Advisory, Verdict::Fail].contains(&verdict);
    let cases = report.cases.iter().filter(|case| ended(case.verdict));
    cases.map(|case| case.id.clone()).collect()
}

/// A complaint, unless the verdict is that it conforms and every case was judged that is judged on
/// the reference.
fn complaint(report: &RunReport, reference: &[String]) -> Option<String> {
    let executed = executed(report);
    let mut complaints: Vec<String> = Vec::new();
    for case in &report.cases {
        let lost = reference.contains(&case.id) && !executed.contains(&case.id);
        if lost
            || ![Verdict::Pass, Verdict::Advisory, Verdict::NotApplicable].contains(&case.verdict)
        {
            let findings = case.findings.iter().map(|finding| {
                let (actual, expected) = (&finding.actual, &finding.expected);
                format!(
                    "      {} {}: {} at \"{}\": {actual:?} for {expected:?}",
                    finding.clause, finding.step, finding.message, finding.pointer
                )
            });
            let findings = findings.collect::<Vec<_>>().join("\n");
            let reason = case.reason.as_deref().unwrap_or_default();
            complaints.push(format!("    {} {:?} {reason}\n{findings}", case.id, case.verdict));
        }
    }
    let conforms = report.verdict.name() == "CONFORMS";
    if !conforms || !complaints.is_empty() {
        complaints.insert(0, format!("    {}, {} cases", report.verdict.name(), executed.len()));
    }
    (!complaints.is_empty()).then(|| complaints.join("\n"))
}
