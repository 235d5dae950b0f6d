//! The output of lists, and the forms in which they are written.

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
