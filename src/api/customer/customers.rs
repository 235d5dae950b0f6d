//! The customer: 002 › Customer.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{Call, change, customer_path, legal_address, no_customer, surpluses, write};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::query;
use crate::api::wire::{Object, Operation};
use crate::model::customer::{
    CustomerWithAddresses, protected_identity_violation, violations_on_create,
};
use crate::model::json::{self, without_nulls};
use crate::model::ledger::CustomerNoMode;
use crate::model::patch::CustomerPatch;
use crate::model::schema::{Checked, Schema};
use crate::model::violation::{Violation, add_unnamed};
use crate::store::customers::{self, CustomerView};
use crate::store::snapshot::Snapshot;

/// GET a customer; `$expand` puts objects where links stand (002 › Get a specific customer using
/// $expand, readings 63 to 68).
pub(super) fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let no = call.param(0);
    let expand = query::expand(call.query(), ["legaladdress", "billingaddress", "surpluses"])?;
    let ledger = call.ledger();
    let written = customers::view(tx, &ledger.ledger_no, no, |view| {
        let mut out = Vec::with_capacity(view.members.len() + 1024);
        write_customer(&mut out, call, tx, no, view, expand).map(|()| out)
    })?;
    match written {
        None => Err(no_customer(no)),
        Some(out) => Ok(Response::json(StatusCode::OK, out?)),
    }
}

fn write_customer(
    out: &mut Vec<u8>,
    call: &Call,
    tx: &Snapshot,
    no: &str,
    view: CustomerView,
    [legal, billing, surplus]: [bool; 3],
) -> Result<(), ApiError> {
    let id = customer_path(call, no, &[]);
    let mut object = Object::begin(out);
    object.text("@id", &id).members(view.members);
    match view.legal_address {
        Some(address) if legal => {
            let operations = legal_address::operations(call, tx, no, view)?;
            super::legal_address::write(object.name("legalAddress"), address, &operations);
        }
        None if legal => {
            object.raw("legalAddress", "null");
        }
        _ => {
            object.joined("legalAddress", &[&id, "/legal-address"]);
        }
    }
    match view.billing_address {
        Some(address) if billing => {
            let operations = super::billing_address::operations(&billing_path(&id));
            super::legal_address::write(object.name("billingAddress"), address, &operations);
        }
        None if billing => {
            object.raw("billingAddress", "null");
        }
        _ => {
            object.joined("billingAddress", &[&id, "/billing-address"]);
        }
    }
    if surplus {
        surpluses::write_list(object.name("surpluses"), call, tx, no, 0, surpluses::PAGE)?;
    } else {
        object.joined("surpluses", &[&id, "/surpluses"]);
    }
    let operations = view.billing_address.is_none().then(|| Operation {
        rel: "add-billing-address",
        href: billing_path(&id),
        method: "POST",
    });
    object.operations(operations.as_slice());
    object.end();
    Ok(())
}

fn billing_path(id: &str) -> String {
    format!("{id}/billing-address")
}

/// POST a new customer: 002 › Create new customer. What its table lacks, legalStatus and
/// activeConsents too, is ignored like any other member (readings 60, 171, 190).
pub(super) async fn create(call: Call<'_>) -> Result<Response, ApiError> {
    let members = read_new(&call, &call.schemas.create)?;
    store(&call, from_members(members)?).await
}

/// Returns the members of a new customer that have passed `schema` and the rules of the ledger.
pub(super) fn read_new(call: &Call, schema: &Schema) -> Result<Map<String, Value>, ApiError> {
    let Checked { members, mut found } = schema.examine(json::read(&call.request.body)?)?;
    let members = without_nulls(members);
    add_unnamed(&mut found, violations_on_create(&members, call.ledger()));
    if found.is_empty() { Ok(members) } else { Err(found.into()) }
}

/// Stores a new customer under its number or under one that the ledger makes, and answers as the
/// document does: 201, Location, `@id` and the number (readings 47 and 77).
pub(super) async fn store(
    call: &Call<'_>,
    customer: CustomerWithAddresses,
) -> Result<Response, ApiError> {
    let customer = customer.canonical(call.ledger());
    let ledger = call.ledger().clone();
    let no = write(call, move |tx| {
        let mut customer = customer.clone();
        let no = match ledger.customer_no_mode {
            CustomerNoMode::Generated => tx.customers().generate_no(&ledger.ledger_no)?,
            CustomerNoMode::Assigned => customer.customer.customer_no.clone(),
        };
        customer.customer.customer_no.clone_from(&no);
        if !tx.customers().create(&ledger.ledger_no, customer)? {
            let detail = format!("The ledger already has a customer {no}; it was not changed.");
            return Err(ApiError::customer_exists(detail).into());
        }
        Ok(no)
    })
    .await?;
    let id = customer_path(call, &no, &[]);
    Ok(Response::json(StatusCode::CREATED, identity(&id, &no)).with_location(&id))
}

/// Returns the short form of a customer: 002 › Create, Find and Generate customer.
pub(super) fn identity(id: &str, no: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let mut object = Object::begin(&mut out);
    object.text("@id", id).text("customerNo", no);
    object.end();
    out
}

/// PATCH a customer: 002 › Update customer (readings 73, 78 to 82).
pub(super) async fn patch(call: Call<'_>) -> Result<Response, ApiError> {
    let schemas = call.schemas;
    let sent = json::read(&call.request.body)?;
    let mut violations: Vec<Violation> = sent
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .filter(|name| schemas.patch.spelling(name).is_none())
        .filter_map(|name| schemas.customer.spelling(name))
        .map(|name| Violation::new(name, format!("{name} cannot be changed by PATCH.")))
        .collect();
    let Checked { members, found } = schemas.patch.examine(sent)?;
    violations.extend(found);
    add_unnamed(&mut violations, protected_identity_violation(&members, call.ledger()));
    let patch = CustomerPatch::new(members);
    if !violations.is_empty() {
        let tx = call.store.reader()?;
        if let Some(mut stored) =
            customers::customer(&*tx, &call.ledger().ledger_no, call.param(0))?
        {
            let more = patch.apply(&mut stored.customer).err().unwrap_or_default();
            add_unnamed(&mut violations, more);
        }
        return Err(violations.into());
    }
    change(&call, move |_, stored| {
        Ok(patch.apply(&mut stored.customer).map_err(ApiError::from)?)
    })
    .await?;
    Ok(Response::no_content())
}

/// Returns the customer that members which have passed their schema describe.
pub(super) fn from_members(members: Map<String, Value>) -> Result<CustomerWithAddresses, ApiError> {
    serde_json::from_value(Value::Object(members))
        .map_err(|error| Violation::body(format!("The body is no customer: {error}.")).into())
}
