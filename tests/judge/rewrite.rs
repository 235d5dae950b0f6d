//! Ways to rewrite what a server answers.
#![allow(dead_code, reason = "each test crate uses its part")]

use serde_json::{Map, Value};

use crate::front::Server;
use crate::message::{Request, Response};

pub(crate) fn remove(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

/// Replaces a member, or adds it.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

/// Passes, and changes every object of the answer.
pub(crate) fn each_object(
    request: Request,
    server: &Server,
    mut change: impl FnMut(&mut Map<String, Value>),
) -> Response {
    server.pass(request).edit(|body| objects(body, &mut change))
}

/// Passes, and changes every text of the answer; the first argument is the name of its member.
pub(crate) fn each_text(
    request: Request,
    server: &Server,
    mut change: impl FnMut(&str, &mut String),
) -> Response {
    let mut response = server.pass(request);
    if let Some(location) = response.header("location") {
        change("", location);
    }
    response.edit(|body| texts("", body, &mut change))
}

/// Passes, and writes every number of the answer anew.
pub(crate) fn each_number(
    request: Request,
    server: &Server,
    write: impl Fn(&str) -> String,
) -> Response {
    fn numbers(value: &mut Value, write: &impl Fn(&str) -> String) {
        match value {
            Value::Number(number) => {
                if let Ok(other) = write(&number.to_string()).parse() {
                    *number = other;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| numbers(item, write)),
            Value::Object(members) => {
                members.values_mut().for_each(|member| numbers(member, write));
            }
            _ => {}
        }
    }
    server.pass(request).edit(|body| numbers(body, &write))
}

pub(crate) fn objects(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| objects(item, change)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| objects(member, change));
            change(members);
        }
        _ => {}
    }
}

pub(crate) fn texts(name: &str, value: &mut Value, change: &mut impl FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => change(name, text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(name, item, change)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, member)| texts(name, member, change));
        }
        _ => {}
    }
}

/// Whether `text` is `yyyy-MM-ddTHH:mm:ss`.
pub(crate) fn is_date_time(text: &str) -> bool {
    text.len() == 19
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
}
