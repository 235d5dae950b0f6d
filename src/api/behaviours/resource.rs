//! `/etalon/behaviours`: rules made, listed and removed.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::written::Written;
use super::{Kept, MOST, Rule};
use crate::api::Api;
use crate::api::admin::MOUNT;
use crate::api::error::ApiError;
use crate::api::message::{Request, Response};

impl Kept {
    /// Returns the rule as it was written, with its id and how far it is spent.
    fn told(&self) -> Value {
        let mut told = json!({ "id": self.id.to_string() });
        if let (Value::Object(told), Ok(Value::Object(written))) =
            (&mut told, serde_json::to_value(&self.rule.written))
        {
            told.extend(written);
            told.insert("hits".to_owned(), self.hits.into());
            let left = self.rule.count.map(|count| count.saturating_sub(self.hits));
            told.extend(left.map(|left| ("left".to_owned(), left.into())));
        }
        told
    }
}

/// Returns every rule.
pub(in crate::api) fn list(api: &Api) -> Response {
    let told: Vec<Value> = api.behaviours.lock().kept.iter().map(Kept::told).collect();
    Response::json(StatusCode::OK, json!({ "behaviours": told }).to_string().into_bytes())
}

/// Adds the rule of the body.
///
/// # Errors
/// 400 with what is wrong with it, 409 where there are as many as there may be.
pub(in crate::api) fn add(api: &Api, request: &Request) -> Result<Response, ApiError> {
    let rule = Rule::read(Written::read(&request.body)?, api)?;
    let store = match rule.is_stale() {
        true => Some(Arc::new(api.store.pinned()?)),
        false => None,
    };
    let Some(id) = api.behaviours.add(rule, store) else {
        return Err(ApiError::too_many(format!("There are {MOST} already; remove some.")));
    };
    let rules = api.behaviours.lock();
    let told = rules.kept.iter().find(|kept| kept.id == id).map(Kept::told).unwrap_or_default();
    let response = Response::json(StatusCode::CREATED, told.to_string().into_bytes());
    Ok(response.with_location(&format!("{}{MOUNT}/behaviours/{id}", api.prefix())))
}

/// Removes every rule.
pub(in crate::api) fn remove_all(api: &Api) -> Response {
    api.behaviours.remove(|_| true);
    Response::no_content()
}

/// Removes one rule.
///
/// # Errors
/// 404 where there is none of that id.
pub(in crate::api) fn remove(api: &Api, id: &str) -> Result<Response, ApiError> {
    let is_meant = |known: u64| id == known.to_string();
    match api.behaviours.remove(is_meant) {
        true => Ok(Response::no_content()),
        false => Err(ApiError::not_found(format!("There is no behaviour {id}."))),
    }
}
