//! What is wrong with an input, and in which of its parameters.

use std::fmt;

/// The most violations that are told of one body: who has made one mistake in every element of a
/// long array learns nothing from the others.
pub const MOST: usize = 100;

/// One broken rule: the parameter and a sentence. A request with violations changes nothing.
///
/// Source: 001 and 002 › Problems ("describes exactly which parameter that failed the
/// validation"), readings 2 and 9.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The dotted path of the member in documented spelling (`legalAddress.city`), the name of a
    /// query parameter, or `body` for the document as a whole.
    pub parameter: String,
    /// What was wrong and what would be right, as a sentence.
    pub message: String,
}

impl Violation {
    /// Returns a violation of `parameter`, explained by `message`.
    pub fn new(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        Self { parameter: parameter.into(), message: message.into() }
    }

    /// Returns a violation of the body as a whole.
    pub fn body(message: impl Into<String>) -> Self {
        Self::new("body", message)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.parameter, self.message)
    }
}

/// Adds those of `more` that are of parameters which `found` does not name yet: what the form of a
/// value has been refused for needs no second reason.
pub fn add_unnamed(found: &mut Vec<Violation>, more: impl IntoIterator<Item = Violation>) {
    let named: Vec<String> = found.iter().map(|violation| violation.parameter.clone()).collect();
    found.extend(more.into_iter().filter(|violation| !named.contains(&violation.parameter)));
}
