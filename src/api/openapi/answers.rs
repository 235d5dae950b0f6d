//! What an operation answers: what its row says, and the errors that it can refuse with.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use super::row::{Answer, Row, Rows};
use super::{examples, media_names, schemas};
use crate::api::error::{KINDS, Kind};
use crate::api::route::{Declaration, Operation};

/// What makes the answers of an API.
pub(super) struct Answers<'a> {
    pub(super) api: &'a Declaration,
    pub(super) rows: &'a Rows,
}

/// The codes of errors that every request can be answered with, whatever it asks for: the head is
/// none, the page or the host is another, it takes too long, there is no room.
const OF_ALL: &[&str] = &[
    "validation",
    "forbidden",
    "not-acceptable",
    "request-timeout",
    "payload-too-large",
    "uri-too-long",
    "misdirected-request",
    "request-header-fields-too-large",
    "internal-error",
    "busy",
];

/// The code of those who show no credentials, or others.
const UNAUTHORIZED: &str = "unauthorized";

/// The code of what has a body that is not of the media types it may have.
const OF_BODIES: &str = "unsupported-media-type";

/// The codes of what may change something.
const OF_WRITES: &[&str] = &["outcome-unknown", "writes-refused"];

impl Answers<'_> {
    /// Returns the answers of an operation by status.
    ///
    /// # Errors
    /// A sentence: the row names a code or a header that there is not.
    pub(super) fn of(&self, operation: &Operation, row: &Row) -> Result<Value, String> {
        let mut answers = Map::new();
        for (status, answer) in &row.answers {
            answers.insert(status.clone(), self.success(row, status, answer)?);
        }
        let own: Vec<&Kind> =
            row.refusals.iter().map(|code| kind(code)).collect::<Result<_, _>>()?;
        let common = self.common(operation);
        let mut by_status: BTreeMap<u16, Vec<&Kind>> = BTreeMap::new();
        for each in own.iter().chain(&common) {
            let kinds = by_status.entry(each.status.as_u16()).or_default();
            if !kinds.iter().any(|known| known.code == each.code) {
                kinds.push(each);
            }
        }
        for (status, kinds) in by_status {
            let is_common = own.iter().all(|kind| kind.status != status) && !kinds.is_empty();
            let described = match is_common {
                true => json!({ "$ref": format!("#/components/responses/{}", name(&kinds)) }),
                false => self.refusal(&kinds),
            };
            answers.insert(status.to_string(), described);
        }
        Ok(Value::Object(answers))
    }

    /// Returns the answers that operations share, by name.
    pub(super) fn components(&self) -> Value {
        let mut components = Map::new();
        for operation in &self.api.operations {
            let mut by_status: BTreeMap<u16, Vec<&Kind>> = BTreeMap::new();
            for kind in self.common(operation) {
                by_status.entry(kind.status.as_u16()).or_default().push(kind);
            }
            for kinds in by_status.values() {
                components.entry(name(kinds)).or_insert_with(|| self.refusal(kinds));
            }
        }
        Value::Object(components)
    }

    /// Returns the errors that an operation has because of what it is: that it has a body, that it
    /// writes.
    fn common(&self, operation: &Operation) -> Vec<&'static Kind> {
        let is_common = |kind: &&Kind| match kind.code {
            UNAUTHORIZED => self.api.asks,
            OF_BODIES => !operation.consumes.is_empty(),
            code => OF_ALL.contains(&code) || operation.writes && OF_WRITES.contains(&code),
        };
        KINDS.iter().filter(is_common).collect()
    }

    fn success(&self, row: &Row, status: &str, answer: &Answer) -> Result<Value, String> {
        let code = status.parse::<StatusCode>().ok().and_then(|code| code.canonical_reason());
        let mut described = json!({ "description": code.unwrap_or(status) });
        if let Some(schema) = &answer.schema {
            let media = answer.media.as_ref().map_or_else(
                || media_names(self.api.produces),
                |media| media.iter().map(String::as_str).collect(),
            );
            let examples = examples::responses(self.api.name, self.rows, row, status)?;
            let content = media.into_iter().map(|media| {
                let mut content =
                    json!({ "schema": schemas::bodied(schema, Vec::new(), answer.root.as_deref()) });
                if let Some(printed) = examples.get(media) {
                    content["examples"] = printed.clone().into();
                }
                (media.to_owned(), content)
            });
            described["content"] = Value::Object(content.collect());
        }
        for name in &answer.headers {
            let missing = || format!("openapi: the header {name} is not described");
            let header = self.rows.headers.get(name).ok_or_else(missing)?;
            described["headers"][name] = header.clone();
        }
        Ok(described)
    }

    /// Returns the answer that is an error of one of `kinds`, which have one status.
    fn refusal(&self, kinds: &[&Kind]) -> Value {
        let errors = &self.rows.errors;
        let codes: Vec<_> =
            kinds.iter().map(|it| format!("{}{}", errors.prefix, it.code)).collect();
        let titles: Vec<_> =
            kinds.iter().map(|it| format!("{}: `{}`", it.title, it.code)).collect();
        let coded = json!({ "properties": { &errors.member: { "enum": codes } } });
        let schema = schemas::bodied(&errors.schema, vec![coded], errors.root.as_deref());
        let media =
            errors.media.as_deref().map_or_else(|| media_names(self.api.produces), |it| vec![it]);
        let content = media.into_iter().map(|it| (it.to_owned(), json!({ "schema": schema })));
        let mut described = json!({ "description": titles.join("\n\n"), "content": content.collect::<Map<_, _>>() });
        let mut header = |name: &str, about: &str, required: bool| {
            let schema = json!({ "type": "string" });
            described["headers"][name] =
                json!({ "description": about, "required": required, "schema": schema });
        };
        match kinds.first().map(|kind| kind.status) {
            Some(StatusCode::UNAUTHORIZED) => {
                header(WWW_AUTHENTICATE.as_str(), "How credentials are shown.", true);
            }
            Some(StatusCode::SERVICE_UNAVAILABLE) => {
                header(RETRY_AFTER.as_str(), "After how many seconds to ask again.", false);
            }
            _ => {}
        }
        described
    }
}

/// Returns the kind of error that has a code.
fn kind(code: &str) -> Result<&'static Kind, String> {
    let missing = || format!("openapi: no error has the code {code}");
    KINDS.iter().find(|kind| kind.code == code).ok_or_else(missing)
}

/// Returns what an answer of errors that have one status is called among the components.
fn name(kinds: &[&Kind]) -> String {
    let codes: Vec<_> = kinds.iter().map(|kind| kind.code).collect();
    codes.join(".")
}
