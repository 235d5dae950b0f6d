//! `etalon fixtures`: the records that the suite expects in a target.

use std::io::{self, Write};
use std::process::ExitCode;

use etalon::data;

/// `etalon fixtures` takes none.
#[derive(clap::Args)]
pub struct Args {}

/// Prints them, one JSON object a line, ledgers first.
pub fn run(_: Args) -> ExitCode {
    match io::stdout().lock().write_all(&data::fixtures()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read us has seen enough: `etalon fixtures | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("etalon: the fixtures cannot be printed: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(all(test, feature = "harness"))]
mod tests {
    #[test]
    fn what_is_printed_is_what_certify_loads() {
        let suite = etalon::harness::Suite::embedded().unwrap();
        assert!(!suite.records().is_empty());
        assert_eq!(super::data::fixtures(), suite.records());
    }
}
