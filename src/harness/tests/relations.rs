//! Answers beside earlier answers, whatever their values are.

use serde_json::{Value, json};

use super::fake::Reply;
use super::{certify, verdicts};

/// A server whose list is `list` and whose second customer is `second`.
fn judged(expectation: Value, list: Value, second: Value) -> Vec<String> {
    let cases = json!([{"id": "customer/a/relation", "title": "t", "steps": [
        {"name": "list", "send": {"method": "GET", "path": "list"},
            "expect": [{"clause": "must/list", "status": 200}],
            "capture": {"name": {"at": "/items/1/name", "text": true, "optional": true}}},
        {"name": "second", "onlyIf": {"captured": "name"},
            "send": {"method": "GET", "path": "second"}, "expect": [expectation]}
    ]}]);
    let report = certify(cases, move |request| {
        let is_list = request.path.ends_with("/list");
        Reply::json(200, if is_list { list.clone() } else { second.clone() })
    });
    assert_eq!(report.cases.len(), verdicts(&report).len());
    report.cases[0].findings.iter().map(|finding| finding.pointer.clone()).collect()
}

#[test]
fn an_answer_is_held_to_the_earlier_one_that_its_step_names() {
    let list = || json!({"items": [{"no": 1, "name": "a"}, {"no": 2, "name": "b"}]});
    let same = json!({"clause": "must/same", "sameAs": {
        "step": "list", "from": "/items/1", "at": "/customer", "members": ["/name"]
    }});
    let element = json!({"clause": "must/element", "relation": {
        "is": "element", "at": "/customer", "steps": ["list"], "from": "/items", "by": "/no"
    }});
    let chosen = json!({"clause": "must/chosen", "relation": {
        "is": "union", "at": "/found", "steps": ["list"], "from": "/items", "by": "/no",
        "where": {"/name": "${name}"}
    }});
    for (expectation, second, pointers) in [
        (&same, json!({"customer": {"no": 9, "name": "b"}}), vec![]),
        (&same, json!({"customer": {"no": 2, "name": "c"}}), vec!["/customer/name"]),
        (&element, json!({"customer": {"no": 2, "name": "b"}}), vec![]),
        (&element, json!({"customer": {"no": 2, "name": "a"}}), vec!["/customer/name"]),
        (&element, json!({"customer": {"no": 3, "name": "b"}}), vec!["/customer"]),
        (&chosen, json!({"found": [{"no": 2}]}), vec![]),
        (&chosen, json!({"found": [{"no": 1}, {"no": 2}]}), vec!["/found/0"]),
    ] {
        let found = judged(expectation.clone(), list(), second.clone());
        assert_eq!(found, pointers, "{expectation} {second}");
    }
}

#[test]
fn what_should_be_a_text_and_is_none_is_not_kept() {
    let list = json!({"items": [{"no": 1}, {"no": 2, "name": {"is": "no text"}}]});
    let never = json!({"clause": "must/never", "status": 500});
    assert!(judged(never, list, json!({})).is_empty());
}
