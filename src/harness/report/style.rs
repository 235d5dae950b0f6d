//! How a report for a terminal is written: what is ours may be coloured, and nothing that a target
//! sent moves the cursor.

use std::fmt::{self, Display, Write};

use crate::output::visible;

/// The style of a report for a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// True if it is coloured, by ANSI escapes for bold, dim, red, green and yellow.
    pub color: bool,
}

pub(super) const BOLD: &str = "1";
pub(super) const DIM: &str = "2";
pub(super) const RED: &str = "31";
pub(super) const GREEN: &str = "32";
pub(super) const YELLOW: &str = "33";

/// A text for a terminal that is being written, and the parts of it that are coloured. Its escapes
/// are added at the end, when everything else is visible, so that all of them are ours.
#[derive(Default)]
pub(super) struct Painted {
    text: String,
    /// Each part from where to where, and its colour.
    parts: Vec<(usize, usize, &'static str)>,
}

impl Painted {
    /// Adds a text in a colour.
    pub(super) fn paint(&mut self, code: &'static str, text: impl Display) {
        let start = self.text.len();
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{text}");
        self.parts.push((start, self.text.len(), code));
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Returns the whole text, visible and, if colours may be used, coloured.
    pub(super) fn finish(&self, style: Style) -> String {
        let mut result = String::with_capacity(self.text.len() + 16 * self.parts.len());
        let mut done = 0;
        for (start, end, code) in self.parts.iter().filter(|_| style.color) {
            result.push_str(&visible::lines(&self.text[done..*start]));
            let part = visible::lines(&self.text[*start..*end]);
            let _ = write!(result, "\x1b[{code}m{part}\x1b[0m");
            done = *end;
        }
        result.push_str(&visible::lines(&self.text[done..]));
        result
    }
}

impl Write for Painted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.write_str(text)
    }
}
