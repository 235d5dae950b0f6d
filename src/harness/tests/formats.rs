//! Bodies in JSON, XML and as forms: what is sent, what is read, what is told apart.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::fake::{Reply, Request};
use super::gateway::{case, certify, certify_by};
use super::verdicts;
use crate::harness::outcome::Exit;

const XML: &str = "application/xml";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Sends a body in each format; the cases of a table differ in what is sent.
fn sent(send: Value) -> String {
    let log: Arc<Mutex<String>> = Arc::default();
    let seen = Arc::clone(&log);
    let steps =
        json!([{"name": "put", "send": send, "expect": [{"clause": "must/x", "status": 200}]}]);
    let report = certify(case(steps), move |request| {
        assert_eq!(request.header("authorization"), None);
        if request.method == "PUT" {
            let header = |name| request.header(name).unwrap_or("-");
            let (sent, asked) = (header("content-type"), header("accept"));
            let body = String::from_utf8_lossy(&request.body);
            *seen.lock().unwrap() = format!("{} {sent} {asked} {body}", request.path);
        }
        Reply::status(200)
    });
    assert_eq!(verdicts(&report), ["pass"], "{:?}", report.cases[0]);
    assert_eq!(report.cases[0].ledger, None);
    log.lock().unwrap().clone()
}

#[test]
fn one_body_is_written_in_every_format() {
    let body = json!({"firstName": "${name}", "limit": 5, "code": null});
    let with = |more: Value| {
        let mut send = json!({"method": "PUT", "path": "", "body": body});
        send.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        sent(send)
    };
    let root = "/pre/api/v01/customers";
    let values = "A&amp;B &lt;&quot;c&quot;&gt; å";
    for (send, line) in [
        (
            json!({}),
            format!(r#"{root} {JSON} - {{"firstName":"A&B <\"c\"> å","limit":5,"code":null}}"#),
        ),
        (
            json!({"format": "xml", "accept": "json"}),
            format!(r#"{root} {XML} {JSON} <customer firstName="{values}" limit="5"/>"#),
        ),
        (
            json!({"format": "xml", "members": "elements", "root": "object", "accept": "xml", "path": "~create"}),
            format!(
                "{root}/~create {XML} {XML} <object><firstName>{values}</firstName><limit>5</limit></object>"
            ),
        ),
        (
            json!({"format": "form", "accept": "form", "path": "${id}", "query": "a=${id}"}),
            format!("{root}/7?a=7 {FORM} {FORM} firstName=A%26B%20%3C%22c%22%3E%20%C3%A5&limit=5"),
        ),
        (
            json!({"format": "xml", "headers": {"Content-Type": "text/csv", "Accept": null}, "accept": "xml"}),
            format!(r#"{root} text/csv - <customer firstName="{values}" limit="5"/>"#),
        ),
    ] {
        assert_eq!(with(send.clone()), line, "{send}");
    }
    // A request without a body says nothing of its type.
    assert_eq!(sent(json!({"method": "PUT", "path": "x"})), format!("{root}/x - - "));
    let text = json!({"method": "PUT", "path": "x", "text": "<${id}", "format": "xml"});
    assert_eq!(sent(text), format!("{root}/x {XML} - <7"));
}

/// A gateway whose accounts only its operator knows would refuse every customer of the suite.
#[test]
fn what_is_created_names_the_account_that_the_target_file_gives() {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&log);
    let body = json!({"firstName": "A"});
    let send = |more: Value| {
        let mut send = json!({"method": "PUT", "path": "", "body": body});
        send.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"name": "put", "send": send, "expect": [{"clause": "must/x", "status": 200}]})
    };
    let steps = json!([
        send(json!({})),
        send(json!({"body": {"customer": body}})),
        send(json!({"format": "xml", "members": "elements"})),
        send(json!({"format": "form"})),
        {"name": "replay", "replay": "gateway/xml", "expect": [{"clause": "must/x", "status": 200}]},
        send(json!({"method": "POST", "path": "7"})),
        send(json!({"body": {"accountId": "other"}})),
    ]);
    let report = certify_by("[api.gateway]\naccount = \"A&B\"\n", case(steps), move |request| {
        if request.method != "GET" {
            seen.lock().unwrap().push(String::from_utf8_lossy(&request.body).into_owned());
        }
        Reply::status(200)
    });
    assert_eq!(verdicts(&report), ["pass"], "{:?}", report.cases[0]);
    assert_eq!(
        *log.lock().unwrap(),
        [
            r#"{"firstName":"A","accountId":"A&B"}"#,
            r#"{"customer":{"firstName":"A","accountId":"A&B"}}"#,
            "<customer><firstName>A</firstName><accountId>A&amp;B</accountId></customer>",
            "firstName=A&accountId=A%26B",
            r#"<customer accountId="A&amp;B" firstName="A&amp;B &lt;&quot;c&quot;&gt; å &amp; Co"/>"#,
            r#"{"firstName":"A"}"#,
            r#"{"accountId":"other"}"#,
        ]
    );
}

