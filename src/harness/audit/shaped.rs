//! A body as a value, and back in the format in which it came.

use serde_json::{Map, Value};

use crate::harness::api::Format;
use crate::harness::subject::Media;
use crate::harness::suite::{Members, XmlStyle, text_of};
use crate::harness::wire::{Answer, Body};

/// The body of an answer, ready to be changed.
#[derive(Debug, Clone)]
pub(super) struct Shaped {
    pub(super) format: Format,
    pub(super) value: Value,
    /// The name of the root element, in XML.
    root: String,
}

impl Shaped {
    /// Returns the body of an answer, if there is one and it can be read.
    pub(super) fn of(answer: &Answer, media: &Media) -> Option<Shaped> {
        let Body::Read(value) = Body::of(answer, media) else { return None };
        let format = media.format_of(answer.header("content-type"), &answer.body);
        let root = match format {
            Format::Xml => root_of(&String::from_utf8_lossy(&answer.body)),
            Format::Json | Format::Form => String::new(),
        };
        Some(Shaped { format, value, root })
    }

    /// Returns the body as it is written; none, if this format has no form for the value.
    pub(super) fn written(&self) -> Option<Vec<u8>> {
        let text = match self.format {
            Format::Json => self.value.to_string(),
            Format::Xml => element(&self.root, &self.value),
            Format::Form => {
                let shape = XmlStyle { root: "", members: Members::Attributes };
                Format::Form.write(&self.value, shape).ok()?
            }
        };
        Some(text.into_bytes())
    }
}

/// Returns the name of the first element.
fn root_of(text: &str) -> String {
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let starts = text.match_indices('<').map(|(at, _)| &text[at + 1..]);
    let after = { starts }.find(|after| after.starts_with(is_start)).unwrap_or("root");
    let end = after.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    after[..end.unwrap_or(after.len())].to_owned()
}

/// Returns an element as it would be read as `value`: its scalars as attributes, the rest as
/// children.
fn element(name: &str, value: &Value) -> String {
    let escape = |text: &str| Format::Xml.escape(text);
    match value {
        Value::Object(members) => {
            let attributes: String = scalars(members)
                .map(|(name, text)| format!(" {name}=\"{}\"", escape(&text)))
                .collect();
            let children: String = members.iter().map(|(name, value)| child(name, value)).collect();
            format!("<{name}{attributes}>{children}</{name}>")
        }
        Value::Array(items) => items.iter().map(|item| element(name, item)).collect(),
        Value::Null => String::new(),
        scalar => format!("<{name}>{}</{name}>", escape(&text_of(scalar).unwrap_or_default())),
    }
}

fn scalars(members: &Map<String, Value>) -> impl Iterator<Item = (&String, String)> {
    members.iter().filter_map(|(name, value)| Some((name, text_of(value)?)))
}

fn child(name: &str, value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => element(name, value),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Shaped;
    use crate::harness::api::Api;
    use crate::harness::subject::Media;
    use crate::harness::wire::Answer;

    #[test]
    fn what_is_read_is_written_so_that_it_reads_the_same() {
        let media = Media::documented(Api::named("gateway").unwrap());
        for (body, value) in [
            (r#"{"id":1.50,"a":[null,"x"]}"#, json!({"id": 1.5, "a": [null, "x"]})),
            (
                r#"<customers><customer id="1" n="&amp;&quot;"/><customer id="2"/></customers>"#,
                json!({"customer": [{"id": "1", "n": "&\""}, {"id": "2"}]}),
            ),
            ("<customer><id>1</id></customer>", json!({"id": "1"})),
            ("id=1&name=%C3%A5", json!({"id": "1", "name": "å"})),
        ] {
            let answer = Answer {
                status: 200,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
                ..Answer::default()
            };
            let shaped = Shaped::of(&answer, &media).unwrap();
            let text = |value: &serde_json::Value| value.to_string().replace("1.50", "1.5");
            assert_eq!(text(&shaped.value), value.to_string(), "{body}");
            let again = Answer { body: shaped.written().unwrap(), ..answer };
            assert_eq!(Shaped::of(&again, &media).unwrap().value, shaped.value, "{body}");
        }
    }
}
