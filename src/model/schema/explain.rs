//! What a validator found, in sentences of ours.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::model::violation::Violation;

/// The `format` of a country's code.
pub(super) const COUNTRY_CODE: &str = "country-code";

/// The `format` of a text that is missing when there is nothing to read in it.
pub(super) const REQUIRED_TEXT: &str = "required-text";

/// Returns the dotted path of a member.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Returns a violation from what the validator found: the dotted path and a sentence of ours.
pub(super) fn explain(error: &ValidationError) -> Violation {
    let mut path = String::new();
    for segment in error.instance_path().as_str().split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        path = if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("{path}[{segment}]")
        } else {
            join(&path, &segment)
        };
    }
    if let ValidationErrorKind::Required { property } = error.kind() {
        let missing = join(&path, property.as_str().unwrap_or_default());
        let message = format!("{missing} is required.");
        return Violation::new(missing, message);
    }
    let place = if path.is_empty() { "body".to_owned() } else { path };
    // The value itself may be a megabyte, and whoever sent it knows it.
    let said = error.masked_with("the value");
    let message = match error.kind() {
        ValidationErrorKind::MaxLength { limit } => {
            let length = error.instance().as_str().map_or(0, |text| text.chars().count());
            format!("{place} has {length} characters; at most {limit} fit.")
        }
        ValidationErrorKind::MinLength { limit } => {
            format!("{place} is too short; at least {limit} characters are expected.")
        }
        ValidationErrorKind::Pattern { pattern } => {
            format!("{place} is not of the documented form, {pattern}.")
        }
        ValidationErrorKind::Format { format } if format == COUNTRY_CODE => {
            format!("{place} is no code that ISO 3166-1 assigns or reserves.")
        }
        ValidationErrorKind::Format { format } if format == REQUIRED_TEXT => {
            format!("{place} is required: it has neither a letter nor a digit.")
        }
        ValidationErrorKind::Enum { options } => {
            let listed: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{place} is none of the listed values: {}.", listed.join(", "))
        }
        ValidationErrorKind::Type { .. } => {
            format!("{place} has the wrong type: {said}.")
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            format!("{place} has members that are not known here: {}.", unexpected.join(", "))
        }
        _ => format!("{place} is not as documented: {said}."),
    };
    Violation::new(place, message)
}
