//! What a search asks for: 003 › find, Parameters.

use serde_json::{Map, Value};

use super::Call;
use super::format::form;
use crate::api::error::ApiError;
use crate::model::gateway_customer::Name;
use crate::store::gateway::{Filter, Search};

/// "Maximum number of records", where none is asked for.
const LIMIT: usize = 100;

/// The most that is given, whatever is asked for (reading 120).
const MOST: usize = 1_000;

/// Reads the query of a call. Names that the document does not have are ignored.
///
/// # Errors
/// 400 when it is no query, see [`form::pairs`], or a parameter is not as its schema has it.
pub(super) fn read(call: &Call) -> Result<Search, ApiError> {
    let pairs = form::pairs(call.query().unwrap_or_default(), "The query")?;
    let pairs = pairs.into_iter().map(|(name, value)| (name.into_owned(), Value::from(value)));
    let members = call.schemas.find.check(Value::Object(pairs.collect()))?;
    let filters = Name::ALL.into_iter().filter_map(|name| {
        // An empty one is what a form sends for a field that nobody filled in (reading 252).
        let value = members.get(name.member())?.as_str().filter(|value| !value.is_empty())?;
        Some(Filter::new(name, value))
    });
    Ok(Search {
        filters: filters.collect(),
        offset: number(&members, "offset").unwrap_or(0),
        limit: number(&members, "limit").unwrap_or(LIMIT).min(MOST),
    })
}

/// Returns a number of customers, which its schema has found to be one; too large for the type it
/// is past all of them just the same.
fn number(members: &Map<String, Value>, name: &str) -> Option<usize> {
    let digits = members.get(name)?.as_str()?;
    Some(digits.parse().unwrap_or(usize::MAX))
}
