//! What `fields` leaves of a resource.

use serde_json::{Map, Value};

use super::attribute::{self, Attributes};
use crate::api::wire::{Array, Object, text};
use crate::model::violation::Violation;

/// The members that are written, and of objects which of theirs. Arrays stay arrays: what is
/// selected is selected of every element.
pub(in crate::api::tmf) enum Selection {
    /// Everything.
    All,
    /// These.
    Some(Vec<(String, Selection)>),
}

impl Selection {
    /// Reads paths; without any, or with `all` among them, everything is selected, and nothing by
    /// `none` (reading 244). `id` and `href` are written whatever is selected.
    pub(super) fn of(paths: &[String], of: &dyn Attributes) -> Result<Self, Vec<Violation>> {
        let given = || paths.iter().filter(|path| !path.is_empty());
        let names = || given().map(|path| path.trim_matches(' ')).filter(|path| *path != "none");
        if paths.is_empty() || names().any(|path| path == "all") {
            return Ok(Self::All);
        }
        let mut selection = Self::Some(Vec::new());
        let mut unknown = Vec::new();
        for path in names() {
            match attribute::kind(of, path) {
                Some(_) => selection.add(path),
                None => unknown.push(attribute::unknown(of, path)),
            }
        }
        if unknown.is_empty() { Ok(selection) } else { Err(unknown) }
    }

    /// Selects one more, with all that is in it.
    pub(in crate::api::tmf) fn add(&mut self, path: &str) {
        // Who has everything already has this.
        let Self::Some(members) = self else {
            return;
        };
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let place = members.iter().position(|(member, _)| member == name);
        let place = place.unwrap_or_else(|| {
            members.push((name.to_owned(), Self::Some(Vec::new())));
            members.len() - 1
        });
        match rest {
            Some(rest) => members[place].1.add(rest),
            None => members[place].1 = Self::All,
        }
    }

    /// Returns whether nothing is left out.
    pub(in crate::api::tmf) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Returns whether a member is selected, or something in it.
    pub(in crate::api::tmf) fn has(&self, name: &str) -> bool {
        self.of_member(name).is_some()
    }

    /// Writes the members that are selected, in the order in which they stand.
    pub(in crate::api::tmf) fn write_members(
        &self,
        object: &mut Object,
        members: &Map<String, Value>,
    ) {
        for (name, value) in members {
            if let Some(of_member) = self.of_member(name) {
                of_member.write(object.name(name), value);
            }
        }
    }

    /// Returns what is selected of a member.
    pub(in crate::api::tmf) fn of_member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::All => Some(self),
            Self::Some(members) => {
                members.iter().find(|(member, _)| member == name).map(|(_, selection)| selection)
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>, value: &Value) {
        match value {
            Value::Object(members) if !self.is_all() => {
                let mut object = Object::begin(out);
                self.write_members(&mut object, members);
                object.end();
            }
            Value::Array(items) if !self.is_all() => {
                let mut array = Array::begin(out);
                items.iter().for_each(|item| self.write(array.item(), item));
                array.end();
            }
            Value::String(value) => text(out, value),
            // Writing into memory cannot fail.
            value => drop(serde_json::to_writer(out, value)),
        }
    }
}
