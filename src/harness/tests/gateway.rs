//! An API without ledgers, of several formats: the suite, the target and the run of its tests.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fake::{Fake, Reply, Request};
use super::{clauses, judge, suite_of};
use crate::harness::outcome::RunReport;
use crate::harness::run::Selection;
use crate::harness::run::runner::run;
use crate::harness::subject::TargetFlags;
use crate::harness::suite::Suite;

/// A suite of these cases, with an example in XML and one as a form.
pub(super) fn suite(cases: Value) -> Arc<Suite> {
    let example = |name: &str, media: &str, body: [&str; 2], with: &str, read: &str| {
        let printed = |body: &str| json!([body]);
        json!({
            "example": format!("gateway/{name}"), "document": "003", "heading": "create",
            "request": {"method": "PUT", "path": "/api/v01/customers",
                "headers": {"Host": "[server-name]", "Content-Type": media, "Accept": media},
                "body": printed(body[0])},
            "response": {"status": 200, "headers": {"Content-Type": media}, "body": printed(body[1])},
            "substitute": {
                "request": [{"in": "text", "text": "Anna", "with": with, "reading": 49}],
                "response": [{"in": "text", "text": "Anna", "with": with, "reading": 49},
                    {"at": read, "with": {"$present": true}, "reading": 117}]
            }
        })
    };
    let xml = [
        r#"<customer firstName="Anna &amp; Co"/>"#,
        r#"<customer id="1" firstName="Anna &amp; Co"/>"#,
    ];
    let form = ["firstName=Anna+%26+Co", "customer.id=1&customer.firstName=Anna+%26+Co"];
    let states = json!({"states": {"gateway/known": {
        "means": "a customer", "variables": {"name": "A&B <\"c\"> å", "id": "7"}
    }}});
    let clauses = clauses(&cases);
    suite_of(&[
        (
            "conformance/cases/gateway/a.json",
            json!({"api": "gateway", "resource": "a", "cases": cases}).to_string(),
        ),
        (
            "conformance/clauses/gateway.json",
            json!({"api": "gateway", "clauses": clauses}).to_string(),
        ),
        ("conformance/fixtures/states.json", states.to_string()),
        (
            "examples/gateway/xml.json",
            example("xml", "application/xml", xml, "${name}", "/id").to_string(),
        ),
        (
            "examples/gateway/form.json",
            example("form", "application/x-www-form-urlencoded", form, "${name}", "/id")
                .to_string(),
        ),
    ])
}

/// One case of these steps.
pub(super) fn case(steps: Value) -> Value {
    json!([{"id": "gateway/a/x", "title": "t", "state": "gateway/known", "steps": steps}])
}

pub(super) fn flags(url: &str) -> TargetFlags {
    let apis = vec!["gateway".to_owned()];
    TargetFlags { url: Some(url.to_owned()), apis, ..TargetFlags::default() }
}

/// Judges the cases on a server that answers so, with what a target file says beside.
pub(super) fn certify_by(
    toml: &str,
    cases: Value,
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> RunReport {
    let fake = Fake::start(answer);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("target.toml");
    let text = format!("base = \"{}/pre\"\nprovision = \"preloaded\"\n{toml}", fake.url());
    std::fs::write(&path, text).unwrap();
    let flags = TargetFlags { file: Some(path), ..TargetFlags::default() };
    run(&judge(&suite(cases), &flags), &Selection::default(), &()).unwrap()
}

/// Judges the cases on a server of which nothing more need be said.
pub(super) fn certify(
    cases: Value,
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> RunReport {
    certify_by("[api.gateway]\n", cases, answer)
}
