//! How many clauses a run judged, and at which level.

use serde_json::json;

use super::{certify, creates, verdicts};
use crate::harness::outcome::Tally;

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
