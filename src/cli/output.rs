//! Standard output: the one way to it, and the forms in which lists are written.

#[cfg(feature = "harness")]
use std::io::IsTerminal;
use std::io::{self, Write};
use std::process::ExitCode;

use etalon::output::standard_error::tell;
#[cfg(any(feature = "server", feature = "harness"))]
use etalon::output::visible;

use super::USAGE;

/// The exit code where a reader went away who had not seen all of it: what a shell tells of a
/// command that a closed pipe has ended.
const READER_GONE: u8 = 141;

/// A form in which a list is written.
#[cfg(any(feature = "server", feature = "harness"))]
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Format {
    /// For a reader.
    Table,
    /// For a program.
    Json,
}

/// Prints a text for a reader, which is `what`, with all that it holds made visible. Returns the
/// exit code: `code`, but none that says that all is well where the text did not arrive.
#[cfg(any(feature = "server", feature = "harness"))]
pub fn print(what: &str, text: &str, code: u8) -> ExitCode {
    pass(what, visible::lines(text).as_bytes(), code)
}

/// Prints a JSON document, as [`print`] prints a text.
#[cfg(any(feature = "server", feature = "harness"))]
pub fn print_json(what: &str, document: &serde_json::Value, code: u8) -> ExitCode {
    pass(what, visible::json(&format!("{document:#}\n")).as_bytes(), code)
}

/// Passes bytes on as they are, as [`print`] prints a text: records, and what is visible already.
pub fn pass(what: &str, bytes: &[u8], code: u8) -> ExitCode {
    let mut out = io::stdout().lock();
    conclude(what, out.write_all(bytes).and_then(|()| out.flush()), code)
}

/// Returns the exit code of a command whose output, which is `what`, was written or not: `code`,
/// but none that says that all is well where it was not.
pub fn conclude(what: &str, written: io::Result<()>, code: u8) -> ExitCode {
    let unwritten = match written {
        Ok(()) => return ExitCode::from(code),
        // Whoever read has seen enough, as in `etalon clauses | head`; there is nothing to say.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => READER_GONE,
        Err(error) => {
            tell(format_args!("etalon: the {what} cannot be printed whole: {error}"));
            USAGE
        }
    };
    ExitCode::from(if code == 0 { unwritten } else { code })
}

/// Returns whether what is printed may have colours: it goes to a terminal, and nobody refused.
#[cfg(feature = "harness")]
pub fn may_color() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !refused
}
