//! Orders to disburse a surplus: 002 › Active-Disbursement-Orders.

use http::StatusCode;

use super::surpluses::no_surplus;
use super::{Call, check_customer, customer_path, write};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::wire::{Array, Object};
use crate::model::disbursement_order::DisbursementOrder;
use crate::model::json;
use crate::model::ledger::Grant;
use crate::model::schema::Checked;
use crate::model::surplus::SurplusStatus;
use crate::model::violation::add_unnamed;
use crate::store::snapshot::Snapshot;
use crate::store::surpluses;

/// GET the active orders of a surplus (readings 202 and 203).
pub(super) fn list(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let (no, id) = (call.param(0), call.param(1));
    let ledger = &call.ledger().ledger_no;
    check_customer(tx, ledger, no)?;
    let (surplus, orders) = surpluses::view(tx, ledger, no, id, |view| view.to_owned())?
        .ok_or_else(|| no_surplus(no, id))??;
    let mut out = Vec::with_capacity(512);
    let mut object = Object::begin(&mut out);
    let mut items = Array::begin(object.name("items"));
    orders.iter().for_each(|order| write_item(items.item(), order));
    items.end();
    let id = &surplus.surplus_id;
    let path = customer_path(call, no, &["surpluses", id, "active-disbursement-orders"]);
    object.navigation(&path);
    object.end();
    Ok(Response::json(StatusCode::OK, out))
}

/// POST an order to one payee. The whole balance is disbursed and the surplus is
/// pending-disbursement at once (readings 102 and 103).
pub(super) async fn add(call: Call<'_>) -> Result<Response, ApiError> {
    if !call.ledger().has(Grant::Disbursement) {
        return Err(ApiError::forbidden("Disbursement was not agreed for this ledger."));
    }
    let Checked { members, mut found } =
        call.schemas.order.examine(json::read(&call.request.body)?)?;
    let order = match DisbursementOrder::new(members) {
        Ok(order) if found.is_empty() => order.to_json(),
        outcome => {
            add_unnamed(&mut found, outcome.err().unwrap_or_default());
            return Err(found.into());
        }
    };
    let mut out = Vec::with_capacity(256);
    write_item(&mut out, &order);
    let ledger = call.ledger().ledger_no.clone();
    let (no, id) = (call.param(0).to_owned(), call.param(1).to_owned());
    write(&call, move |tx| {
        check_customer(tx, &ledger, &no)?;
        let (mut surplus, mut orders) =
            surpluses::view(tx, &ledger, &no, &id, |view| view.to_owned())?
                .ok_or_else(|| no_surplus(&no, &id))??;
        if surplus.status != SurplusStatus::Open {
            let detail = format!("Surplus {id} is {}, not open.", surplus.status);
            return Err(ApiError::surplus_not_open(detail).into());
        }
        surplus.status = SurplusStatus::PendingDisbursement;
        orders.push(order.clone());
        Ok(surpluses::put(tx.transaction(), &ledger, &no, &surplus, &orders)?)
    })
    .await?;
    Ok(Response::json(StatusCode::CREATED, out))
}

/// Writes an order: nothing can be done with it, and then the payee as it was sent.
fn write_item(out: &mut Vec<u8>, order: &serde_json::Value) {
    let mut object = Object::begin(out);
    object.operations(&[]);
    for (payee, details) in order.as_object().into_iter().flatten() {
        object.raw(payee, &details.to_string());
    }
    object.end();
}
