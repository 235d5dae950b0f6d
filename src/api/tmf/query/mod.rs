//! The query language: `fields` selects members, `offset` and `limit` select a page, and any other
//! name is a filter on the attribute that it names (readings 149, 216, 217).
//!
//! ```text
//! state=Defined,Active            one of these texts; a name that is repeated adds to them
//! relatedParty.role=payer         a dotted path goes through arrays: any element
//! state=Defined;Active            the same (reading 244); `state=Defined;state=Active` is, too
//! taxExcludedAmount.gte=10        eq ne gt gte lt lte; ex, with * for any text; regex
//! date%3E2013-04-19T00:00:00Z     > >= < <= as well, percent-encoded as a URL must have them
//! sort=name,-date                 by name, then the latest first
//! ```

pub(super) mod attribute;
mod criterion;
mod described;
mod operand;
pub(super) mod order;
pub(super) mod selection;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::api::error::ApiError;
use crate::api::query::number;
use crate::api::wire::decode_query;
use crate::model::tmf::collection::Collection;
use crate::model::tmf::indexed::{Indexed, Sought};
use crate::model::violation::Violation;
use crate::store::error::StoreError;
use crate::store::tmf::ResourceView;
use attribute::Attributes;
use criterion::Criterion;
pub(super) use described::schemas;
use order::Order;
use selection::Selection;

/// A query that has been read.
pub(super) struct Query {
    criteria: Vec<Criterion>,
    /// Which members are written.
    pub(super) selection: Selection,
    /// How many matches are passed over.
    pub(super) offset: usize,
    /// How many are written at most.
    pub(super) limit: usize,
    /// In which order they are written; without one in order of id.
    pub(super) order: Option<Order>,
}

impl Query {
    /// Reads the query of a collection.
    ///
    /// # Errors
    /// 400 with everything that is wrong with it.
    pub(super) fn parse(query: Option<&str>, of: &dyn Attributes) -> Result<Self, ApiError> {
        let mut parsed = Self {
            criteria: Vec::new(),
            selection: Selection::All,
            offset: 0,
            limit: usize::MAX,
            order: None,
        };
        let (mut fields, mut counted, mut sorted) = (Vec::new(), Vec::new(), Vec::new());
        let mut expressions = 0;
        let mut found = take_pairs(query, |pair| match pair.name.as_str() {
            "fields" | ":fields" => pair.fields(&mut fields),
            name @ ("offset" | "limit") if counted.contains(&name.to_owned()) => {
                Err(Violation::new(name, format!("{name} is given twice.")))
            }
            "offset" => pair.count(&mut counted).map(|count| parsed.offset = count),
            "limit" => pair.count(&mut counted).map(|count| parsed.limit = count),
            "sort" => pair.fields(&mut sorted),
            _ => criterion::add(&mut parsed.criteria, &mut expressions, of, &pair),
        });
        match Selection::of(&fields, of) {
            Ok(selection) => parsed.selection = selection,
            Err(violations) => found.extend(violations),
        }
        match Order::of(&sorted, of) {
            Ok(order) => parsed.order = order,
            Err(violations) => found.extend(violations),
        }
        if found.is_empty() { Ok(parsed) } else { Err(found.into()) }
    }

    /// Returns the words of which a resource must have one at the path, if nothing else is asked of
    /// it and the path is indexed.
    pub(super) fn only_words(&self, collection: &Collection) -> Option<(&'static str, Vec<&str>)> {
        match (&self.criteria[..], self.sought(collection).pop()) {
            ([_], Some(Sought::Words(path, words))) => Some((path, words)),
            _ => None,
        }
    }

    /// Returns whether it has no filter.
    pub(super) fn takes_all(&self) -> bool {
        self.criteria.is_empty()
    }

    /// Returns the only ids that a match can have, if a filter names them.
    pub(super) fn ids(&self) -> Option<Vec<&str>> {
        self.criteria.iter().find_map(Criterion::ids)
    }

    /// Returns, for each attribute of `collection` that is indexed and asked for, the part of its
    /// index in which every match stands.
    pub(super) fn sought(&self, collection: &Collection) -> Vec<Sought<'_>> {
        let of = |indexed: &Indexed| {
            let parts = self.criteria.iter().filter_map(|criterion| criterion.sought(*indexed));
            // A resource has one value of it: filters on it narrow each other.
            parts.reduce(|one, other| match (one, other) {
                (Sought::Moments(path, from, to), Sought::Moments(_, other_from, other_to)) => {
                    Sought::Moments(path, from.max(other_from), to.min(other_to))
                }
                (one, _) => one,
            })
        };
        collection.indexed.iter().filter_map(of).collect()
    }

    /// Returns whether a resource passes every filter.
    ///
    /// # Errors
    /// When the stored resource cannot be read.
    pub(super) fn matches(
        &self,
        view: ResourceView,
        href: impl Fn() -> String,
    ) -> Result<bool, StoreError> {
        if self.takes_all() {
            return Ok(true);
        }
        if !self.criteria.iter().all(|criterion| criterion.may_hold(view.json)) {
            return Ok(false);
        }
        let asked = |name: &str| self.criteria.iter().any(|criterion| criterion.asks_for(name));
        let mut members = view.members(asked)?;
        members.insert("id".to_owned(), Value::from(view.id));
        if asked("href") {
            members.insert("href".to_owned(), Value::from(href()));
        }
        Ok(self.holds(&members))
    }

    /// Returns whether what has these members passes every filter.
    pub(super) fn holds(&self, members: &Map<String, Value>) -> bool {
        self.criteria.iter().all(|criterion| criterion.holds(members))
    }

    /// Returns whether it asks for a part of a list, or for an order of it.
    pub(super) fn is_of_list(&self) -> bool {
        self.offset > 0 || self.limit < usize::MAX || self.order.is_some()
    }
}

