//! CDRs: 001 › 3. Usage-details and 7. Unbilled-usage-details.

use super::Names;
use super::pages::{PAGE_BYTES, pages};
use crate::api::Call;
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::store::usage::{self, Cursor, Owner};

/// GET the list, streamed: a million CDRs cost the memory of a page.
pub(super) fn list(call: &Call, names: &'static Names) -> Result<Response, ApiError> {
    let tx = call.store.reader()?;
    let (owner, subscription) = names.find_subscription(call, &tx)?;
    let (ledger, no) = (owner.ledger.to_owned(), owner.no.to_owned());
    let subscription = subscription.to_owned();
    let path = names.path(call, &["subscriptions", &subscription, names.details.1]);
    let mut tail = b"],\"navigation\":".to_vec();
    let mut navigation = crate::api::wire::Object::begin(&mut tail);
    navigation.text("@id", &path);
    navigation.end();
    tail.push(b'}');
    let tail = String::from_utf8_lossy(&tail).into_owned();
    pages(call.store, tail, move |tx, cursor: Option<Cursor>, out| {
        let owner = Owner { ledger: &ledger, tree: names.tree, no: &no };
        usage::details(tx, owner, &subscription, cursor, |json| {
            out.item(|out| out.extend_from_slice(json.as_bytes()));
            out.len() < PAGE_BYTES
        })
    })
}
