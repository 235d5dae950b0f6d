//! Summaries: 001 › 4. Usage-summaries and 8. Unbilled-usage-summaries.

use http::StatusCode;

use super::Names;
use crate::api::Call;
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::Object;
use crate::store::usage;

/// GET the list: what was summed as usage came in, so its cost is the number of types.
pub(super) fn list(call: &Call, names: &Names) -> Result<Response, ApiError> {
    let tx = call.store.reader()?;
    let (owner, subscription) = names.find_subscription(call, &tx)?;
    let mut out = Vec::with_capacity(1024);
    let mut object = Object::begin(&mut out);
    let items = object.name("items");
    items.push(b'[');
    let mut first = true;
    usage::summaries(&tx, owner, subscription, |summary| {
        if !std::mem::replace(&mut first, false) {
            items.push(b',');
        }
        // Writing numbers and text into memory cannot fail.
        let _ = serde_json::to_writer(&mut *items, &summary);
    })?;
    items.push(b']');
    let path = names.path(call, &["subscriptions", subscription, names.summaries.1]);
    let mut navigation = Object::begin(object.name("navigation"));
    navigation.text("@id", &path);
    navigation.end();
    object.end();
    Ok(Response::json(StatusCode::OK, out))
}
