//! An invoice with billed usage, a customer with unbilled: 001 › 1. Invoices and 5. Customers.

use http::StatusCode;

use super::{Call, Names, subscriptions};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::query;
use crate::api::wire::Object;
use crate::store::snapshot::Snapshot;

/// GET: whether there is usage, and where. `$expand=subscriptions` puts the list in place of the
/// link (readings 33 and 177).
pub(super) fn get(call: &Call, tx: &Snapshot, names: &Names) -> Result<Response, ApiError> {
    let [expand] = query::expand(call.query(), ["subscriptions"])?;
    let owner = names.find_owner(call, tx)?;
    let mut out = Vec::with_capacity(512);
    let mut object = Object::begin(&mut out);
    object.text("@id", &names.path(call, &[]));
    object.text(names.tree.number_member(), owner.no);
    if expand {
        subscriptions::write_all(object.name("subscriptions"), call, names, tx, owner)?;
    } else {
        object.text("subscriptions", &names.path(call, &["subscriptions"]));
    }
    object.end();
    Ok(Response::json(StatusCode::OK, out))
}
