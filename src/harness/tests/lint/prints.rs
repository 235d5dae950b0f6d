//! Prints: what is substituted in one or compared with one stands there, and schemas compile.

use std::sync::Arc;

use serde_json::Value;

use super::{api_of, assert_none, expectations, suite, without_variables};
use crate::harness::api::Format;
use crate::harness::compare::CompiledSchemas;
use crate::harness::suite::{
    Check, Example, Expectation, Matcher, Place, Printed, StepRequest, Substitution, Suite, Unwrap,
    pointer,
};

#[test]
fn what_is_substituted_is_printed_there() {
    let suite = suite();
    let mut faults = Vec::new();
    for example in suite.examples.values() {
        let path = example.request.as_ref().map(|request| request.path.as_str());
        let request = example.request.as_ref().map(|each| (&each.headers, each.body.as_deref()));
        let response = example.response.as_ref().map(|each| (&each.headers, each.body.as_deref()));
        let written: Vec<_> = example.substitute.response.iter().map(as_written).collect();
        for (side, substitutions, printed) in [
            (Side::Request, &example.substitute.request, request),
            (Side::Response, &written, response),
        ] {
            let (headers, body) = printed.unzip();
            let body = body.flatten();
            let format = headers.map_or(Format::Json, |headers| example.format(headers));
            let body = body.map(|lines| format.join(lines));
            let mut read: Vec<_> = body
                .iter()
                .flat_map(|body| {
                    let repaired = repaired(format, body, substitutions);
                    let read = reads(&suite, example, side);
                    read.into_iter().map(move |unwrap| match (unwrap, repaired.clone()) {
                        (Some(unwrap), Ok(body)) => Ok(unwrap.apply(body)),
                        (_, repaired) => repaired,
                    })
                })
                .collect();
            for substitution in substitutions {
                let printed = match (&substitution.place, &substitution.text, &substitution.at) {
                    (Some(Place::Path), Some(text), None) => path.is_some_and(|p| p.contains(text)),
                    (Some(Place::Text), Some(text), None) => {
                        body.as_ref().is_some_and(|body| body.contains(text))
                    }
                    (None, None, Some(at)) if side == Side::Request && format != Format::Json => {
                        faults.push(format!("{}: `at` is for JSON, not {at}", example.example));
                        continue;
                    }
                    (None, None, Some(at)) => {
                        !read.is_empty()
                            && read
                                .iter_mut()
                                .flatten()
                                .all(|body| substitute(body, at, substitution))
                    }
                    _ => false,
                };
                if !printed {
                    let what = substitution.text.as_ref().or(substitution.at.as_ref());
                    let what = what.map_or("nothing", String::as_str);
                    faults.push(format!("{} {side:?}: {what} is not printed", example.example));
                }
            }
            if let Some(Err(error)) = read.first() {
                faults.push(format!("{} {side:?}: {error}", example.example));
            }
        }
    }
    assert_none(faults);
}

/// Returns a substitution of a response as it stands in its file.
fn as_written(substitution: &Substitution<Matcher>) -> Substitution {
    let Substitution { place, text, at, with, remove, reading } = substitution.clone();
    Substitution { place, text, at, with: with.notation(), remove, reading }
}

#[test]
fn what_is_replayed_is_below_the_documented_root() {
    let suite = suite();
    let mut faults = Vec::new();
    for example in suite.examples.values() {
        let (Some(api), Some(request)) = (api_of(&example.example), &example.request) else {
            continue;
        };
        let mut path = request.path.clone();
        for each in example.substitute.request.iter().filter(|e| e.place == Some(Place::Path)) {
            if let (Some(text), Some(with)) = (&each.text, each.with.as_str()) {
                path = path.replace(text.as_str(), with);
            }
        }
        let root = api.mount.replace("{ledger}", "${ledger}");
        if !path.strip_prefix(&root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            faults.push(format!("{}: {path} is not below {root}", example.example));
        }
    }
    assert_none(faults);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

/// What of a printed body is meant in the steps that compare with it; a request is sent whole.
fn reads<'s>(suite: &'s Suite, example: &Example, side: Side) -> Vec<Option<&'s Unwrap>> {
    let mut reads = Vec::new();
    for step in suite.cases.iter().flat_map(|case| &case.steps).filter(|_| side == Side::Response) {
        let compared = |each: &Expectation| matches!(each.check, Check::Printed(Printed::Body));
        let replayed = |request: &StepRequest| matches!(request, StepRequest::Replay(name) if *name == example.example);
        if step.expect.iter().any(compared)
            && step.requests.iter().any(replayed)
            && !reads.contains(&step.read.as_ref())
        {
            reads.push(step.read.as_ref());
        }
    }
    if reads.is_empty() { vec![None] } else { reads }
}

