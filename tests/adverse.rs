//! Targets that fail as machines fail, or are no implementation at all: never a pass, never a
//! failure of a clause that was not broken, and a sentence that says what happened.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/authority.rs"]
mod authority;
#[path = "adverse/fault.rs"]
mod fault;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/run.rs"]
mod run;
#[path = "adverse/tls.rs"]
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use etalon::harness::evidence::Redaction;
use etalon::harness::report::{Details, Style, terminal};
use etalon::harness::{
    Bench, CaseReport, Exit, Judge, Options, Patience, Selection, Suite, Target, TargetFlags,
    Verdict,
};
use fault::{Act, Spoilt, When};

const ALL: &str = "customer,usage,gateway,tmf";
/// No run of these may take longer: none is asked to wait for anything.
const BOUND: Duration = Duration::from_secs(60);

/// What is wrong, what the target does, and what is said of it where it does so from the first
/// request on.
const FAULTS: [(&str, Act, &str); 24] = [
    ("silent", Act::Hold(b""), "(--answer-timeout, or limits.answerTimeout of the target file)"),
    ("slow", Act::Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"), "no whole answer"),
    ("slow headers", Act::Drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), "no whole answer within"),
    ("closes early", Act::Close(b""), "closed before the whole"),
    ("resets in the status line", Act::Close(b"HTTP/1.1 20"), "closed before the whole"),
    ("garbage", Act::Close(b"\x16\x03\x01\x02\x00\x01\xfc\x03\x03\r\n\r\n"), "no answer of HTTP"),
    ("another protocol", Act::Close(b"220 mail.example.org ESMTP\r\n"), "no answer of HTTP"),
    (
        "half a body",
        Act::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"h\":"),
        "had come: its Content-Length promises 90 bytes, and 5 came",
    ),
    (
        "a length too long",
        Act::Hold(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
        "promises 9 bytes, and 2 came",
    ),
    (
        "a length too short",
        Act::Hold(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}"),
        "its body has 1 byte, and at least 1 came after it",
    ),
    (
        "two lengths",
        Act::Close(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        "",
    ),
    (
        "204 with a body",
        Act::Hold(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"),
        "more bytes",
    ),
    (
        "broken chunks",
        Act::Close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{"),
        "",
    ),
    (
        "half a chunk",
        Act::Close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        "",
    ),
    (
        "gzip that is none",
        Act::Close(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
        "gzip",
    ),
    ("an endless body", Act::Endless(b"HTTP/1.1 200 OK\r\n\r\n", b"[1,"), ""),
    ("endless headers", Act::Endless(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"), ""),
    ("endless interim answers", Act::Endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), ""),
    ("one header of megabytes", Act::Endless(b"HTTP/1.1 200 OK\r\nX-More: ", b"x"), ""),
    ("out of order", Act::Close(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"), "503"),
    (
        "a gateway without what is behind it",
        Act::Close(b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n"),
        "502",
    ),
    (
        "a gateway that waited in vain",
        Act::Close(
            b"HTTP/1.1 504 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        ),
        "504",
    ),
    (
        "out of order for long",
        Act::Close(b"HTTP/1.1 503 X\r\nRetry-After: 9999\r\nContent-Length: 0\r\n\r\n"),
        "503",
    ),
    (
        "asks for patience",
        Act::Close(b"HTTP/1.1 429 X\r\nRetry-After: 9999\r\nContent-Length: 0\r\n\r\n"),
        "9999 s",
    ),
];

/// What answers everything alike and is no implementation of anything.
const STRANGERS: [(&str, Act, &str); 9] = [
    (
        "a page of HTML",
        Act::Close(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\n<html></html>"),
        "a page of HTML (200)",
    ),
    (
        "not found, as a page",
        Act::Close(b"HTTP/1.1 404 X\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"),
        "a page of HTML (404)",
    ),
    (
        "a redirect",
        Act::Close(b"HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n"),
        "https://login.example/",
    ),
    (
        "not found, in JSON",
        Act::Close(b"HTTP/1.1 404 X\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"status\":404}"),
        "answers 404",
    ),
    (
        "not found, as text",
        Act::Close(b"HTTP/1.1 404 X\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot found"),
        "answers 404",
    ),
    ("not found, without a body", Act::Close(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n"), "answers 404"),
    ("403 to everything", Act::Close(b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"), "(403)"),
    ("500 to everything", Act::Close(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"), "answers 500"),
    ("503 to everything", Act::Close(b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"), "answers 503"),
];

/// What was said of a target, all of it as it is printed, and how long it took.
struct Judged {
    exit: Exit,
    text: String,
    cases: Vec<CaseReport>,
    took: Duration,
}

fn judged(target: &Spoilt, apis: &str, filters: &[&str]) -> Judged {
    static SUITE: LazyLock<Arc<Suite>> = LazyLock::new(|| Suite::embedded().unwrap());
    let start = Instant::now();
    let (url, apis) = (Some(target.url()), apis.split(',').map(str::to_owned).collect());
    let flags = TargetFlags { url, apis, ..TargetFlags::default() };
    let resolved = Target::resolve(&SUITE, &flags).unwrap();
    let patience = Patience { connect: Duration::from_secs(2), answer: Duration::from_secs(1) };
    let options = Options { threads: 8, patience, ..Options::default() };
    let redaction = Redaction::of(&resolved);
    let judge = Judge::new(Bench::new(Arc::clone(&SUITE), resolved, options, redaction)).unwrap();
    let filters = filters.iter().map(|filter| (*filter).to_owned()).collect();
    let found = etalon::harness::run(&judge, &Selection { filters, ..Selection::default() }, &());
    let took = start.elapsed();
    match found {
        Ok(report) => Judged {
            exit: report.exit(),
            text: terminal(&report, &SUITE, Details::All, Style { color: false }),
            cases: report.cases,
            took,
        },
        Err(refusal) => {
            Judged { exit: refusal.exit, text: refusal.sentence, cases: Vec::new(), took }
        }
    }
}

impl Judged {
    fn verdicts(&self) -> Vec<Verdict> {
        self.cases.iter().map(|case| case.verdict).collect()
    }

    /// What is not as promised: inconclusive, by a sentence, in time, and no clause blamed.
    fn complaint(&self, said: &str) -> Option<String> {
        let wrong = self.exit != Exit::Inconclusive
            || self.text.lines().any(|line| line.starts_with("CONFORMS"))
            || self.verdicts().contains(&Verdict::Fail)
            || !self.text.contains(said)
            // Something came of each.
            || self.text.contains("cannot be reached")
            || self.took > BOUND;
        wrong.then(|| format!("\"{said}\", {:?} in {:?}:\n{}\n", self.exit, self.took, self.text))
    }
}

/// Every row on four threads, since much of a row is waiting.
fn complaints<R: Sync>(rows: &[R], complaint: impl Fn(&R) -> Option<String> + Sync) {
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
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_target_that_fails_from_the_first_request_on_is_inconclusive() {
    complaints(&FAULTS, |(what, act, said)| {
        let target = Spoilt::start(When::Always, *act);
        judged(&target, ALL, &[]).complaint(said).map(|complaint| format!("{what}: {complaint}"))
    });
}

#[test]
fn a_target_that_fails_after_a_while_is_inconclusive_and_no_clause_is_blamed() {
    complaints(&FAULTS, |(what, act, _)| {
        let target = Spoilt::start(When::After(60), *act);
        judged(&target, ALL, &[]).complaint("").map(|complaint| format!("{what}: {complaint}"))
    });
}

#[test]
fn a_route_whose_connection_fails_is_inconclusive_and_the_others_are_judged() {
    complaints(&FAULTS, |(what, act, _)| {
        let target = Spoilt::start(When::On("GET usage/invoices/*"), *act);
        let judged = judged(&target, "usage", &["usage/invoices/get", "usage/customers/get"]);
        let wrong = judged.verdicts() != [Verdict::Pass, Verdict::Inconclusive];
        judged
            .complaint("")
            .or_else(|| wrong.then(|| judged.text.clone()))
            .map(|complaint| format!("{what}: {complaint}"))
    });
}

#[test]
fn what_answers_everything_alike_is_no_api_and_that_is_said_once() {
    let rows: Vec<_> = STRANGERS
        .iter()
        .flat_map(|row| ["customer,usage", "gateway", "tmf"].map(|api| (row, api)))
        .collect();
    complaints(&rows, |((what, act, said), api)| {
        let judged = judged(&Spoilt::start(When::Always, *act), api, &[]);
        let said = judged.complaint(said);
        said.or_else(|| (judged.text.lines().count() > 1).then(|| judged.text.clone()))
            .map(|complaint| format!("{what}, {api}: {complaint}"))
    });
}

/// Beside them, a server that is up and has broken routes is broken.
#[test]
fn a_route_that_answers_wrongly_fails_while_others_answer() {
    for (what, act, _) in &STRANGERS[..8] {
        let judged = judged(&Spoilt::start(When::On("GET usage/invoices/*"), *act), "usage", &[]);
        assert_eq!(judged.exit, Exit::Failed, "{what}: {}", judged.text);
    }
}

#[test]
fn a_request_that_is_turned_away_is_sent_again_when_the_target_says_and_that_is_shown() {
    const BUSY: Act = Act::Close(b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
    // At a look before the first case, and in one.
    for (at, in_cases) in [(0, 0), (60, 1)] {
        let judged = judged(&Spoilt::start(When::At(at), BUSY), "usage", &[]);
        assert_eq!(judged.exit, Exit::Conforms, "{}", judged.text);
        assert!(judged.text.contains("was answered 429: sent again after 1 s"), "{}", judged.text);
        assert!(judged.took >= Duration::from_secs(1), "{:?}", judged.took);
        assert_eq!(judged.cases.iter().map(|case| case.waits.len()).sum::<usize>(), in_cases);
        assert!(judged.cases.iter().all(|case| case.rerun.is_none()));
    }
}

#[test]
fn a_case_that_met_503_runs_again_whole_and_that_is_shown() {
    const DOWN: Act = Act::Close(b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
    let judged = judged(&Spoilt::start(When::At(60), DOWN), "usage", &[]);
    assert_eq!(judged.exit, Exit::Conforms, "{}", judged.text);
    assert!(judged.text.contains("ran again under new identifiers: GET http"), "{}", judged.text);
    let rerun: Vec<_> = judged.cases.iter().filter_map(|case| case.rerun.as_deref()).collect();
    assert!(rerun.len() == 1 && rerun[0].contains("503; 1 s were waited"), "{rerun:?}");
}

#[test]
fn a_case_that_met_a_gateway_s_502_runs_again_whole() {
    for answer in [
        &b"HTTP/1.1 502 X\r\nContent-Length: 0\r\n\r\n"[..],
        b"HTTP/1.1 504 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    ] {
        let judged = judged(&Spoilt::start(When::At(60), Act::Close(answer)), "usage", &[]);
        assert_eq!(judged.exit, Exit::Conforms, "{}", judged.text);
        let rerun: Vec<_> = judged.cases.iter().filter_map(|case| case.rerun.as_deref()).collect();
        assert!(rerun.len() == 1 && rerun[0].contains("was answered 50"), "{rerun:?}");
    }
}

/// A vendor waited an hour for the verdict on a server of which one GET hung.
#[test]
fn an_operation_that_hangs_is_given_up_after_three_time_outs_and_the_rest_is_judged() {
    let hangs = Spoilt::start(When::On("GET usage/*/*/subscriptions"), Act::Hold(b""));
    let judged = judged(&hangs, "usage", &[]);
    assert_eq!(judged.exit, Exit::Inconclusive, "{}", judged.text);
    let reason = |case: &CaseReport| case.reason.clone().unwrap_or_default();
    let said = |part: &str| judged.cases.iter().filter(|case| reason(case).contains(part)).count();
    let waited = judged.cases.iter().filter(|case| case.rerun.is_some()).count();
    // Eight cases at once, and each of two operations.
    assert!(waited <= 2 * (3 + 8), "{waited}");
    assert!(said("is not waited for again") > 10, "{}", judged.text);
    assert_eq!(said("not sent: 8 cases in a row"), 0, "{}", judged.text);
    let verdicts = judged.verdicts();
    assert!(!verdicts.contains(&Verdict::Fail), "{}", judged.text);
    assert!(verdicts.iter().filter(|verdict| **verdict == Verdict::Pass).count() > 50);
}

/// A must was broken, then the connection failed, and the second time nothing was broken: whichever
/// was right, nobody knows which.
#[test]
fn a_verdict_that_changes_on_rerun_is_none() {
    let judged =
        judged(&Spoilt::changing("GET usage/customers/*"), "usage", &["usage/customers/get"]);
    assert_eq!(judged.verdicts(), [Verdict::Inconclusive], "{}", judged.text);
    assert!(judged.text.contains("a verdict that changes on rerun"), "{}", judged.text);
}
