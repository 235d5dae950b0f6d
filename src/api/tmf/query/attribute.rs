//! What can be asked for: the attributes of a collection and how their values compare. They are
//! those of the schema, so that nothing is listed twice.

use super::Served;
use crate::model::tmf::collection::Rule;
use crate::model::violation::Violation;

/// The manner in which the values of an attribute compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has attributes of its own, and no value.
    Structure,
    /// As texts.
    Text,
    /// As texts without regard to case, a blank and an underscore being equal (reading 140).
    Word,
    /// By value.
    Number,
    /// A text that may be a number, as an id: equal as text, ordered as numbers.
    Numeral,
    /// By instant.
    Moment,
}

/// Returns the kind of the attribute at `path`; `None` where no document knows it (reading 216).
pub(super) fn kind(served: &Served, path: &str) -> Option<Kind> {
    if path == "href" {
        return Some(Kind::Text);
    }
    let shape = path.split('.').try_fold(&served.shape, |shape, name| shape.member(name))?;
    let rules = served.collection.rules.iter();
    let ruled = rules.filter_map(|rule| of_rule(*rule, path)).next();
    Some(match (shape.can_be("string"), shape.can_be("number")) {
        _ if shape.has_members() => Kind::Structure,
        (true, true) => Kind::Numeral,
        (false, true) => Kind::Number,
        _ => ruled.unwrap_or(Kind::Text),
    })
}

fn of_rule(rule: Rule, path: &str) -> Option<Kind> {
    if let Some((period, ends, _)) = rule.period() {
        let end = path.strip_prefix(period)?.strip_prefix('.')?;
        return [ends.start, ends.end].contains(&end).then_some(Kind::Moment);
    }
    match rule {
        Rule::Moment(at) if at == path => Some(Kind::Moment),
        Rule::State(at) | Rule::WithoutCase(at) if at == path => Some(Kind::Word),
        _ => None,
    }
}

/// Returns the violation of a name that is no attribute's.
pub(super) fn unknown(served: &Served, path: &str) -> Violation {
    let message = format!("{} has no attribute \"{path}\".", served.collection.name);
    Violation::new(path, message)
}
