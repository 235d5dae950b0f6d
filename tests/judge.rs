//! The tester tested: it must reject every server that breaks a requirement and name the clause,
//! and leave alone every server that uses what the documents leave open.
//!
//! Each server is the reference behind a front of its own, which changes what a row of a table
//! says; the real binary judges it.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "judge/front.rs"]
mod front;
#[path = "judge/gateway/mod.rs"]
mod gateway;
#[path = "judge/memory.rs"]
mod memory;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/payex/mod.rs"]
mod payex;
#[path = "judge/rewrite.rs"]
mod rewrite;
#[path = "judge/run.rs"]
mod run;
#[path = "judge/shapes.rs"]
mod shapes;
#[path = "judge/tmf/mod.rs"]
mod tmf;
#[path = "judge/wire.rs"]
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use etalon::harness::Suite;
use front::{Behaviour, Front};
use run::{Run, certify, clauses, executed, report};
use serde_json::Value;

/// What a server does, the clause that it breaks or neglects, and how. The clause says which API is
/// judged.
pub(crate) type Broken = (&'static str, &'static str, Behaviour);

/// What a server does that every document allows, and how.
pub(crate) type Lawful = (&'static str, Behaviour);

const ALL: &str = "customer,usage,gateway,tmf";

/// The tables of lawful servers, the APIs that are judged at them, and what stands before every
/// path.
const LAWFUL: [(&[Lawful], &str, &str); 5] = [
    (wire::LAWFUL, ALL, ""),
    (wire::BEHIND_A_PREFIX, ALL, "/sandbox/billing/"),
    (payex::LAWFUL, "customer,usage", ""),
    (gateway::LAWFUL, "gateway", ""),
    (tmf::LAWFUL, "tmf", ""),
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
    judge_by(behaviour, apis, prefix, &[])
}

/// The same by some of the cases alone; by none means by all.
fn judge_by(behaviour: Behaviour, apis: &str, prefix: &str, cases: &[&str]) -> Judged {
    let front = Front::start(behaviour);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let report_flag = format!("json={}", file.display());
    let url = front.url() + prefix;
    let all = [&url, "--exact", "--api", apis, "--report", &report_flag];
    let run = certify(&[&all, cases].concat());
    Judged { run, report: report(&file), changed: front.changed() }
}

/// Every row on four threads, since much of a row is waiting; what is said of a row is a complaint.
fn complaints<R: Sync>(rows: &[R], complaint: impl Fn(&R) -> Option<String> + Sync) -> String {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
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
    let rows = [payex::BROKEN.concat(), gateway::BROKEN.concat(), tmf::BROKEN.concat()].concat();
    let suite = Suite::embedded().unwrap();
    let complaints = complaints(&rows, |(does, clause, behaviour)| {
        // The cases that judge the clause must see it broken, not some other that comes by.
        let cases = suite.cases_of(suite.clause(clause).unwrap());
        let cases: Vec<_> = cases.into_iter().map(|case| case.id()).collect();
        let judged = judge_by(*behaviour, api_of(clause), "", &cases);
        let Judged { run, report, changed } = &judged;
        if run.code != Some(1) || report["verdict"] != "DOES NOT CONFORM" || !changed {
            return Some(judged.told(does));
        }
        judged.unnamed(does, clause, "must")
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_requirement_of_the_gateway_and_of_tmf_has_a_server_that_breaks_it() {
    for (api, rows) in [("gateway", gateway::BROKEN.concat()), ("tmf", tmf::BROKEN.concat())] {
        let file = etalon::data::file(&format!("conformance/clauses/{api}.json")).unwrap();
        let file: Value = serde_json::from_slice(file).unwrap();
        let required = file["clauses"].as_array().unwrap().iter();
        let required =
            required.filter(|clause| clause["level"] == "must" && clause["status"] == "checked");
        let ids = required.map(|clause| clause["id"].as_str().unwrap());
        let unbroken: Vec<_> = ids.filter(|id| rows.iter().all(|row| row.1 != *id)).collect();
        assert!(unbroken.is_empty(), "no server breaks {}", unbroken.join(", "));
    }
}

#[test]
fn every_lawful_server_conforms_and_no_case_is_lost() {
    let mut rows = Vec::new();
    for (table, apis, prefix) in LAWFUL {
        let all = cases(apis);
        rows.extend(table.iter().map(|(does, behaviour)| (*does, *behaviour, apis, prefix, all)));
    }
    let complaints = complaints(&rows, |(does, behaviour, apis, prefix, all)| {
        judge(*behaviour, apis, prefix).rejected(does, *all)
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// A gateway gave up on a change, so that its case ran again; what it had left half done stood in the
/// lists of all others, and they failed for it.
#[test]
fn what_a_case_left_half_done_is_no_other_case_s() {
    let judged = judge(tmf::half_done, "tmf", "");
    let complaint = judged.rejected("a change that a gateway gave up", cases("tmf"));
    assert_eq!(complaint, None);
    let cases = judged.report["cases"].as_array().unwrap().iter();
    assert_eq!(cases.filter(|case| !case["rerun"].is_null()).count(), 1);
}

#[test]
fn a_server_that_neglects_a_recommendation_conforms_and_the_clause_is_named() {
    let rows = [payex::ADVISED, gateway::ADVISED, tmf::ADVISED].concat();
    let apis: BTreeSet<_> = rows.iter().map(|(_, clause, _)| api_of(clause)).collect();
    let all: BTreeMap<_, _> = apis.into_iter().map(|api| (api, cases(api))).collect();
    let complaints = complaints(&rows, |(does, clause, behaviour)| {
        let api = api_of(clause);
        let judged = judge(*behaviour, api, "");
        judged.rejected(does, all[api]).or_else(|| judged.unnamed(does, clause, "should"))
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

/// How many cases the reference goes through.
fn cases(apis: &str) -> usize {
    let Judged { run, report, changed } = judge(|request, server| server.pass(request), apis, "");
    assert_eq!((run.code, changed), (Some(0), false), "{}", run.stdout);
    let all = executed(&report);
    assert!(all > 10, "{apis}: {all}");
    all
}

fn api_of(clause: &str) -> &str {
    clause.split('/').next().unwrap_or_default()
}

impl Judged {
    /// A complaint, unless it conforms and no case is lost.
    fn rejected(&self, does: &str, all: usize) -> Option<String> {
        let Judged { run, report, changed } = self;
        // These runs listen to nothing: `tmf/events.rs` judges what is told.
        let headline = |line: &str| line == "CONFORMS" || line == "CONFORMS (without events)";
        let conforms = run.stdout.lines().any(headline);
        let whole = run.code == Some(0) && report["verdict"] == "CONFORMS";
        let good = conforms && whole && *changed && executed(report) == all;
        (!good).then(|| format!("{} of {all}\n{}", self.told(does), run.stdout))
    }

    /// A complaint, unless a clause is named among the broken ones of its level, and with a cause where
    /// it is required.
    fn unnamed(&self, does: &str, clause: &str, level: &str) -> Option<String> {
        let named = clauses(&self.report, level);
        let causes = self.report["causes"].as_array().unwrap().iter();
        let mut caused = causes.flat_map(|cause| cause["clauses"].as_array().unwrap());
        let good = named.contains(&clause) && (level != "must" || caused.any(|it| it == clause));
        (!good).then(|| format!("{does}: {clause} is not among {}", named.join(", ")))
    }

    /// What came of it, in a line.
    fn told(&self, does: &str) -> String {
        let Judged { run, report, changed } = self;
        let broken = clauses(report, "must").join(", ");
        let (code, verdict, cases) = (run.code, &report["verdict"], executed(report));
        let kind = if *changed { "" } else { " (no different from the reference)" };
        format!("{does}{kind}: exit {code:?}, {verdict}, [{broken}], {}{cases}", run.stderr)
    }
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
    let flags = ["--api", "customer", case, "--exact", "--seed", "7", "--details"];
    let run = certify(&[&[front.url().as_str()], &flags[..]].concat());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let text = run.stdout.replace(&front.url(), "http://front");
    let (shown, facts) = text.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(shown, include_str!("judge/explained.txt").trim_end());
    assert!(
        facts.starts_with("http://front · 1 cases in ") && facts.contains(" · seed 7 · suite ")
    );
}
