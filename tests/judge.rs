//! The tester tested: it must reject every server that breaks a requirement and name the clause,
//! and leave alone every server that uses what the documents leave open.
//!
//! Each server is the reference behind a front of its own, which changes what a row of a table
//! says; the real binary judges it.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "judge/broken_customer.rs"]
mod broken_customer;
#[path = "judge/broken_usage.rs"]
mod broken_usage;
#[path = "judge/front.rs"]
mod front;
#[path = "judge/lawful.rs"]
mod lawful;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/rewrite.rs"]
mod rewrite;
#[path = "judge/run.rs"]
mod run;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use front::{Behaviour, Front};
use run::{Run, certify, clauses, executed, report};
use serde_json::Value;

/// Judges a server that does as `behaviour` says; `prefix` is added to its base URL.
fn judge(behaviour: Behaviour, prefix: &str) -> (Run, Value) {
    let front = Front::start(behaviour);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let report_flag = format!("json={}", file.display());
    let url = front.url() + prefix;
    let run = certify(&[&url, "--api", "customer,usage", "--report", &report_flag]);
    let report = report(&file);
    (run, report)
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

#[test]
fn every_broken_server_is_rejected_and_the_clause_is_named() {
    let rows: Vec<_> = broken_customer::BROKEN.iter().chain(broken_usage::BROKEN).collect();
    let complaints = complaints(&rows, |(does, clause, behaviour)| {
        let (run, report) = judge(*behaviour, "");
        let broken = clauses(&report, "must");
        if run.code != Some(1) || report["verdict"] != "DOES NOT CONFORM" {
            let line = run.stdout.lines().rev().nth(1).unwrap_or_default();
            return Some(format!("{does}: exit {:?}, {line}, {}", run.code, run.stderr));
        }
        if !broken.contains(clause) || !run.stdout.contains(clause) {
            return Some(format!("{does}: {clause} is not among {}", broken.join(", ")));
        }
        None
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_lawful_server_conforms_and_no_case_is_lost() {
    let (plain, plain_report) = judge(|request, server| server.pass(request), "");
    assert_eq!(plain.code, Some(0), "{}", plain.stdout);
    let all = executed(&plain_report);
    assert!(all > 100, "{all}");
    let complaints = complaints(lawful::LAWFUL, |(does, behaviour)| {
        let (run, report) = judge(*behaviour, "");
        lawful_complaint(does, &run, &report, all)
    });
    assert!(complaints.is_empty(), "\n{complaints}");
    let (run, report) = judge(lawful::behind_a_prefix, "/sandbox/billing/");
    assert_eq!(lawful_complaint("behind a prefix", &run, &report, all), None);
}

fn lawful_complaint(does: &str, run: &Run, report: &Value, all: usize) -> Option<String> {
    let conforms = run.stdout.lines().any(|line| line == "CONFORMS");
    let executed = executed(report);
    if run.code == Some(0) && report["verdict"] == "CONFORMS" && conforms && executed == all {
        return None;
    }
    let broken = clauses(report, "must").join(", ");
    Some(format!("{does}: exit {:?}, {executed} of {all}, {broken}\n{}", run.code, run.stdout))
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
