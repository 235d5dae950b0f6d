//! Expectations: one check of one answer, each citing its clause.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::clause::{Clause, Level};
use super::matcher::Matcher;
use super::relation::Relation;
use crate::harness::api::Format;

/// One check and the clause that it serves.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "RawExpectation")]
pub(crate) struct Expectation {
    pub(crate) clause: String,
    pub(crate) check: Check,
    /// Judged only where the suite's fixtures were loaded, so that values are known.
    pub(crate) fixture: bool,
    /// Only recommended here, whatever the level of the clause.
    pub(crate) advisory: bool,
    /// The statuses of the answers that are judged; none means any.
    pub(crate) when: Option<Statuses>,
}

impl Expectation {
    /// Returns what breaking it means: the level of the clause, or less.
    pub(crate) fn level(&self, clause: &Clause) -> Level {
        if self.advisory { Level::Should } else { clause.level }
    }

    /// Returns whether it is of an answer with this status.
    pub(crate) fn is_of(&self, status: u16) -> bool {
        self.when.as_ref().is_none_or(|when| when.accepts(status))
    }
}

/// One thing that is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Check {
    Status(Statuses),
    /// The replayed example's response after substitution.
    Printed(Printed),
    /// The essence of Content-Type.
    Media(String),
    /// The body is of this format, strictly.
    Format(Format),
    Header(HeaderCheck),
    /// `schemas/<name>.json`.
    Schema(String),
    Body {
        at: String,
        matcher: Matcher,
    },
    Problem(ProblemCheck),
    SameAs(SameAs),
    Relation(Relation),
}

/// The printed part that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Printed {
    Status,
    Headers,
    Body,
}

/// A header that must be there, and perhaps what it must hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderCheck {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) link: Option<String>,
    #[serde(default)]
    pub(crate) contains: Option<String>,
}

/// A documented problem: its status, its possible codes, the parameters it may name; or an answer
/// that is as good.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProblemCheck {
    #[serde(default)]
    pub(crate) status: Option<Statuses>,
    #[serde(default)]
    pub(crate) code: Names,
    #[serde(default)]
    pub(crate) parameter: Names,
    /// Statuses that are as good, of which nothing more is asked: no document says which of two
    /// refusals comes first.
    #[serde(default)]
    pub(crate) otherwise: Option<Statuses>,
}

/// That an answer is what an earlier one was.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SameAs {
    pub(crate) step: String,
    #[serde(default)]
    pub(crate) at: String,
    /// Where it stood in the earlier answer, if it was elsewhere.
    #[serde(default)]
    pub(crate) from: Option<String>,
    /// The members that are compared, as pointers below `at`; none means all.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Names(pub(crate) Vec<String>);

impl TryFrom<Value> for Names {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            other => Err(format!("{other} is no text")),
        };
        match value {
            Value::Array(values) => values.into_iter().map(text).collect::<Result<_, _>>(),
            one => text(one).map(|text| vec![text]),
        }
        .map(Names)
    }
}

/// The statuses that an expectation accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Statuses(Vec<StatusPattern>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatusPattern {
    Exactly(u16),
    Class(u16),
    NotClass(u16),
}

impl StatusPattern {
    fn exact(&self) -> Option<u16> {
        match self {
            StatusPattern::Exactly(status) => Some(*status),
            StatusPattern::Class(_) | StatusPattern::NotClass(_) => None,
        }
    }
}

impl Statuses {
    pub(crate) fn exactly(status: u16) -> Self {
        Statuses(vec![StatusPattern::Exactly(status)])
    }

    pub(crate) fn accepts(&self, status: u16) -> bool {
        self.0.iter().any(|pattern| match pattern {
            StatusPattern::Exactly(exact) => status == *exact,
            StatusPattern::Class(class) => status / 100 == *class,
            StatusPattern::NotClass(class) => status / 100 != *class,
        })
    }

    /// Returns whether this very status is listed.
    pub(crate) fn list(&self, status: u16) -> bool {
        self.0.contains(&StatusPattern::Exactly(status))
    }

