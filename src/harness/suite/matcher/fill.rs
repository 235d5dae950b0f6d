//! Matchers whose variables are filled in.

use std::borrow::Cow;

use serde_json::Value;

use super::{Matcher, Matchers};
use crate::harness::suite::variables::{Unbound, Variables, next_variable};

impl Matcher {
    /// Returns the matcher with every variable filled in.
    ///
    /// # Errors
    /// A variable has no value, or none that fits where it stands.
    pub(crate) fn fill(&self, variables: &Variables) -> Result<Cow<'_, Matcher>, Unbound> {
        if !self.has_variables() {
            return Ok(Cow::Borrowed(self));
        }
        let inner = |matcher: &Matcher| Ok(Box::new(matcher.filled(variables)?));
        let named = |members: &[(String, Matcher)]| {
            let filled = members.iter().map(|(name, it)| Ok((name.clone(), it.filled(variables)?)));
            filled.collect::<Result<Vec<_>, Unbound>>()
        };
        Ok(Cow::Owned(match self {
            Matcher::Literal(value) => Matcher::literal(variables.fill(value)?),
            Matcher::Members(members) => Matcher::Members(named(members)?),
            Matcher::NocaseMembers(members) => Matcher::NocaseMembers(named(members)?),
            Matcher::Elements(items) => Matcher::Elements(
                items.iter().map(|item| item.filled(variables)).collect::<Result<_, _>>()?,
            ),
            Matcher::Absent => Matcher::Absent,
            Matcher::Present => Matcher::Present,
            Matcher::Nocase(value) => Matcher::Nocase(variables.fill(value)?),
            Matcher::Spoken(value) => Matcher::Spoken(variables.fill(value)?),
            Matcher::Text(value) => Matcher::Text(variables.fill(value)?),
            Matcher::Trimmed(value) => Matcher::Trimmed(variables.fill(value)?),
            Matcher::Link(value) => Matcher::Link(variables.fill(value)?),
            Matcher::DateTime(value) => Matcher::DateTime(variables.fill(value)?),
            Matcher::Near(value) => Matcher::Near(variables.fill(value)?),
            Matcher::Schema(value) => Matcher::Schema(variables.fill(value)?),
            Matcher::OneOf(these) => Matcher::OneOf(these.filled(variables)?),
            Matcher::NoneOf(these) => Matcher::NoneOf(these.filled(variables)?),
            Matcher::Contains(these) => Matcher::Contains(these.filled(variables)?),
            Matcher::Ordered(these) => Matcher::Ordered(these.filled(variables)?),
            Matcher::Each(matcher) => Matcher::Each(inner(matcher)?),
            Matcher::Optional(matcher) => Matcher::Optional(inner(matcher)?),
            Matcher::Should(matcher) => Matcher::Should(inner(matcher)?),
        }))
    }

    fn filled(&self, variables: &Variables) -> Result<Matcher, Unbound> {
        self.fill(variables).map(Cow::into_owned)
    }

    fn has_variables(&self) -> bool {
        match self {
            Matcher::Absent | Matcher::Present => false,
            Matcher::Members(members) | Matcher::NocaseMembers(members) => {
                members.iter().any(|(_, matcher)| matcher.has_variables())
            }
            Matcher::Elements(items) => items.iter().any(Matcher::has_variables),
            Matcher::Each(matcher) | Matcher::Optional(matcher) | Matcher::Should(matcher) => {
                matcher.has_variables()
            }
            Matcher::OneOf(these)
            | Matcher::NoneOf(these)
            | Matcher::Contains(these)
            | Matcher::Ordered(these) => match these {
                Matchers::These(matchers) => matchers.iter().any(Matcher::has_variables),
                Matchers::Captured(_) => true,
            },
            Matcher::Literal(value)
            | Matcher::Nocase(value)
            | Matcher::Spoken(value)
            | Matcher::Text(value)
            | Matcher::Trimmed(value)
            | Matcher::Link(value)
            | Matcher::DateTime(value)
            | Matcher::Near(value)
            | Matcher::Schema(value) => has_variables(value),
        }
    }
}

impl Matchers {
    fn filled(&self, variables: &Variables) -> Result<Matchers, Unbound> {
        let filled = match self {
            Matchers::These(matchers) => matchers
                .iter()
                .map(|matcher| matcher.filled(variables))
                .collect::<Result<_, _>>()?,
            Matchers::Captured(name) => match variables.fill(name)? {
                Value::Array(items) => items.into_iter().map(Matcher::literal).collect(),
                _ => return Err(Unbound::new(format!("{name} is no list"))),
            },
        };
        Ok(Matchers::These(filled))
    }
}

fn has_variables(value: &Value) -> bool {
    match value {
        Value::String(text) => next_variable(text).is_some(),
        Value::Array(items) => items.iter().any(has_variables),
        Value::Object(members) => members.values().any(has_variables),
        _ => false,
    }
}
