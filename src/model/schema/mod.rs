//! The schemas as the source of every documented constraint on requests.
//!
//! A body is read strictly, its member names are folded to the schema's spelling (reading 51), what
//! the schema refuses comes back as violations that name the parameter, and what no document names
//! is left out (reading 171).

mod explain;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Map, Value};

use super::violation::{self, Violation};
use super::{country, json, text};
use crate::data;
use explain::{COUNTRY_CODE, REQUIRED_TEXT, explain, join};

/// The root of every `$id` in `schemas/`.
const ROOT: &str = "https://etalon.invalid/";

/// The longest value, in bytes of JSON, of which every violation is looked for. The validator
/// gathers them all, with what they are of: for a megabyte of wrong elements that is most of a
/// gigabyte. Of a longer value the first is told.
const THOROUGH: usize = 16 << 10;

/// A schema that is asked of values, and how the names in these are read.
pub struct Schema {
    compiled: Arc<Compiled>,
    names: Names,
    values: Values,
}

/// A schema and the spelling of the members that it knows.
struct Compiled {
    /// The schema's name.
    name: String,
    /// Compiled when a value is first held to it: many a server is never asked for most of what it
    /// could be, and compiling them all takes longer than all else that a start does.
    validator: OnceLock<Result<Validator, String>>,
    shape: Shape,
}

/// An object that a schema has been asked of.
pub struct Checked {
    /// The documented members, in documented spelling.
    pub members: Map<String, Value>,
    /// The faults that the schema has found in them.
    pub found: Vec<Violation>,
}

/// The manner in which the names of members are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Without regard to case (reading 51).
    Folded,
    /// As they are written.
    Exact,
}

/// The values that a schema is asked of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// Anybody's.
    Foreign,
    /// This binary's own, which its tests have held to the schema.
    Own,
}

/// What a schema documents of a value: its types, and the members of the objects in it. An array
/// has the members of its elements.
#[derive(Default)]
pub struct Shape {
    /// Spelling and shape of each member. They are few, so that looking at each is quicker than any
    /// index, and takes no copy of a name in lower case.
    members: Vec<(String, Shape)>,
    types: Vec<String>,
}

impl Schema {
    /// Returns the schema `schemas/{name}.json`, such as `customer/create-customer.request`.
    ///
    /// # Errors
    /// A sentence when the schema, or one that it refers to, is missing; a test compiles them all.
    pub fn compile(name: &str) -> Result<Self, String> {
        Self::with_names(name, Names::Folded)
    }

    /// The same for an API whose member names are exact.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn compile_exact(name: &str) -> Result<Self, String> {
        Self::with_names(name, Names::Exact)
    }

    fn with_names(name: &str, names: Names) -> Result<Self, String> {
        // Requests and records are held to some of the same, and compiling takes milliseconds.
        static COMPILED: Mutex<BTreeMap<String, Arc<Compiled>>> = Mutex::new(BTreeMap::new());
        let mut known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = match known.get(name) {
            Some(compiled) => Arc::clone(compiled),
            None => {
                let compiled = Arc::new(Compiled::new(name)?);
                known.insert(name.to_owned(), Arc::clone(&compiled));
                compiled
            }
        };
        Ok(Self { compiled, names, values: Values::Foreign })
    }

    /// Returns the same for values that this binary carries, and that its tests have held to it.
    #[must_use]
    pub fn of_own_values(self) -> Self {
        Self { values: Values::Own, ..self }
    }

    /// Reads `body`, folds its member names and checks it; the documented members are the answer.
    ///
    /// # Errors
    /// What is wrong with it, each with its parameter: everything, or the first 100 faults, or the
    /// first one of a body over 16 KiB.
    pub fn read(&self, body: &[u8]) -> Result<Map<String, Value>, Vec<Violation>> {
        let value = json::read(body).map_err(|violation| vec![violation])?;
        self.check(value)
    }

    /// As [`Schema::read`], of a value that has been read.
    ///
    /// # Errors
    /// As [`Schema::read`].
    pub fn check(&self, value: Value) -> Result<Map<String, Value>, Vec<Violation>> {
        let Checked { members, found } = self.examine(value)?;
        if found.is_empty() { Ok(members) } else { Err(found) }
    }

    /// Checks a value of which other rules are to be asked too, whatever is wrong with it here, so
    /// that one answer names everything (reading 250).
    ///
    /// # Errors
    /// It is no object, so that there is nothing else to ask.
    pub fn examine(&self, mut value: Value) -> Result<Checked, Vec<Violation>> {
        let mut violations = Vec::new();
        if self.names == Names::Folded {
            self.compiled.shape.fold(&mut value, "", &mut violations);
        }
        if self.values == Values::Foreign {
            let validator = self.compiled.validator().map_err(|fault| vec![fault])?;
            if !validator.is_valid(&value) {
                explain_all(validator, &value, &mut violations);
            }
        }
        match value {
            Value::Object(mut members) => {
                self.compiled.shape.prune(&mut members);
                Ok(Checked { members, found: violations })
            }
            _ if violations.is_empty() => {
                Err(vec![Violation::body("The body is not a JSON object.")])
            }
            _ => Err(violations),
        }
    }

    /// Returns the documented spelling of a member of the whole object, whatever the case of
    /// `name`.
    pub fn spelling(&self, name: &str) -> Option<&str> {
        self.compiled.shape.folded(name).map(|(spelling, _)| spelling.as_str())
    }
}

