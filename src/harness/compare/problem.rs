//! Problems: the documented form of every error (001 and 002 › Problems, readings 1 to 9).

use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::mismatch::Mismatch;
use super::scalar::{kind, same_text};
use crate::harness::api::decode;
use crate::harness::suite::pointer::join;

/// Adds what keeps `body`, answered with `status`, from being a problem with one of `codes` that
/// names one of `parameters`. An empty list asks nothing.
pub(crate) fn problem(
    status: u16,
    body: Option<&Value>,
    codes: &[String],
    parameters: &[String],
    mismatches: &mut Vec<Mismatch>,
) {
    let Some(Value::Object(problem)) = body else {
        let message = format!("the body should be a problem object and is {}", kind(body));
        let mismatch = Mismatch::new("", message).of(Kind::problem("none"));
        mismatches.push(Mismatch { actual: body.cloned(), ..mismatch });
        return;
    };
    check_type(problem, codes, mismatches);
    check_status(problem, status, mismatches);
    if !parameters.is_empty() {
        check_parameters(problem, parameters, mismatches);
    }
}

/// Returns the code of a problem: what follows the last slash of its type (readings 3 and 6).
pub(crate) fn code(body: &Value) -> Option<String> {
    let (_, kind) = member(body.as_object()?, "type")?;
    kind.as_str().map(|text| decode(text.rsplit('/').next().unwrap_or(text)))
}

/// Returns a member by its name without regard to case (reading 1).
fn member<'a>(problem: &'a Map<String, Value>, name: &str) -> Option<(&'a str, &'a Value)> {
    problem
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(key, value)| (key.as_str(), value))
}

/// Checks the code, which is what follows the last slash of the type (readings 3 and 6). The type
/// is a reference, so that the blank of one printed code (reading 5) may be escaped; the
/// placeholder of the printed type never stands in one (reading 4).
fn check_type(problem: &Map<String, Value>, codes: &[String], mismatches: &mut Vec<Mismatch>) {
    let Some((name, value)) = member(problem, "type") else {
        let mismatch = Mismatch::new("", "the problem has no `type`");
        mismatches.push(mismatch.of(Kind::problem("no type")));
        return;
    };
    if value.as_str().is_some_and(|text| text.contains("{domain}")) {
        mismatches.push(Mismatch {
            actual: Some(value.clone()),
            ..Mismatch::new(&join("", name), "the problem's `type` still holds its placeholder")
                .of(Kind::problem("placeholder"))
        });
    }
    let code = value.as_str().map(|text| decode(text.rsplit('/').next().unwrap_or(text)));
    match code {
        None => mismatches.push(Mismatch {
            actual: Some(value.clone()),
            ..Mismatch::new(&join("", name), "the problem's `type` is no text")
                .of(Kind::problem("type"))
        }),
        Some(code) if codes.is_empty() || codes.contains(&code) => {}
        Some(code) => {
            let (wanted, found) = (codes.join("` or `"), json!(code));
            let message = format!("the problem's code is `{code}`, expected `{wanted}`");
            let each: Vec<_> = codes.iter().map(|code| json!(code)).collect();
            let mismatch = Mismatch::among(&join("", name), message, &each, Some(&found));
            mismatches.push(Mismatch {
                expected: Some(codes.join(" or ").into()),
                ..mismatch.of(Kind::problem(format!("code {code}")))
            });
        }
    }
}

fn check_status(problem: &Map<String, Value>, status: u16, mismatches: &mut Vec<Mismatch>) {
    match member(problem, "status") {
        None => {
            let mismatch = Mismatch::new("", "the problem has no `status`");
            mismatches.push(mismatch.of(Kind::problem("no status")));
        }
        Some((name, value)) => {
            // Numbers are compared by value (reading 27), and a text may hold one.
            if !same_text(&json!(status.to_string()), value) {
                let message =
                    format!("the problem's `status` is {value}, and the answer's {status}");
                let expected = json!(status);
                let pointer = join("", name);
                let mismatch = Mismatch::between(&pointer, message, &expected, Some(value));
                mismatches.push(mismatch.of(Kind::problem("status")));
            }
        }
    }
}

/// Checks that some segment of some name is the failing member or one of its parents, whatever the shape: the
/// prose says that `problems` is a list, the example is an object (reading 2). The member should be
/// the last segment of a key of an object (readings 2 and 9).
fn check_parameters(
    problem: &Map<String, Value>,
    parameters: &[String],
    mismatches: &mut Vec<Mismatch>,
) {
    let named = parameters.join("` or `");
    let Some((name, value)) = member(problem, "problems") else {
        let mismatch = Mismatch::new("", format!("no `problems` name the parameter `{named}`"));
        mismatches.push(mismatch.of(Kind::problem("no problems")));
        return;
    };
    let named_by = |name: &&str| {
        segments(name).any(|segment| {
            let mut parts = parameters.iter().flat_map(|parameter| segments(parameter));
            parts.any(|part| part.eq_ignore_ascii_case(segment))
        })
    };
    let mut names = Vec::new();
    names_in(value, &mut names);
    let pointer = join("", name);
    if !names.iter().any(named_by) {
        let message = format!("nothing in the problem's parameters names `{named}`");
        let expected = json!(parameters.join(" or "));
        let mismatch = Mismatch::between(&pointer, message, &expected, Some(value));
        mismatches.push(mismatch.of(Kind::problem("parameter")));
        return;
    }
    let last = |text: &str| segments(text).last().map(str::to_ascii_lowercase);
    let exact = |key: &String| parameters.iter().any(|each| last(each) == last(key));
    if !value.as_object().is_some_and(|members| members.keys().any(exact)) {
        let message = format!("a key of an object should end with the failing member `{named}`");
        let mismatch = Mismatch::new(&pointer, message).of(Kind::problem("key")).advisory();
        mismatches.push(Mismatch { actual: Some(value.clone()), ..mismatch });
    }
}

