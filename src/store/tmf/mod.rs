//! Resources of the TM Forum API, in order of id within their collection.
//!
//! A value is: the resource as JSON without `id` and `href`, and when it was last written, in
//! seconds since 1970.

pub mod index;

use std::io::{self, Write};
use std::ops::Bound;

use redb::{ReadableTable, WriteTransaction};
use serde_json::{Map, Value};

use crate::model::record::LONGEST_LINE;
use crate::model::tmf::collection::{COLLECTIONS, Collection};
use crate::model::tmf::pick::pick;
use crate::store::clock::now;
use crate::store::codec::{Decoder, Encoder};
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;
use crate::store::tables::{SEQUENCES, TMF, Tx, next_in, open, pass_over};

const TABLE: &str = "tmf";

/// A resource's value, borrowed from the page that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct ResourceView<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its other members as a JSON object.
    pub json: &'a str,
    /// When it was last written, in seconds since 1970.
    pub modified: u64,
}

impl<'a> ResourceView<'a> {
    fn decode(key: Key<'a>, bytes: &'a [u8]) -> Result<Self, StoreError> {
        let mut decoder = Decoder::new(bytes, TABLE, || format!("{key:?}"))?;
        Ok(Self { id: key.2, json: decoder.some_text()?, modified: decoder.number()? })
    }

    /// Returns the members that are `wanted`, as values.
    ///
    /// # Errors
    /// When they are no JSON object.
    pub fn members(&self, wanted: impl Fn(&str) -> bool) -> Result<Map<String, Value>, StoreError> {
        pick(self.json, wanted)
            .map_err(|_| StoreError::Undecodable { table: TABLE, key: self.id.to_owned() })
    }
}

type Key<'a> = (&'a str, u32, &'a str);

fn key<'a>(collection: &Collection, id: &'a str) -> Key<'a> {
    // An id has 50 characters at most.
    (collection.name, u32::try_from(id.len()).unwrap_or(u32::MAX), id)
}

/// Reads one resource in place.
///
/// # Errors
/// When the store fails.
pub fn view<R>(
    tx: &impl Tx,
    collection: &Collection,
    id: &str,
    read: impl FnOnce(ResourceView) -> R,
) -> Result<Option<R>, StoreError> {
    let key = key(collection, id);
    match tx.table(TMF)?.get(key)? {
        Some(value) => Ok(Some(read(ResourceView::decode(key, value.value())?))),
        None => Ok(None),
    }
}

/// Returns the members of one resource.
///
/// # Errors
/// When the store fails.
pub fn members(
    tx: &impl Tx,
    collection: &Collection,
    id: &str,
) -> Result<Option<Map<String, Value>>, StoreError> {
    view(tx, collection, id, |view| view.members(|_| true))?.transpose()
}

/// Reads the resources of a collection in order of id, those after `cursor`, until `read` has
/// enough and says no. The last one read is the answer; nothing when there are no more.
///
/// # Errors
/// When the store or `read` fails.
pub fn scan(
    tx: &impl Tx,
    collection: &Collection,
    cursor: Option<&str>,
    mut read: impl FnMut(ResourceView) -> Result<bool, StoreError>,
) -> Result<Option<String>, StoreError> {
    let after = cursor.map_or((collection.name, 0, ""), |id| key(collection, id));
    let range = (Bound::Excluded(after), Bound::Excluded((collection.name, u32::MAX, "")));
    for entry in tx.table(TMF)?.range::<Key>(range)? {
        let (key, value) = entry?;
        let view = ResourceView::decode(key.value(), value.value())?;
        if !read(view)? {
            return Ok(Some(view.id.to_owned()));
        }
    }
    Ok(None)
}

/// Reads those resources of a collection that `ids` name, in any order, as [`scan`] reads all, each by its key.
///
/// # Errors
/// When the store or `read` fails.
pub fn among(
    tx: &impl Tx,
    collection: &Collection,
    ids: &[String],
    cursor: Option<&str>,
    mut read: impl FnMut(ResourceView) -> Result<bool, StoreError>,
) -> Result<Option<String>, StoreError> {
    let table = tx.table(TMF)?;
    let after = cursor.map(|id| key(collection, id));
    let mut keys: Vec<_> = ids.iter().map(|id| key(collection, id)).collect();
    keys.retain(|key| Some(*key) > after);
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let Some(value) = table.get(key)? else { continue };
        if !read(ResourceView::decode(key, value.value())?)? {
            return Ok(Some(key.2.to_owned()));
        }
    }
    Ok(None)
}

