//! The customers: 003 › create and find.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::{Call, FOUND, format, read_sent, respond_with, search};
use crate::api::error::ApiError;
use crate::api::message::{Body, Response};
use crate::api::negotiation::{Format, accepted, none_accepted};
use crate::api::write::write;
use crate::model::gateway_customer::created_at;
use crate::store::error::StoreError;
use crate::store::gateway::{self as stored, Search};
use crate::store::now;
use crate::store::snapshot::Snapshot;

/// The XML element of a customer (reading 115).
pub(super) const ROOT: &str = "customer";

/// The most customers that are passed over while other requests wait: some hundred microseconds.
const SHORT: usize = 1_000;

/// PUT a new customer: 003 › create. It is no idempotent one: each creates another (reading 111).
pub(super) async fn create(call: Call<'_>) -> Result<Response, ApiError> {
    let (sent, found) = read_sent(&call.schemas.create, format::read(&call)?)?;
    if !found.is_empty() {
        return Err(found.into());
    }
    let account = call.scope.0.clone();
    let created = created_at(now());
    let customer = write(&call, move |tx| {
        if let Some(code) = sent.code()
            && let Some(id) = stored::with_code(tx, code)?
        {
            let detail = format!("Customer {id} has the code \"{code}\"; none was created.");
            return Err(ApiError::customer_exists(detail).into());
        }
        let id = stored::next_id(tx.transaction(), sent.code())?;
        let customer = sent.customer(id, &account, Some(created.clone()));
        stored::put(tx.transaction(), &customer)?;
        Ok(customer)
    })
    .await?;
    Ok(respond_with(&call, &customer))
}

/// GET the customers that pass every filter, by id: 003 › find (readings 118 to 121, 210).
pub(super) fn find(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let media = accepted(&call.request.headers, FOUND).ok_or_else(|| none_accepted(FOUND))?;
    let search = search::read(call)?;
    let format = media.format;
    if let Some(list) = list(&search, tx, format, SHORT)? {
        return Ok(format::response(StatusCode::OK, media, list));
    }
    // The others need not wait for it, so it is read off their threads.
    let mut response = format::response(StatusCode::OK, media, Vec::new());
    let store = Arc::clone(call.store);
    let body = std::iter::once_with(move || {
        let body = store.reader().and_then(|tx| list(&search, &tx, format, usize::MAX));
        body.map(|body| Bytes::from(body.unwrap_or_default())).map_err(io::Error::other)
    });
    response.body = Body::Pages(Box::new(body));
    Ok(response)
}

/// Returns the customers that are found; none when more than `patience` had to be passed over. They
/// are at most a thousand: some hundreds of kilobytes, 8 MiB where every character of theirs must
/// be escaped.
fn list(
    search: &Search,
    tx: &Snapshot,
    format: Format,
    patience: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut list = format::List::begin(format, "customers", ROOT);
    let whole = stored::find(tx, search, patience, |each| list.item(each.members()))?;
    Ok(whole.then(|| list.end()))
}
