//! Laws: cases written once for many resources, with `{{parameters}}` for what differs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::enclosed::next_between;

/// The laws of an API, and the parameters of the resources that they cover.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LawFile {
    pub(crate) api: String,
    resources: BTreeMap<String, Map<String, Value>>,
    laws: Vec<Law>,
}

/// A law: a case for each resource that it covers. The members beside its own are those of a case.
#[derive(Deserialize)]
struct Law {
    /// `<api>/<law>`.
    id: String,
    /// The law in one sentence, without a full stop.
    says: String,
    /// `{{clause}}` in its steps, unless what it covers names its own.
    #[serde(default)]
    clause: Option<String>,
    covers: Vec<Cover>,
    #[serde(flatten)]
    case: Map<String, Value>,
}

/// A resource, and parameters that only this law gives it. What follows a slash tells several
/// covers of one resource apart.
#[derive(Deserialize)]
struct Cover {
    resource: String,
    #[serde(flatten)]
    own: Map<String, Value>,
}

impl LawFile {
    /// Returns each law for each resource: a case as a file of cases would hold it.
    ///
    /// # Errors
    /// Names the parameter that nothing gives, or that nothing uses.
    pub(crate) fn cases(&self) -> Result<Vec<Value>, String> {
        let mut cases = Vec::new();
        let mut unused: BTreeSet<_> = self.resources.iter().flat_map(parameters_of).collect();
        for law in &self.laws {
            for cover in &law.covers {
                let name = cover.resource.split('/').next().unwrap_or_default();
                let resource = self.resources.get(name).ok_or_else(|| {
                    format!("{} covers {}, which is no resource", law.id, cover.resource)
                })?;
                let mut filler = Filler { given: BTreeMap::new(), used: BTreeSet::new() };
                let clause = law.clause.clone().map(Value::String);
                filler.given.extend(clause.iter().map(|clause| ("clause", clause)));
                filler.given.extend(resource.iter().map(|(name, value)| (name.as_str(), value)));
                filler.given.extend(cover.own.iter().map(|(name, value)| (name.as_str(), value)));
                let case = law.case_of(&cover.resource, &mut filler);
                cases.push(case.map_err(|fault| format!("{}, {}: {fault}", law.id, name))?);
                let own = cover.own.keys().map(String::as_str);
                if let Some(name) = own.into_iter().find(|name| !filler.used.contains(*name)) {
                    let resource = &cover.resource;
                    return Err(format!("{} does not use {name} of {resource}", law.id));
                }
                unused.retain(|(of, parameter)| *of != name || !filler.used.contains(*parameter));
            }
        }
        match unused.first() {
            Some((resource, parameter)) => {
                Err(format!("no law uses the parameter {parameter} of {resource}"))
            }
            None => Ok(cases),
        }
    }
}

fn parameters_of<'f>(
    (resource, parameters): (&'f String, &'f Map<String, Value>),
) -> impl Iterator<Item = (&'f str, &'f str)> {
    parameters.keys().map(|parameter| (resource.as_str(), parameter.as_str()))
}

impl Law {
    fn case_of(&self, resource: &str, filler: &mut Filler) -> Result<Value, String> {
        let mut case = Map::new();
        case.insert("id".to_owned(), format!("{}/{resource}", self.id).into());
        case.insert("title".to_owned(), format!("{} ({resource})", self.says).into());
        for (name, value) in &self.case {
            // A parameter that is null leaves its member out.
            case.extend(filler.fill(value)?.map(|value| (name.clone(), value)));
        }
        Ok(Value::Object(case))
    }
}

struct Filler<'f> {
    given: BTreeMap<&'f str, &'f Value>,
    used: BTreeSet<String>,
}

