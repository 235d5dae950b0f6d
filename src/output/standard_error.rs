//! Standard error: the one way to it.

use std::fmt::Display;
use std::io::{self, Write};

use super::visible;

/// Writes a text and a line break, with all that it holds made visible. Where nobody can read it,
/// nothing is said: a log on a full disk is no reason to end what is told in it.
pub fn tell(text: impl Display) {
    let text = text.to_string();
    let _ = writeln!(io::stderr().lock(), "{}", visible::lines(&text));
}
