//! The legal address: 002 › Legal-address.

use http::StatusCode;
use serde_json::Value;

use super::{Call, change, customer_path, no_customer};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::{Object, Operation};
use crate::model::address::Address;
use crate::model::json::{self, without_nulls};
use crate::model::ledger::Grant;
use crate::model::violation::Violation;
use crate::store::customers::{self, CustomerView};
use crate::store::error::StoreError;
use crate::store::ledgers;
use crate::store::snapshot::Snapshot;
use crate::store::tables::Tx;

/// The operation's rel and the last segment of its path (reading 87).
const FROM_REGISTER: &str = "update-legal-address-from-population-register";

/// GET the legal address.
pub(super) fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let no = call.param(0);
    let answer = customers::view(tx, &call.ledger().ledger_no, no, |view| {
        let Some(address) = view.legal_address else {
            return Err(ApiError::legal_address_does_not_exist(format!(
                "Customer {no} has no legal address."
            )));
        };
        Ok(respond(address, &operations(call, tx, no, view)?))
    })?;
    answer.unwrap_or_else(|| Err(no_customer(no)))
}

/// PUT replaces the legal address whole, and nothing else (readings 74, 83, 84).
pub(super) async fn put(call: Call<'_>) -> Result<Response, ApiError> {
    let address = read_address(&call)?;
    change(&call, move |_, stored| {
        stored.legal_address = Some(address.clone());
        Ok(())
    })
    .await?;
    Ok(Response::no_content())
}

/// POST takes the address from the population register: 002 › Legal-address › Operations
/// (reading 88).
pub(super) async fn update_from_register(call: Call<'_>) -> Result<Response, ApiError> {
    if !call.ledger().has(Grant::PopulationRegister) {
        let detail = "The population register was not agreed for this ledger.";
        return Err(ApiError::forbidden(detail));
    }
    check_empty(&call)?;
    let ledger = call.ledger().ledger_no.clone();
    let address = change(&call, move |tx, stored| {
        let person = match &stored.customer.national_identifier {
            Some(identifier) => ledgers::person(tx, &ledger, identifier)?,
            None => None,
        };
        let person = person.ok_or_else(|| {
            ApiError::not_found("The population register does not know the customer.")
        })?;
        let address = customers::members(&person.address);
        stored.legal_address = Some(person.address);
        Ok(address)
    })
    .await?;
    // What was written, which may have changed again by now.
    Ok(respond(&address, &with_refresh(&call, call.param(0))))
}

/// Refuses a body that says anything: the operation takes an empty object or nothing (reading 251).
fn check_empty(call: &Call) -> Result<(), ApiError> {
    let body = &call.request.body;
    if body.is_empty() {
        return Ok(());
    }
    let refuse = |name: &str| Violation::new(name, format!("{name} is not read here."));
    match json::read(body)? {
        Value::Object(members) if members.is_empty() => Ok(()),
        Value::Object(members) => {
            Err(members.keys().map(|name| refuse(name)).collect::<Vec<_>>().into())
        }
        _ => Err(Violation::body("The body must be an empty object, or none.").into()),
    }
}

/// Returns what can be done with the legal address: replace it, and refresh it where that was
/// agreed and the register knows the customer, so that what is listed works (reading 23).
pub(super) fn operations(
    call: &Call,
    tx: &impl Tx,
    no: &str,
    view: CustomerView,
) -> Result<Vec<Operation>, StoreError> {
    let can_refresh = call.ledger().has(Grant::PopulationRegister);
    Ok(match can_refresh && is_registered(call, tx, view)? {
        true => with_refresh(call, no),
        false => vec![update(customer_path(call, no, &["legal-address"]))],
    })
}

fn with_refresh(call: &Call, no: &str) -> Vec<Operation> {
    let path = customer_path(call, no, &["legal-address"]);
    let href = format!("{path}/{FROM_REGISTER}");
    vec![update(path), Operation { rel: FROM_REGISTER, href, method: "POST" }]
}

fn update(href: String) -> Operation {
    Operation { rel: "update", href, method: "PUT" }
}

fn is_registered(call: &Call, tx: &impl Tx, view: CustomerView) -> Result<bool, StoreError> {
    match view.national_identifier()? {
        Some(identifier) => ledgers::has_person(tx, &call.ledger().ledger_no, &identifier),
        None => Ok(false),
    }
}

/// Returns an address that was sent, checked and in canonical spelling.
pub(super) fn read_address(call: &Call) -> Result<Address, ApiError> {
    let members = without_nulls(call.schemas.address.read(&call.request.body)?);
    serde_json::from_value::<Address>(members.into())
        .map(Address::canonical)
        .map_err(|error| Violation::body(format!("The body is no address: {error}.")).into())
}

/// Writes an address with its operations; it has no `@id` (reading 192).
pub(super) fn write(out: &mut Vec<u8>, members: &str, operations: &[Operation]) {
    let mut object = Object::begin(out);
    object.members(members).operations(operations);
    object.end();
}

/// Returns an address as a response.
pub(super) fn respond(members: &str, operations: &[Operation]) -> Response {
    let mut out = Vec::with_capacity(members.len() + 512);
    write(&mut out, members, operations);
    Response::json(StatusCode::OK, out)
}
