//! Cases are independent: each comes to the same verdict in any order and beside any others.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use etalon::harness::evidence::Redaction;
use etalon::harness::{Bench, Judge, Options, Selection, Suite, Target, TargetFlags, Verdict, run};
use etalon::server::builtin;

/// The verdict of every case of `apis`, on a server of its own.
fn verdicts(
    suite: &Arc<Suite>,
    apis: &str,
    shuffle: Option<u64>,
    threads: usize,
) -> Vec<(String, Verdict)> {
    let server = builtin::start(suite.records()).unwrap();
    let flags = TargetFlags {
        listen: Some(TargetFlags::LOOPBACK.to_owned()),
        url: Some(server.url().to_owned()),
        apis: apis.split(',').map(str::to_owned).collect(),
        ..TargetFlags::default()
    };
    let target = Target::resolve(suite, &flags).unwrap();
    let options = Options { threads, ..Options::default() };
    let redaction = Redaction::of(&target);
    let judge = Judge::new(Bench::new(Arc::clone(suite), target, options, redaction)).unwrap();
    let report = run(&judge, &Selection { shuffle, ..Selection::default() }, &()).unwrap();
    report.cases.into_iter().map(|case| (case.id, case.verdict)).collect()
}

/// Every order on each number of threads, beside the suite's own order one by one.
fn hold_in_any_order(apis: &str, orders: u64) {
    let suite = Suite::embedded().unwrap();
    let first = verdicts(&suite, apis, None, 1);
    assert!(first.iter().all(|(_, verdict)| verdict.is_good()), "{first:?}");
    for order in 1..=orders {
        for threads in [1, 4, 16] {
            let differ: Vec<_> = verdicts(&suite, apis, Some(order), threads)
                .into_iter()
                .zip(&first)
                .filter(|(now, before)| now != *before)
                .collect();
            assert!(differ.is_empty(), "order {order}, {threads} threads: {differ:?}");
        }
    }
}

#[test]
fn a_verdict_does_not_depend_on_the_order_or_on_what_is_judged_beside() {
    hold_in_any_order("usage,tmf", 3);
}

#[test]
#[ignore = "every case sixty times: cargo test --release --test order -- --ignored"]
fn twenty_orders() {
    hold_in_any_order("customer,usage,gateway,tmf", 20);
}