impl Filler<'_> {
    /// Returns `value` with its parameters filled in: one that is the whole of a text becomes its
    /// value, and a list in a list becomes its elements. Returns nothing if that value is null.
    fn fill(&mut self, value: &Value) -> Result<Option<Value>, String> {
        Ok(Some(match value {
            Value::String(text) => return self.fill_text(text),
            Value::Array(items) => {
                let mut filled = Vec::new();
                for item in items {
                    match (self.fill(item)?, item) {
                        (Some(Value::Array(inner)), Value::String(_)) => filled.extend(inner),
                        (Some(value), _) => filled.push(value),
                        (None, _) => {}
                    }
                }
                Value::Array(filled)
            }
            Value::Object(members) => {
                let mut filled = Map::new();
                for (name, member) in members {
                    let Some(Value::String(name)) = self.fill_text(name)? else {
                        return Err(format!("`{name}` is no name of a member"));
                    };
                    filled.extend(self.fill(member)?.map(|member| (name, member)));
                }
                Value::Object(filled)
            }
            other => other.clone(),
        }))
    }

    fn fill_text(&mut self, text: &str) -> Result<Option<Value>, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_between(rest, "{{", "}}") {
            self.used.insert(name.to_owned());
            let value = self.given.get(name).copied();
            let value = value.ok_or_else(|| format!("nothing gives {{{{{name}}}}}"))?;
            if before.is_empty() && after.is_empty() && filled.is_empty() {
                // A value may name parameters of its own.
                let value = value.clone();
                return if value.is_null() { Ok(None) } else { self.fill(&value) };
            }
            filled.push_str(before);
            match self.fill(&value.clone())? {
                Some(Value::String(text)) => filled.push_str(&text),
                Some(number @ Value::Number(_)) => filled.push_str(&number.to_string()),
                _ => return Err(format!("{{{{{name}}}}} is no text in `{text}`")),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(Some(Value::String(filled)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::LawFile;

    fn cases(resources: Value, laws: Value) -> Result<Vec<Value>, String> {
        let file = json!({"api": "tmf", "resources": resources, "laws": laws});
        serde_json::from_value::<LawFile>(file).unwrap().cases()
    }

    #[test]
    fn a_law_is_a_case_for_each_resource_that_it_covers() {
        let law = json!([{
            "id": "tmf/twice", "says": "Twice is once", "clause": "tmf/a",
            "covers": [{"resource": "note"}, {"resource": "account/name", "clause": "tmf/b", "query": "name=1"}],
            "state": "{{state}}", "given": ["first", "{{given}}"],
            "steps": [{"path": "x/{{path}}", "query": "{{query}}", "clause": "{{clause}}", "{{path}}": 1}]
        }]);
        let resources = json!({
            "note": {"path": "note", "state": "s", "given": [], "query": null},
            "account": {"path": "acc/{{id}}", "id": 7, "state": null, "given": ["second", "third"]}
        });
        assert_eq!(
            cases(resources, law).unwrap(),
            [
                json!({
                    "id": "tmf/twice/note", "title": "Twice is once (note)", "state": "s",
                    "given": ["first"], "steps": [{"path": "x/note", "clause": "tmf/a", "note": 1}]
                }),
                json!({
                    "id": "tmf/twice/account/name", "title": "Twice is once (account/name)",
                    "given": ["first", "second", "third"],
                    "steps": [{"path": "x/acc/7", "query": "name=1", "clause": "tmf/b", "acc/7": 1}]
                }),
            ]
        );
    }

    #[test]
    fn what_nothing_gives_and_what_nothing_uses_is_named() {
        let law = |covers: Value, steps: Value| json!([{"id": "tmf/l", "says": "It is so", "covers": covers, "steps": steps}]);
        for (resources, laws, fault) in [
            (
                json!({"a": {}}),
                law(json!([{"resource": "a"}]), json!(["{{x}}"])),
                "nothing gives {{x}}",
            ),
            (json!({}), law(json!([{"resource": "a"}]), json!([])), "which is no resource"),
            (
                json!({"a": {}}),
                law(json!([{"resource": "a", "x": 1}]), json!([])),
                "does not use x",
            ),
            (
                json!({"a": {"x": 1}}),
                law(json!([{"resource": "a"}]), json!([])),
                "no law uses the parameter x of a",
            ),
            (
                json!({"a": {"x": [1]}}),
                law(json!([{"resource": "a"}]), json!(["a{{x}}"])),
                "is no text",
            ),
        ] {
            let error = cases(resources, laws).unwrap_err();
            assert!(error.contains(fault), "{error}");
        }
    }
}
