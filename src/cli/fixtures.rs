//! `etalon fixtures`: the records that the suite expects in a target.

use std::process::ExitCode;

use etalon::data;

use super::output::pass;

/// `etalon fixtures` takes none.
#[derive(clap::Args)]
pub struct Args {}

/// Prints the records, one JSON object a line, ledgers first.
pub fn run(_: Args) -> ExitCode {
    pass("fixtures", &data::fixtures(), 0)
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
