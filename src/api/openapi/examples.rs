//! The documented exchanges as examples: as printed, with what has to be mended before they can be
//! sent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::row::{Row, Rows};
use crate::api::negotiation::JSON;
use crate::data;

/// Examples by media type and name.
type ByMedia = BTreeMap<String, Map<String, Value>>;

/// An exchange, as far as it is shown.
#[derive(Deserialize)]
struct Exchange {
    document: String,
    heading: String,
    #[serde(default)]
    request: Message,
    #[serde(default)]
    response: Message,
    #[serde(default)]
    substitute: Substitutions,
}

#[derive(Deserialize, Default)]
struct Message {
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
struct Substitutions {
    #[serde(default)]
    request: Vec<Substitution>,
    #[serde(default)]
    response: Vec<Substitution>,
}

#[derive(Deserialize)]
struct Substitution {
    #[serde(rename = "in")]
    place: Option<String>,
    #[serde(default)]
    text: String,
    at: Option<String>,
    with: Option<Value>,
    #[serde(default)]
    remove: bool,
}

/// Returns the bodies that are sent to an operation.
///
/// # Errors
/// A sentence: the row names an exchange that is not there, or one that is broken.
pub(super) fn requests(api: &str, rows: &Rows, row: &Row) -> Result<ByMedia, String> {
    collect(api, rows, row, |exchange| (&exchange.request, &exchange.substitute.request))
}

/// Returns the bodies that an operation answers with that status.
///
/// # Errors
/// As [`requests`].
pub(super) fn responses(
    api: &str,
    rows: &Rows,
    row: &Row,
    status: &str,
) -> Result<ByMedia, String> {
    let status = status.parse().ok();
    let mut answered = ByMedia::new();
    for name in &row.examples {
        let exchange = Exchange::read(api, name)?;
        if exchange.response.status == status {
            exchange.show(
                name,
                rows,
                &exchange.response,
                &exchange.substitute.response,
                &mut answered,
            );
        }
    }
    Ok(answered)
}

fn collect(
    api: &str,
    rows: &Rows,
    row: &Row,
    part: impl Fn(&Exchange) -> (&Message, &Vec<Substitution>),
) -> Result<ByMedia, String> {
    let mut shown = ByMedia::new();
    for name in &row.examples {
        let exchange = Exchange::read(api, name)?;
        let (message, substitutions) = part(&exchange);
        exchange.show(name, rows, message, substitutions, &mut shown);
    }
    Ok(shown)
}

impl Exchange {
    fn read(api: &str, name: &str) -> Result<Self, String> {
        let path = format!("examples/{api}/{name}.json");
        let bytes = data::file(&path).ok_or_else(|| format!("{path} is not embedded"))?;
        serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}"))
    }

    /// Adds a message to the examples of its media type, if it has a body.
    fn show(
        &self,
        name: &str,
        rows: &Rows,
        message: &Message,
        substitutions: &[Substitution],
        shown: &mut ByMedia,
    ) {
        let Some(lines) = &message.body else { return };
        let media = message.headers.get("Content-Type").map_or(JSON.name, String::as_str);
        let mut text = lines.join("\n");
        for it in substitutions.iter().filter(|it| it.place.as_deref() == Some("text")) {
            let with = it.with.as_ref().and_then(Value::as_str).unwrap_or_default();
            text = text.replace(&it.text, &filled(with, rows));
        }
        let value = match serde_json::from_str::<Value>(&text) {
            Ok(mut value) if media == JSON.name => {
                substitutions.iter().for_each(|it| it.apply(&mut value, rows));
                value
            }
            _ => text.into(),
        };
        let summary = format!("Document {} › {}", self.document, self.heading);
        let example = json!({ "summary": summary, "value": value });
        shown.entry(media.to_owned()).or_default().insert(name.to_owned(), example);
    }
}

impl Substitution {
    /// Mends a body. What only says how another may differ from what is printed changes nothing.
    fn apply(&self, body: &mut Value, rows: &Rows) {
        let Some((parent, last)) = self.at.as_deref().and_then(|at| at.rsplit_once('/')) else {
            return;
        };
        let Some(parent) = body.pointer_mut(parent) else { return };
        if self.remove {
            if let Value::Object(members) = parent {
                members.remove(last);
            }
            return;
        }
        let place = match parent {
            Value::Object(members) => members.get_mut(last),
            Value::Array(items) => last.parse().ok().and_then(|at: usize| items.get_mut(at)),
            _ => None,
        };
        if let (Some(place), Some(text)) = (place, self.with.as_ref().and_then(plain)) {
            *place = filled(text, rows).into();
        }
    }
}

/// Returns the text that stands for what is printed, be it that others may write it otherwise: with
/// blanks around it, in another case, as a number.
fn plain(with: &Value) -> Option<&str> {
    let written = ["$trimmed", "$nocase", "$text"].into_iter().find_map(|it| with.get(it));
    written.unwrap_or(with).as_str()
}

/// Returns a text with its `${variables}` filled in.
fn filled(text: &str, rows: &Rows) -> String {
    let values = rows.values.iter();
    values.fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value))
}
