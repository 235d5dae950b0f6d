//! Finding resources by the attributes that are indexed: the others are found by reading all.

use std::ops::Bound;

use redb::{ReadableTable, WriteTransaction};

use super::{Key, ResourceView, key};
use crate::model::tmf::collection::Collection;
use crate::model::tmf::indexed::{Entry, Indexed, Sought};
use crate::model::tmf::pick::pick;
use crate::store::error::StoreError;
use crate::store::tables::{TMF, TMF_BY_ATTRIBUTE, TMF_COUNTS, Tx, open};

type IndexKey<'k> = (&'k str, &'k str, &'k str, i64, u32, &'k str);

/// Returns where a resource stands by its value of `entry`.
fn place<'k>(key: Key<'k>, entry: &'k Entry) -> IndexKey<'k> {
    (key.0, entry.path, &entry.word, entry.seconds, key.1, key.2)
}

/// Has the index agree with what a resource is now; `old` is what it was.
pub(super) fn write(
    tx: &WriteTransaction,
    collection: &Collection,
    id: &str,
    old: Option<&str>,
    json: &str,
) -> Result<(), StoreError> {
    if collection.indexed.is_empty() {
        return Ok(());
    }
    let entries = |json: &str| {
        let is_indexed = |name: &str| collection.indexed.iter().any(|of| of.member() == name);
        let members = pick(json, is_indexed).unwrap_or_default();
        collection.indexed.iter().filter_map(|of| of.entry(&members)).collect::<Vec<_>>()
    };
    let (gone, due) = (old.map(entries).unwrap_or_default(), entries(json));
    let mut table = None;
    let key = key(collection, id);
    for (entry, others, is_due) in gone
        .iter()
        .map(|entry| (entry, &due, false))
        .chain(due.iter().map(|entry| (entry, &gone, true)))
    {
        if others.contains(entry) {
            continue;
        }
        let table = match &mut table {
            Some(table) => table,
            None => table.insert(open(tx, TMF_BY_ATTRIBUTE)?),
        };
        match is_due {
            true => table.insert(place(key, entry), ())?,
            false => table.remove(place(key, entry))?,
        };
        if is_word(collection, entry) {
            let mut counts = open(tx, TMF_COUNTS)?;
            let of = (collection.name, entry.path, entry.word.as_str());
            let held = counts.get(of)?.map_or(0, |held| held.value());
            counts.insert(of, if is_due { held + 1 } else { held.saturating_sub(1) })?;
        }
    }
    Ok(())
}

fn is_word(collection: &Collection, entry: &Entry) -> bool {
    collection.indexed.contains(&Indexed::Word(entry.path))
}

/// Returns the ids of a part of an index, in no order; nothing if there are more than `most`.
///
/// # Errors
/// When the store fails.
pub fn ids(
    tx: &impl Tx,
    collection: &Collection,
    sought: &Sought,
    most: usize,
) -> Result<Option<Vec<String>>, StoreError> {
    let table = tx.table(TMF_BY_ATTRIBUTE)?;
    let mut found = Vec::new();
    let mut take = |from: IndexKey, to: IndexKey| -> Result<bool, StoreError> {
        for entry in table.range::<IndexKey>((Bound::Included(from), Bound::Excluded(to)))? {
            if found.len() == most {
                return Ok(false);
            }
            found.push(entry?.0.value().5.to_owned());
        }
        Ok(true)
    };
    let name = collection.name;
    let are_all = match sought {
        Sought::Words(path, words) => words.iter().try_fold(true, |all, word| {
            Ok::<_, StoreError>(
                all && take((name, path, word, 0, 0, ""), (name, path, word, 1, 0, ""))?,
            )
        })?,
        // Filters that contradict each other find nothing.
        Sought::Moments(_, from, to) if from > to => true,
        Sought::Moments(path, from, to) => {
            take((name, path, "", *from, 0, ""), (name, path, "", to.saturating_add(1), 0, ""))?
        }
    };
    Ok(are_all.then_some(found))
}

/// Returns how many resources have one of `words` at `path`.
///
/// # Errors
/// When the store fails.
pub fn count_words(
    tx: &impl Tx,
    collection: &Collection,
    path: &str,
    words: &[&str],
) -> Result<u64, StoreError> {
    let counts = tx.table(TMF_COUNTS)?;
    words.iter().try_fold(0, |total, word| {
        let held = counts.get((collection.name, path, *word))?;
        Ok(held.map_or(0, |held| held.value()) + total)
    })
}

/// Reads the resources that have `word` at `path` as [`super::scan`] reads all.
///
/// # Errors
/// When the store or `read` fails.
pub fn with_word(
    tx: &impl Tx,
    collection: &Collection,
    (path, word): (&str, &str),
    cursor: Option<&str>,
    mut read: impl FnMut(ResourceView) -> Result<bool, StoreError>,
) -> Result<Option<String>, StoreError> {
    let (index, resources) = (tx.table(TMF_BY_ATTRIBUTE)?, tx.table(TMF)?);
    let name = collection.name;
    let after = cursor.map_or((name, 0, ""), |id| key(collection, id));
    let from = Bound::Excluded((name, path, word, 0, after.1, after.2));
    let to = Bound::Excluded((name, path, word, 1, 0, ""));
    for entry in index.range::<IndexKey>((from, to))? {
        let entry = entry?.0;
        let (.., length, id) = entry.value();
        let Some(value) = resources.get((name, length, id))? else { continue };
        if !read(ResourceView::decode((name, length, id), value.value())?)? {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}