    /// Returns whether a success is accepted.
    pub(crate) fn allow_success(&self) -> bool {
        (200..300).any(|status| self.accepts(status))
    }

    /// Returns whether only a success is accepted, so that nothing that follows makes sense without one.
    pub(crate) fn wants_success(&self) -> bool {
        self.0.iter().all(|pattern| match pattern {
            StatusPattern::Exactly(exact) => exact / 100 == 2,
            StatusPattern::Class(class) => *class == 2,
            StatusPattern::NotClass(_) => false,
        })
    }

    /// Returns what is expected where this status was answered instead: `404`, `a success (2xx)`,
    /// `a refusal (4xx)`, `400 to 404`. Of statuses that are listed their class is named, unless what
    /// was answered is of that class too.
    pub(crate) fn instead_of(&self, answered: u16) -> String {
        /// Of one class, so many are told one by one.
        const FEW: usize = 2;
        let class = |class: u16| match class {
            2 => "a success (2xx)".to_owned(),
            3 => "a redirection (3xx)".to_owned(),
            4 => "a refusal (4xx)".to_owned(),
            5 => "a server error (5xx)".to_owned(),
            other => format!("{other}xx"),
        };
        let mut words: Vec<String> = Vec::new();
        let mut add = |word: String| {
            if !words.contains(&word) {
                words.push(word);
            }
        };
        let exact: BTreeSet<u16> = self.0.iter().filter_map(StatusPattern::exact).collect();
        for pattern in &self.0 {
            match pattern {
                StatusPattern::Class(of) => add(class(*of)),
                StatusPattern::NotClass(of) => add(format!("anything but {}", class(*of))),
                StatusPattern::Exactly(one) => {
                    let of = one / 100;
                    let alike: Vec<_> = exact.iter().filter(|it| **it / 100 == of).collect();
                    if alike.len() > FEW && answered / 100 != of {
                        add(class(of));
                        continue;
                    }
                    for run in alike.chunk_by(|a, b| **a + 1 == **b) {
                        match run {
                            [first, .., last] if run.len() > FEW => {
                                add(format!("{first} to {last}"))
                            }
                            run => run.iter().for_each(|one| add(one.to_string())),
                        }
                    }
                }
            }
        }
        match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => words.concat(),
        }
    }

    /// For reports: `201`, `2xx`, `200 or 204`, `not 2xx`.
    pub(crate) fn words(&self) -> String {
        let words: Vec<_> = self
            .0
            .iter()
            .map(|pattern| match pattern {
                StatusPattern::Exactly(exact) => exact.to_string(),
                StatusPattern::Class(class) => format!("{class}xx"),
                StatusPattern::NotClass(class) => format!("not {class}xx"),
            })
            .collect();
        words.join(" or ")
    }
}

impl TryFrom<Value> for Statuses {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let values = match value {
            Value::Array(values) => values,
            one => vec![one],
        };
        let patterns: Option<Vec<_>> = values.iter().map(pattern).collect();
        patterns
            .filter(|patterns| !patterns.is_empty())
            .map(Statuses)
            .ok_or_else(|| "a status is a number, `2xx` or `not-2xx`, or a list of them".to_owned())
    }
}

