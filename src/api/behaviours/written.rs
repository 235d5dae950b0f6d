//! A rule as it is written down.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::error::ApiError;
use crate::input::suggest::did_you_mean;
use crate::model::json;
use crate::model::violation::{self, Violation};

/// A rule as it is written down.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) api: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) identifiers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delay: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) when: Option<When>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) drop: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) cut: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) stale: bool,
}

fn is_false(is: &bool) -> bool {
    !is
}

/// Whether a request is fulfilled before its answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::api) enum When {
    /// It is not: nothing is written.
    Before,
    /// It is: what it writes is written.
    After,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// The form of a member.
enum Form {
    /// A text, such as this one.
    Text(&'static str),
    /// An object of texts.
    Texts,
    /// How many.
    Count,
    /// A share of all.
    Share,
    /// The status of an error.
    Status,
    /// A time that whole seconds measure.
    Seconds,
    /// A [`When`].
    When,
    /// Yes or no.
    Flag,
}

/// The members of a rule.
const MEMBERS: &[(&str, Form)] = &[
    ("api", Form::Text("customer")),
    ("operation", Form::Text("GET /customers/{customerNo}")),
    ("method", Form::Text("GET")),
    ("identifiers", Form::Texts),
    ("count", Form::Count),
    ("probability", Form::Share),
    ("delay", Form::Text("80ms")),
    ("status", Form::Status),
    ("retryAfter", Form::Seconds),
    ("when", Form::When),
    ("drop", Form::Flag),
    ("cut", Form::Flag),
    ("stale", Form::Flag),
];

/// The longest `Retry-After`, in seconds: a day.
const LONGEST_PAUSE: u64 = 86_400;

impl Written {
    /// Reads a rule. A member that is null is as good as absent.
    ///
    /// # Errors
    /// 400 with the members that are wrong.
    pub(super) fn read(body: &[u8]) -> Result<Self, ApiError> {
        let Value::Object(mut members) = json::read(body)? else {
            return Err(Violation::body("The body is not a JSON object.").into());
        };
        members.retain(|_, value| !value.is_null());
        let found = members.iter().filter_map(|(name, value)| wrong(name, value));
        let found: Vec<_> = found.take(violation::MOST).collect();
        if !found.is_empty() {
            return Err(found.into());
        }
        serde_json::from_value(Value::Object(members)).map_err(|error| {
            ApiError::internal("The rule cannot be read.").with_log(error.to_string())
        })
    }
}

/// Returns what is wrong with the form of a member.
fn wrong(name: &str, value: &Value) -> Option<Violation> {
    let Some((_, form)) = MEMBERS.iter().find(|(known, _)| *known == name) else {
        let meant = did_you_mean(name, MEMBERS.iter().map(|(known, _)| *known));
        return Some(Violation::new(name, format!("A behaviour has no member {name}{meant}.")));
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let within = |least, most| value.as_u64().is_some_and(|it| (least..=most).contains(&it));
    let (is_right, right) = match form {
        Form::Text(example) => (is_text(value), format!("a text such as {example}")),
        Form::Texts => {
            let texts = value.as_object().is_some_and(|texts| texts.values().all(is_text));
            (texts, "an object of texts such as {\"customerNo\":\"9999\"}".to_owned())
        }
        Form::Count => (within(1, u64::MAX), "a whole number from 1".to_owned()),
        Form::Share => {
            let is_share = value.as_f64().is_some_and(|share| share > 0.0 && share <= 1.0);
            (is_share, "a number above 0, and 1 at most".to_owned())
        }
        Form::Status => (within(400, 599), "one of an error: 400 to 599".to_owned()),
        Form::Seconds => {
            (within(0, LONGEST_PAUSE), format!("a whole number of seconds, up to {LONGEST_PAUSE}"))
        }
        Form::When => {
            (matches!(value.as_str(), Some("before" | "after")), "before or after".to_owned())
        }
        Form::Flag => (value.is_boolean(), "true or false".to_owned()),
    };
    (!is_right).then(|| Violation::new(name, format!("{name} must be {right}.")))
}
