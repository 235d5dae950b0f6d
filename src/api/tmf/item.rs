//! One resource: 004 › GET API/billingManagement/ BillingAccount /{ID} and its like.

use http::StatusCode;
use http::header::{HeaderValue, LAST_MODIFIED};

use super::query::selection::Selection;
use super::{Call, href, query};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::Object;
use crate::model::tmf::instant::http_date;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::tmf::{self, ResourceView};

/// GET a resource, or the members of it that `fields` names.
pub(super) fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let served = call.served()?;
    let selection = query::fields(call.query(), served)?;
    let id = call.param(0);
    let href = href::of(&href::root(call, served.collection), id);
    let respond = |view: ResourceView| respond(StatusCode::OK, &href, view, &selection);
    match tmf::view(tx, served.collection, id, respond)? {
        Some(response) => Ok(response?),
        None => Err(served.no_resource(id)),
    }
}

/// Answers with a resource.
pub(super) fn respond(
    status: StatusCode,
    href: &str,
    view: ResourceView,
    selection: &Selection,
) -> Result<Response, StoreError> {
    let mut out = Vec::with_capacity(view.json.len() + href.len() + view.id.len() + 32);
    write(&mut out, href, view, selection)?;
    let mut response = Response::json(status, out);
    if let Ok(date) = HeaderValue::from_str(&http_date(view.modified)) {
        response.headers.insert(LAST_MODIFIED, date);
    }
    Ok(response)
}

/// Writes a resource: `id` and `href` always, then what is selected of the rest. All of it is
/// copied as it is stored.
pub(super) fn write(
    out: &mut Vec<u8>,
    href: &str,
    view: ResourceView,
    selection: &Selection,
) -> Result<(), StoreError> {
    let mut object = Object::begin(out);
    object.text("id", view.id).text("href", href);
    if selection.is_all() {
        let json = view.json;
        object.members(
            json.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(json),
        );
    } else {
        selection.write_members(&mut object, &view.members(|name| selection.has(name))?);
    }
    object.end();
    Ok(())
}
