//! What can be asked for: the attributes of a collection and how their values compare. They are
//! those of the schema, so that nothing is listed twice.

use super::criterion::OPERATORS;
use crate::model::schema::Shape;
use crate::model::tmf::collection::{Collection, Rule};
use crate::model::violation::Violation;

/// What can be asked for the values of its attributes.
pub(in crate::api::tmf) trait Attributes {
    /// Returns what it is called.
    fn name(&self) -> &str;

    /// Returns what it has.
    fn shape(&self) -> &Shape;

    /// Returns the collection of the resource in which an attribute stands, and its path there.
    fn resource<'p>(&self, path: &'p str) -> Option<(&'static Collection, &'p str)>;

    /// Returns the kind of an attribute that stands in no resource, where the shape does not say it.
    fn kind_outside(&self, _path: &str) -> Option<Kind> {
        None
    }
}

/// The manner in which the values of an attribute compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api::tmf) enum Kind {
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
pub(super) fn kind(of: &dyn Attributes, path: &str) -> Option<Kind> {
    let ruled = match of.resource(path) {
        // It is computed, and stands in no shape.
        Some((_, "href")) => return Some(Kind::Text),
        Some((collection, path)) => collection.rules.iter().find_map(|rule| of_rule(*rule, path)),
        None => of.kind_outside(path),
    };
    let shape = path.split('.').try_fold(of.shape(), |shape, name| shape.member(name))?;
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

/// The parameters that are no attributes.
const PARAMETERS: &str = "fields, sort, offset and limit";

/// Returns the violation of a name that is neither an attribute's nor an operator's after one, with
/// what there is.
pub(super) fn unknown(of: &dyn Attributes, path: &str) -> Violation {
    let (mut shape, mut known) = (of.shape(), Vec::new());
    for name in path.split('.') {
        let Some(member) = shape.member(name) else { break };
        shape = member;
        known.push(name);
    }
    let href = of.resource("href").filter(|_| known.is_empty()).map(|_| "href");
    let names = shape.names().chain(href).collect::<Vec<_>>().join(", ");
    let (name, known) = (of.name(), known.join("."));
    let rest = match (known.is_empty(), names.is_empty()) {
        (true, _) => format!("it has {names}; the parameters are {PARAMETERS}."),
        (false, false) => format!("{known} has {names}."),
        (false, true) => {
            let operators = OPERATORS.map(|(name, _)| name).join(", ");
            format!("{known} has none, and the operators are {operators}.")
        }
    };
    Violation::new(path, format!("{name} has no attribute \"{path}\": {rest}"))
}
