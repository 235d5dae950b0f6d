//! References to other resources: what they name must exist, as far as anything of its kind is
//! held, and lends its name to a reference that has none.

use redb::WriteTransaction;
use serde_json::{Map, Value};

use crate::api::error::ApiError;
use crate::api::write::Unmet;
use crate::model::tmf::collection::Collection;
use crate::model::tmf::patch::as_text;
use crate::model::violation::Violation;
use crate::store::tmf;

/// Checks the references among `members` that were `sent` and adds the names that were left out
/// (readings 130, 135, 144). One with an href and no id is taken as it is, and so is one into a
/// collection that holds nothing.
pub(super) fn resolve(
    tx: &WriteTransaction,
    collection: &Collection,
    members: &mut Map<String, Value>,
    sent: impl Fn(&str) -> bool,
) -> Result<(), Unmet> {
    let mut found = Vec::new();
    for name in collection.references().filter(|name| sent(name)) {
        let Some(Value::Object(reference)) = members.get_mut(name) else {
            continue;
        };
        let (Some(id), Some(named)) = (reference.get("id").map(as_text), Collection::named(name))
        else {
            continue;
        };
        match tmf::members(tx, named, &id)? {
            Some(mut resource) => {
                if let Some(known) = resource.shift_remove("name") {
                    reference.entry("name").or_insert(known);
                }
            }
            None if tmf::has_any(tx, named)? => {
                let message = format!("There is no {name} {id}.");
                found.push(Violation::new(format!("{name}.id"), message));
            }
            None => {}
        }
    }
    if found.is_empty() { Ok(()) } else { Err(ApiError::from(found).into()) }
}
