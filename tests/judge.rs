//! The tester tested: it must reject every server that breaks a requirement and name the clause,
//! and leave alone every server that uses what the documents leave open.
//!
//! Each server is the reference behind a front of its own, which changes what a row of a table
//! says; the real binary judges it.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "judge/advised_gateway.rs"]
mod advised_gateway;
#[path = "judge/advised_tmf.rs"]
mod advised_tmf;
#[path = "judge/broken_customer.rs"]
mod broken_customer;
#[path = "judge/broken_gateway.rs"]
mod broken_gateway;
#[path = "judge/broken_tmf.rs"]
mod broken_tmf;
#[path = "judge/broken_tmf_account.rs"]
mod broken_tmf_account;
#[path = "judge/broken_tmf_collections.rs"]
mod broken_tmf_collections;
#[path = "judge/broken_tmf_ruled_out.rs"]
mod broken_tmf_ruled_out;
#[path = "judge/broken_usage.rs"]
mod broken_usage;
#[path = "judge/front.rs"]
mod front;
#[path = "judge/gateway.rs"]
mod gateway;
#[path = "judge/lawful_gateway.rs"]
mod lawful_gateway;
#[path = "judge/lawful_payex.rs"]
mod lawful_payex;
#[path = "judge/lawful_tmf.rs"]
mod lawful_tmf;
#[path = "judge/lawful_wire.rs"]
mod lawful_wire;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/rewrite.rs"]
mod rewrite;
#[path = "judge/run.rs"]
mod run;
#[path = "judge/tmf.rs"]
mod tmf;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use front::{Behaviour, Front};
use run::{Run, certify, clauses, executed, report};
use serde_json::Value;

/// What a server does, the clause that it breaks, and how. The clause says which API is judged.
pub(crate) type Broken = (&'static str, &'static str, Behaviour);

/// What a server does that every document allows, and how.
pub(crate) type Lawful = (&'static str, Behaviour);

const ALL: &str = "customer,usage,gateway,tmf";

/// The tables of lawful servers, the APIs that are judged at them, and what stands before every
/// path.
const LAWFUL: [(&[Lawful], &str, &str); 5] = [
    (lawful_wire::LAWFUL, ALL, ""),
    (lawful_wire::BEHIND_A_PREFIX, ALL, "/sandbox/billing/"),
    (lawful_payex::LAWFUL, "customer,usage", ""),
    (lawful_gateway::LAWFUL, "gateway", ""),
    (lawful_tmf::LAWFUL, "tmf", ""),
];

/// What was said of a server.
struct Judged {
    run: Run,
    report: Value,
    /// Whether the server ever did otherwise than the reference: a row that never does proves
    /// nothing.
    changed: bool,
}

/// Judges a server that does as `behaviour` says; `prefix` is added to its base URL.
fn judge(behaviour: Behaviour, apis: &str, prefix: &str) -> Judged {
    let front = Front::start(behaviour);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let report_flag = format!("json={}", file.display());
    let url = front.url() + prefix;
    let t0 = std::time::Instant::now();
    let run = certify(&[&url, "--api", apis, "--report", &report_flag]);
    if std::env::var("ROW").is_ok() {
        eprintln!("{apis} {:?}\n{}", t0.elapsed(), run.stdout);
    }
    Judged { run, report: report(&file), changed: front.changed() }
}

/// Every row on two threads; what is said of a row is a complaint.
fn complaints<R: Sync>(rows: &[R], complaint: impl Fn(&R) -> Option<String> + Sync) -> String {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    found.lock().unwrap().extend(complaint(row));
                }
            });
        }
    });
    found.into_inner().unwrap().join("\n")
}

