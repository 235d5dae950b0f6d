//! The OpenAPI documents against the server that they describe: all that it is seen to answer is
//! described, and all that is described it is seen to answer.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "openapi/described.rs"]
mod described;
#[path = "openapi/provoked.rs"]
mod provoked;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::collections::BTreeSet;

use described::{Document, Exchange, Message, documents};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};
use served::{Served, etalon};

/// Statuses that no request alone brings about: it has to arrive slowly, the server to be full, the
/// disk to fail. Tests of their own hold their form: `hostile`, `hostile_bodies`, `durability`.
const OF_CIRCUMSTANCES: [u16; 3] = [408, 500, 503];

/// A client that was generated from a document fails on an answer that it does not describe, and the
/// code that it has for one that never comes is dead.
#[test]
fn what_is_answered_is_described_and_what_is_described_is_answered() {
    let documents = documents();
    let mut seen = BTreeSet::new();
    let mut look = |exchange: &Exchange| {
        let found = documents.iter().find_map(|document| document.judge(exchange));
        if let Some(answer) = found {
            seen.insert(answer);
        }
    };
    let judged = judged();
    assert!(judged.len() > 4_000, "{}", judged.len());
    judged.iter().for_each(&mut look);
    let server = Served::start(&[]);
    for document in &documents {
        provoked::exchanges(document, &server).iter().for_each(&mut look);
    }
    provoked::conflicts(&server).iter().for_each(&mut look);

    let described = documents.iter().flat_map(Document::answers);
    let expected: BTreeSet<_> =
        described.filter(|(_, status)| !OF_CIRCUMSTANCES.contains(status)).collect();
    assert!(expected.len() > 500, "{}", expected.len());
    let unseen: Vec<_> = expected.difference(&seen).collect();
    assert!(unseen.is_empty(), "described and never answered: {unseen:#?}");
}

/// Returns every exchange of a run of the judge with the built-in server.
fn judged() -> Vec<Exchange> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.har");
    let report = format!("har={}", file.display());
    let run = etalon(&["certify", "--quiet", "--report", &report]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let archive: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    archive["log"]["entries"].as_array().unwrap().iter().map(Exchange::of_archive).collect()
}

