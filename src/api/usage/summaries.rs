//! Summaries: 001 › 4. Usage-summaries and 8. Unbilled-usage-summaries.

use http::StatusCode;

use super::{Call, Names};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::{Array, Object};
use crate::store::snapshot::Snapshot;
use crate::store::usage;

/// GET the list: what was summed as usage came in, so its cost is the number of types.
pub(super) fn list(call: &Call, tx: &Snapshot, names: &Names) -> Result<Response, ApiError> {
    let (_, subscription, no) = names.find_subscription(call, tx)?;
    let mut out = Vec::with_capacity(1024);
    let mut object = Object::begin(&mut out);
    let mut items = Array::begin(object.name("items"));
    usage::summaries(tx, subscription, |summary| {
        // Writing numbers and text into memory cannot fail.
        let _ = serde_json::to_writer(items.item(), &summary);
    })?;
    items.end();
    object.navigation(&names.path(call, &["subscriptions", no, names.summaries.1]));
    object.end();
    Ok(Response::json(StatusCode::OK, out))
}
