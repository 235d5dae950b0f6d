//! How a report for a terminal is coloured.

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

impl Style {
    /// Returns `text` in a colour, if colours may be used.
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
