//! Records of the TM Forum API.

use serde_json::{Map, Value};

use super::{Record, Refused, is_identifier, no_other, object, within};
use crate::model::schema::Schema;
use crate::model::tmf::collection::{COLLECTIONS, Collection};
use crate::model::tmf::patch::as_text;
use crate::model::tmf::resource;
use crate::model::violation::Violation;

/// The schema of each collection's records, in the order of the table.
pub(super) struct Schemas(Vec<Schema>);

impl Schemas {
    pub(super) fn compile(of: fn(Schema) -> Schema) -> Result<Self, String> {
        let names = COLLECTIONS.iter().map(|collection| collection.schema_name("record"));
        names.map(|name| Schema::compile_exact(&name).map(of)).collect::<Result<_, _>>().map(Self)
    }

    /// Reads a record. What it refers to is not looked for: an account may have been made before
    /// there was any reference data, and its dump is to be loaded all the same.
    pub(super) fn read(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let mut line = object(text)?;
        line.shift_remove("record");
        let name = line.shift_remove("collection").unwrap_or_default();
        let resource = line.shift_remove("resource").unwrap_or_default();
        no_other("tmf", &line)?;
        let named =
            |(collection, _): &(&Collection, &Schema)| name.as_str() == Some(collection.name);
        let Some((collection, schema)) = COLLECTIONS.iter().zip(&self.0).find(named) else {
            let names: Vec<_> = COLLECTIONS.iter().map(|collection| collection.name).collect();
            let reason = format!("One of these names is expected: {}.", names.join(", "));
            return Err(vec![Refused::new("collection", reason)]);
        };
        let (id, members) =
            check(collection, schema, resource).map_err(|found| within("resource", found))?;
        Ok(Record::Tmf { collection, id, members })
    }
}

/// Returns the id and the other members of a resource that a record describes.
fn check(
    collection: &Collection,
    schema: &Schema,
    mut resource: Value,
) -> Result<(String, Map<String, Value>), Vec<Violation>> {
    let found = resource::use_documented_names(collection, &mut resource);
    if !found.is_empty() {
        return Err(found);
    }
    let mut members = schema.check(resource)?;
    let id = members.shift_remove("id").as_ref().map(as_text).unwrap_or_default();
    resource::canonical(collection, &mut members);
    let mut found = resource::violations(collection, &members);
    if !is_identifier(&id) {
        let message = "1 to 50 characters are expected, no control characters.";
        found.push(Violation::new("id", message));
    }
    if found.is_empty() { Ok((id, members)) } else { Err(found) }
}
