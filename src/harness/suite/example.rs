//! Documented exchanges as printed, and what must be substituted before they can be replayed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::harness::pointer;
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
        replace_text(&request.path, &self.substitute.request, Place::Path, variables)
    }

    /// The body to send: printed plus substitutions, and nothing else.
    pub(crate) fn request_body(&self, variables: &Variables) -> Result<Option<Value>, String> {
        let lines = self.request.as_ref().and_then(|request| request.body.as_deref());
        self.body(lines, &self.substitute.request, variables)
    }

    /// The body to expect, as a matcher.
    pub(crate) fn response_body(&self, variables: &Variables) -> Result<Option<Value>, String> {
        let lines = self.response.as_ref().and_then(|response| response.body.as_deref());
        self.body(lines, &self.substitute.response, variables)
    }

    fn body(
        &self,
        lines: Option<&[String]>,
        substitutions: &[Substitution],
        variables: &Variables,
    ) -> Result<Option<Value>, String> {
        let Some(lines) = lines else { return Ok(None) };
        let text = replace_text(&lines.join("\n"), substitutions, Place::Text, variables)?;
        let mut body: Value = serde_json::from_str(&text).map_err(|error| {
            format!("example {}: its printed body, repaired, is not JSON: {error}", self.example)
        })?;
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
        Ok(Some(body))
    }
}

fn replace_text(
    printed: &str,
    substitutions: &[Substitution],
    place: Place,
    variables: &Variables,
) -> Result<String, String> {
    let mut result = printed.to_owned();
    for substitution in substitutions.iter().filter(|each| each.place == Some(place)) {
        let (Some(text), Some(with)) = (&substitution.text, substitution.with.as_str()) else {
            continue;
        };
        let with = variables.fill_text(with).map_err(Unbound::sentence)?;
        result = result.replace(text.as_str(), &with);
    }
    Ok(result)
}
