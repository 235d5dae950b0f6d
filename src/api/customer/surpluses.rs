//! Surpluses: 002 › Surpluses.

use http::StatusCode;

use super::{Call, check_customer, customer_path};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::query;
use crate::api::wire::{Array, Object, Operation};
use crate::model::ledger::Grant;
use crate::store::snapshot::Snapshot;
use crate::store::surpluses::{self, SurplusView};

/// The surpluses of a page, unless fewer are asked for (reading 20).
pub(super) const PAGE: usize = 100;

/// GET a page of a customer's surpluses.
pub(super) fn list(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let [skip, take] = query::counts(call.query(), [("skip", 0), ("take", PAGE)])?;
    let take = take.min(PAGE);
    check_customer(tx, &call.ledger().ledger_no, call.param(0))?;
    let mut out = Vec::with_capacity(2048);
    write_list(&mut out, call, tx, call.param(0), skip, take)?;
    Ok(Response::json(StatusCode::OK, out))
}

/// Writes a page with its navigation: itself, the first page when there are several, and the
/// neighbours that exist (reading 18).
pub(super) fn write_list(
    out: &mut Vec<u8>,
    call: &Call,
    tx: &Snapshot,
    customer_no: &str,
    skip: usize,
    take: usize,
) -> Result<(), ApiError> {
    let ledger = &call.ledger().ledger_no;
    let path = customer_path(call, customer_no, &["surpluses"]);
    let mut object = Object::begin(out);
    let mut items = Array::begin(object.name("items"));
    let more = surpluses::list(tx, ledger, customer_no, skip, take, |view| {
        write_item(items.item(), call, customer_no, view);
    })?;
    items.end();

    let page = |skip: usize| match take {
        PAGE => format!("{path}?skip={skip}"),
        _ => format!("{path}?skip={skip}&take={take}"),
    };
    let mut navigation = Object::begin(object.name("navigation"));
    navigation.text("@id", &path);
    if skip > 0 || more {
        navigation.text("first", &page(0));
    }
    if skip > 0 {
        navigation.text("previous", &page(skip.saturating_sub(take)));
    }
    if more && take > 0 {
        navigation.text("next", &page(skip + take));
    }
    navigation.end();
    object.end();
    Ok(())
}

/// GET one surplus, whatever the case of its id (reading 97).
pub(super) fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let (no, id) = (call.param(0), call.param(1));
    let ledger = &call.ledger().ledger_no;
    check_customer(tx, ledger, no)?;
    let mut out = Vec::with_capacity(512);
    let found = surpluses::view(tx, ledger, no, id, |view| write_item(&mut out, call, no, view))?;
    found.ok_or_else(|| no_surplus(no, id))?;
    Ok(Response::json(StatusCode::OK, out))
}

/// Returns a surplus that never was, or is depleted (reading 99).
pub(super) fn no_surplus(no: &str, id: &str) -> ApiError {
    ApiError::not_found(format!("Customer {no} has no surplus {id}."))
}

/// Writes a surplus. It can be disbursed while it is open, where that was agreed (reading 101).
fn write_item(out: &mut Vec<u8>, call: &Call, customer_no: &str, view: SurplusView) {
    let path = customer_path(call, customer_no, &["surpluses", view.id]);
    let mut operations = Vec::new();
    if view.is_open() && call.ledger().has(Grant::Disbursement) {
        let href = format!("{path}/active-disbursement-orders");
        operations.push(Operation { rel: "add-disbursement-orders", href, method: "POST" });
    }
    let mut object = Object::begin(out);
    object.members(view.members).operations(&operations).text("@id", &path);
    object.end();
}
