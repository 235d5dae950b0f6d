//! What a report says that its target chose, as flags of `etalon serve`.

use std::path::Path;

use etalon::api::choices::CHOICES;
use etalon::input::encoding::text;
use etalon::input::{file, strict_json};
use serde_json::Value;

/// Reads the choices of a report: of each that this server has, the value that was seen most often.
///
/// # Errors
/// The file cannot be read, or is no report that says what was chosen.
pub fn flags(report: &Path) -> Result<Vec<String>, String> {
    let shown = report.display();
    let bytes = file::read(report, file::MADE)
        .map_err(|error| format!("--like {shown}: it cannot be read: {error}."))?;
    let text = text(&bytes)
        .map_err(|encoding| format!("--like {shown}: it is {encoding}; save it as UTF-8."))?;
    let read = strict_json::read(text.as_bytes())
        .map_err(|error| format!("--like {shown}: it is no JSON: {error}."))?;
    let Some(Value::Object(choices)) = read.get("choices") else {
        return Err(format!(
            "--like {shown}: it says nothing of what was chosen; `etalon certify --report \
             json=FILE` writes a report that does."
        ));
    };
    for (name, values) in choices {
        let count = |value: &Value| value.as_u64().is_some_and(|count| count > 0);
        let counted = values.as_object().filter(|values| !values.is_empty());
        if !counted.is_some_and(|values| values.values().all(count)) {
            return Err(format!(
                "--like {shown}: `/choices/{name}` does not say how often each value was seen."
            ));
        }
    }
    let flags = choices.iter().filter_map(|(name, values)| {
        let choice = CHOICES.iter().find(|choice| choice.name == name)?;
        let count = |value: &&str| values.get(*value).and_then(Value::as_u64);
        let seen =
            choice.values.iter().map(|value| value.name).filter(|value| count(value).is_some());
        let value = seen.max_by_key(|value| count(value))?;
        Some(format!("{name}={value}"))
    });
    Ok(flags.collect())
}

/// Adds the flags of a report to those that were given, which go before them.
pub fn beside(given: &[String], alike: Vec<String>) -> Vec<String> {
    let name = |flag: &str| flag.split('=').next().unwrap_or_default().to_owned();
    let is_new = |flag: &String| given.iter().all(|other| name(other) != name(flag));
    let more: Vec<_> = alike.into_iter().filter(is_new).collect();
    [given, &more].concat()
}