/// What a page shows as an example has to be one: it is what an integrator sends first. Of answers a
/// document may print less than this server answers.
#[test]
fn every_example_is_what_its_schema_says() {
    let mut wrong = Vec::new();
    let mut examples = 0;
    for document in documents() {
        for (message, place, content) in document.contents() {
            let validator = document.validator(&content["schema"]);
            let Some(shown) = content["examples"].as_object() else { continue };
            for (name, example) in shown.iter().filter(|(_, it)| it["value"].is_object()) {
                let errors = validator.iter_errors(&example["value"]);
                let counts = |error: &ValidationError| {
                    message == Message::Request
                        || !matches!(error.kind(), ValidationErrorKind::Required { .. })
                };
                let errors: Vec<_> = errors.filter(counts).map(|error| error.to_string()).collect();
                examples += 1;
                if !errors.is_empty() {
                    wrong.push(format!("{} {place} {name}: {errors:?}", document.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(examples > 40, "{examples}");
}

/// A client that checks what it sends by the document is refused a day that it took for one, or
/// refuses one that there is.
#[test]
fn a_day_is_one_of_the_calendar() {
    let documents = documents();
    let gateway = documents.iter().find(|it| it.name == "gateway").unwrap();
    let create = gateway.operations().find(|it| it.method == "put").unwrap();
    let body = &create.value["requestBody"]["content"]["application/json"]["schema"];
    let validator = gateway.validator(body);
    let server = Served::start(&[]);
    for (day, status) in [
        ("2024-02-29", 200),
        ("2000-02-29 23:59:59", 200),
        ("2026-02-28", 200),
        ("2026-02-29", 400),
        ("1900-02-29", 400),
        ("4495-02-29 05:15:06", 400),
        ("2024-02-30", 400),
        ("2026-04-31", 400),
    ] {
        let sent = json!({ "firstName": "A", "lastName": "B", "createDate": day });
        let answer = server.client().ask("PUT", create.path, &sent.to_string()).unwrap();
        assert_eq!((validator.is_valid(&sent), answer.status), (status == 200, status), "{day}");
    }
}

/// Every tool reads a document by a parser of its own; this is one that others keep. What it reads
/// has to be all that was written.
#[test]
fn a_parser_of_others_reads_every_operation() {
    for document in documents() {
        let spec = oas3::from_json(document.text.as_str()).unwrap();
        assert!(spec.validate_version().is_ok());
        let read: BTreeSet<_> = spec
            .operations()
            .map(|(path, method, operation)| {
                assert!(!operation.responses(&spec).is_empty(), "{method} {path}");
                (path, method.to_string())
            })
            .collect();
        let written: BTreeSet<_> = document
            .operations()
            .map(|it| (it.path.to_owned(), it.method.to_uppercase()))
            .collect();
        assert_eq!(read, written, "{}", document.name);
        let hooks = spec.webhooks.len();
        assert_eq!(hooks, if document.name == "tmf" { 2 } else { 0 });
    }
}

/// Generators fail on what the specification allows, or write code that does not compile: a reference
/// into a component or beside other rules, a member that is a boolean. A name of more than 1024
/// characters ends whoever reads JSON as the YAML that it is.
#[test]
fn what_tools_stumble_over_is_written_otherwise() {
    for document in documents() {
        let mut wrong = Vec::new();
        visit(&document.value, &mut |members| {
            wrong.extend(
                members.keys().filter(|name| json!(name).to_string().len() > 1024).cloned(),
            );
            let schemas =
                members.get("properties").and_then(Value::as_object).into_iter().flatten();
            wrong.extend(schemas.filter(|it| it.1.is_boolean()).map(|it| it.0.clone()));
            let Some(reference) = members.get("$ref") else { return };
            let parts: Vec<_> = reference.as_str().unwrap().split('/').collect();
            let is_alone = members.keys().all(|name| ["$ref", "$comment"].contains(&name.as_str()));
            let leads = document.value.pointer(&reference.as_str().unwrap()[1..]).is_some();
            if parts.len() != 4 || parts[..2] != ["#", "components"] || !is_alone || !leads {
                wrong.push(reference.to_string());
            }
        });
        assert!(wrong.is_empty(), "{}: {wrong:#?}", document.name);
        for name in document.value["components"]["schemas"].as_object().unwrap().keys() {
            let is_of_name = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
            assert!(name.chars().all(is_of_name), "{name}");
        }
    }
}

/// Calls `look` with every object in a value but examples.
fn visit(value: &Value, look: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            look(members);
            let shown = members.iter().filter(|(name, _)| *name != "examples");
            shown.for_each(|(_, member)| visit(member, look));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        _ => {}
    }
}

/// Two forms of one document that differ would be two documents.
#[test]
fn yaml_says_what_json_says() {
    for document in documents() {
        let printed = etalon(&["openapi", "--api", document.name, "--format", "yaml"]);
        let yaml = String::from_utf8(printed.stdout).unwrap();
        assert!(yaml.starts_with("openapi: \"3.1.0\"\n"), "{}", &yaml[..40]);
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        assert_eq!(difference(&read, &document.value), None, "{}", document.name);
    }
}

/// Returns the first place at which two values differ.
fn difference(one: &Value, other: &Value) -> Option<String> {
    let within = |name: String, inner: Option<String>| inner.map(|inner| format!("{name}/{inner}"));
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            let mut members = one.iter().zip(other.values());
            members.find_map(|((name, one), other)| within(name.clone(), difference(one, other)))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut items = one.iter().zip(other).enumerate();
            items.find_map(|(at, (one, other))| within(at.to_string(), difference(one, other)))
        }
        // 2 and 2.0 are one number to both.
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ => (one != other).then(|| format!("{one} and {other}")),
    }
}

/// Readings leave whoever integrates no other way to ask: what is served is what is printed, at the
/// URL that others know, and nobody needs a token for it.
#[test]
fn a_document_is_served_as_it_is_printed() {
    let url = "https://api.example/billing";
    let server = Served::start(&["--public-url", url, "--mount", "tmf=/api/tmf"]);
    for document in documents() {
        let printed = etalon(&["openapi", "--api", document.name, "--public-url", url]).stdout;
        let mut client = server.client();
        let path = format!("/etalon/openapi/{}.json", document.name);
        let ask = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.raw.send(&ask).unwrap();
        let answer = client.raw.answer().unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("content-type: application/json\r\n"));
        let printed = String::from_utf8(printed).unwrap();
        let printed: Value = serde_json::from_str(
            &printed.replace("/billing/billingManagement", "/billing/api/tmf"),
        )
        .unwrap();
        let served: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(served["servers"][0]["url"], "https://api.example");
        assert!(served["paths"].as_object().unwrap().keys().all(|it| it.starts_with("/billing/")));
        assert!(served["paths"] == printed["paths"], "{}", document.name);
    }
    for (method, path, status) in [
        ("GET", "/etalon/openapi/customers.json", 404),
        ("GET", "/etalon/openapi/customer", 404),
        ("POST", "/etalon/openapi/customer.json", 405),
    ] {
        assert_eq!(server.client().ask(method, path, "").unwrap().status, status, "{path}");
    }
}

/// Whoever has credentials has to be asked for them by his client.
#[test]
fn credentials_are_asked_for_where_the_server_asks() {
    let asking = Served::start(&[
        "--token",
        "100=first-secret",
        "--gateway-user",
        "clerk:second-secret",
        "--tmf-token",
        "third-secret",
    ]);
    for (name, scheme) in
        [("customer", "bearer"), ("usage", "bearer"), ("gateway", "basic"), ("tmf", "bearer")]
    {
        let served = asking.client().get(&format!("/etalon/openapi/{name}.json"));
        assert_eq!(served["components"]["securitySchemes"]["credentials"]["scheme"], scheme);
        let text = served.to_string();
        assert!(text.contains(r#""security":[{"credentials":[]}]"#), "{name}");
        assert!(!text.contains(r#""security":[{},"#), "{name}");
        assert!(!text.contains("-secret"), "{name}");
        // A listener is shown none.
        let hooks = served["webhooks"].as_object().into_iter().flatten();
        assert!(hooks.map(|(_, hook)| &hook["post"]).all(|it| it["security"] == json!([])));
    }
}

/// A wrong name is answered with those there are.
#[test]
fn an_api_that_there_is_not_is_refused_in_a_sentence() {
    let refused = etalon(&["openapi", "--api", "custmer"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("did you mean customer?"), "{said}");
    let refused = etalon(&["openapi", "--api", "tmf", "--public-url", "api.example"]);
    assert_eq!(refused.status.code(), Some(2));
}