fn pattern(value: &Value) -> Option<StatusPattern> {
    if let Some(exact) = value.as_u64() {
        return u16::try_from(exact).ok().map(StatusPattern::Exactly);
    }
    let text = value.as_str()?;
    let class = |text: &str| text.strip_suffix("xx")?.parse().ok();
    match text.strip_prefix("not-") {
        Some(rest) => class(rest).map(StatusPattern::NotClass),
        None => class(text).map(StatusPattern::Class),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawExpectation {
    clause: String,
    #[serde(default)]
    fixture: bool,
    #[serde(default)]
    advisory: bool,
    #[serde(default)]
    when: Option<Statuses>,
    #[serde(default)]
    status: Option<Statuses>,
    #[serde(default)]
    printed: Option<Printed>,
    #[serde(default)]
    media: Option<String>,
    #[serde(default)]
    format: Option<Format>,
    #[serde(default)]
    header: Option<HeaderCheck>,
    #[serde(default)]
    schema: Option<String>,
    #[serde(default)]
    at: Option<String>,
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
    #[serde(default)]
    problem: Option<ProblemCheck>,
    #[serde(default)]
    same_as: Option<SameAs>,
    #[serde(default)]
    relation: Option<Relation>,
}

impl TryFrom<RawExpectation> for Expectation {
    type Error = String;

    fn try_from(raw: RawExpectation) -> Result<Self, String> {
        let at = raw.at.is_some();
        let matcher = raw.body.map(|written| Matcher::parse(&written)).transpose();
        let matcher =
            matcher.map_err(|fault| format!("an expectation (of {}): {fault}", raw.clause))?;
        let body = matcher.map(|matcher| Check::Body { at: raw.at.unwrap_or_default(), matcher });
        let has_body = body.is_some();
        if let Some(relation) = &raw.relation {
            relation.sound()?;
        }
        let checks: Vec<Check> = [
            raw.status.map(Check::Status),
            raw.printed.map(Check::Printed),
            raw.media.map(Check::Media),
            raw.format.map(Check::Format),
            raw.header.map(Check::Header),
            raw.schema.map(Check::Schema),
            body,
            raw.problem.map(Check::Problem),
            raw.same_as.map(Check::SameAs),
            raw.relation.map(Check::Relation),
        ]
        .into_iter()
        .flatten()
        .collect();
        match <[Check; 1]>::try_from(checks) {
            Ok([check]) if has_body || !at => {
                let RawExpectation { clause, fixture, advisory, when, .. } = raw;
                Ok(Expectation { clause, check, fixture, advisory, when })
            }
            _ => Err(format!(
                "an expectation (of {}) has exactly one check, and `at` only beside `body`",
                raw.clause
            )),
        }
    }
}

/// Reads a member that may be `null` and still counts as given.
pub(super) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Statuses;

    #[test]
    fn a_status_is_exact_a_class_or_what_is_no_class() {
        for (given, accepted, refused) in [
            (json!(201), vec![201], vec![200, 400]),
            (json!("2xx"), vec![200, 299], vec![199, 300]),
            (json!("not-5xx"), vec![200, 404], vec![500, 503]),
            (json!([200, 204, "4xx"]), vec![200, 204, 409], vec![201, 500]),
        ] {
            let statuses = Statuses::try_from(given.clone()).unwrap();
            for status in accepted {
                assert!(statuses.accepts(status), "{given} accepts {status}");
            }
            for status in refused {
                assert!(!statuses.accepts(status), "{given} refuses {status}");
            }
        }
        for nonsense in [json!("twoxx"), json!([]), json!(null), json!({"status": 200})] {
            assert!(Statuses::try_from(nonsense.clone()).is_err(), "{nonsense}");
        }
    }

    /// "expected 2xx or 400 or 401 or 403 or 406 or 409 …" told nobody what was meant.
    #[test]
    fn what_is_expected_is_told_by_what_is_meant() {
        for (given, answered, told) in [
            (json!(201), 400, "201"),
            (json!("2xx"), 400, "a success (2xx)"),
            (json!([200, 206]), 404, "200 or 206"),
            (json!([400, 404]), 200, "400 or 404"),
            (json!([401, 403, 404]), 200, "a refusal (4xx)"),
            (json!([401, 403, 404]), 400, "401, 403 or 404"),
            (json!([400, 401, 402, 404]), 409, "400 to 402 or 404"),
            (json!(["2xx", 400, 401, 403, 409]), 500, "a success (2xx) or a refusal (4xx)"),
            (json!(["2xx", 403]), 404, "a success (2xx) or 403"),
            (json!("not-5xx"), 500, "anything but a server error (5xx)"),
            (json!(["not-5xx", 501]), 500, "anything but a server error (5xx) or 501"),
        ] {
            let statuses = Statuses::try_from(given.clone()).unwrap();
            assert_eq!(statuses.instead_of(answered), told, "{given} {answered}");
        }
    }
}
