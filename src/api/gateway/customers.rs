//! The customers: 003 › create and find.

use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::StatusCode;
use redb::ReadTransaction;

use super::search::Search;
use super::{Call, FOUND, format, one};
use crate::api::error::ApiError;
use crate::api::message::{Body, Response};
use crate::api::negotiation::{Format, accepted, none_accepted};
use crate::api::write::write;
use crate::model::gateway_customer::{Sent, created_at};
use crate::store::error::StoreError;
use crate::store::gateway as stored;

/// The XML element of a customer (reading 115).
pub(super) const ROOT: &str = "customer";

/// PUT a new customer: 003 › create. It is no idempotent one: each creates another (reading 111).
pub(super) async fn create(call: Call<'_>) -> Result<Response, ApiError> {
    let sent = Sent::new(call.schemas.create.check(format::read(&call)?)?)?;
    let account = call.scope.0.clone();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let created = created_at(now.as_secs());
    let customer = write(&call, move |tx| {
        if let Some(code) = sent.code()
            && let Some(id) = stored::with_code(tx, code)?
        {
            let detail = format!("Customer {id} has the code \"{code}\"; none was created.");
            return Err(ApiError::customer_exists(detail).into());
        }
        let id = stored::next_id(tx, sent.code())?;
        let customer = sent.customer(id, &account, Some(created.clone()));
        stored::put(tx, &customer)?;
        Ok(customer)
    })
    .await?;
    Ok(one(&call, &customer))
}

/// GET the customers that pass every filter, by id: 003 › find (readings 118 to 121, 210).
pub(super) fn find(call: &Call, tx: &ReadTransaction) -> Result<Response, ApiError> {
    let media = accepted(&call.request.headers, FOUND).ok_or_else(|| none_accepted(FOUND))?;
    let search = Search::read(call)?;
    let format = media.format;
    if search.is_short() {
        return Ok(format::response(StatusCode::OK, media, list(&search, tx, format)?));
    }
    let mut response = format::response(StatusCode::OK, media, Vec::new());
    let store = Arc::clone(call.store);
    let body = std::iter::once_with(move || {
        let body = store.reader().and_then(|tx| list(&search, &tx, format));
        body.map(Bytes::from).map_err(io::Error::other)
    });
    response.body = Body::Pages(Box::new(body));
    Ok(response)
}

/// At most a thousand customers: some hundreds of kilobytes, 8 MiB where every character of theirs
/// must be escaped.
fn list(search: &Search, tx: &ReadTransaction, format: Format) -> Result<Vec<u8>, StoreError> {
    let mut list = format::List::begin(format, "customers", ROOT);
    let (offset, limit) = (search.offset, search.limit);
    stored::find(tx, &search.filters, offset, limit, |each| list.item(each.members()))?;
    Ok(list.end())
}
