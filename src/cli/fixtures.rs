//! `etalon fixtures`: the records that the suite expects in a target.

use std::process::ExitCode;

use etalon::data;
use etalon::input::suggest::did_you_mean;

use super::output::pass;
use super::{USAGE, complain};

/// Arguments of `etalon fixtures`.
#[derive(clap::Args)]
pub struct Args {
    /// Print only what these APIs need; all of it if none is named.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    api: Vec<String>,
}

/// Prints the records, one JSON object a line, ledgers first.
pub fn run(args: Args) -> ExitCode {
    match records(&args.api) {
        Ok(records) => pass("fixtures", &records, 0),
        Err(sentence) => complain(&sentence, USAGE),
    }
}

/// Returns the records that one of the named APIs needs.
///
/// # Errors
/// A sentence: the first name that is no API's.
fn records(named: &[String]) -> Result<Vec<u8>, String> {
    if named.is_empty() {
        return Ok(data::fixtures());
    }
    let apis = data::fixture_apis();
    if let Some(name) = named.iter().find(|name| !apis.contains(&name.as_str())) {
        let meant = did_you_mean(name, apis.iter().copied());
        return Err(format!("there is no API {name}{meant}; there are {}", apis.join(", ")));
    }
    let named: Vec<_> = named.iter().map(String::as_str).collect();
    Ok(data::fixtures_of(&named))
}

#[cfg(all(test, feature = "harness"))]
mod tests {
    use etalon::harness::{APIS, Suite};

    use super::data;

    #[test]
    fn what_is_printed_is_what_certify_loads() {
        let suite = Suite::embedded().unwrap();
        assert!(!suite.records().is_empty());
        assert_eq!(data::fixtures(), suite.records());
    }

    #[test]
    fn every_api_has_a_file_of_records() {
        assert_eq!(data::fixture_apis(), APIS.map(|api| api.name));
        assert_eq!(data::fixtures_of(&APIS.map(|api| api.name)), data::fixtures());
    }
}
