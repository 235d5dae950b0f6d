//! A collection in an order of the client's (reading 244).

use std::collections::BinaryHeap;
use std::sync::Arc;

use super::list::Listing;
use super::query::order::{Order, Place};
use super::window::Window;
use super::{href, item};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, Page, pages};
use crate::model::violation::Violation;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::tmf::{self, ResourceView};

/// The most resources that are held while they are put in order: those from the first on to the last
/// that is asked for.
const MOST: usize = 10_000;

/// A resource and its place; of equal places the one that comes first without an order.
type Placed = (Place, usize, String);

/// Answers with what is asked for, in order.
///
/// # Errors
/// 400 where more is asked for than can be put in order.
pub(super) fn answer(
    listing: Listing,
    order: &Order,
    store: &Arc<Store>,
    tx: &Snapshot,
) -> Result<Response, ApiError> {
    let end = listing.query.offset.saturating_add(listing.query.limit);
    let mut first = BinaryHeap::<Placed>::new();
    let (mut total, mut is_too_long) = (0, false);
    listing.scan(tx, None, |view| {
        if listing.matches(view)? {
            total += 1;
            let mut members = view.members(|name| order.asks_for(name))?;
            members.insert("id".to_owned(), view.id.into());
            members.insert("href".to_owned(), href::of(&listing.root, view.id).into());
            first.push((order.place(&members), view.id.len(), view.id.to_owned()));
            if first.len() > end {
                first.pop();
            }
            is_too_long = first.len() > MOST;
        }
        Ok(!is_too_long)
    })?;
    if is_too_long {
        let message = format!(
            "More than {MOST} are asked for in an order: a limit, or a filter, leaves fewer."
        );
        return Err(Violation::new("sort", message).into());
    }
    let Listing { collection, root, query, asked, .. } = listing;
    let window = Window::of(&query, total);
    let placed = first.into_sorted_vec().into_iter().skip(query.offset);
    let ids: Vec<String> = placed.map(|(.., id)| id).collect();
    let links = root.clone();
    let read = move |tx: &Snapshot, cursor: Option<usize>, page: &mut Page| {
        let begin = cursor.unwrap_or_default();
        for (at, id) in ids.iter().enumerate().skip(begin) {
            if page.len() >= PAGE_BYTES {
                return Ok(Some(at));
            }
            let href = href::of(&root, id);
            let write = |view: ResourceView| {
                page.item(|out| item::write(out, &href, view, &query.selection))
            };
            // None goes but with all of them, and then the list has an end.
            let Some(written) = tmf::view(tx, collection, id, write)? else {
                return Err(StoreError::Replaced);
            };
            written?;
        }
        Ok(None)
    };
    let mut response = pages(store, tx, [b"[", b"]"], read)?;
    window.tell(&mut response, &links, asked.as_deref());
    Ok(response)
}