impl Compiled {
    fn new(name: &str) -> Result<Self, String> {
        let shape = Shape::of(name)?;
        Ok(Self { name: name.to_owned(), validator: OnceLock::new(), shape })
    }

    fn validator(&self) -> Result<&Validator, Violation> {
        let validator = self.validator.get_or_init(|| validator(&self.name));
        validator.as_ref().map_err(Violation::body)
    }
}

fn validator(name: &str) -> Result<Validator, String> {
    let schema = load(&format!("schemas/{name}.json"))?;
    jsonschema::options()
        .with_retriever(Embedded)
        .should_validate_formats(true)
        .with_format(COUNTRY_CODE, country::is_code)
        .with_format(REQUIRED_TEXT, text::says_something)
        .build(&schema)
        .map_err(|error| format!("schemas/{name}.json is no schema: {error}"))
}

fn explain_all(validator: &Validator, value: &Value, violations: &mut Vec<Violation>) {
    if value.to_string().len() > THOROUGH {
        violations.extend(validator.validate(value).err().map(|error| explain(&error)));
        return;
    }
    for error in validator.iter_errors(value) {
        add(violations, explain(&error));
        if violations.len() >= violation::MOST {
            return;
        }
    }
}

impl Shape {
    /// Returns the shape that `schemas/{name}.json` documents.
    ///
    /// # Errors
    /// A sentence when the schema or one that it refers to is missing.
    pub fn of(name: &str) -> Result<Self, String> {
        let path = format!("schemas/{name}.json");
        let mut shape = Self::default();
        shape.collect(&*load(&path)?, &format!("{ROOT}{path}"))?;
        Ok(shape)
    }