/// A step that creates and judges what is answered.
fn create(format: &str) -> Value {
    case(json!([{
        "name": "create",
        "send": {"method": "PUT", "path": "", "body": {"firstName": "${name}"}, "accept": format},
        "read": {"one": ["firstName"]},
        "expect": [
            {"clause": "must/format", "format": format},
            {"clause": "must/values", "body": {"id": {"$text": "7"}, "firstName": {"$text": "${name}"}}},
            {"clause": "must/id", "at": "/id", "body": {"$text": "${id}"}}
        ],
        "capture": {"made": {"at": "/id"}}
    }, {
        "name": "list",
        "send": {"method": "GET", "path": ""},
        "read": {"list": ["firstName"]},
        "expect": [{"clause": "must/list", "at": "/0/id", "body": {"$text": "${made}"}}]
    }]))
}

#[test]
fn an_answer_is_judged_alike_in_whatever_shape_it_lawfully_comes() {
    let name = r#"A&B <"c"> å"#;
    let escaped = "A&amp;B &lt;&quot;c&quot;&gt; å";
    for (format, media, body, verdict) in [
        ("json", JSON, json!({"id": 7, "firstName": name}).to_string(), "pass"),
        ("json", JSON, json!({"customer": {"id": "7", "firstName": name}}).to_string(), "pass"),
        ("json", "text/plain", json!([{"id": "7", "firstName": name}]).to_string(), "advisory"),
        ("json", JSON, json!({"id": 7, "firstName": "A"}).to_string(), "fail"),
        ("json", JSON, json!({"id": 7}).to_string(), "fail"),
        ("json", XML, format!("<c id=\"7\" firstName=\"{escaped}\"/>"), "fail"),
        ("xml", XML, format!("<c id=\"7\" firstName=\"{escaped}\"/>"), "pass"),
        ("xml", XML, format!("<c><id>7</id><firstName>{escaped}</firstName></c>"), "pass"),
        (
            "xml",
            "application/xml;charset=UTF-8",
            format!(
                "<?xml version=\"1.0\"?><r xmlns=\"urn:r\"><c id=\"7\" firstName=\"{escaped}\"/></r>"
            ),
            "pass",
        ),
        ("xml", "text/xml", format!("<c id=\"7\" firstName=\"{escaped}\"/>"), "advisory"),
        ("xml", XML, "<c id=\"7\" firstName=\"A&B\"/>".to_owned(), "fail"),
        ("xml", XML, "<c id=\"7\"/>".to_owned(), "fail"),
        ("xml", XML, format!("<!DOCTYPE c><c id=\"7\" firstName=\"{escaped}\"/>"), "pass"),
        (
            "xml",
            XML,
            format!("<!DOCTYPE c [<!ENTITY e \"\">]><c id=\"7\" firstName=\"{escaped}\"/>"),
            "fail",
        ),
        ("xml", JSON, json!({"id": 7, "firstName": name}).to_string(), "fail"),
        ("xml", XML, String::new(), "fail"),
        ("form", FORM, "id=7&firstName=A%26B+%3C%22c%22%3E+%C3%A5".to_owned(), "pass"),
        ("form", FORM, "c.id=7&c.firstName=A%26B+%3C%22c%22%3E+%C3%A5".to_owned(), "pass"),
        ("form", FORM, "id=7&firstName=A%2".to_owned(), "fail"),
    ] {
        let answered = body.clone();
        let report = certify(create(format), move |request| match request.method.as_str() {
            "PUT" => Reply::of(200, media, &answered),
            _ => {
                Reply::of(200, "text/xml", "<all><c id='7' firstName='a'/><c firstName='b'/></all>")
            }
        });
        assert_eq!(verdicts(&report), [verdict], "{format} {media} {body}: {:?}", report.cases[0]);
    }
}

