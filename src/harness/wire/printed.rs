//! The text that a documented exchange sends and is answered: as printed, with its substitutions.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::api::{Api, Format};
use crate::harness::suite::{
    Example, Matcher, Place, PrintedRequest, Substitution, Unbound, Unwrap, Variables, pointer,
};

impl Example {
    /// The printed path with its placeholders replaced.
    pub(crate) fn path(
        &self,
        request: &PrintedRequest,
        variables: &Variables,
    ) -> Result<String, String> {
        let places = self.substitute.request.iter().filter(|each| each.place == Some(Place::Path));
        let texts = places.filter_map(|each| Some((each.text.as_deref()?, each.with.as_str()?)));
        replace_texts(request.path.clone(), texts, variables, &str::to_owned)
    }

    /// The body to send: printed plus substitutions, and nothing else.
    pub(crate) fn request_body(&self, variables: &Variables) -> Result<Option<String>, String> {
        let Some(request) = &self.request else { return Ok(None) };
        let Some(lines) = &request.body else { return Ok(None) };
        let substitutions = &self.substitute.request;
        let format = self.format(&request.headers);
        let text = repaired(format, lines, texts(substitutions, Value::as_str), variables)?;
        if format != Format::Json {
            return Ok(Some(text));
        }
        let mut body = self.read(format, &text)?;
        for substitution in substitutions {
            let Some(at) = &substitution.at else { continue };
            let with = match substitution.remove {
                true => None,
                false => Some(variables.fill(&substitution.with).map_err(Unbound::sentence)?),
            };
            if !pointer::replace(&mut body, at, with.as_ref()) {
                return Err(self.nothing_at(at));
            }
        }
        Ok(Some(body.to_string()))
    }

    /// Returns the body to expect: read as an answer is, and of a format that has no types, compared
    /// as text.
    pub(crate) fn response_body(
        &self,
        variables: &Variables,
        unwrap: Option<&Unwrap>,
    ) -> Result<Option<Matcher>, String> {
        let Some(response) = &self.response else { return Ok(None) };
        let Some(lines) = &response.body else { return Ok(None) };
        let substitutions = &self.substitute.response;
        let format = self.format(&response.headers);
        let texts = texts(substitutions, |with| match with {
            Matcher::Literal(Value::String(with)) => Some(with),
            _ => None,
        });
        let body = self.read(format, &repaired(format, lines, texts, variables)?)?;
        let mut expected = Matcher::literal(match unwrap {
            Some(unwrap) => unwrap.apply(body),
            None => body,
        });
        for substitution in substitutions {
            let Some(at) = &substitution.at else { continue };
            let with = match substitution.remove {
                true => None,
                false => Some(substitution.with.fill(variables).map_err(Unbound::sentence)?),
            };
            if !expected.replace(at, with.as_deref()) {
                return Err(self.nothing_at(at));
            }
        }
        Ok(Some(if format == Format::Json { expected } else { expected.into_text() }))
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

    fn nothing_at(&self, at: &str) -> String {
        format!("example {}: nothing stands at {at}", self.example)
    }
}

/// The printed text of a body with its textual substitutions, whose values are escaped as the
/// format asks.
fn repaired<'s>(
    format: Format,
    lines: &[String],
    texts: impl Iterator<Item = (&'s str, &'s str)>,
    variables: &Variables,
) -> Result<String, String> {
    let escape = |text: &str| format.escape(text);
    replace_texts(format.join(lines), texts, variables, &escape)
}

/// Returns what textual substitutions of a body replace, and by what.
fn texts<'s, W: Default>(
    substitutions: &'s [Substitution<W>],
    text_of: impl Fn(&'s W) -> Option<&'s str>,
) -> impl Iterator<Item = (&'s str, &'s str)> {
    let of_text = substitutions.iter().filter(|each| each.place == Some(Place::Text));
    of_text.filter_map(move |each| Some((each.text.as_deref()?, text_of(&each.with)?)))
}

fn replace_texts<'s>(
    mut printed: String,
    texts: impl Iterator<Item = (&'s str, &'s str)>,
    variables: &Variables,
    escape: &dyn Fn(&str) -> String,
) -> Result<String, String> {
    for (text, with) in texts {
        let with = variables.fill_escaped(with, escape).map_err(Unbound::sentence)?;
        printed = printed.replace(text, &with);
    }
    Ok(printed)
}
