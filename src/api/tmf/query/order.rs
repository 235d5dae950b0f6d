//! The order of a list: `sort` (reading 244).

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::attribute::{self, Attributes, Kind};
use crate::model::amount::Amount;
use crate::model::tmf::indexed::word;
use crate::model::tmf::instant::Instant;
use crate::model::tmf::path;
use crate::model::violation::Violation;

/// Attributes by which a list is ordered, each within those that the ones before it leave equal.
pub(in crate::api::tmf) struct Order(Vec<By>);

/// One attribute.
struct By {
    path: String,
    kind: Kind,
    falls: bool,
}

/// Where a resource stands in an order. What lacks an attribute comes behind what has it, whether it
/// rises or falls.
pub(in crate::api::tmf) type Place = Vec<(bool, Falling)>;

/// A value that rises, or one that falls.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::api::tmf) enum Falling {
    No(Option<Sorted>),
    Yes(Reverse<Option<Sorted>>),
}

/// A value in the form in which it is ordered.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::api::tmf) enum Sorted {
    Number(Amount),
    Moment(Instant),
    Text(String),
}

impl Order {
    /// Reads paths, with a minus before one that falls; nothing where there are none.
    pub(super) fn of(
        paths: &[String],
        of: &dyn Attributes,
    ) -> Result<Option<Self>, Vec<Violation>> {
        let (mut order, mut found) = (Vec::new(), Vec::new());
        for path in paths.iter().filter(|path| !path.is_empty()) {
            let path = path.trim_matches(' ');
            let falling = path.strip_prefix('-');
            let path = falling.or_else(|| path.strip_prefix('+')).unwrap_or(path);
            match attribute::kind(of, path) {
                Some(Kind::Structure) => {
                    let message =
                        format!("{path} has no value to sort by; one of its attributes may.");
                    found.push(Violation::new("sort", message));
                }
                Some(kind) => {
                    order.push(By { path: path.to_owned(), kind, falls: falling.is_some() })
                }
                None => found.push(attribute::unknown(of, path)),
            }
        }
        match found.is_empty() {
            true => Ok((!order.is_empty()).then_some(Self(order))),
            false => Err(found),
        }
    }

    /// Returns whether it needs the member `name`, for itself or for what is in it.
    pub(in crate::api::tmf) fn asks_for(&self, name: &str) -> bool {
        self.0.iter().any(|by| by.path.split('.').next() == Some(name))
    }

    /// Returns where what has these members stands.
    pub(in crate::api::tmf) fn place(&self, members: &Map<String, Value>) -> Place {
        let place = self.0.iter().map(|by| {
            let value = by.value(members);
            let lacks = value.is_none();
            let value = if by.falls { Falling::Yes(Reverse(value)) } else { Falling::No(value) };
            (lacks, value)
        });
        place.collect()
    }
}

impl Sorted {
    fn text(text: &str) -> Self {
        Self::Text(text.chars().take(LENGTH).collect())
    }
}

impl By {
    /// Returns the value of the attribute; of several in a list the first.
    fn value(&self, members: &Map<String, Value>) -> Option<Sorted> {
        let mut first = None;
        path::any(members, &self.path, &mut |value| {
            first = sorted(self.kind, value);
            first.is_some()
        });
        first
    }
}

/// How many characters of a text count: what is ordered is held in memory.
const LENGTH: usize = 256;

fn sorted(kind: Kind, value: &Value) -> Option<Sorted> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Number(number) => number.as_str(),
        _ => return None,
    };
    match kind {
        Kind::Structure => None,
        Kind::Text => Some(Sorted::text(text)),
        Kind::Word => Some(Sorted::text(&word(text))),
        Kind::Number => Amount::parse(text).map(Sorted::Number),
        Kind::Moment => Instant::parse(text).map(Sorted::Moment),
        Kind::Numeral => Some(match Amount::parse(text) {
            Some(number) => Sorted::Number(number),
            None => Sorted::text(text),
        }),
    }
}