/// The printed body after its textual repairs, a variable in them being only some text.
fn repaired(format: Format, body: &str, substitutions: &[Substitution]) -> Result<Value, String> {
    let mut text = body.to_owned();
    for each in substitutions.iter().filter(|each| each.place == Some(Place::Text)) {
        if let (Some(printed), Value::String(with)) = (&each.text, without_variables(&each.with)) {
            text = text.replace(printed.as_str(), &with);
        }
    }
    let read = format.read(text.as_bytes());
    read.map_err(|error| format!("it is not {format} once repaired: {error}"))
}

/// Substitutes as a replay does, if there is something to substitute.
fn substitute(body: &mut Value, at: &str, substitution: &Substitution) -> bool {
    let with = Some(&substitution.with).filter(|_| !substitution.remove);
    places(body, at) > 0 && pointer::replace(body, at, with)
}

/// How many places a pointer with `*` leads to.
fn places(value: &Value, pointer: &str) -> usize {
    match pointer.strip_prefix('/') {
        None => usize::from(pointer.is_empty()),
        Some(rest) => {
            let (segment, deeper) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            match (value, segment) {
                (Value::Array(items), "*") => items.iter().map(|item| places(item, deeper)).sum(),
                (value, _) => {
                    value.pointer(&format!("/{segment}")).map_or(0, |member| places(member, deeper))
                }
            }
        }
    }
}

#[test]
fn what_is_compared_with_a_print_is_printed_and_every_schema_compiles() {
    let suite = suite();
    let schemas = CompiledSchemas::new(Arc::clone(&suite.schemas));
    let mut faults = Vec::new();
    for path in suite.schemas.keys() {
        let name = path.trim_start_matches("schemas/").trim_end_matches(".json");
        if let Err(error) = schemas.check(name, &Value::Null, &mut Vec::new()) {
            faults.push(error);
        }
        let id = suite.schemas[path].get("$id").and_then(Value::as_str);
        if id != Some(&format!("https://etalon.invalid/{path}")) {
            faults.push(format!("{path} has another $id"));
        }
    }
    for (place, expectation) in expectations(&suite) {
        match &expectation.check {
            Check::Schema(name) if !suite.schemas.contains_key(&format!("schemas/{name}.json")) => {
                faults.push(format!("{place}: there is no schema {name}"));
            }
            Check::Body { matcher, .. } => {
                for schema in inline_schemas(&matcher.notation()) {
                    if let Err(error) = schemas.inline(&without_variables(schema)) {
                        faults.push(format!("{place}: {error}"));
                    }
                }
            }
            _ => {}
        }
    }
    for case in &suite.cases {
        for step in &case.steps {
            for expectation in &step.expect {
                let Check::Printed(part) = &expectation.check else { continue };
                for request in &step.requests {
                    let example = match request {
                        StepRequest::Replay(name) => suite.examples.get(name),
                        StepRequest::Own(_) | StepRequest::Listen(_) => None,
                    };
                    if !prints(example, *part) {
                        let place = format!("{}, step {}", case.id, step.name);
                        faults.push(format!("{place}: the example prints no {part:?}"));
                    }
                }
            }
        }
    }
    assert_none(faults);
}

fn prints(example: Option<&Example>, part: Printed) -> bool {
    let response = example.and_then(|example| example.response.as_ref());
    response.is_some_and(|response| match part {
        Printed::Status => true,
        Printed::Headers => !response.headers.is_empty(),
        Printed::Body => response.body.is_some(),
    })
}

fn inline_schemas(matcher: &Value) -> Vec<&Value> {
    match matcher {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match name.as_str() {
                "$schema" => vec![member],
                _ => inline_schemas(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(inline_schemas).collect(),
        _ => Vec::new(),
    }
}
