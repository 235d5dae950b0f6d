//! What can be otherwise in a problem: 001 and 002 › Problems.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::exchange::Exchange;
use crate::api::error::ApiError;

/// The member that holds the code.
const TYPE: &str = "Type";
const INSTANCE: &str = "Instance";
/// The member that holds the parameters of a validation.
const PROBLEMS: &str = "Problems";

/// Answers one code in place of another.
pub(super) fn code(exchange: &mut Exchange, from: &str, to: &str) {
    edit(exchange, TYPE, |kind| match kind.strip_suffix(from) {
        Some(prefix) if prefix.ends_with('/') => format!("{prefix}{to}"),
        _ => kind.to_owned(),
    });
}

/// Puts something before the type.
pub(super) fn prefix_type(exchange: &mut Exchange, prefix: &str) {
    edit(exchange, TYPE, |kind| format!("{prefix}{kind}"));
}

/// Makes a URI of the type, where the request says which host this is.
pub(super) fn absolute_type(exchange: &mut Exchange) {
    if let Some(origin) = exchange.asked.request.origin() {
        let prefix = exchange.api.prefix();
        prefix_type(exchange, &format!("{origin}{prefix}/"));
    }
}

/// Makes a URI of the instance.
pub(super) fn urn_instance(exchange: &mut Exchange) {
    edit(exchange, INSTANCE, |instance| format!("urn:uuid:{instance}"));
}

pub(super) fn drop_instance(exchange: &mut Exchange) {
    if let Some(problem) = exchange.problem() {
        problem.shift_remove(INSTANCE);
    }
}

/// Names each parameter by the last part of its path.
pub(super) fn flat_parameters(exchange: &mut Exchange) {
    let Some(Value::Object(parameters)) = parameters(exchange) else { return };
    let mut flat = Map::new();
    for (path, texts) in std::mem::take(parameters) {
        let name = path.rsplit('.').next().unwrap_or(&path);
        let all = flat.entry(name).or_insert_with(|| json!([]));
        if let (Value::Array(all), Value::Array(texts)) = (all, texts) {
            all.extend(texts);
        }
    }
    *parameters = flat;
}

/// Lists the parameters: an object with one member for each text.
pub(super) fn list_parameters(exchange: &mut Exchange) {
    let Some(parameters) = parameters(exchange) else { return };
    let Value::Object(by_name) = parameters.take() else { return };
    let mut list = Vec::new();
    for (name, texts) in by_name {
        let texts = texts.as_array().into_iter().flatten();
        list.extend(texts.map(|text| json!({ &name: text })));
    }
    *parameters = list.into();
}

/// Spells the members in lower case. Other choices know them by their documented names, so this
/// is the last of them.
pub(super) fn lower_members(exchange: &mut Exchange) {
    if let Some(problem) = exchange.problem() {
        let members = std::mem::take(problem).into_iter();
        problem.extend(members.map(|(name, value)| (name.to_lowercase(), value)));
    }
}

/// Answers a method that a resource does not have as if there were no resource.
pub(super) fn hide_method(exchange: &mut Exchange) {
    let error = ApiError::not_found("There is no such resource.");
    exchange.refuse_instead(StatusCode::METHOD_NOT_ALLOWED, &error);
}

/// Answers a method that a resource does not have as one that is not for the caller.
pub(super) fn forbid_method(exchange: &mut Exchange) {
    let error = ApiError::forbidden("Access to the method is not allowed.");
    exchange.refuse_instead(StatusCode::METHOD_NOT_ALLOWED, &error);
}

/// Tells a token that reaches another ledger from one that reaches none.
pub(super) fn forbid_foreign_token(exchange: &mut Exchange) {
    foreign_token(exchange, &ApiError::forbidden("The token reaches another ledger."));
}

/// Answers a token that reaches another ledger as if there were no other.
pub(super) fn hide_ledger(exchange: &mut Exchange) {
    foreign_token(exchange, &ApiError::not_found("There is no such ledger."));
}

fn foreign_token(exchange: &mut Exchange, error: &ApiError) {
    let api = exchange.api;
    let holder = || api.auth.holder(&exchange.asked.request.headers);
    if exchange.status() == StatusCode::UNAUTHORIZED
        && let Some(ledger) = holder()
        && let Ok(tx) = api.store.reader()
        && let Ok(Some(_)) = tx.ledger(&ledger)
    {
        exchange.refuse(error);
    }
}

fn parameters<'e>(exchange: &'e mut Exchange) -> Option<&'e mut Value> {
    exchange.problem()?.get_mut(PROBLEMS)
}

fn edit(exchange: &mut Exchange, name: &str, change: impl Fn(&str) -> String) {
    if let Some(Value::String(text)) = exchange.problem().and_then(|it| it.get_mut(name)) {
        *text = change(text);
    }
}
