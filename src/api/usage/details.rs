//! CDRs: 001 › 3. Usage-details and 7. Unbilled-usage-details.

use super::{Call, Names, around_items};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, pages};
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::usage::{self, Cursor, Owner};

/// GET the list, streamed: a million CDRs cost the memory of a page.
pub(super) fn list(
    call: &Call,
    tx: &Snapshot,
    names: &'static Names,
) -> Result<Response, ApiError> {
    let (owner, subscription, no) = names.find_subscription(call, tx)?;
    let path = names.path(call, &["subscriptions", no, names.details.1]);
    let (ledger, owner_no, no) = (owner.ledger.to_owned(), owner.no.to_owned(), no.to_owned());
    pages(call.store, tx, around_items(&path), move |tx, cursor: Option<Cursor>, out| {
        let owner = Owner { ledger: &ledger, tree: names.tree, no: &owner_no };
        // What is left of a list that was replaced would look like the whole of it.
        if cursor.is_some() && usage::subscription(tx, owner, &no)? != Some(subscription) {
            return Err(StoreError::Replaced);
        }
        usage::details(tx, subscription, cursor, |json| {
            out.item(|out| out.extend_from_slice(json.as_bytes()));
            out.len() < PAGE_BYTES
        })
    })
}
