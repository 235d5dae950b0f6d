//! Shapes that no exchange of the suite meets would prove nothing.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::Value;

use crate::ALL;
use crate::front::Front;
use crate::run::certify;

/// The API, the method, the path below its root, the status.
type Seen = (String, String, String, u16);

static SEEN: Mutex<BTreeSet<Seen>> = Mutex::new(BTreeSet::new());

/// Where the APIs stand, below the ledger if they have any.
const ROOTS: [(&str, &str); 4] = [
    ("customer", "/ledger/customer/v1/*"),
    ("usage", "/billing/usage/v1/*"),
    ("gateway", "/api/v01/customers"),
    ("tmf", "/billingManagement"),
];

fn notice(method: &str, path: &str, status: u16) {
    for (api, root) in ROOTS {
        let parts: Vec<_> = path.split('/').collect();
        let depth = root.split('/').count();
        let same = |(part, root): (&&str, &str)| root == "*" || *part == root;
        if parts.len() >= depth && parts.iter().zip(root.split('/')).all(same) {
            let below = parts[depth..].join("/");
            SEEN.lock().unwrap().insert((api.to_owned(), method.to_owned(), below, status));
        }
    }
}

fn is_of(operation: &str, (_, method, path, _): &Seen) -> bool {
    let (wanted, template) = operation.split_once(' ').unwrap_or((operation, ""));
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let same = |(a, b): (&&str, &&str)| a == b || (a.starts_with('{') && !b.starts_with('~'));
    wanted == method && template.len() == path.len() && template.iter().zip(&path).all(same)
}

fn has_status(wanted: &Value, status: u16) -> bool {
    match wanted {
        Value::Array(each) => each.iter().any(|each| has_status(each, status)),
        Value::String(class) => class.replace("xx", "") == (status / 100).to_string(),
        exact => *exact == status,
    }
}

#[test]
fn every_shape_is_met_by_an_exchange_of_the_suite() {
    let front = Front::start(|request, server| {
        let (method, path) = (request.method.clone(), request.path.clone());
        let response = server.pass(request);
        notice(&method, &path, response.status);
        response
    });
    let run = certify(&[&front.url(), "--api", ALL]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let seen = SEEN.lock().unwrap();
    let mut unmet = Vec::new();
    let mut shapes = 0;
    for (path, bytes) in etalon::data::files_under("conformance/shapes/") {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        for shape in file["shapes"].as_array().unwrap() {
            shapes += 1;
            // What was heard is no answer of a server: tests/judge/tmf/events.rs tells of that.
            if shape["of"] == serde_json::json!(["LISTEN"]) {
                continue;
            }
            let of_api = |it: &&Seen| it.0 == file["api"];
            let operations = shape["of"].as_array().into_iter().flatten();
            let operations = operations.map(|it| it.as_str().unwrap());
            // Without operations it is of whatever is asked.
            let of_all = shape["of"].is_null();
            let mut answered =
                of_all && seen.iter().filter(of_api).any(|it| has_status(&shape["status"], it.3));
            for operation in operations {
                let of_this = seen.iter().filter(of_api).filter(|it| is_of(operation, it));
                let mut met = of_this.peekable();
                if met.peek().is_none() {
                    unmet.push(format!("{path}: nothing asks {operation}"));
                }
                answered |= met.any(|it| has_status(&shape["status"], it.3));
            }
            if !answered {
                unmet.push(format!("{path}: no answer is {} to {}", shape["status"], shape["of"]));
            }
        }
    }
    assert!(shapes > 50, "only {shapes} shapes were read");
    assert!(unmet.is_empty(), "\n{}", unmet.join("\n"));
}
