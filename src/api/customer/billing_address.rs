//! The billing address, which a customer may lack: 002 › Billing-address.

use http::StatusCode;

use super::legal_address::{read_address, respond};
use super::{Call, change, customer_path, no_customer};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::Operation;
use crate::model::address::Address;
use crate::store::customers;
use crate::store::snapshot::Snapshot;

/// GET the billing address.
pub(super) fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let no = call.param(0);
    let answer = customers::view(tx, &call.ledger().ledger_no, no, |view| {
        let address = view.billing_address.ok_or_else(|| missing(no))?;
        Ok(respond(address, &operations(&path(call))))
    })?;
    answer.unwrap_or_else(|| Err(no_customer(no)))
}

/// POST adds the address: 201 with Location and the address (readings 75 and 86).
pub(super) async fn post(call: Call<'_>) -> Result<Response, ApiError> {
    let address = read_address(&call)?;
    let members = customers::members(&address);
    change(&call, move |_, stored| {
        if stored.billing_address.is_some() {
            let detail = "The customer has a billing address; PUT replaces it.";
            return Err(ApiError::billing_address_exists(detail).into());
        }
        stored.billing_address = Some(address.clone());
        Ok(())
    })
    .await?;
    // What was written, which may have changed again by now.
    let path = path(&call);
    let mut response = respond(&members, &operations(&path));
    response.status = StatusCode::CREATED;
    Ok(response.with_location(&path))
}

/// PUT replaces the address whole (readings 74, 84, 85).
pub(super) async fn put(call: Call<'_>) -> Result<Response, ApiError> {
    let address = read_address(&call)?;
    replace(&call, Some(address)).await
}

/// DELETE removes the address; the body that the document shows is not read (readings 14 and 76).
pub(super) async fn delete(call: Call<'_>) -> Result<Response, ApiError> {
    replace(&call, None).await
}

/// Puts another address, or none, in place of the one that is there.
async fn replace(call: &Call<'_>, address: Option<Address>) -> Result<Response, ApiError> {
    change(call, move |_, stored| {
        if stored.billing_address.is_none() {
            return Err(missing(&stored.customer.customer_no).into());
        }
        stored.billing_address.clone_from(&address);
        Ok(())
    })
    .await?;
    Ok(Response::no_content())
}

fn missing(no: &str) -> ApiError {
    ApiError::billing_address_does_not_exist(format!("Customer {no} has no billing address."))
}

fn path(call: &Call) -> String {
    customer_path(call, call.param(0), &["billing-address"])
}

/// Returns what can be done with a billing address that is there.
pub(super) fn operations(path: &str) -> [Operation; 2] {
    let href = path.to_owned();
    [
        Operation { rel: "update", href: href.clone(), method: "PUT" },
        Operation { rel: "delete", href, method: "DELETE" },
    ]
}
