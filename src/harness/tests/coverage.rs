//! How many clauses a run judged, and at which level.

use serde_json::{Value, json};

use super::fake::Fake;
use super::{certify, creates, flags, judge, suite, verdicts};
use crate::harness::outcome::{Exit, Tally};
use crate::harness::report::{Details, Style, terminal};
use crate::harness::run::{Selection, run};

#[test]
fn a_clause_is_judged_at_its_level_and_holds_if_nothing_broke_it() {
    let cases = json!([
        {"id": "customer/a/holds", "title": "t", "steps": [
            {"name": "get", "send": {"method": "GET", "path": "customers/1"}, "expect": [
                {"clause": "must/holds", "status": 404},
                {"clause": "should/holds", "status": "4xx"},
                {"clause": "must/advised", "status": 404, "advisory": true}
            ]},
            {"name": "never", "onlyIf": {"step": "get", "status": 200},
                "send": {"method": "GET", "path": "customers/1"},
                "expect": [{"clause": "must/never", "status": 200}]}
        ]},
        {"id": "customer/a/breaks", "title": "t", "steps": [
            {"name": "get", "send": {"method": "GET", "path": "customers/1"}, "expect": [
                {"clause": "must/breaks", "status": 410},
                {"clause": "should/breaks", "status": 410},
                {"clause": "must/holds", "status": 410, "advisory": true}
            ]}
        ]}
    ]);
    let report = certify(cases, creates);
    assert_eq!(verdicts(&report), ["pass", "fail"]);
    let [coverage] = report.coverage.as_slice() else { panic!("{:?}", report.coverage) };
    assert_eq!((coverage.api.as_str(), coverage.clauses()), ("customer", 6));
    assert_eq!(coverage.must, Tally { checked: 4, judged: 2, hold: 1 });
    assert_eq!(coverage.should, Tally { checked: 2, judged: 2, hold: 1 });
    assert_eq!(coverage.unjudged, ["must/advised", "must/never"]);
}

#[test]
fn what_is_only_recommended_at_one_place_is_an_advisory_there() {
    let cases = json!([{"id": "customer/a/get", "title": "t", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "customers/1"},
            "expect": [{"clause": "must/status", "status": "2xx", "advisory": true}]},
        {"name": "again", "send": {"method": "GET", "path": "customers/1"},
            "expect": [{"clause": "must/status", "status": 404}]}
    ]}]);
    let report = certify(cases, creates);
    assert_eq!(verdicts(&report), ["advisory"]);
    let [finding] = report.cases[0].findings.as_slice() else { panic!("{report:?}") };
    assert_eq!((finding.step.as_str(), finding.level.name()), ("get", "should"));
}

/// A target whose open surpluses were used up was judged by thirteen requirements fewer, and
/// conformed. What its file declares absent, and what a right target need not show, is no lack.
#[test]
fn a_requirement_that_applies_and_has_no_verdict_leaves_the_run_open() {
    let case = |id: &str, needs: Value| {
        let mut case = json!({"id": id, "title": "t", "steps": [
            {"name": "list", "send": {"method": "GET", "path": "customers/1"},
                "expect": [{"clause": "must/list", "status": 404}],
                "capture": {"surplusId": {"at": "/items/0/surplusId", "optional": true}}},
            {"name": "order", "onlyIf": {"captured": "surplusId"},
                "send": {"method": "GET", "path": "orders/${surplusId}"},
                "expect": [{"clause": "must/order", "status": 404}]}
        ]});
        case["ledger"] = needs;
        case
    };
    let open = case("customer/a/open", json!({}));
    let absent = case("customer/a/absent", json!({"grants": ["population-register"]}));
    let judged = json!({"id": "customer/a/judged", "title": "t", "steps": [
        {"name": "get", "send": {"method": "GET", "path": "orders/1"},
            "expect": [{"clause": "must/order", "status": 404}]}]});
    for (cases, missing, exit) in [
        (json!([open]), 1, Exit::Inconclusive),
        (json!([open, judged]), 0, Exit::Conforms),
        (json!([open, absent]), 0, Exit::Conforms),
    ] {
        let (suite, fake) = (suite(cases.clone()), Fake::start(creates));
        let report = run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap();
        let of_all = report.coverage.iter().flat_map(|coverage| &coverage.missing);
        assert_eq!((of_all.count(), report.exit()), (missing, exit), "{cases}");
        let said = terminal(&report, &suite, Details::All, Style { color: false });
        let told = said.contains(
            "1 requirement was not judged, so that nobody knows whether the target conforms",
        ) && said.contains("must/order: This is what must/order asks.")
            && said.contains(
                "customer/a/open: step `order` was not taken: no answer gave a surplusId",
            );
        assert_eq!(told, missing == 1, "{said}");
        let narrow = Selection { filters: vec!["open".to_owned()], ..Selection::default() };
        let narrowed = run(&judge(&suite, &flags(fake.url())), &narrow, &()).unwrap();
        assert_eq!(narrowed.exit(), Exit::Conforms);
    }
}
