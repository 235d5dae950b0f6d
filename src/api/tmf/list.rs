//! A collection: 004 › "collections can be retrieved via GET /api/<RESOURCE> with no {ID}".

use std::sync::Arc;

use tokio::sync::oneshot;

use super::query::Query;
use super::window::Window;
use super::{Call, href, item, sorted};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::pages::{PAGE_BYTES, Page, pages};
use crate::model::tmf::collection::Collection;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::tables::Tx;
use crate::store::tmf::{self, ResourceView, index};

/// About how much is read for one page, in bytes: of long resources little may be written, or
/// nothing where they are passed over.
const READ_BYTES: usize = 1 << 20;

/// GET a collection: a bare array in order of id (readings 147, 149, 216, 217).
pub(super) async fn get(call: Call<'_>) -> Result<Response, ApiError> {
    let served = call.served()?;
    let mut query = Query::parse(call.query(), served)?;
    let root = href::root(&call, served.collection);
    let asked = call.query().map(str::to_owned);
    let order = query.order.take();
    let mut listing = Listing { collection: served.collection, root, query, asked, way: Way::All };
    let tx = call.store.reader()?;
    let total = listing.find_way(&*tx)?;
    let store = call.store.clone();
    if let Some(order) = order {
        return on_own_thread(move || sorted::answer(listing, &order, &store, &tx)).await;
    }
    if total.is_some() || listing.way.is_short() {
        return listing.answer(call.store, &tx, total);
    }
    on_own_thread(move || listing.answer(&store, &tx, total)).await
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

/// A collection, and what of it is asked for.
pub(super) struct Listing {
    pub(super) collection: &'static Collection,
    /// What the hrefs of its resources begin with.
    pub(super) root: String,
    pub(super) query: Query,
    /// The query as it was asked.
    pub(super) asked: Option<String>,
    way: Way,
}

/// The way to the matches of a query, among others perhaps.
enum Way {
    /// Reading the whole collection.
    All,
    /// These ids: a filter names them, an index has them, or they are known to match.
    Ids(Vec<String>),
    /// The resources that have the word at the path.
    Word(&'static str, String),
}

impl Way {
    /// Returns whether it is soon gone to its end.
    fn is_short(&self) -> bool {
        matches!(self, Self::Ids(ids) if ids.len() <= SHORT)
    }
}

/// So many ids are kept.
const KEPT: usize = 1_000;
/// So many resources are read at once while others wait.
const SHORT: usize = 100;
/// Reading a resource by an index costs as much as so many in a row.
const APART: u64 = 4;

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
    /// Looks for the shortest way. Returns how many match, where that is known without reading them.
    fn find_way(&mut self, tx: &impl Tx) -> Result<Option<u64>, StoreError> {
        let (collection, query) = (self.collection, &self.query);
        if query.takes_all() {
            return tmf::count(tx, collection).map(Some);
        }
        if let Some(ids) = query.ids() {
            self.way = Way::Ids(ids.into_iter().map(str::to_owned).collect());
            return Ok(None);
        }
        for sought in query.sought(collection) {
            if let Some(ids) = index::ids(tx, collection, &sought, KEPT)? {
                self.way = Way::Ids(ids);
                return Ok(None);
            }
        }
        let Some((path, words)) = query.only_words(collection) else { return Ok(None) };
        let total = index::count_words(tx, collection, path, &words)?;
        if let [word] = words[..]
            && total < tmf::count(tx, collection)? / APART
        {
            self.way = Way::Word(path, word.to_owned());
        }
        Ok(Some(total))
    }

    /// Reads what may match, in order of id, as [`tmf::scan`] does.
    ///
    /// # Errors
    /// When the store or `read` fails.
    pub(super) fn scan(
        &self,
        tx: &impl Tx,
        after: Option<&str>,
        read: impl FnMut(ResourceView) -> Result<bool, StoreError>,
    ) -> Result<Option<String>, StoreError> {
        match &self.way {
            Way::All => tmf::scan(tx, self.collection, after, read),
            Way::Ids(ids) => tmf::among(tx, self.collection, ids, after, read),
            Way::Word(path, word) => {
                index::with_word(tx, self.collection, (path, word), after, read)
            }
        }
    }

    /// Returns whether a resource is one that is asked for.
    ///
    /// # Errors
    /// When the stored resource cannot be read.
    pub(super) fn matches(&self, view: ResourceView) -> Result<bool, StoreError> {
        self.query.matches(view, || href::of(&self.root, view.id))
    }

    fn answer(
        mut self,
        store: &Arc<Store>,
        tx: &Snapshot,
        total: Option<u64>,
    ) -> Result<Response, ApiError> {
        let total = match total {
            Some(total) => total,
            None => self.count(tx)?,
        };
        let window = Window::of(&self.query, total);
        // Behind the last match nothing is read.
        self.query.limit = window.len();
        let (root, asked) = (self.root.clone(), self.asked.take());
        let read = move |tx: &Snapshot, cursor, page: &mut Page| self.read(tx, cursor, page);
        let mut response = pages(store, tx, [b"[", b"]"], read)?;
        window.tell(&mut response, &root, asked.as_deref());
        Ok(response)
    }

    /// Returns how many match. Where they are few it keeps which: they need not be looked for again.
    fn count(&mut self, tx: &impl Tx) -> Result<u64, StoreError> {
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
        if found.len() <= KEPT {
            self.way = Way::Ids(found);
        }
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
