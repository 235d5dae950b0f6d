//! What a search asks for: 003 › find, Parameters.

use super::format::form;
use crate::api::error::ApiError;
use crate::model::gateway_customer::Name;
use crate::model::violation::Violation;
use crate::store::gateway::Filter;

/// "Maximum number of records", where none is asked for.
const LIMIT: usize = 100;

/// The most that is given, whatever is asked for (reading 120).
const MOST: usize = 1_000;

/// String(255).
const LONGEST: usize = 255;

/// The most that is passed over while other requests wait.
const SHORT: usize = 1_000;

/// The parameters of a search.
pub(super) struct Search {
    pub(super) offset: usize,
    pub(super) limit: usize,
    pub(super) filters: Vec<Filter>,
}

impl Search {
    /// Reads a query. Names that the document does not have are ignored.
    ///
    /// # Errors
    /// 400 with all that is wrong: an offset or limit that is no number from 0 up, a name of more
    /// than 255 characters; or that the query is none, see [`form::pairs`].
    pub(super) fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let mut search = Self { offset: 0, limit: LIMIT, filters: Vec::new() };
        let mut violations = Vec::new();
        let mut count = |name: &str, text: &str, value: &mut usize| match number(text) {
            Some(number) => *value = number,
            None => {
                let message = format!("{name} must be a number from 0 up, not \"{text}\".");
                violations.push(Violation::new(name, message));
            }
        };
        let pairs = form::pairs(query.unwrap_or_default(), "The query")?;
        let mut long = Vec::new();
        for (name, value) in &pairs {
            match name.as_ref() {
                "offset" => count(name, value, &mut search.offset),
                "limit" => count(name, value, &mut search.limit),
                name => {
                    if let Some(known) = Name::ALL.into_iter().find(|each| each.member() == name) {
                        let length = value.chars().count();
                        if length > LONGEST {
                            let message =
                                format!("{name} has {length} characters; at most {LONGEST} fit.");
                            long.push(Violation::new(name, message));
                        }
                        search.filters.push(Filter::new(known, value));
                    }
                }
            }
        }
        violations.extend(long);
        search.limit = search.limit.min(MOST);
        if violations.is_empty() { Ok(search) } else { Err(violations.into()) }
    }

    /// Whether it is known beforehand to be found in no time. Passing over many customers takes a
    /// while, and so may two names that many have and few have both.
    pub(super) fn is_short(&self) -> bool {
        self.offset <= SHORT && self.filters.len() <= 1
    }
}

/// A number of customers; one too large for the type is past all of them just the same.
fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}