/// Says back what it got, as it got it.
fn echo(request: &Request) -> Reply {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let body = body.replace("<customer ", "<customer id=\"5\" ");
    let body = if body.starts_with('<') { body } else { format!("id=5&{body}") };
    let media = request.header("content-type").unwrap_or(JSON).to_owned();
    assert_eq!(request.header("accept").unwrap_or(&media), media);
    Reply::of(200, &media, &body)
}

fn replays() -> Value {
    let step = |name: &str| {
        json!({"name": name, "replay": format!("gateway/{name}"), "expect": [
            {"clause": "must/headers", "printed": "headers"},
            {"clause": "must/body", "printed": "body"},
            {"clause": "must/value", "at": "/firstName", "body": "${name} & Co"}
        ]})
    };
    json!([
        {"id": "gateway/a/xml", "title": "t", "state": "gateway/known", "steps": [step("xml")]},
        {"id": "gateway/a/form", "title": "t", "state": "gateway/known", "steps": [step("form")]}
    ])
}

#[test]
fn a_print_in_any_format_is_replayed_and_its_values_escaped() {
    let report = certify(replays(), echo);
    assert_eq!(verdicts(&report), ["pass", "pass"], "{:?}", report.cases);
    let lost = |request: &Request| {
        let reply = echo(request);
        if request.method == "PUT" { Reply::of(200, XML, "<customer id=\"5\"/>") } else { reply }
    };
    assert_eq!(verdicts(&certify(replays(), lost)), ["fail", "fail"]);
}

#[test]
fn media_types_are_the_targets_and_a_format_that_it_lacks_is_not_asked_for() {
    let toml = "[api.gateway.media]\nxml = \"text/xml; v=1\"\nform = false\n";
    let either = |format: &str| {
        json!([{"name": "put", "either": [
            {"send": {"method": "PUT", "path": "", "format": "form", "body": {"firstName": "a"}}},
            {"send": {"method": "PUT", "path": "", "format": format, "body": {"firstName": "a"}}}
        ], "expect": [{"clause": "must/x", "status": 200}]}])
    };
    let mut cases = replays();
    for format in ["xml", "form"] {
        let id = format!("gateway/a/either-{format}");
        let steps = either(format);
        cases.as_array_mut().unwrap().push(json!({"id": id, "title": "t", "steps": steps}));
    }
    let report = certify_by(toml, cases, |request| {
        let media = request.header("content-type");
        assert!(request.method != "PUT" || media == Some("text/xml; v=1"), "{media:?}");
        echo(request)
    });
    let found = ["pass", "not-applicable", "pass", "not-applicable"];
    assert_eq!(verdicts(&report), found, "{:?}", report.cases);
    assert_eq!(report.headline(), "CONFORMS (without form)");
    assert_eq!(report.exit(), Exit::Conforms);
}

#[test]
fn a_step_is_taken_as_often_as_it_says_and_only_where_something_is_missing() {
    let put =
        json!({"method": "PUT", "path": "", "format": "form", "body": {"firstName": "n${index}"}});
    let status = json!([{"clause": "must/x", "status": 200}]);
    let steps = json!([
        {"name": "first", "send": {"method": "GET", "path": "${base}/api/v01/customers/1"},
            "capture": {"known": {"at": "/id", "optional": true}}},
        {"name": "made", "onlyIf": {"missing": "known"}, "repeat": 3, "send": put, "expect": status},
        {"name": "not", "onlyIf": {"captured": "known"}, "send": put, "expect": status},
        {"name": "again", "onlyIf": {"missing": "id"}, "send": put, "expect": status}
    ]);
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&log);
    let report = certify(case(steps), move |request| {
        let mut seen = seen.lock().unwrap();
        if request.method == "PUT" {
            seen.push(String::from_utf8_lossy(&request.body).into_owned());
        }
        // The second of three is refused.
        Reply::of(if seen.len() == 2 { 500 } else { 200 }, JSON, "{}")
    });
    assert_eq!(*log.lock().unwrap(), ["firstName=n1", "firstName=n2"]);
    assert_eq!(report.cases[0].findings[0].step, "made [2]");
    assert_eq!(verdicts(&report), ["fail"]);
}
