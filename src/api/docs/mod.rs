//! What describes the APIs to those who meet them here: their OpenAPI documents. They hold no secret,
//! so that nobody needs a token.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::error::ApiError;
use super::message::{Body, Response};
use super::{Api, openapi};

/// The folder of the documents below the admin surface.
const OPENAPI: &str = "/openapi/";

/// The documents that were asked for, by API: each is made once.
#[derive(Default)]
pub(super) struct Described(Mutex<BTreeMap<&'static str, Bytes>>);

/// Returns the name of the API whose document stands at `path`.
fn described(api: &Api, path: &str) -> Option<&'static str> {
    let name = path.strip_prefix(OPENAPI)?.strip_suffix(".json")?;
    api.endpoints.iter().map(|each| each.name()).find(|known| *known == name)
}

/// Answers with what stands at `path`.
///
/// # Errors
/// 404, 500.
pub(super) fn get(api: &Api, path: &str, _: &HeaderMap) -> Result<Response, ApiError> {
    let name = described(api, path).ok_or_else(|| ApiError::not_found("There is no such page."))?;
    let mut made = api.described.0.lock().unwrap_or_else(PoisonError::into_inner);
    if !made.contains_key(name) {
        let failed =
            |reason: String| ApiError::internal("The API is not described.").with_log(reason);
        let document = openapi::served(api, name).map_err(failed)?;
        made.insert(name, Bytes::from(document.to_string()));
    }
    let mut response = Response::json(StatusCode::OK, Vec::new());
    response.body = Body::Whole(made.get(name).cloned().unwrap_or_default());
    Ok(response)
}