/// Adds what may be the name of a member in the parameters of a problem: each key, and each text, as
/// a whole or before its first colon. A sentence names nothing: any word might stand in it.
fn names_in<'p>(value: &'p Value, names: &mut Vec<&'p str>) {
    match value {
        Value::String(text) => {
            let name = text.split(':').next().unwrap_or_default().trim();
            names.extend((!name.contains(char::is_whitespace)).then_some(name));
        }
        Value::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            names.push(key);
            names_in(value, names);
        }),
        _ => {}
    }
}

/// Returns the member names in a key, however they are joined: `a.b`, `/a/b`, `a[0].b`, `$.a`.
fn segments(key: &str) -> impl Iterator<Item = &str> {
    key.split(['.', '/', '[', ']', '$', ' ']).filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::problem;

    /// Returns the pointers of what is wrong, `~` before those that are only advisory.
    fn wrong(status: u16, body: Value, codes: &[&str], parameters: &[&str]) -> Vec<String> {
        let owned =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut mismatches = Vec::new();
        problem(status, Some(&body), &owned(codes), &owned(parameters), &mut mismatches);
        mismatches
            .into_iter()
            .map(|each| if each.advisory { format!("~{}", each.pointer) } else { each.pointer })
            .collect()
    }

    #[test]
    fn the_code_and_the_status_are_found_however_they_are_spelled() {
        for (body, expected) in [
            (json!({"Type": "ledger/customer/v1/problems/not-found", "Status": 404}), vec![]),
            (json!({"type": "not-found", "status": 404}), vec![]),
            (json!({"TYPE": "https://x/problems/not-found", "status": "404"}), vec![]),
            (json!({"Type": "problems/not-found", "Status": 404.0}), vec![]),
            (serde_json::from_str(r#"{"Type": "not-found", "Status": 4.04e2}"#).unwrap(), vec![]),
            (json!({"Type": "problems/not-found", "Status": 404.5}), vec!["/Status"]),
            (json!({"Type": "problems/customer-not-found", "Status": 404}), vec!["/Type"]),
            (
                json!({"Type": "ledger/{domain}/v1/problems/not-found", "Status": 404}),
                vec!["/Type"],
            ),
            (json!({"Type": "problems/not-found/", "Status": 404}), vec!["/Type"]),
            (json!({"Type": 1, "Status": 404}), vec!["/Type"]),
            (json!({"Type": "problems/not-found", "Status": 400}), vec!["/Status"]),
            (json!({"Type": "problems/not-found"}), vec![""]),
            (json!({}), vec!["", ""]),
            (json!([]), vec![""]),
            (json!("not-found"), vec![""]),
        ] {
            assert_eq!(wrong(404, body.clone(), &["not-found"], &[]), expected, "{body}");
        }
        for spelled in
            ["subscription-not-found", "subscription-not found", "subscription-not%20found"]
        {
            let body = json!({"Type": format!("x/{spelled}"), "Status": 404});
            let codes = ["subscription-not-found", "subscription-not found"];
            assert!(wrong(404, body, &codes, &[]).is_empty(), "{spelled}");
        }
    }

    #[test]
    fn the_failing_parameter_is_named_in_whatever_shape() {
        for (problems, expected) in [
            (json!({"legalAddress.city": ["too long"]}), vec![]),
            (json!({"LegalAddress.City": []}), vec![]),
            (json!([{"city": "too long"}]), vec!["~/Problems"]),
            (json!(["city: too long"]), vec!["~/Problems"]),
            (json!(["LegalAddress.City"]), vec!["~/Problems"]),
            (json!([{"member": "legalAddress.city", "texts": ["too long"]}]), vec!["~/Problems"]),
            (json!("city: too long"), vec!["~/Problems"]),
            (json!(["zipCode: the city has none"]), vec!["/Problems"]),
            (json!(["the city: too long"]), vec!["/Problems"]),
            (json!([{"member": "name", "texts": ["too long"]}]), vec!["/Problems"]),
            (json!({"/legalAddress/city": []}), vec![]),
            (json!({"$.legalAddress.city": []}), vec![]),
            (json!({"name": ["x"], "city": ["y"]}), vec![]),
            (json!({"legalAddress": ["city too long"]}), vec!["~/Problems"]),
            (json!({"capacity": []}), vec!["/Problems"]),
            (json!({"name": []}), vec!["/Problems"]),
            (json!({}), vec!["/Problems"]),
            (json!([]), vec!["/Problems"]),
            (json!(null), vec!["/Problems"]),
        ] {
            let body = json!({"Type": "x/validation", "Status": 400, "Problems": problems});
            let got = wrong(400, body, &["validation"], &["legalAddress.city"]);
            assert_eq!(got, expected, "{problems}");
        }
        let bare = json!({"Type": "x/validation", "Status": 400});
        assert_eq!(wrong(400, bare, &["validation"], &["name"]), [""]);
    }
}
