//! What a documented exchange sends and is answered: as printed, with its substitutions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::api::{Api, Format};
use crate::harness::suite::{
    Example, Place, PrintedRequest, Substitution, Unbound, Unwrap, Variables, pointer, text_of,
};

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
