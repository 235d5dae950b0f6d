//! Long lists, sent in pages. Each page is read in a short transaction of its own, since an open
//! one keeps the store from using freed pages again for as long as the slowest client reads.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;

use super::error::ApiError;
use super::message::{Body, Response};
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;

/// About how long a page is, in bytes.
pub(super) const PAGE_BYTES: usize = 64 << 10;

/// One page in the making.
pub(super) struct Page {
    out: Vec<u8>,
    begun: bool,
}

impl Page {
    /// Adds an item, with a comma before every one but the list's first.
    pub(super) fn item<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> T) -> T {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
        write(&mut self.out)
    }

    /// Returns how long the page is, in bytes.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }
}

/// Returns a list that `read` fills, between what stands before and after its items. `read` adds
/// items to the page from a cursor on, perhaps none, and says where it stopped, or nothing at the
/// end. The first page is read at once, in `tx`, so that a short list is one piece with a length,
/// and an error of it still has a status.
pub(super) fn pages<C: Clone + Send + 'static>(
    store: &Arc<Store>,
    tx: &Snapshot,
    [before, after]: [impl Into<Vec<u8>>; 2],
    read: impl Fn(&Snapshot, Option<C>, &mut Page) -> Result<Option<C>, StoreError> + Send + 'static,
) -> Result<Response, ApiError> {
    let after: Vec<u8> = after.into();
    let mut page = Page { out: before.into(), begun: false };
    let Some(cursor) = read(tx, None, &mut page)? else {
        page.out.extend_from_slice(&after);
        return Ok(Response::json(StatusCode::OK, page.out));
    };
    let mut begun = page.begun;
    let mut first = Some(Bytes::from(page.out));
    let mut cursor = Some(cursor);
    let (store, era) = (store.clone(), tx.era());
    let rest = std::iter::from_fn(move || {
        if let Some(first) = first.take() {
            return Some(Ok(first));
        }
        let from = cursor.take()?;
        let mut page = Page { out: Vec::with_capacity(PAGE_BYTES + 1024), begun };
        let read = store.reader().and_then(|tx| match tx.era() == era {
            true => read(&tx, Some(from), &mut page),
            // The rest of another list would look like the end of this one.
            false => Err(StoreError::Replaced),
        });
        match read {
            Err(error) => return Some(Err(io::Error::other(error.to_string()))),
            Ok(Some(next)) => cursor = Some(next),
            Ok(None) => page.out.extend_from_slice(&after),
        }
        begun = page.begun;
        Some(Ok(Bytes::from(page.out)))
    });
    let mut response = Response::json(StatusCode::OK, Vec::new());
    response.body = Body::Pages(Box::new(rest));
    Ok(response)
}