    /// Returns the shape of a member by its documented name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.members.iter().find(|(spelling, _)| spelling == name).map(|(_, shape)| shape)
    }

    /// Returns the documented names of its members.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(spelling, _)| spelling.as_str())
    }

    /// Returns the spelling and the shape of a member, whatever the case of `name`. Documented names
    /// are ASCII.
    fn folded(&self, name: &str) -> Option<&(String, Self)> {
        self.members.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(name))
    }

    /// Returns whether the value, or an element of it, can have members.
    pub fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    /// Returns whether the value, or an element of it, can be of `kind`: `string`, `number` and so
    /// on.
    pub fn can_be(&self, kind: &str) -> bool {
        self.types.iter().any(|known| known == kind)
    }

    /// Takes in every member that `schema` names, through references and combinations.
    fn collect(&mut self, schema: &Value, base: &str) -> Result<(), String> {
        let Value::Object(keywords) = schema else {
            return Ok(());
        };
        for (keyword, value) in keywords {
            match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    let target = resolve(base, reference);
                    let (path, pointer) = target.split_once('#').unwrap_or((&target, ""));
                    let schema = load(path.strip_prefix(ROOT).unwrap_or(path))?;
                    let part = schema.pointer(pointer).ok_or_else(|| {
                        format!("{base} refers to {reference}, which is not there")
                    })?;
                    self.collect(part, path)?;
                }
                ("properties", Value::Object(properties)) => {
                    for (name, property) in properties {
                        self.entry(name).collect(property, base)?;
                    }
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    for part in parts {
                        self.collect(part, base)?;
                    }
                }
                ("then" | "else" | "items", part) => self.collect(part, base)?,
                ("type", Value::String(kind)) => self.types.push(kind.clone()),
                ("type", Value::Array(kinds)) => {
                    self.types.extend(kinds.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the shape of a member of this name, which is taken in where it is not known.
    fn entry(&mut self, name: &str) -> &mut Self {
        let known = self.members.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let at = known.unwrap_or_else(|| {
            self.members.push((name.to_owned(), Self::default()));
            self.members.len() - 1
        });
        &mut self.members[at].1
    }

    /// Renames members to their documented spelling; two that fold to one name are a violation.
    fn fold(&self, value: &mut Value, path: &str, violations: &mut Vec<Violation>) {
        let Value::Object(members) = value else {
            return;
        };
        let is_spelled = |name: &String| self.folded(name).is_none_or(|(known, _)| known == name);
        if !members.keys().all(is_spelled) {
            self.rename(members, path, violations);
        }
        for (name, member) in members {
            if member.is_object()
                && let Some(shape) = self.member(name)
            {
                shape.fold(member, &join(path, name), violations);
            }
        }
    }

    fn rename(
        &self,
        members: &mut Map<String, Value>,
        path: &str,
        violations: &mut Vec<Violation>,
    ) {
        let mut renamed = Map::with_capacity(members.len());
        for (name, member) in std::mem::take(members) {
            let name = self.folded(&name).map_or(name, |(spelling, _)| spelling.clone());
            if renamed.contains_key(&name) {
                let place = join(path, &name);
                let message =
                    format!("{place} occurs twice: names are read without regard to case.");
                add(violations, Violation::new(&place, message));
            }
            renamed.insert(name, member);
        }
        *members = renamed;
    }

    /// Leaves out the members that are not documented, at any depth.
    fn prune(&self, members: &mut Map<String, Value>) {
        members.retain(|name, member| match self.member(name) {
            None => false,
            Some(shape) => {
                shape.prune_in(member);
                true
            }
        });
    }

    fn prune_in(&self, value: &mut Value) {
        match value {
            Value::Object(members) => self.prune(members),
            Value::Array(items) => items.iter_mut().for_each(|item| self.prune_in(item)),
            _ => {}
        }
    }
}

/// Adds a violation, once: several keywords may say the same.
fn add(violations: &mut Vec<Violation>, violation: Violation) {
    if !violations.contains(&violation) {
        violations.push(violation);
    }
}

/// Returns the sibling that a relative reference names; fragments and absolute references stay.
fn resolve(base: &str, reference: &str) -> String {
    if reference.starts_with("https:") {
        return reference.to_owned();
    }
    if reference.starts_with('#') {
        return format!("{base}{reference}");
    }
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{reference}")
}

/// Returns an embedded file, which is parsed once: many schemas refer to the same.
fn load(path: &str) -> Result<Arc<Value>, String> {
    static PARSED: Mutex<BTreeMap<String, Arc<Value>>> = Mutex::new(BTreeMap::new());
    let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = parsed.get(path) {
        return Ok(Arc::clone(value));
    }
    let bytes = data::file(path).ok_or_else(|| format!("{path} is not embedded"))?;
    let value =
        serde_json::from_slice(bytes).map_err(|error| format!("{path} is not JSON: {error}"))?;
    let value = Arc::new(value);
    parsed.insert(path.to_owned(), Arc::clone(&value));
    Ok(value)
}

/// Resolves references within the embedded schemas; nothing is ever fetched.
struct Embedded;

impl Retrieve for Embedded {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = uri.as_str().strip_prefix(ROOT).unwrap_or(uri.as_str());
        Ok(Value::clone(&*load(path)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Schema, validator};
    use crate::data;

    #[test]
    fn every_schema_of_an_api_compiles() {
        let ours = ["schemas/etalon/", "schemas/report"];
        let files = data::files_under("schemas/").map(|(path, _)| path);
        for path in files.filter(|path| !ours.iter().any(|ours| path.starts_with(ours))) {
            let name = path.trim_start_matches("schemas/").trim_end_matches(".json");
            assert_eq!(validator(name).err(), None);
            assert_eq!(Schema::compile(name).err(), None);
        }
    }

    fn violations(name: &str, body: &str) -> Vec<String> {
        let schema = Schema::compile(name).unwrap();
        match schema.read(body.as_bytes()) {
            Ok(_) => Vec::new(),
            Err(violations) => violations.into_iter().map(|v| v.parameter).collect(),
        }
    }

    #[test]
    fn names_are_read_without_case_and_twice_is_once_too_often() {
        let schema = Schema::compile("customer/disbursement-order.request").unwrap();
        let body =
            r#"{"SwedishBankAccount":{"AccountNo":"160-9908","ACCOUNTTYPE":"BGSE","y":{}},"x":1}"#;
        let members = schema.read(body.as_bytes()).unwrap();
        assert_eq!(
            serde_json::Value::Object(members).to_string(),
            r#"{"swedishBankAccount":{"accountNo":"160-9908","accountType":"BGSE"}}"#
        );
        let twice = r#"{"international":{"iban":"1","IBAN":"2","bic":"3"}}"#;
        assert_eq!(
            violations("customer/disbursement-order.request", twice),
            ["international.iban"]
        );
    }

    #[test]
    fn a_violation_names_the_member_by_its_dotted_path() {
        let body = r#"{"legalAddress":{"addressee":"A","zipCode":"123 45","countryCode":"SE"},
                       "nationalIdentifier":{"regNo":"1","countryCode":"se"},"name":7}"#;
        let mut found = violations("customer/create-customer.request", body);
        found.sort();
        assert_eq!(
            found,
            ["legalAddress.city", "legalAddress.zipCode", "name", "nationalIdentifier.regNo"]
        );
    }
}
