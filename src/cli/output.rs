//! The output of lists, and the forms in which they are written.

#[cfg(feature = "harness")]
use std::io::IsTerminal;
use std::io::{self, Write};
use std::process::ExitCode;

use super::{USAGE, complain};

/// A form in which a list is written.
#[cfg(any(feature = "server", feature = "harness"))]
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// For a reader.
    Table,
    /// For a program.
    Json,
}

/// Prints `text`, which is `what`. A reader that has gone away has seen enough: `etalon clauses |
/// head`.
pub fn print(what: &str, text: &[u8]) -> ExitCode {
    match io::stdout().lock().write_all(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => complain(&format!("the {what} cannot be printed: {error}"), USAGE),
    }
}

/// Returns whether what is printed may have colours: it goes to a terminal, and nobody refused.
#[cfg(feature = "harness")]
pub fn may_color() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !refused
}
