//! What can be otherwise in the answers of 004.

use http::header::{HeaderValue, LAST_MODIFIED};
use serde_json::{Value, json};

use super::asked::Asked;
use super::exchange::Exchange;
use super::members::{is_date_time, objects, shaped, use_number, use_text};
use crate::model::json;
use crate::model::tmf::collection::COLLECTIONS;

/// Takes out of a PATCH what it cannot change.
pub(super) fn ignore_unpatchable(asked: &mut Asked) {
    for collection in COLLECTIONS {
        if asked.is(&format!("PATCH /{}/*", collection.name)) {
            asked.without_members(|name| {
                name == "id" || name == "href" || collection.unpatchable.contains(&name)
            });
        }
    }
}

/// Takes out of a new account what it is owed, which only other operations change.
pub(super) fn ignore_balance(asked: &mut Asked) {
    if asked.is("POST /billingAccount") {
        asked.without_members(|name| name == "billingAccountBalance");
    }
}

/// Answers whole collections whatever is asked of them.
pub(super) fn ignore_queries(asked: &mut Asked) {
    asked.request.query = None;
}

/// Answers a PATCH with the members that it named.
pub(super) fn keep_changed(exchange: &mut Exchange) {
    if exchange.succeeded_at("PATCH /*/*")
        && let Ok(Value::Object(sent)) = json::read(&exchange.asked.request.body)
        && let Some(Value::Object(resource)) = exchange.json()
    {
        resource.retain(|name, _| sent.contains_key(name));
    }
}

/// Says null for the end of what is open.
pub(super) fn null_open_end(exchange: &mut Exchange) {
    objects(exchange, |members| {
        if let Some(Value::Object(period)) = members.get_mut("validFor") {
            period.entry("endDateTime").or_insert(Value::Null);
        }
    });
}

/// Takes the host out of the `href` of each resource of this server.
pub(super) fn relative_hrefs(exchange: &mut Exchange) {
    let Some(origin) = exchange.asked.request.origin() else { return };
    let cut = |resource: &mut Value| {
        if let Some(Value::String(href)) = resource.get_mut("href")
            && href.starts_with(&origin)
        {
            href.drain(..origin.len());
        }
    };
    match exchange.json() {
        Some(Value::Array(resources)) => resources.iter_mut().for_each(cut),
        Some(resource) => cut(resource),
        None => {}
    }
}

/// Dates an answer as the document prints it.
pub(super) fn print_last_modified(exchange: &mut Exchange) {
    if let Some(date) = exchange.headers().get_mut(LAST_MODIFIED) {
        *date = HeaderValue::from_static("11/28/13 13:30:30");
    }
}

/// Writes date-times without zeros at the end of their fraction.
pub(super) fn short_instants(exchange: &mut Exchange) {
    instants(exchange, |fraction| match fraction {
        "" => "Z".to_owned(),
        fraction => format!(".{fraction}Z"),
    });
}

/// Writes date-times with microseconds.
pub(super) fn long_instants(exchange: &mut Exchange) {
    instants(exchange, |fraction| format!(".{fraction:0<6}Z"));
}

/// Writes date-times with milliseconds and an offset.
pub(super) fn instants_with_offset(exchange: &mut Exchange) {
    instants(exchange, |fraction| format!(".{fraction:0<3}+00:00"));
}

/// Writes what follows the seconds of date-times in UTC otherwise: `change` is given the fraction
/// without its point, and without zeros at its end.
fn instants(exchange: &mut Exchange, change: impl Fn(&str) -> String) {
    let in_utc = |text: &str| is_date_time(text) && text.ends_with('Z');
    shaped(exchange, in_utc, |text| {
        let (seconds, rest) = text.split_at(19);
        let fraction = rest.trim_end_matches('Z').trim_start_matches('.');
        format!("{seconds}{}", change(fraction.trim_end_matches('0')))
    });
}

/// Makes texts of numbers that count, and numbers of those that number.
pub(super) fn swap_counts(exchange: &mut Exchange) {
    super::members::named(exchange, &["quantity", "imageSize"], use_text);
    super::members::named(exchange, &["itemNumber"], use_number);
}

/// Puts a collection into an object.
pub(super) fn wrap_list(exchange: &mut Exchange) {
    if let Some(body) = exchange.json().filter(|body| body.is_array()) {
        *body = json!({ "items": body.take() });
    }
}

/// Writes errors as the document's reference implementation does.
pub(super) fn nest_errors(exchange: &mut Exchange) {
    let failed = !exchange.status().is_success();
    if let Some(Value::Object(error)) = exchange.json().filter(|_| failed) {
        let mut take = |name| error.shift_remove(name).unwrap_or_default();
        let (code, title, detail) = (take("code"), take("reason"), take("message"));
        error.clear();
        error.insert("error".to_owned(), json!({ "code": code, "title": title }));
        error.insert("detail".to_owned(), detail);
    }
}