/// Returns what `fields` selects of one resource, for which nothing else is asked.
///
/// # Errors
/// 400 when it names what no resource of the collection has.
pub(super) fn fields(query: Option<&str>, of: &dyn Attributes) -> Result<Selection, ApiError> {
    let mut fields = Vec::new();
    let found = take_pairs(query, |pair| match pair.name.as_str() {
        "fields" | ":fields" => pair.fields(&mut fields),
        _ => Ok(()),
    });
    if !found.is_empty() {
        return Err(found.into());
    }
    Selection::of(&fields, of).map_err(ApiError::from)
}

/// Has every pair of a query taken; the answer is what is wrong with them.
fn take_pairs(
    query: Option<&str>,
    mut take: impl FnMut(Pair) -> Result<(), Violation>,
) -> Vec<Violation> {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs.filter_map(|pair| Pair::read(pair).and_then(&mut take).err()).collect()
}

/// A name, what stands between, and values.
struct Pair {
    name: String,
    /// `=`, or a comparison such as `>=`.
    sign: &'static str,
    /// The values between commas or semicolons; one that is percent-encoded belongs to its value.
    values: Vec<String>,
}

impl Pair {
    fn read(text: &str) -> Result<Self, Violation> {
        let upper = text.to_ascii_uppercase();
        let signs = [
            ("=", "=", "="),
            (">", ">", ">="),
            ("<", "<", "<="),
            ("%3E", ">", ">="),
            ("%3C", "<", "<="),
        ];
        let found = signs.into_iter().filter_map(|(written, alone, or_equal)| {
            Some((upper.find(written)?, written.len(), alone, or_equal))
        });
        let Some((place, length, alone, or_equal)) = found.min() else {
            let message = format!("\"{text}\" is no condition: it has no value.");
            return Err(Violation::new("query", message));
        };
        let (name, values) = (&text[..place], &text[place + length..]);
        let equal = ["=", "%3D", "%3d"].into_iter().find_map(|equal| values.strip_prefix(equal));
        let (sign, values) = match equal.filter(|_| alone != or_equal) {
            Some(values) => (or_equal, values),
            None => (alone, values),
        };
        let plain = |text: &str| {
            decode_query(text).map(Cow::into_owned).ok_or_else(|| {
                Violation::new("query", format!("The percent-encoding of \"{text}\" is broken."))
            })
        };
        let values = split(name, sign, values)?.map(plain).collect::<Result<_, _>>()?;
        Ok(Self { name: plain(name)?, sign, values })
    }

    /// Adds the paths that it selects to those of its like.
    fn fields(self, fields: &mut Vec<String>) -> Result<(), Violation> {
        self.check_sign()?;
        fields.extend(self.values);
        Ok(())
    }

    /// Returns a number from zero up.
    fn count(self, counted: &mut Vec<String>) -> Result<usize, Violation> {
        self.check_sign()?;
        let number = number(&self.name, &self.values.join(","))?;
        counted.push(self.name);
        Ok(number)
    }

    fn check_sign(&self) -> Result<(), Violation> {
        if self.sign == "=" {
            return Ok(());
        }
        let message = format!("{} takes = and nothing else.", self.name);
        Err(Violation::new(self.name.clone(), message))
    }
}

/// Returns the values between commas and semicolons. Behind a semicolon the name may stand again, as
/// later guidelines have it (reading 244).
///
/// # Errors
/// 400 where another name stands there: between attributes there is no or.
fn split<'v>(
    name: &'v str,
    sign: &'v str,
    values: &'v str,
) -> Result<impl Iterator<Item = &'v str>, Violation> {
    let again = move |part: &'v str| part.strip_prefix(name)?.strip_prefix(sign);
    let other = |part: &&'v str| part.contains(['=', '<', '>']) && again(part).is_none();
    if let Some(part) = values.split(';').skip(1).find(other) {
        let message = format!(
            "\"{part}\" follows a semicolon, which stands between values of {name} alone; what holds \
             of several attributes is asked by &, and a sign of a value is percent-encoded."
        );
        return Err(Violation::new("query", message));
    }
    let parts = values.split(';').map(move |part| again(part).unwrap_or(part));
    Ok(parts.flat_map(|part| part.split(',')))
}
