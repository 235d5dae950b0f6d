//! Refusals beside their controls, and records beside those who made them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::fake::Reply;
use super::{certify, verdicts};

/// A server that refuses what `refused` says of a body, and counts what it accepts.
fn refuses(refused: fn(&Value) -> Option<u16>) -> impl Fn(&super::fake::Request) -> Reply {
    move |request| {
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        match refused(&body) {
            Some(status) => Reply::json(status, json!({"Detail": "the state is unknown"})),
            None => Reply::json(201, json!({"customerNo": body["customerNo"]})),
        }
    }
}

fn post(name: &str, body: Value) -> Value {
    json!({"name": name, "send": {"method": "POST", "path": "customers", "body": body}})
}

/// A server that did not know the state Defined passed for refusing a transition that is wrong: it
/// refused the right one too.
#[test]
fn a_refusal_shows_nothing_where_its_control_is_refused_too() {
    let case = |level: &str, with_control: bool| {
        let mut refusal = post("refused", json!({"state": "Defined", "end": "before"}));
        refusal["expect"] = json!([{"clause": format!("{level}/refused"), "status": 400}]);
        let mut steps = vec![post("control", json!({"state": "Defined"}))];
        if with_control {
            refusal["control"] = "control".into();
        }
        steps.push(refusal);
        json!([{"id": "customer/a/x", "title": "t", "steps": steps}])
    };
    fn knows(body: &Value) -> Option<u16> {
        body.get("end").map(|_| 400)
    }
    fn knows_none(body: &Value) -> Option<u16> {
        body.get("state").map(|_| 400)
    }
    fn takes_all(_: &Value) -> Option<u16> {
        None
    }
    fn takes_the_fault(body: &Value) -> Option<u16> {
        body.get("end").is_none().then_some(400)
    }
    for (name, server, level, control, verdict) in [
        ("right", knows as fn(&Value) -> Option<u16>, "must", true, "pass"),
        ("refuses all", knows_none, "must", true, "blocked"),
        ("refuses all, and nobody asks", knows_none, "must", false, "pass"),
        ("refuses all, where that is advised", knows_none, "should", true, "advisory"),
        ("refuses nothing", takes_all, "must", true, "fail"),
        ("refuses the control alone", takes_the_fault, "must", true, "fail"),
    ] {
        let report = certify(case(level, control), refuses(server));
        assert_eq!(verdicts(&report), [verdict], "{name}: {report:?}");
        let told = match verdict {
            "blocked" => report.cases[0].reason.clone(),
            "advisory" => Some(report.cases[0].findings[0].message.clone()),
            _ => continue,
        };
        let said = "the control was refused: 400 the state is unknown";
        assert!(told.as_deref().is_some_and(|told| told.contains(said)), "{told:?}");
        let of_api = &report.coverage[0];
        assert_eq!(of_api.must.judged, 0, "what is blocked was not judged");
    }
}

/// Four hundred refusals would have left four hundred records in a target that can delete none.
#[test]
fn a_control_that_cases_share_is_sent_once_and_decides_for_each() {
    let case = |number: usize| {
        let mut control = post("control", json!({"customerNo": "${no}"}));
        control["shared"] = json!({"as": "customer/create", "draw": {"no": "customerNo"}});
        let mut refusal = post("refused", json!({"customerNo": "${no}", "fault": true}));
        refusal["expect"] = json!([{"clause": "must/refused", "status": 400}]);
        refusal["control"] = "control".into();
        json!({"id": format!("customer/a/x{number}"), "title": "t",
            "draw": {"no": "customerNo"}, "steps": [control, refusal]})
    };
    for (controls_are, verdict) in [(201, "pass"), (422, "blocked")] {
        static CONTROLS: AtomicUsize = AtomicUsize::new(0);
        static NUMBERS: Mutex<Vec<String>> = Mutex::new(Vec::new());
        CONTROLS.store(0, Ordering::Relaxed);
        let cases = (0..8).map(case).collect::<Vec<_>>();
        let report = certify(cases.into(), move |request| {
            if request.method != "POST" {
                return Reply::status(404);
            }
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            NUMBERS.lock().unwrap().push(body["customerNo"].as_str().unwrap().to_owned());
            if body.get("fault").is_some() {
                return Reply::status(400);
            }
            CONTROLS.fetch_add(1, Ordering::Relaxed);
            // Whoever comes second waits for the answer to the first.
            thread::sleep(Duration::from_millis(30));
            Reply::json(controls_are, json!({"customerNo": body["customerNo"]}))
        });
        assert_eq!(verdicts(&report), [verdict; 8], "{report:?}");
        assert_eq!(CONTROLS.load(Ordering::Relaxed), 1);
        let created = report.cases.iter().map(|case| case.created.len()).sum::<usize>();
        assert_eq!(created, usize::from(verdict == "pass"), "what a control makes is counted");
        let mut numbers = std::mem::take(&mut *NUMBERS.lock().unwrap());
        let all = numbers.len();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), all, "a control leaves the identifiers of its case unused");
    }
}

/// A server that passes over members of other names than the document's was right, and failed
/// wherever its list held the record of a case that had tried such names.
#[test]
fn what_another_case_made_in_a_list_is_left_to_that_case() {
    let list = |expect: Value| json!({"name": "list", "send": {"method": "GET", "path": "customers", "query": "all=1"}, "expect": [expect]});
    let whole = json!({"clause": "must/list", "body": {"$each": {"name": {"$present": true}}}});
    let mut made = post("make", json!({"customerNo": "1", "nom": "x"}));
    made["expect"] = json!([{"clause": "should/other-names", "status": "2xx"}]);
    let other = json!({"id": "customer/a/makes", "title": "t", "steps": [made]});
    let reads = json!({"id": "customer/a/reads", "title": "t", "steps": [list(whole.clone())]});
    let own = json!({"id": "customer/a/own", "title": "t", "steps": [made, list(whole)]});
    for (cases, before, expected) in [
        (json!([other, reads]), json!([]), vec!["pass", "pass"]),
        // What nobody of the run has made is judged.
        (json!([other, reads]), json!([{"customerNo": "7"}]), vec!["pass", "fail"]),
        (json!([own]), json!([]), vec!["fail"]),
    ] {
        let records = Mutex::new(before.as_array().unwrap().clone());
        let report = certify(cases, move |request| match request.method.as_str() {
            "POST" => {
                let mut record: Value = serde_json::from_slice(&request.body).unwrap();
                record.as_object_mut().unwrap().remove("nom");
                records.lock().unwrap().push(record.clone());
                // The list holds it before anybody knows its number.
                thread::sleep(Duration::from_millis(60));
                Reply::json(201, record)
            }
            "GET" if request.path.ends_with("/customers?all=1") => {
                while records.lock().unwrap().iter().all(|record| record["customerNo"] != "1") {
                    thread::sleep(Duration::from_millis(5));
                }
                Reply::json(200, json!(*records.lock().unwrap()))
            }
            _ => Reply::status(404),
        });
        assert_eq!(verdicts(&report), expected, "{report:?}");
    }
}