/// Judges the server of a row; what is said of it, if that is not the exit code and the verdict, or
/// if the row's clause is not among those of `level`.
fn complaint(row: &Broken, code: i32, verdict: &str, level: &str) -> Option<String> {
    let (does, clause, behaviour) = row;
    if std::env::var("ROW").is_ok_and(|r| !does.contains(&r)) {
        return None;
    }
    let api = clause.split('/').next().unwrap_or_default();
    let Judged { run, report, changed } = judge(*behaviour, api, "");
    let named = clauses(&report, level);
    if run.code != Some(code) || report["verdict"] != verdict || !changed {
        let line = run.stdout.lines().rev().nth(1).unwrap_or_default();
        let broken = clauses(&report, "must").join(", ");
        let exit = format!("exit {:?}, changed {changed}", run.code);
        return Some(format!("{does}: {exit}, {line}, {broken}, {}", run.stderr));
    }
    if !named.contains(clause) || !run.stdout.contains(clause) {
        return Some(format!("{does}: {clause} is not among {}", named.join(", ")));
    }
    None
}

#[test]
fn every_broken_server_is_rejected_and_the_clause_is_named() {
    let tables = [
        broken_customer::BROKEN,
        broken_usage::BROKEN,
        broken_gateway::BROKEN,
        broken_tmf::BROKEN,
        broken_tmf_account::BROKEN,
        broken_tmf_collections::BROKEN,
        broken_tmf_ruled_out::BROKEN,
    ];
    let rejected = |row: &Broken| complaint(row, 1, "DOES NOT CONFORM", "must");
    let complaints = complaints(&tables.concat(), rejected);
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn a_server_that_only_neglects_a_recommendation_conforms_and_is_advised() {
    let tables = [advised_gateway::ADVISED, advised_tmf::ADVISED];
    let advised = |row: &Broken| complaint(row, 0, "CONFORMS", "should");
    let complaints = complaints(&tables.concat(), advised);
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_lawful_server_conforms_and_no_case_is_lost() {
    let mut rows = Vec::new();
    for (table, apis, prefix) in LAWFUL {
        let plain = judge(|request, server| server.pass(request), apis, "");
        let all = executed(&plain.report);
        assert!(!plain.changed && all > 10, "{apis}: {all}");
        assert_eq!(plain.run.code, Some(0), "{}", plain.run.stdout);
        rows.extend(table.iter().map(|(does, behaviour)| (*does, *behaviour, apis, prefix, all)));
    }
    let complaints = complaints(&rows, |(does, behaviour, apis, prefix, all)| {
        if std::env::var("ROW").is_ok_and(|r| !does.contains(&r)) {
            return None;
        }
        lawful_complaint(does, &judge(*behaviour, apis, prefix), *all)
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

fn lawful_complaint(does: &str, judged: &Judged, all: usize) -> Option<String> {
    let Judged { run, report, changed } = judged;
    let conforms = run.stdout.lines().any(|line| line == "CONFORMS") && run.code == Some(0);
    let executed = executed(report);
    if conforms && report["verdict"] == "CONFORMS" && executed == all && *changed {
        return None;
    }
    let broken = clauses(report, "must").join(", ");
    let exit = format!("exit {:?}, changed {changed}", run.code);
    Some(format!("{does}: {exit}, {executed} of {all}, {broken}\n{}", run.stdout))
}

/// What a reader sees, to the letter; all that changes from run to run is taken out.
#[test]
fn a_failure_is_explained_by_clause_request_and_difference() {
    let front = Front::start(|request, server| {
        server.edit("GET customer/customers/*/billing-address", request, |address| {
            address["city"] = serde_json::json!("GÖTEBORG");
        })
    });
    let case = "customer/billing-address/get";
    let run = certify(&[&front.url(), "--api", "customer", case, "--exact", "--seed", "7"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let text = run.stdout.replace(&front.url(), "http://front");
    let (shown, facts) = text.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(shown, include_str!("judge/explained.txt").trim_end());
    assert!(
        facts.starts_with("http://front · 1 cases in ") && facts.contains(" · seed 7 · suite ")
    );
}