/// Returns how many resources a collection has.
///
/// # Errors
/// When the store fails.
pub fn count(tx: &impl Tx, collection: &Collection) -> Result<u64, StoreError> {
    let held = tx.table(SEQUENCES)?.get(arrivals(collection).as_str())?.map(|held| held.value());
    Ok(held.unwrap_or_default())
}

/// Returns the sequence that numbers the resources of a collection as they come. None ever goes, so
/// its last number is how many there are; counting them would cost as much as reading them.
fn arrivals(collection: &Collection) -> String {
    format!("{} arrival", collection.name)
}

/// Returns whether a collection has any resource.
///
/// # Errors
/// When the store fails.
pub fn has_any(tx: &impl Tx, collection: &Collection) -> Result<bool, StoreError> {
    Ok(count(tx, collection)? > 0)
}

/// Returns a number that no resource of the collection has as its id.
///
/// # Errors
/// When the store fails.
pub fn new_id(tx: &WriteTransaction, collection: &Collection) -> Result<String, StoreError> {
    loop {
        let id = next_in(tx, collection.name)?.to_string();
        if view(tx, collection, &id, |_| ())?.is_none() {
            return Ok(id);
        }
    }
}

/// The reason for which a resource has no [`Content`].
pub const TOO_LONG: &str = "The resource is longer than one record can hold, about 1 MiB.";

/// The members of a resource as they are stored. They fit in a line that a load reads, so that
/// whatever is stored can be dumped and loaded again.
pub struct Content(String);

impl Content {
    /// The longest one in bytes; what a record has before it, an id of 50 characters included, is
    /// shorter than the rest of the line.
    const LONGEST: usize = LONGEST_LINE - 512;

    /// `None` where they are too long.
    pub fn of(members: &Map<String, Value>) -> Option<Self> {
        // Writing values of JSON into memory cannot fail.
        let json = serde_json::to_string(members).unwrap_or_default();
        (json.len() <= Self::LONGEST).then_some(Self(json))
    }
}

/// A resource as it was written.
#[derive(Debug)]
pub struct Written {
    id: String,
    json: String,
    modified: u64,
}

impl Written {
    /// Returns what a reader sees of it.
    pub fn view(&self) -> ResourceView<'_> {
        ResourceView { id: &self.id, json: &self.json, modified: self.modified }
    }
}

/// Stores a resource in place of one with the same id, as written now.
///
/// # Errors
/// When the store fails.
pub fn put(
    tx: &WriteTransaction,
    collection: &Collection,
    id: &str,
    content: Content,
) -> Result<Written, StoreError> {
    let written = Written { id: id.to_owned(), json: content.0, modified: now() };
    let value = Encoder::new().text(Some(&written.json)).number(written.modified).finish();
    let key = key(collection, id);
    let mut table = open(tx, TMF)?;
    let old = table.insert(key, value.as_slice())?;
    let old = old.as_ref().map(|old| ResourceView::decode(key, old.value())).transpose()?;
    index::write(tx, collection, id, old.map(|old| old.json), &written.json)?;
    if old.is_none() {
        next_in(tx, &arrivals(collection))?;
    }
    Ok(written)
}

/// Stores the resource of a record. Ids that are given later go on after it.
///
/// # Errors
/// When the store fails.
pub(in crate::store) fn load(
    tx: &WriteTransaction,
    collection: &Collection,
    id: &str,
    content: Content,
) -> Result<(), StoreError> {
    put(tx, collection, id, content)?;
    // A number so large that few would be left after it is stepped over when its turn comes.
    match id.parse() {
        Ok(number) if id.len() < 16 => pass_over(tx, collection.name, number),
        _ => Ok(()),
    }
}

/// Writes every resource as a record, in an order in which references come after what they name.
///
/// # Errors
/// What the store or `out` failed with.
pub(in crate::store) fn dump(tx: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    for collection in COLLECTIONS {
        let mut written = Ok(());
        scan(tx, collection, None, |view| {
            written = write_record(out, collection, view);
            Ok(written.is_ok())
        })
        .map_err(io::Error::other)?;
        written?;
    }
    Ok(())
}

fn write_record(
    out: &mut dyn Write,
    collection: &Collection,
    view: ResourceView,
) -> io::Result<()> {
    let id = Value::from(view.id);
    let members = view.json.strip_prefix('{').unwrap_or_default();
    let comma = if members == "}" { "" } else { "," };
    let name = collection.name;
    writeln!(
        out,
        "{{\"record\":\"tmf\",\"collection\":\"{name}\",\"resource\":{{\"id\":{id}{comma}{members}}}"
    )
}
