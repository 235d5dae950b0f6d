//! Query parameters. Names that no document has are ignored (reading 20).

use std::borrow::Cow;

use super::error::ApiError;
use super::wire::{decode, decode_query};
use crate::model::violation::Violation;

/// Returns the values of every parameter called `name`, decoded.
///
/// # Errors
/// 400 when the encoding of a value is broken.
pub(super) fn values(query: Option<&str>, name: &str) -> Result<Vec<String>, Violation> {
    let mut values = Vec::new();
    for pair in query.unwrap_or_default().split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(key).as_deref() != Some(name) {
            continue;
        }
        match decode_query(value) {
            Some(value) => values.push(value.into_owned()),
            None => {
                let message = format!("The percent-encoding of {name} is broken.");
                return Err(Violation::new(name, message));
            }
        }
    }
    Ok(values)
}

/// Returns the names of the parameters, decoded; one whose encoding is broken as it stands.
pub(super) fn names(query: Option<&str>) -> impl Iterator<Item = Cow<'_, str>> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let names = pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.map(|name| decode(name).unwrap_or(Cow::Borrowed(name)))
}

/// Returns what `$expand` names: a comma list, repeated or both, in any case (readings 67, 68,
/// 200). The answer says for each of `known`, in lower case, whether it was named.
///
/// # Errors
/// 400 on a name that is not among `known`.
pub(super) fn expand<const N: usize>(
    query: Option<&str>,
    known: [&str; N],
) -> Result<[bool; N], ApiError> {
    let mut named = [false; N];
    let mut unknown = Vec::new();
    for value in values(query, "$expand")? {
        for name in value.split(',').filter(|name| !name.is_empty()) {
            let name = name.trim_matches(' ');
            match known.iter().position(|known| known.eq_ignore_ascii_case(name)) {
                Some(index) => named[index] = true,
                None => {
                    let message =
                        format!("\"{name}\" cannot be expanded; {} can.", known.join(", "));
                    unknown.push(Violation::new("$expand", message));
                }
            }
        }
    }
    if unknown.is_empty() { Ok(named) } else { Err(unknown.into()) }
}

/// Returns counts such as `skip`: numbers from zero up, each its default where none is given
/// (reading 21).
///
/// # Errors
/// 400 with those that are negative or no numbers.
pub(super) fn counts<const N: usize>(
    query: Option<&str>,
    wanted: [(&str, usize); N],
) -> Result<[usize; N], ApiError> {
    let mut found = Vec::new();
    let counts = wanted.map(|(name, default)| {
        let count = values(query, name)
            .and_then(|values| values.last().map_or(Ok(default), |value| number(name, value)));
        count.unwrap_or_else(|violation| {
            found.push(violation);
            default
        })
    });
    if found.is_empty() { Ok(counts) } else { Err(found.into()) }
}

/// Returns the number from zero up that `value` is. What is too large for the type is past the end
/// of every list all the same.
///
/// # Errors
/// It is none.
pub(super) fn number(name: &str, value: &str) -> Result<usize, Violation> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("{name} must be a number from 0 up, not \"{value}\".");
        return Err(Violation::new(name, message));
    }
    Ok(value.parse().unwrap_or(usize::MAX))
}
