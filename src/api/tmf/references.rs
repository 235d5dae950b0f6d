//! References to other resources: what they name must exist, as far as anything of its kind is
//! held, and lends its name to a reference that has none.

use serde_json::{Map, Value};

use super::href::{Here, Place};
use crate::api::wire::decode;
use crate::model::tmf::collection::Collection;
use crate::model::tmf::patch::as_text;
use crate::model::violation::Violation;
use crate::store::error::StoreError;
use crate::store::tables::Tx;
use crate::store::tmf;

/// Checks the references among `members` that were `sent` and adds the names that were left out
/// (readings 130, 135, 144, 247). An href of this API is followed; one that leads elsewhere is
/// trusted, and the id beside it is that place's. An id alone is taken as it is where the store
/// holds nothing of its kind.
///
/// # Errors
/// When the store fails. Returns what is wrong.
pub(super) fn resolve(
    tx: &impl Tx,
    collection: &Collection,
    here: &Here,
    members: &mut Map<String, Value>,
    sent: impl Fn(&str) -> bool,
) -> Result<Vec<Violation>, StoreError> {
    let mut found = Vec::new();
    for name in collection.references().filter(|name| sent(name)) {
        let Some(Value::Object(reference)) = members.get_mut(name) else {
            continue;
        };
        let place = reference.get("href").and_then(Value::as_str).map(|href| here.place(href));
        let mut known = None;
        if let Some(Place::Here(path)) = place {
            known = linked(tx, name, path)?;
            if known.is_none() {
                let message = format!("{name}.href leads nowhere: there is no such {name} here.");
                found.push(Violation::new(format!("{name}.href"), message));
            }
        }
        if let (Some(id), Some(named)) = (reference.get("id"), Collection::named(name)) {
            let id = as_text(id);
            let is_trusted = matches!(place, Some(Place::Elsewhere)) || !tmf::has_any(tx, named)?;
            let identified = tmf::members(tx, named, &id)?;
            if identified.is_none() && !is_trusted {
                let message = format!("{name}.id: there is no {name} {id}.");
                found.push(Violation::new(format!("{name}.id"), message));
            }
            known = identified.or(known);
        }
        if let Some(name) = known.and_then(|mut known| known.shift_remove("name")) {
            reference.entry("name").or_insert(name);
        }
    }
    for name in collection.parties().filter(|name| sent(name)) {
        let parties = members.get(name).and_then(Value::as_array).into_iter().flatten();
        for (index, party) in parties.enumerate() {
            let href = party.get("href").and_then(Value::as_str);
            // No collection here holds parties.
            if let Some(Place::Here(_)) = href.map(|href| here.place(href)) {
                let at = format!("{name}[{index}].href");
                let message = format!("{at} leads nowhere: there is no such party here.");
                found.push(Violation::new(at, message));
            }
        }
    }
    Ok(found)
}

/// Returns the resource to which a path below the mount leads, where it is one of the collection
/// `name`. Some links of the document spell that in other cases (reading 146).
fn linked(tx: &impl Tx, name: &str, path: &str) -> Result<Option<Map<String, Value>>, StoreError> {
    let Some(collection) = Collection::named(name) else { return Ok(None) };
    let mut segments = path.split('/').skip(1);
    match (segments.next(), segments.next().and_then(decode), segments.next()) {
        (Some(of), Some(id), None) if of.eq_ignore_ascii_case(name) => {
            tmf::members(tx, collection, &id)
        }
        _ => Ok(None),
    }
}
