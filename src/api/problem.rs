//! Problems: 001 and 002 › Problems. One builder for all of them.

use std::collections::HashMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::draw;
use super::error::ApiError;
use super::message::{Body, Response};
use super::wire::{Array, Object, text};
use crate::output::standard_error::tell;

/// Renders an error as a problem whose type begins with `prefix`: Pascal-case members, a fresh
/// instance, and for a validation the parameters that failed (readings 1, 2, 7, 9).
pub(super) fn response(prefix: &str, error: &ApiError) -> Response {
    let instance = draw::uuid().to_string();
    if let Some(log) = &error.log {
        tell(format_args!("etalon: problem {instance}: {log}"));
    }
    let status = error.status.code();
    let mut out = Vec::with_capacity(512);
    let mut problem = Object::begin(&mut out);
    problem.text("Type", &format!("{prefix}{}", error.code));
    problem.text("Title", error.title);
    problem.raw("Status", status.as_str());
    problem.text("Instance", &instance);
    problem.text("Detail", &error.detail);
    if error.code == "validation" {
        problems(problem.name("Problems"), error);
    }
    problem.end();

    let problem = HeaderValue::from_static("application/problem+json");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, problem)]);
    Response { status, headers, body: Body::Whole(Bytes::from(out)) }.with_headers_of(error)
}

/// `Problems`: an object of texts by parameter, each parameter once.
fn problems(out: &mut Vec<u8>, error: &ApiError) {
    let mut by_parameter: Vec<(&str, Vec<&str>)> = Vec::new();
    // A refused load may have very many.
    let mut places: HashMap<&str, usize> = HashMap::new();
    for violation in &error.violations {
        let place = *places.entry(&violation.parameter).or_insert(by_parameter.len());
        if place == by_parameter.len() {
            by_parameter.push((&violation.parameter, Vec::new()));
        }
        by_parameter[place].1.push(&violation.message);
    }
    let mut object = Object::begin(out);
    for (parameter, messages) in by_parameter {
        let mut array = Array::begin(object.name(parameter));
        messages.into_iter().for_each(|message| text(array.item(), message));
        array.end();
    }
    object.end();
}
