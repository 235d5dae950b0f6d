//! Documented exchanges as printed, and what must be substituted before they can be replayed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::api::Api;
use crate::harness::format::{Format, text_of};
use crate::harness::pointer;
use crate::harness::unwrap::Unwrap;
use crate::harness::variables::{Unbound, Variables};

/// One exchange of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "where it stands is read by the lint alone"))]
pub(crate) struct Example {
    pub(crate) example: String,
    pub(crate) document: String,
    pub(crate) heading: String,
    #[serde(default)]
    pub(crate) request: Option<PrintedRequest>,
    #[serde(default)]
    pub(crate) response: Option<PrintedResponse>,
    #[serde(default)]
    pub(crate) substitute: Substitutions,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrintedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<Vec<String>>,
    /// The reading that restores a request line which the document lost.
    #[serde(default, rename = "restored")]
    pub(crate) _restored: Option<u16>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrintedResponse {
    pub(crate) status: u16,
    #[serde(default, rename = "reason")]
    pub(crate) _reason: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<Vec<String>>,
    /// The reading that restores a status line which the document lost.
    #[serde(default, rename = "restored")]
    pub(crate) _restored: Option<u16>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitutions {
    #[serde(default)]
    pub(crate) request: Vec<Substitution>,
    #[serde(default)]
    pub(crate) response: Vec<Substitution>,
}

/// Where a substitution applies that is no JSON pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Text,
}

/// One difference between what is printed and what is sent or expected, with its reading.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitution {
    #[serde(default, rename = "in")]
    pub(crate) place: Option<Place>,
    /// The printed text that is replaced, wherever it occurs in `in`.
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// The pointer of the member that is replaced; `*` is every element.
    #[serde(default)]
    pub(crate) at: Option<String>,
    #[serde(default)]
    pub(crate) with: Value,
    #[serde(default)]
    pub(crate) remove: bool,
    /// The reading that demands it.
    #[serde(rename = "reading")]
    pub(crate) _reading: u16,
}

impl Example {
    /// The printed path with its placeholders replaced.
    pub(crate) fn path(
        &self,
        request: &PrintedRequest,
        variables: &Variables,
    ) -> Result<String, String> {
        replace_text(
            &request.path,
            &self.substitute.request,
            Place::Path,
            variables,
            &str::to_owned,
        )
    }

    /// The body to send: printed plus substitutions, and nothing else.
    pub(crate) fn request_body(&self, variables: &Variables) -> Result<Option<String>, String> {
        let Some(request) = &self.request else { return Ok(None) };
        let Some(lines) = &request.body else { return Ok(None) };
        let substitutions = &self.substitute.request;
        let format = self.format(&request.headers);
        let text = repaired(format, lines, substitutions, variables)?;
        if format != Format::Json {
            return Ok(Some(text));
        }
        let body = self.read(format, &text)?;
        Ok(Some(self.substituted(body, substitutions, variables)?.to_string()))
    }

    /// The body to expect, as a matcher: read as an answer is, and of a format that has no types,
    /// compared as text.
    pub(crate) fn response_body(
        &self,
        variables: &Variables,
        unwrap: Option<&Unwrap>,
    ) -> Result<Option<Value>, String> {
        let Some(response) = &self.response else { return Ok(None) };
        let Some(lines) = &response.body else { return Ok(None) };
        let substitutions = &self.substitute.response;
        let format = self.format(&response.headers);
        let body = self.read(format, &repaired(format, lines, substitutions, variables)?)?;
        let body = match unwrap {
            Some(unwrap) => unwrap.apply(body),
            None => body,
        };
        let body = self.substituted(body, substitutions, variables)?;
        Ok(Some(if format == Format::Json { body } else { as_text(body) }))
    }

    /// The format of a printed body, by its Content-Type.
    pub(crate) fn format(&self, headers: &BTreeMap<String, String>) -> Format {
        let media = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let api = self.example.split('/').next().and_then(Api::named);
        let format = api.zip(media).and_then(|(api, (_, media))| api.format_named(media));
        format.unwrap_or(Format::Json)
    }

    fn read(&self, format: Format, text: &str) -> Result<Value, String> {
        format.read(text.as_bytes()).map_err(|error| {
            format!(
                "example {}: its printed body, repaired, is not {format}: {error}",
                self.example
            )
        })
    }

    fn substituted(
        &self,
        mut body: Value,
        substitutions: &[Substitution],
        variables: &Variables,
    ) -> Result<Value, String> {
        for substitution in substitutions {
            let Some(at) = &substitution.at else { continue };
            let with = match substitution.remove {
                true => None,
                false => Some(variables.fill(&substitution.with).map_err(Unbound::sentence)?),
            };
            if !pointer::replace(&mut body, at, with.as_ref()) {
                return Err(format!("example {}: nothing stands at {at}", self.example));
            }
        }
        Ok(body)
    }
}

/// The printed text of a body with its textual substitutions, whose values are escaped as the
/// format asks.
fn repaired(
    format: Format,
    lines: &[String],
    substitutions: &[Substitution],
    variables: &Variables,
) -> Result<String, String> {
    let escape = |text: &str| format.escape(text);
    replace_text(&format.join(lines), substitutions, Place::Text, variables, &escape)
}

/// A matcher that compares every scalar as text; matchers that stand in it stay as they are.
fn as_text(body: Value) -> Value {
    match body {
        Value::Object(members)
            if members.len() == 1 && members.keys().all(|n| n.starts_with('$')) =>
        {
            Value::Object(members)
        }
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, as_text(member))).collect()
        }
        Value::Array(items) => items.into_iter().map(as_text).collect(),
        scalar => match text_of(&scalar) {
            Some(text) => json!({ "$text": text }),
            None => scalar,
        },
    }
}

fn replace_text(
    printed: &str,
    substitutions: &[Substitution],
    place: Place,
    variables: &Variables,
    escape: &dyn Fn(&str) -> String,
) -> Result<String, String> {
    let mut result = printed.to_owned();
    for substitution in substitutions.iter().filter(|each| each.place == Some(place)) {
        let (Some(text), Some(with)) = (&substitution.text, substitution.with.as_str()) else {
            continue;
        };
        let with = variables.fill_escaped(with, escape).map_err(Unbound::sentence)?;
        result = result.replace(text.as_str(), &with);
    }
    Ok(result)
}
