//! `etalon fixtures`: the records that the suite expects in a target.

use std::io::{self, Write};
use std::process::ExitCode;

use etalon::data;

/// `etalon fixtures` takes none.
#[derive(clap::Args)]
pub struct Args {}

/// Prints them, one JSON object a line, ledgers first.
pub fn run(_: Args) -> ExitCode {
    match io::stdout().lock().write_all(&records()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read us has seen enough: `etalon fixtures | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("etalon: the fixtures cannot be printed: {error}");
            ExitCode::from(2)
        }
    }
}

/// Read from the embedded files themselves, because a build without the judge prints them too.
fn records() -> Vec<u8> {
    let files = data::files_under("conformance/fixtures/");
    let lines = files
        .filter(|(path, _)| path.ends_with(".ndjson"))
        .flat_map(|(_, bytes)| bytes.split(|byte| *byte == b'\n'))
        .filter(|line| !line.trim_ascii().is_empty());
    let (ledgers, others): (Vec<_>, Vec<_>) = lines.partition(|line| is_ledger(line));
    ledgers.into_iter().chain(others).flat_map(|line| [line, b"\n"]).flatten().copied().collect()
}

fn is_ledger(line: &[u8]) -> bool {
    let record: Option<serde_json::Value> = serde_json::from_slice(line).ok();
    record.is_some_and(|record| record.get("record").is_some_and(|kind| kind == "ledger"))
}

#[cfg(all(test, feature = "harness"))]
mod tests {
    #[test]
    fn what_is_printed_is_what_certify_loads() {
        let suite = etalon::harness::Suite::embedded().unwrap();
        assert!(!suite.records().is_empty());
        assert_eq!(super::records(), suite.records());
    }
}
