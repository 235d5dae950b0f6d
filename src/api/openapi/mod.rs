//! OpenAPI 3.1: one document an API, made of what there is, so that it cannot drift.
//!
//! Paths, methods and media types are those of the route table; statuses those of its errors; the
//! schemas, examples, requirements and readings are the embedded ones. What none of these say
//! (which schema an operation answers with, what its parameters are called) stands in
//! `openapi/<api>.json`. The admin surface is no API, and is not described.

mod answers;
mod examples;
mod row;
mod schemas;
#[cfg(test)]
mod tests;
mod words;

use serde_json::{Map, Value, json};

use super::auth::Auth;
use super::negotiation::{Format, JSON, Media};
use super::route::{self, Declaration, Scheme};
use super::{APIS, Api, Mounts, PublicUrl};
use crate::input::suggest::did_you_mean;
use answers::Answers;
use row::{Parameter, Row, Rows};

/// The name of the security scheme in every document.
const CREDENTIALS: &str = "credentials";

/// Returns the names of the APIs that are described.
pub fn names() -> Vec<&'static str> {
    let declared = APIS.iter().filter_map(|serve| serve(&Mounts::default(), 0).ok());
    declared.map(|endpoint| endpoint.name()).collect()
}

/// Returns the document of an API as `serve` answers it by default, at a URL, or wherever the
/// document was found.
///
/// # Errors
/// A sentence: there is no such API, or what describes it is broken, which a test rules out.
pub fn document(name: &str, url: Option<&PublicUrl>) -> Result<Value, String> {
    for serve in APIS {
        let mut endpoint = serve(&Mounts::default(), 0)?;
        if endpoint.name() == name {
            endpoint.link_below(url.map_or("", PublicUrl::prefix));
            return describe(endpoint.declaration(&Auth::default()), url);
        }
    }
    let names = names();
    let meant = did_you_mean(name, names.iter().copied());
    Err(format!("there is no API {name}{meant}; there are {}", names.join(", ")))
}

/// Returns the document of an API as it stands here.
///
/// # Errors
/// As [`document`].
pub(super) fn served(api: &Api, name: &str) -> Result<Value, String> {
    let endpoint = api.endpoints.iter().find(|each| each.name() == name);
    let endpoint = endpoint.ok_or_else(|| format!("there is no API {name}"))?;
    describe(endpoint.declaration(&api.auth), api.public.as_ref())
}

/// Returns the document of an API that is declared so.
fn describe(api: Declaration, url: Option<&PublicUrl>) -> Result<Value, String> {
    let rows = Rows::of(api.name)?;
    let answers = Answers { api: &api, rows: &rows };
    let mut paths = Map::new();
    for operation in &api.operations {
        let (row, alias) = rows.find(&api, operation)?;
        let described = self::operation(&answers, operation, row, alias)?;
        let path = format!("{}{}", api.root, path_of(operation.path));
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[operation.method.as_str().to_lowercase()] = described;
    }
    let mut schemas = schemas::Components::default();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": rows.title,
            "description": words::about(&rows),
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": url.map_or("/", PublicUrl::origin) }],
        "tags": rows.tags.iter().map(|(name, about)| json!({ "name": name, "description": about }))
            .collect::<Value>(),
        "paths": paths,
    });
    if let Some(events) = &rows.events {
        let hooks = events.names.iter().map(|(name, about)| {
            let mut posted = event(events, name, about);
            // Not of the callbacks, which are the same: an id stands once in a document.
            posted["operationId"] = name.clone().into();
            (name.clone(), json!({ "post": posted }))
        });
        document["webhooks"] = Value::Object(hooks.collect());
    }
    document["components"] = json!({ "responses": answers.components() });
    document["components"]["securitySchemes"] = json!({ CREDENTIALS: scheme(api.scheme) });
    schemas.embed(&mut document)?;
    document["components"]["schemas"] = schemas.into_value();
    Ok(document)
}

/// Returns the path of a route as it is described: the root of an API has no slash behind it.
fn path_of(path: &str) -> &str {
    if path == "/" { "" } else { path }
}

