//! The query language as schemas: which names a query of a collection may have, and what they take.

use serde_json::{Map, Value, json};

use super::attribute::{Attributes, Kind, kind};
use crate::model::schema::Shape;

/// The most attributes that one name of a pattern holds: YAML reads no name of more than 1024
/// characters, and many read JSON as the YAML that it is.
const ATTRIBUTES_OF_PATTERN: usize = 12;

/// Returns the schemas of `filter`, `fields` and `sort` in a query of a collection (readings 149,
/// 216, 244): what they refuse is answered 400.
pub(in crate::api::tmf) fn schemas(of: &dyn Attributes) -> Map<String, Value> {
    let mut paths = vec!["href".to_owned()];
    collect(of.shape(), "", &mut paths);
    let of_kinds = |kinds: &[Kind]| -> Vec<&str> {
        let has = |path: &&String| kind(of, path).is_some_and(|kind| kinds.contains(&kind));
        paths.iter().filter(has).map(String::as_str).collect()
    };
    let texts = of_kinds(&[Kind::Text, Kind::Word]);
    let numbers = of_kinds(&[Kind::Number]);
    let numerals = of_kinds(&[Kind::Numeral]);
    let moments = of_kinds(&[Kind::Moment]);
    let values = [&texts[..], &numbers, &numerals, &moments].concat();

    let text = || json!({ "type": "string" });
    let moment = json!({ "type": "string", "format": "date-time" });
    // Of at most 28 digits; a query has texts.
    let number = json!({ "type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,14})?$" });
    let mut filters = Map::new();
    let mut add = |paths: &[&str], operators: &str, schema: Value| {
        for some in paths.chunks(ATTRIBUTES_OF_PATTERN) {
            filters.insert(format!("^({}){operators}$", alternatives(some)), schema.clone());
        }
    };
    add(&[&texts[..], &numerals].concat(), r"(\.(eq|ne))?", text());
    add(&numbers, r"(\.(eq|ne|gt|gte|lt|lte))?", number.clone());
    add(&numerals, r"\.(gt|gte|lt|lte)", number);
    add(&moments, r"(\.(eq|ne|gt|gte|lt|lte))?", moment);
    // The format regex would promise ECMAScript's, which has look-around and references back.
    add(&values, r"\.(ex|regex)", text());

    let filter =
        json!({ "type": "object", "patternProperties": filters, "additionalProperties": false });
    let chosen: Vec<_> = paths.iter().map(String::as_str).chain(["all", "none", ""]).collect();
    let fields = json!({ "type": "array", "items": { "type": "string", "enum": chosen } });
    let sort = format!("^([-+]?({}))?$", alternatives(&values));
    let sort = json!({ "type": "array", "items": { "type": "string", "pattern": sort } });
    [("filter", filter), ("fields", fields), ("sort", sort)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

/// Adds the dotted path of every attribute of `shape`, which stands at `path`.
fn collect(shape: &Shape, path: &str, paths: &mut Vec<String>) {
    for name in shape.names() {
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        paths.push(path.clone());
        if let Some(inner) = shape.member(name) {
            collect(inner, &path, paths);
        }
    }
}

/// Returns an expression that is one of `paths`.
fn alternatives(paths: &[&str]) -> String {
    paths.join("|").replace('.', r"\.")
}
