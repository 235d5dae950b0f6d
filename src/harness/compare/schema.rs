//! The suite's schemas, each compiled once, when it is first needed, in two forms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::types::JsonType;
use jsonschema::{Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;

use super::Mismatch;
use super::kind::Kind;
use super::scalar::kind as type_named;

/// The beginning of every `$id` of ours; the rest is the path from the repository's root.
const ROOT: &str = "https://etalon.invalid/";

/// Compiled schemas. The *full* form holds every constraint; the *must* form leaves out each
/// subschema marked `"x-level": "should"`, so that what only the full form refuses is advisory.
pub(crate) struct CompiledSchemas {
    files: Arc<HashMap<String, Value>>,
    must_files: OnceLock<Arc<HashMap<String, Value>>>,
    compiled: HashMap<String, OnceLock<Result<Forms, String>>>,
    inline: Mutex<HashMap<String, Arc<Validator>>>,
}

struct Forms {
    full: Validator,
    /// Compiled when something is found by the full form, which most answers keep to.
    must: OnceLock<Result<Validator, String>>,
}

impl CompiledSchemas {
    /// Takes the schemas by their paths from the repository's root. Compiles nothing yet.
    pub(crate) fn new(files: Arc<HashMap<String, Value>>) -> Self {
        let compiled = files.keys().map(|path| (path.clone(), OnceLock::new())).collect();
        CompiledSchemas { files, must_files: OnceLock::new(), compiled, inline: Mutex::default() }
    }

    /// Adds what `schemas/<name>.json` has against `body`.
    ///
    /// # Errors
    /// There is no such schema, or it does not compile: the suite is at fault.
    pub(crate) fn check(
        &self,
        name: &str,
        body: &Value,
        mismatches: &mut Vec<Mismatch>,
    ) -> Result<(), String> {
        let path = format!("schemas/{name}.json");
        let cell = self.compiled.get(&path).ok_or_else(|| format!("there is no {path}"))?;
        let forms = cell.get_or_init(|| self.compile(&path)).as_ref().map_err(Clone::clone)?;
        if forms.full.is_valid(body) {
            return Ok(());
        }
        let must = forms.must.get_or_init(|| self.compile_must(&path)).as_ref();
        let must = found(must.map_err(Clone::clone)?, body);
        let should = found(&forms.full, body).into_iter().filter(|each| !must.contains(each));
        mismatches.extend(must.iter().cloned());
        mismatches.extend(should.map(Mismatch::advisory));
        Ok(())
    }

    /// Adds what a schema that stands in a matcher has against `value`.
    ///
    /// # Errors
    /// It does not compile: the suite is at fault.
    pub(crate) fn check_inline(
        &self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        mismatches: &mut Vec<Mismatch>,
    ) -> Result<(), String> {
        let validator = self.inline(schema)?;
        for mut mismatch in found(&validator, value) {
            mismatch.pointer.insert_str(0, pointer);
            mismatches.push(mismatch);
        }
        Ok(())
    }

    pub(crate) fn inline(&self, schema: &Value) -> Result<Arc<Validator>, String> {
        let key = schema.to_string();
        let mut inline = self.inline.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(validator) = inline.get(&key) {
            return Ok(Arc::clone(validator));
        }
        let validator = Arc::new(compile(schema, &self.files)?);
        inline.insert(key, Arc::clone(&validator));
        Ok(validator)
    }

    fn compile(&self, path: &str) -> Result<Forms, String> {
        let full = compile(&self.files[path], &self.files).map_err(|why| broken(path, &why))?;
        Ok(Forms { full, must: OnceLock::new() })
    }

    fn compile_must(&self, path: &str) -> Result<Validator, String> {
        let must_files = self.must_files.get_or_init(|| {
            Arc::new(self.files.iter().map(|(path, schema)| (path.clone(), must(schema))).collect())
        });
        compile(&must_files[path], must_files).map_err(|why| broken(path, &why))
    }
}

fn broken(path: &str, why: &str) -> String {
    format!("{path} does not compile: {why}")
}

/// Returns the must form of a schema: every subschema that is only a recommendation accepts
/// anything.
fn must(schema: &Value) -> Value {
    match schema {
        Value::Object(members) if members.get("x-level").is_some_and(|level| level == "should") => {
            Value::Bool(true)
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match name.as_str() {
                "enum" | "const" | "default" | "examples" => (name.clone(), member.clone()),
                _ => (name.clone(), must(member)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(must).collect(),
        other => other.clone(),
    }
}

fn compile(schema: &Value, files: &Arc<HashMap<String, Value>>) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_retriever(Siblings(Arc::clone(files)))
        .build(schema)
        .map_err(|error| error.to_string())
}

fn found(validator: &Validator, body: &Value) -> Vec<Mismatch> {
    validator
        .iter_errors(body)
        .map(|error| Mismatch {
            actual: Some(error.instance().as_ref().clone()),
            // However many there are, too few is one thing.
            kind: Kind::member(error.masked_with("it").to_string()),
            ..Mismatch::new(error.instance_path().as_str(), told(&error))
        })
        .collect()
}

/// Returns what a schema has against a value, without the words that only schemas have.
fn told(error: &ValidationError) -> String {
    let value = error.instance();
    let count = value.as_array().map(Vec::len).unwrap_or_default();
    let length = value.as_str().map(|text| text.chars().count()).unwrap_or_default();
    match error.kind() {
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => {
            return format!("is {}, expected {}", type_named(Some(value)), noun(*kind));
        }
        ValidationErrorKind::MinItems { limit } => {
            return format!("has {count} elements, expected at least {limit}");
        }
        ValidationErrorKind::MaxItems { limit } => {
            return format!("has {count} elements, expected at most {limit}");
        }
        ValidationErrorKind::MinLength { limit } => {
            return format!("has {length} characters, expected at least {limit}");
        }
        ValidationErrorKind::MaxLength { limit } => {
            return format!("has {length} characters, expected at most {limit}");
        }
        _ => {}
    }
    let text = error.masked_with("it").to_string();
    match text.contains("under any of the schemas") || text.contains("than one of the schemas") {
        true => "is of none of the documented forms".to_owned(),
        // Its place stands before it.
        false => text.strip_prefix("it ").map(str::to_owned).unwrap_or(text),
    }
}

/// Returns a type of JSON in words.
fn noun(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "a text",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    }
}

/// Finds the file that a `$ref` names. Nothing is ever fetched.
struct Siblings(Arc<HashMap<String, Value>>);

impl Retrieve for Siblings {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        uri.as_str()
            .strip_prefix(ROOT)
            .and_then(|path| self.0.get(path))
            .cloned()
            .ok_or_else(|| format!("{uri} is no file of the suite").into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::CompiledSchemas;

    fn schemas() -> CompiledSchemas {
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://etalon.invalid/schemas/a/whole.json",
            "type": "object",
            "required": ["name"],
            "allOf": [{"required": ["@id"], "x-level": "should"}],
            "properties": {
                "name": {"type": "string", "maxLength": 3},
                "part": {"$ref": "part.json"},
                "x-level": {"type": "string"}
            }
        });
        let part = json!({
            "$id": "https://etalon.invalid/schemas/a/part.json",
            "type": "object",
            "properties": {
                "unit": {"allOf": [
                    {"type": "string"},
                    {"enum": ["S", "MB"], "x-level": "should"}
                ]}
            }
        });
        CompiledSchemas::new(Arc::new(HashMap::from([
            ("schemas/a/whole.json".to_owned(), whole),
            ("schemas/a/part.json".to_owned(), part),
            ("schemas/a/broken.json".to_owned(), json!({"$ref": "elsewhere.json"})),
        ])))
    }

    #[test]
    fn a_recommendation_is_advisory_also_behind_a_reference() {
        let schemas = schemas();
        for (body, found) in [
            (json!({"@id": "x", "name": "a", "part": {"unit": "S"}}), vec![]),
            (json!({"name": "a"}), vec![("", true)]),
            (json!({"@id": "x", "name": "a", "part": {"unit": "ton"}}), vec![("/part/unit", true)]),
            (
                json!({"@id": "x", "name": "a", "part": {"unit": 1}}),
                vec![("/part/unit", false), ("/part/unit", true)],
            ),
            (json!({"@id": "x"}), vec![("", false)]),
            (json!({"name": "long"}), vec![("/name", false), ("", true)]),
            (json!("text"), vec![("", false)]),
        ] {
            let mut mismatches = Vec::new();
            schemas.check("a/whole", &body, &mut mismatches).unwrap();
            let mut got: Vec<_> =
                mismatches.iter().map(|each| (each.pointer.as_str(), each.advisory)).collect();
            got.sort_by_key(|each| each.1);
            assert_eq!(got, found, "{body}");
        }
    }

    /// "It is not of type string" did not say what it was, nor "it has less than 250 items" how many.
    #[test]
    fn what_a_schema_has_against_a_value_says_what_the_value_is() {
        let schemas = schemas();
        for (schema, value, said) in [
            (json!({"type": "number"}), json!("2"), "is a text, expected a number"),
            (json!({"type": "integer"}), json!(2.5), "is a number, expected a whole number"),
            (json!({"type": "string"}), json!(["x"]), "is an array, expected a text"),
            (json!({"minItems": 250}), json!([1, 2]), "has 2 elements, expected at least 250"),
            (json!({"maxItems": 1}), json!([1, 2]), "has 2 elements, expected at most 1"),
            (json!({"minLength": 3}), json!("åä"), "has 2 characters, expected at least 3"),
            (json!({"maxLength": 1}), json!("åä"), "has 2 characters, expected at most 1"),
            (json!({"minimum": 5}), json!(4), "is less than the minimum of 5"),
            (
                json!({"anyOf": [{"const": 1}, false]}),
                json!(2),
                "is of none of the documented forms",
            ),
        ] {
            let mut mismatches = Vec::new();
            schemas.check_inline(&schema, &value, "", &mut mismatches).unwrap();
            let told: Vec<_> = mismatches.iter().map(|each| each.message.as_str()).collect();
            assert_eq!(told, [said], "{schema}");
        }
    }

    #[test]
    fn a_schema_that_is_missing_or_broken_is_the_suites_fault() {
        let schemas = schemas();
        for name in ["a/nothing", "a/broken"] {
            assert!(schemas.check(name, &Value::Null, &mut Vec::new()).is_err(), "{name}");
        }
    }
}
