//! The attributes by which the resources of a collection are found without reading all of it.

use serde_json::{Map, Value};

use super::instant::Instant;
use super::path;

/// An attribute that is indexed, by its dotted path. No part of it is a list, so that a resource has
/// one value of it at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// A text that is compared as [`word`] folds it.
    Word(&'static str),
    /// A date-time.
    Moment(&'static str),
}

/// The place of a resource in the index of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The attribute's path.
    pub path: &'static str,
    /// The text, folded; nothing where the attribute is a date-time.
    pub word: String,
    /// The whole seconds of the date-time; zero where it is a text.
    pub seconds: i64,
}

impl Indexed {
    /// Returns the attribute's path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Word(path) | Self::Moment(path) => path,
        }
    }

    /// Returns the member that the attribute is, or stands in.
    pub fn member(self) -> &'static str {
        self.path().split('.').next().unwrap_or_default()
    }

    /// Returns the place of a resource with these members; nothing where no filter on the attribute
    /// finds it.
    pub fn entry(self, members: &Map<String, Value>) -> Option<Entry> {
        let path = self.path();
        let mut entry = None;
        path::any(members, path, &mut |value| {
            entry = value.as_str().and_then(|text| match self {
                Self::Word(_) => Some(Entry { path, word: word(text), seconds: 0 }),
                Self::Moment(_) => {
                    let seconds = Instant::parse(text)?.seconds();
                    Some(Entry { path, word: String::new(), seconds })
                }
            });
            entry.is_some()
        });
        entry
    }
}

/// A part of the index of an attribute in which every resource stands that a filter can find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought<'q> {
    /// Those with one of these words, no two of which are equal: they are found, and no others.
    Words(&'static str, Vec<&'q str>),
    /// Those from one second to another, both included.
    Moments(&'static str, i64, i64),
}

/// Returns a text as words are compared: without regard to case, a blank and an underscore being
/// equal (reading 140).
pub fn word(text: &str) -> String {
    text.to_lowercase().replace('_', " ")
}
