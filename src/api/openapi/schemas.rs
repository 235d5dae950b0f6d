//! The schemas of `schemas/` as components. 3.1 speaks their dialect, and many that read it speak less:
//! so a reference leads to a component, never into one, and stands alone; and no member is a boolean.

use serde_json::{Map, Value, json};

use crate::api::negotiation::Format;
use crate::data;

/// The place of schemas in a document.
const PLACE: &str = "#/components/schemas/";

/// Returns the schema of that name (as in `customer/address.request`) with `rules` beside it, as of a
/// body that is the element `root` in XML.
pub(super) fn bodied(name: &str, rules: Vec<Value>, root: Option<&str>) -> Value {
    let named = json!({ "$ref": name });
    if rules.is_empty() && root.is_none() {
        return named;
    }
    let all: Vec<_> = [named].into_iter().chain(rules).collect();
    let mut schema = json!({ "allOf": all });
    if let Some(root) = root {
        schema["xml"] = json!({ "name": root });
    }
    schema
}

/// Returns what is asked of every body of a format: but in JSON, members are texts.
pub(super) fn rule_of(format: Format) -> Option<Value> {
    let text = json!({ "type": ["string", "integer", "number", "boolean"] });
    match format {
        Format::Json => None,
        Format::Xml => Some(json!({
            "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9]*$" },
            "additionalProperties": text,
        })),
        Format::Form => Some(json!({ "additionalProperties": text })),
    }
}

/// The schemas that a document has taken in.
#[derive(Default)]
pub(super) struct Components(Map<String, Value>);

impl Components {
    /// Takes in every schema that `document` names, and has the references lead to it.
    ///
    /// # Errors
    /// A sentence: one is not there.
    pub(super) fn embed(&mut self, document: &mut Value) -> Result<(), String> {
        self.rewrite(document, "")
    }

    /// Returns the schemas by name, in its order.
    pub(super) fn into_value(self) -> Value {
        let mut schemas: Vec<_> = self.0.into_iter().collect();
        schemas.sort_by(|(one, _), (other, _)| one.cmp(other));
        Value::Object(schemas.into_iter().collect())
    }

    /// Rewrites the references in a value of a file of the folder `folder`, such as `customer/`; none
    /// where they name the folder.
    fn rewrite(&mut self, value: &mut Value, folder: &str) -> Result<(), String> {
        match value {
            Value::Object(members) => {
                for (name, member) in &mut *members {
                    match member {
                        Value::String(reference) if name == "$ref" => {
                            *reference = self.lead(reference, folder)?;
                        }
                        // What is shown is no schema, whatever it looks like.
                        _ if name == "examples" => {}
                        Value::Object(schemas) if name == "properties" => {
                            schemas.values_mut().for_each(spell_out);
                            self.rewrite(member, folder)?;
                        }
                        _ => self.rewrite(member, folder)?,
                    }
                }
                set_apart(members);
                Ok(())
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.rewrite(item, folder)),
            _ => Ok(()),
        }
    }

    /// Returns where a reference leads in the document.
    fn lead(&mut self, reference: &str, folder: &str) -> Result<String, String> {
        if reference.starts_with('#') {
            return Ok(reference.to_owned());
        }
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = format!("{folder}{}", file.trim_end_matches(".json"));
        let name = file.rsplit_once('/').map_or(&*file, |(_, name)| name);
        let name = format!("{name}{}", pointer.replace("/properties", "").replace('/', "."));
        self.take(&name, &file, pointer)?;
        Ok(format!("{PLACE}{name}"))
    }

    /// Takes in what stands at `pointer` in a file.
    fn take(&mut self, name: &str, file: &str, pointer: &str) -> Result<(), String> {
        if self.0.contains_key(name) {
            return Ok(());
        }
        let path = format!("schemas/{file}.json");
        let bytes = data::file(&path).ok_or_else(|| format!("{path} is not embedded"))?;
        let mut read: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}"))?;
        let part = read.pointer_mut(pointer).map(Value::take);
        let mut schema = part.ok_or_else(|| format!("{path} has no {pointer}"))?;
        if let Value::Object(members) = &mut schema {
            // Where it stands is the document's to say, and what it is written in.
            members.retain(|name, _| !["$schema", "$id"].contains(&name.as_str()));
        }
        // It may refer to itself.
        self.0.insert(name.to_owned(), Value::Null);
        let folder =
            file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        self.rewrite(&mut schema, &folder)?;
        self.0.insert(name.to_owned(), schema);
        Ok(())
    }
}

/// Writes a boolean schema as an object.
fn spell_out(schema: &mut Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({ "not": {} }),
        _ => {}
    }
}

/// Has a reference that stands beside other rules stand among those that hold as well.
fn set_apart(members: &mut Map<String, Value>) {
    let is_rule = |name: &&String| !["$ref", "$comment"].contains(&name.as_str());
    if !members.keys().any(|name| is_rule(&name)) {
        return;
    }
    if let Some(reference) = members.remove("$ref") {
        let others = members.entry("allOf").or_insert_with(|| json!([]));
        if let Value::Array(others) = others {
            others.push(json!({ "$ref": reference }));
        }
    }
}
