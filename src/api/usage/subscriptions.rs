//! Subscriptions with usage: 001 › 2. and 6. Subscriptions.

use http::StatusCode;

use super::{Call, Names, around_items};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, pages};
use crate::api::wire::{Array, Object, path};
use crate::store::snapshot::Snapshot;
use crate::store::usage::{self, Owner};

/// GET the list.
pub(super) fn list(
    call: &Call,
    tx: &Snapshot,
    names: &'static Names,
) -> Result<Response, ApiError> {
    let owner = names.find_owner(call, tx)?;
    let (ledger, no) = (owner.ledger.to_owned(), owner.no.to_owned());
    let root = names.path(call, &["subscriptions"]);
    let id = root.clone();
    pages(call.store, tx, around_items(&id), move |tx, cursor: Option<String>, out| {
        let owner = Owner { ledger: &ledger, tree: names.tree, no: &no };
        usage::subscriptions(tx, owner, cursor.as_deref(), |subscription| {
            out.item(|out| write_listed(out, names, &root, subscription));
            out.len() < PAGE_BYTES
        })
    })
}

/// Writes the whole list into another resource.
pub(super) fn write_all(
    out: &mut Vec<u8>,
    call: &Call,
    names: &Names,
    tx: &Snapshot,
    owner: Owner,
) -> Result<(), ApiError> {
    let root = names.path(call, &["subscriptions"]);
    let mut object = Object::begin(out);
    let mut items = Array::begin(object.name("items"));
    usage::subscriptions(tx, owner, None, |subscription| {
        write_listed(items.item(), names, &root, subscription);
        true
    })?;
    items.end();
    object.navigation(&root);
    object.end();
    Ok(())
}

/// GET one.
pub(super) fn get(call: &Call, tx: &Snapshot, names: &Names) -> Result<Response, ApiError> {
    let (.., subscription) = names.find_subscription(call, tx)?;
    let id = path(&names.path(call, &["subscriptions"]), [subscription]);
    let mut out = Vec::with_capacity(512);
    let mut object = Object::begin(&mut out);
    object.text("@id", &id);
    write_members(&mut object, names, &id, subscription);
    object.end();
    Ok(Response::json(StatusCode::OK, out))
}

/// Writes a subscription of a list: `@id` comes last, as printed; alone it comes first (reading 32).
fn write_listed(out: &mut Vec<u8>, names: &Names, root: &str, subscription: &str) {
    let id = path(root, [subscription]);
    let mut object = Object::begin(out);
    write_members(&mut object, names, &id, subscription);
    object.text("@id", &id);
    object.end();
}

fn write_members(object: &mut Object, names: &Names, id: &str, subscription: &str) {
    object.text("subscriptionNo", subscription);
    for (member, segment) in [names.details, names.summaries] {
        object.text(member, &format!("{id}/{segment}"));
    }
}