fn scheme(scheme: Scheme) -> Value {
    match scheme {
        Scheme::Bearer => json!({ "type": "http", "scheme": "bearer" }),
        Scheme::Basic => json!({ "type": "http", "scheme": "basic" }),
    }
}

/// Returns an operation; `alias` is the path of the one that it is another way to.
fn operation(
    answers: &Answers,
    operation: &route::Operation,
    row: &Row,
    alias: Option<&str>,
) -> Result<Value, String> {
    let (api, rows) = (answers.api, answers.rows);
    let id = match alias {
        None => row.id.clone(),
        Some(_) => format!("{}-at-slash", row.id),
    };
    let mut described = json!({ "operationId": id, "summary": row.summary, "tags": [row.tag] });
    described["description"] = match alias {
        None => words::description(api.name, row)?.into(),
        Some(path) => format!("The same as at {}{path}.", api.root).into(),
    };
    let parameters = parameters(rows, operation, row, &format!("{}{}", api.root, operation.path))?;
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(schema) = &row.body {
        let examples = examples::requests(api.name, rows, row)?;
        let content = operation.consumes.iter().map(|media| {
            let rules = row.rule.clone().into_iter().chain(schemas::rule_of(media.format));
            let root = row.root.as_deref().filter(|_| media.format == Format::Xml);
            let mut content = json!({ "schema": schemas::bodied(schema, rules.collect(), root) });
            // A merge patch is one of the same.
            let printed = examples
                .get(media.name)
                .or_else(|| examples.get(JSON.name).filter(|_| media.name.ends_with("+json")));
            if let Some(printed) = printed {
                content["examples"] = printed.clone().into();
            }
            (media.name.to_owned(), content)
        });
        let content: Map<String, Value> = content.collect();
        described["requestBody"] = json!({ "required": !row.optional, "content": content });
    }
    described["responses"] = answers.of(operation, row)?;
    if row.events
        && let Some(events) = &rows.events
    {
        let named = events.names.iter().map(|(name, about)| {
            let posted = json!({ "post": event(events, name, about) });
            (name.clone(), json!({ "{$request.body#/callback}": posted }))
        });
        described["callbacks"] = Value::Object(named.collect());
    }
    described["security"] = match api.asks {
        true => json!([{ CREDENTIALS: [] }]),
        false => json!([{}, { CREDENTIALS: [] }]),
    };
    Ok(described)
}

/// Returns the parameters of an operation at `path`: those that the path names, and those of its
/// query.
fn parameters(
    rows: &Rows,
    operation: &route::Operation,
    row: &Row,
    path: &str,
) -> Result<Vec<Value>, String> {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let names = in_path.chain(row.query.iter().map(String::as_str));
    names
        .map(|name| {
            let missing = || format!("openapi: the parameter {name} of {path} is not described");
            let Parameter { place, rest } = rows.parameters.get(name).ok_or_else(missing)?;
            let mut parameter = json!({ "name": name, "in": place });
            if place == "path" {
                parameter["required"] = true.into();
            }
            for (name, value) in rest {
                parameter[name] = value.clone();
            }
            if let Some(schema) = operation.query.get(name) {
                parameter["schema"] = schema.clone();
            }
            Ok(parameter)
        })
        .collect()
}

/// Returns what a listener is asked when something happens.
fn event(events: &row::Events, name: &str, about: &str) -> Value {
    json!({
        "summary": about,
        "description": events.about,
        "requestBody": {
            "required": true,
            "content": { JSON.name: { "schema": {
                "$ref": events.schema,
                "properties": { "eventType": { "const": name } },
            } } },
        },
        "responses": {
            "2XX": { "description": "It has arrived." },
            "default": { "description": "It has not arrived, and is posted again." },
        },
        // Nothing is shown to a listener.
        "security": [],
    })
}

/// Returns the names of media types.
fn media_names(media: &[Media]) -> Vec<&str> {
    media.iter().map(|media| media.name).collect()
}
