//! A collection: 004 › "collections can be retrieved via GET /api/<RESOURCE> with no {ID}".

use http::HeaderName;
use redb::ReadTransaction;

use super::query::Query;
use super::{Call, href, item};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, Page, pages};
use crate::model::tmf::collection::Collection;
use crate::store::error::StoreError;
use crate::store::tables::Tx;
use crate::store::tmf::{self, ResourceView};

/// How many match before paging (reading 217).
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// GET a collection: a bare array in order of id (readings 147, 149, 216, 217).
pub(super) fn get(call: &Call, tx: &ReadTransaction) -> Result<Response, ApiError> {
    let served = call.served()?;
    let query = Query::parse(call.query(), served)?;
    let root = href::root(call, served.collection);
    let listing = Listing { collection: served.collection, root, query };
    let total = listing.total(tx)?;
    let mut response = pages(call.store, tx, [b"[", b"]"], move |tx, cursor, page| {
        listing.read(tx, cursor, page)
    })?;
    response.headers.insert(TOTAL, total.into());
    Ok(response)
}

struct Listing {
    collection: &'static Collection,
    root: String,
    query: Query,
}

/// Where a reader of a collection stands.
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
    fn matches(&self, view: ResourceView) -> Result<bool, StoreError> {
        self.query.matches(view, || href::of(&self.root, view.id))
    }

    fn total(&self, tx: &impl Tx) -> Result<usize, StoreError> {
        if self.query.takes_all() {
            return tmf::count(tx, self.collection);
        }
        let mut total = 0;
        tmf::scan(tx, self.collection, None, |view| {
            total += usize::from(self.matches(view)?);
            Ok(true)
        })?;
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
        let last = tmf::scan(tx, self.collection, after.as_deref(), |view| {
            if !self.matches(view)? {
                return Ok(true);
            }
            if skip > 0 {
                skip -= 1;
                return Ok(true);
            }
            let href = href::of(&self.root, view.id);
            page.item(|out| item::write(out, &href, view, &self.query.selection))?;
            left -= 1;
            Ok(left > 0 && page.len() < PAGE_BYTES)
        })?;
        let more = last.filter(|_| left > 0);
        Ok(more.map(|after| Cursor { after: Some(after), skip, left }))
    }
}
