//! Filters: an attribute, an operator, and the values of which one must fit.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Pair;
use super::attribute::{self, Attributes, Kind};
use super::operand::Operand;
use crate::model::tmf::indexed::{Indexed, Sought};
use crate::model::tmf::path;
use crate::model::violation::Violation;

/// How many regular expressions a query may have: each takes memory, whatever it is compared with.
const MOST_EXPRESSIONS: usize = 8;

/// A filter. What is named differently must all hold.
pub(super) struct Criterion {
    path: String,
    operator: Operator,
    operands: Vec<Operand>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Eq,
    /// None of the attribute's values is one of those given, be it that it has none.
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    /// Like a pattern.
    Ex,
    /// Holds what a regular expression describes.
    Regex,
}

/// The operators by the names that follow an attribute's.
pub(super) const OPERATORS: [(&str, Operator); 8] = [
    ("eq", Operator::Eq),
    ("ne", Operator::Ne),
    ("gt", Operator::Gt),
    ("gte", Operator::Gte),
    ("lt", Operator::Lt),
    ("lte", Operator::Lte),
    ("ex", Operator::Ex),
    ("regex", Operator::Regex),
];

impl Operator {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "=" => Self::Eq,
            ">" => Self::Gt,
            ">=" => Self::Gte,
            "<" => Self::Lt,
            "<=" => Self::Lte,
            name => OPERATORS.into_iter().find(|(known, _)| *known == name)?.1,
        })
    }

    fn orders(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte)
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq | Self::Ne | Self::Ex | Self::Regex => order.is_eq(),
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
        }
    }
}

/// Adds what `pair` asks to the filter on the same attribute with the same operator, or as a filter
/// of its own; `expressions` counts the regular expressions of the query.
pub(super) fn add(
    criteria: &mut Vec<Criterion>,
    expressions: &mut usize,
    of: &dyn Attributes,
    pair: &Pair,
) -> Result<(), Violation> {
    let unknown = || attribute::unknown(of, &pair.name);
    let plain = attribute::kind(of, &pair.name).map(|kind| (kind, pair.name.as_str(), pair.sign));
    let named = || {
        let (path, operator) = pair.name.rsplit_once('.')?;
        Some((attribute::kind(of, path)?, path, operator))
    };
    // Only = leaves room for an operator in the name.
    let (kind, path, operator) =
        plain.or_else(|| named().filter(|_| pair.sign == "=")).ok_or_else(unknown)?;
    let operator = Operator::named(operator).ok_or_else(unknown)?;
    if operator == Operator::Regex {
        *expressions += pair.values.len();
        if *expressions > MOST_EXPRESSIONS {
            let message = format!("A query has {MOST_EXPRESSIONS} regular expressions at most.");
            return Err(Violation::new(path, message));
        }
    }
    let mut operands = pair
        .values
        .iter()
        .map(|value| read(kind, operator, path, value))
        .collect::<Result<_, _>>()?;
    match criteria.iter_mut().find(|of| of.path == path && of.operator == operator) {
        Some(criterion) => criterion.operands.append(&mut operands),
        None => criteria.push(Criterion { path: path.to_owned(), operator, operands }),
    }
    Ok(())
}

fn read(kind: Kind, operator: Operator, path: &str, value: &str) -> Result<Operand, Violation> {
    let operand = match operator {
        Operator::Ex if kind != Kind::Structure => Some(Operand::pattern(kind, value)),
        Operator::Regex if kind != Kind::Structure => Some(
            Operand::expression(kind, value)
                .map_err(|why| Violation::new(path, format!("{path}.regex: {why}")))?,
        ),
        _ => Operand::read(kind, value),
    };
    let message = match operand {
        Some(operand) if !operator.orders() || operand.has_order() => return Ok(operand),
        Some(Operand::Text(_) | Operand::Word(_)) => {
            format!("{path} is a text, which is neither more nor less than another.")
        }
        _ => match kind {
            Kind::Structure => format!("{path} has no value; one of its attributes may have."),
            Kind::Moment => {
                format!("{path} is a date-time: \"{value}\" is none, as 2013-04-19T16:42:23.0Z is.")
            }
            _ => format!("{path} is a number: \"{value}\" is none of at most 28 digits."),
        },
    };
    Err(Violation::new(path, message))
}

impl Criterion {
    /// Returns whether it needs the member `name`, for itself or for what is in it.
    pub(super) fn asks_for(&self, name: &str) -> bool {
        self.path.split('.').next() == Some(name)
    }

    /// Returns the ids of which a resource must have one, if it asks for these.
    pub(super) fn ids(&self) -> Option<Vec<&str>> {
        let is_of_ids = self.path == "id" && self.operator == Operator::Eq;
        is_of_ids.then(|| self.operands.iter().map(Operand::text).collect())?
    }

    /// Returns the part of the index of an attribute in which all stand that it finds; nothing if it
    /// asks for another attribute, or otherwise than an index can.
    pub(super) fn sought(&self, indexed: Indexed) -> Option<Sought<'_>> {
        if self.path != indexed.path() {
            return None;
        }
        if let Indexed::Word(path) = indexed {
            let words = self.operands.iter().map(Operand::word).collect::<Option<Vec<_>>>();
            let mut words = words.filter(|_| self.operator == Operator::Eq)?;
            words.sort_unstable();
            words.dedup();
            return Some(Sought::Words(path, words));
        }
        let seconds = self.operands.iter().map(Operand::seconds).collect::<Option<Vec<_>>>()?;
        let (least, most) = (*seconds.iter().min()?, *seconds.iter().max()?);
        let (from, to) = match self.operator {
            Operator::Eq => (least, most),
            Operator::Gt | Operator::Gte => (least, i64::MAX),
            Operator::Lt | Operator::Lte => (i64::MIN, most),
            Operator::Ne | Operator::Ex | Operator::Regex => return None,
        };
        Some(Sought::Moments(indexed.path(), from, to))
    }

    /// Returns false if no resource that is stored as `json` passes, at a fraction of what
    /// [`Self::holds`] costs: a text that it must have stands nowhere in it.
    pub(super) fn may_hold(&self, json: &str) -> bool {
        let stands = |operand: &Operand| match operand {
            Operand::Text(text) => text.contains(is_escaped) || json.contains(text.as_str()),
            _ => true,
        };
        let is_stored = !matches!(self.path.as_str(), "id" | "href");
        !is_stored || self.operator != Operator::Eq || self.operands.iter().any(stands)
    }

    /// Returns whether the resource passes.
    pub(super) fn holds(&self, members: &Map<String, Value>) -> bool {
        let found = path::any(members, &self.path, &mut |value| {
            let mut orders = self.operands.iter().filter_map(|operand| operand.compare(value));
            orders.any(|order| self.operator.holds(order))
        });
        found != (self.operator == Operator::Ne)
    }
}

/// Returns whether a character of a text may stand otherwise in JSON.
fn is_escaped(c: char) -> bool {
    matches!(c, '"' | '\\') || c.is_control()
}
