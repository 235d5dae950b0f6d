//! A collection: 004 › "collections can be retrieved via GET /api/<RESOURCE> with no {ID}".

use std::sync::Arc;

use http::HeaderName;
use tokio::sync::oneshot;

use super::query::Query;
use super::{Call, href, item};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, Page, pages};
use crate::model::tmf::collection::Collection;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::tables::Tx;
use crate::store::tmf::{self, ResourceView};

/// About how much is read for one page, in bytes: of long resources little may be written, or
/// nothing where they are passed over.
const READ_BYTES: usize = 1 << 20;

/// The header that says how many match before paging (reading 217).
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// GET a collection: a bare array in order of id (readings 147, 149, 216, 217).
pub(super) async fn get(call: Call<'_>) -> Result<Response, ApiError> {
    let served = call.served()?;
    let query = Query::parse(call.query(), served)?;
    let root = href::root(&call, served.collection);
    let listing = Listing { collection: served.collection, root, query, found: None };
    if listing.query.takes_all() || listing.query.ids().is_some() {
        // The first page comes soon: how many there are is known, or each is read by its key.
        return listing.answer(call.store);
    }
    let store = call.store.clone();
    on_own_thread(move || listing.answer(&store)).await
}

/// Does what reads a whole collection on a thread of its own, so that others are answered meanwhile.
async fn on_own_thread(
    work: impl FnOnce() -> Result<Response, ApiError> + Send + 'static,
) -> Result<Response, ApiError> {
    let failed = |reason: String| ApiError::internal("Reading failed.").with_log(reason);
    let (reply, answer) = oneshot::channel();
    std::thread::Builder::new()
        .name("list".to_owned())
        // A client that has gone away does not care for the answer.
        .spawn(move || drop(reply.send(work())))
        .map_err(|error| failed(error.to_string()))?;
    answer.await.unwrap_or_else(|_| Err(failed("The thread of a list panicked.".to_owned())))
}

struct Listing {
    collection: &'static Collection,
    root: String,
    query: Query,
    /// The ids of all that matches, where it is little enough to be kept: what is counted by reading
    /// the collection need not be looked for again.
    found: Option<Vec<String>>,
}

/// So many ids of matches are kept.
const KEPT: usize = 1_000;

/// The place where a reader of a collection stands.
#[derive(Clone)]
struct Cursor {
    /// The last id that was read.
    after: Option<String>,
    /// How many matches are still to be passed over.
    skip: usize,
    /// How many are still to be written.
    left: usize,
}

impl Listing {
    /// Reads what may match, in order of id: where the ids are known or the query names them, those
    /// alone.
    fn scan(
        &self,
        tx: &impl Tx,
        after: Option<&str>,
        read: impl FnMut(ResourceView) -> Result<bool, StoreError>,
    ) -> Result<Option<String>, StoreError> {
        let found = self.found.as_ref().map(|ids| ids.iter().map(String::as_str).collect());
        match found.or_else(|| self.query.ids()) {
            Some(ids) => tmf::among(tx, self.collection, &ids, after, read),
            None => tmf::scan(tx, self.collection, after, read),
        }
    }

    fn matches(&self, view: ResourceView) -> Result<bool, StoreError> {
        self.query.matches(view, || href::of(&self.root, view.id))
    }

    fn answer(mut self, store: &Arc<Store>) -> Result<Response, ApiError> {
        let tx = store.reader()?;
        let total = self.count(&*tx)?;
        // Behind the last match nothing is read.
        let matches = usize::try_from(total).unwrap_or(usize::MAX);
        self.query.limit = self.query.limit.min(matches.saturating_sub(self.query.offset));
        let read = move |tx: &Snapshot, cursor, page: &mut Page| self.read(tx, cursor, page);
        let mut response = pages(store, &tx, [b"[", b"]"], read)?;
        response.headers.insert(TOTAL, total.into());
        Ok(response)
    }

    /// Returns how many match, and keeps which.
    fn count(&mut self, tx: &impl Tx) -> Result<u64, StoreError> {
        if self.query.takes_all() {
            return tmf::count(tx, self.collection);
        }
        let (mut total, mut found) = (0, Vec::new());
        self.scan(tx, None, |view| {
            if self.matches(view)? {
                total += 1;
                if found.len() <= KEPT {
                    found.push(view.id.to_owned());
                }
            }
            Ok(true)
        })?;
        self.found = (found.len() <= KEPT).then_some(found);
        Ok(total)
    }

    fn read(
        &self,
        tx: &impl Tx,
        cursor: Option<Cursor>,
        page: &mut Page,
    ) -> Result<Option<Cursor>, StoreError> {
        let first = Cursor { after: None, skip: self.query.offset, left: self.query.limit };
        let Cursor { after, mut skip, mut left } = cursor.unwrap_or(first);
        if left == 0 {
            return Ok(None);
        }
        let mut read = 0;
        let last = self.scan(tx, after.as_deref(), |view| {
            read += view.json.len();
            let matches = self.matches(view)?;
            if matches && skip > 0 {
                skip -= 1;
            } else if matches {
                let href = href::of(&self.root, view.id);
                page.item(|out| item::write(out, &href, view, &self.query.selection))?;
                left -= 1;
            }
            Ok(left > 0 && page.len() < PAGE_BYTES && read < READ_BYTES)
        })?;
        let more = last.filter(|_| left > 0);
        Ok(more.map(|after| Cursor { after: Some(after), skip, left }))
    }
}
