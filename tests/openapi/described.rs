//! A document as a test reads it: which operation an exchange is of, and whether it is described.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::served::etalon;

/// A document.
pub(crate) struct Document {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) value: Value,
    /// Validators by the text of their schemas.
    compiled: RefCell<BTreeMap<String, Rc<Validator>>>,
}

/// A request and its answer, as far as a document describes them.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// Without a query.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The media type of the answer; empty without one.
    pub(crate) media: String,
    pub(crate) body: String,
}

/// A side of an exchange.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    Request,
    Answer,
}

/// An operation.
pub(crate) struct Operation<'d> {
    pub(crate) path: &'d str,
    pub(crate) method: &'d str,
    pub(crate) value: &'d Value,
}

/// An operation, by its API and id, and a status that it answers.
pub(crate) type Answered = ((&'static str, String), u16);

/// Returns the documents of all APIs, as the binary prints them.
pub(crate) fn documents() -> Vec<Document> {
    ["customer", "usage", "gateway", "tmf"]
        .into_iter()
        .map(|name| {
            let printed = etalon(&["openapi", "--api", name]);
            assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
            let text = String::from_utf8(printed.stdout).unwrap();
            let value = serde_json::from_str(&text).unwrap();
            Document { name, text, value, compiled: RefCell::default() }
        })
        .collect()
}

impl Exchange {
    /// Returns an entry of an HTTP archive.
    pub(crate) fn of_archive(entry: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let url = text(&entry["request"]["url"]);
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        Self {
            method: text(&entry["request"]["method"]),
            path: format!("/{path}").replace("%7E", "~"),
            status: entry["response"]["status"].as_u64().unwrap().try_into().unwrap(),
            media: text(&entry["response"]["content"]["mimeType"]),
            body: text(&entry["response"]["content"]["text"]),
        }
    }
}

impl Document {
    /// Returns every operation.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.value["paths"].as_object().unwrap().iter();
        paths.flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, value)| Operation { path, method, value })
        })
    }

    /// Returns every answer of every operation.
    pub(crate) fn answers(&self) -> impl Iterator<Item = Answered> + '_ {
        self.operations().flat_map(move |operation| {
            let id = operation.value["operationId"].as_str().unwrap().to_owned();
            let statuses = operation.value["responses"].as_object().unwrap().keys();
            let statuses: Vec<u16> = statuses.map(|status| status.parse().unwrap()).collect();
            statuses.into_iter().map(move |status| ((self.name, id.clone()), status))
        })
    }

    /// Returns the content of every request and answer, and where it stands.
    pub(crate) fn contents(&self) -> Vec<(Message, String, &Value)> {
        let mut contents = Vec::new();
        for Operation { path, method, value } in self.operations() {
            let mut add = |message, described| {
                let described: &Value = described;
                let media = described["content"].as_object().into_iter().flatten();
                contents.extend(
                    media.map(|(name, it)| (message, format!("{method} {path} {name}"), it)),
                );
            };
            add(Message::Request, &value["requestBody"]);
            for answer in value["responses"].as_object().unwrap().values() {
                add(Message::Answer, answer);
            }
        }
        contents
    }

    /// Returns what the exchange is of, if it is of an operation of this document.
    ///
    /// # Panics
    /// When the answer is not described, or its body is not as described.
    pub(crate) fn judge(&self, exchange: &Exchange) -> Option<Answered> {
        let operation = self.operation(exchange)?;
        let answer = self.resolved(&operation.value["responses"][exchange.status.to_string()]);
        let told = format!("{} {} {}", exchange.method, exchange.path, exchange.status);
        assert!(answer.is_object(), "{told} is not described: {}", exchange.body);
        let id = operation.value["operationId"].as_str().unwrap().to_owned();
        let answered = Some(((self.name, id), exchange.status));
        if exchange.method == "HEAD" || exchange.body.is_empty() {
            return answered;
        }
        let content = &answer["content"][&exchange.media];
        assert!(content.is_object(), "{told}: no {} is described", exchange.media);
        if exchange.media.ends_with("json") {
            let body: Value = serde_json::from_str(&exchange.body).unwrap();
            let validator = self.validator(&content["schema"]);
            let errors: Vec<_> = validator.iter_errors(&body).map(|it| it.to_string()).collect();
            assert!(errors.is_empty(), "{told}: {errors:?}: {body}");
        }
        answered
    }

    /// Returns the operation that a request is of: a path without variables goes before one with.
    fn operation(&self, exchange: &Exchange) -> Option<Operation<'_>> {
        let method = exchange.method.to_lowercase();
        let method = if method == "head" { "get" } else { &method };
        let fitting =
            self.operations().filter(|it| it.method == method && fits(it.path, &exchange.path));
        fitting.min_by_key(|it| it.path.matches('{').count())
    }

    fn resolved<'d>(&'d self, answer: &'d Value) -> &'d Value {
        match answer["$ref"].as_str() {
            Some(reference) => self.value.pointer(reference.trim_start_matches('#')).unwrap(),
            None => answer,
        }
    }

    /// Returns the validator of a schema of the document.
    pub(crate) fn validator(&self, schema: &Value) -> Rc<Validator> {
        let mut compiled = self.compiled.borrow_mut();
        let made = compiled.entry(schema.to_string()).or_insert_with(|| {
            let components = json!({ "schemas": self.value["components"]["schemas"] });
            let mut root = Map::new();
            root.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
            root.insert("components".into(), components);
            root.insert("allOf".into(), json!([schema]));
            Rc::new(jsonschema::validator_for(&Value::Object(root)).unwrap())
        });
        Rc::clone(made)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let is_part =
        |(one, other): (&&str, &&str)| one == other || one.starts_with('{') && !other.is_empty();
    template.len() == path.len() && template.iter().zip(&path).all(is_part)
}
