//! `etalon explain`: what the suite says of a clause, a reading, a case, a choice or a document.

use std::process::ExitCode;

use etalon::harness::report::{Style, about};
use etalon::harness::{Contents, Exit, Outline, SuiteError};
use etalon::input::suggest::did_you_mean;

use super::output::{may_color, pass};
use super::{USAGE, complain};

/// Arguments of `etalon explain`.
#[derive(clap::Args)]
pub struct Args {
    /// The id of a clause or a case, the number of a reading, the name of a choice, or the number
    /// of a document, such as 002.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

/// Explains each in its turn, or none if one is unknown.
pub fn run(args: &Args) -> ExitCode {
    let suite = match Contents::embedded() {
        Ok(suite) => suite,
        Err(fault) => return complain(&fault.to_string(), Exit::Broken.code()),
    };
    let style = Style { color: may_color() };
    let told: Result<Vec<_>, _> = args.ids.iter().map(|id| explained(&suite, id, style)).collect();
    let told = match told {
        Ok(told) => told,
        Err(fault) => return complain(&fault.to_string(), Exit::Broken.code()),
    };
    let unknown = args.ids.iter().zip(&told).filter(|(_, told)| told.is_empty());
    let unknown: Vec<_> = unknown.map(|(id, _)| nothing_is(&suite, id)).collect();
    if !unknown.is_empty() {
        return complain(&unknown.join("\netalon: "), USAGE);
    }
    pass("explanations", told.concat().join("\n").as_bytes(), 0)
}

/// Returns whatever has this id, in words: a clause and a case may share one.
///
/// # Errors
/// It is a case that cannot be read.
fn explained(suite: &Contents, id: &str, style: Style) -> Result<Vec<String>, SuiteError> {
    let mut told = Vec::new();
    told.extend(suite.clause(id).map(|clause| about::clause(suite, clause, style)));
    told.extend(suite.read_case(id)?.map(|case| about::case(suite, &case, style)));
    let document = suite.documents().iter().find(|document| document.id == id);
    match document {
        Some(document) => told.push(about::document(suite, document, style)),
        None => {
            let number = id.parse().ok().filter(|_| is_number(id));
            let reading = number.and_then(|number| suite.reading(number));
            told.extend(reading.map(|reading| about::reading(suite, reading, style)));
        }
    }
    #[cfg(feature = "server")]
    told.extend(choice(suite, id, style));
    Ok(told)
}

/// Returns a choice in words, with the readings that leave it.
#[cfg(feature = "server")]
fn choice(suite: &Contents, name: &str, style: Style) -> Option<String> {
    let choice = etalon::api::choices::CHOICES.iter().find(|choice| choice.name == name)?;
    let readings = choice.readings.iter().filter_map(|number| suite.reading(*number));
    let readings = readings.map(|reading| about::reading(suite, reading, style));
    let mut parts = vec![format!("choice {}", super::choices::paragraph(choice))];
    parts.extend(readings);
    Some(parts.join("\n"))
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns that nothing has an id, and what was probably meant.
fn nothing_is(suite: &Contents, id: &str) -> String {
    if is_number(id) {
        let last = suite.readings().count();
        return format!("there is no reading {id}: they are numbered from 1 to {last}");
    }
    let clauses = suite.clauses().into_iter().map(|clause| clause.id.as_str());
    let known = clauses.chain(suite.outlines().iter().map(Outline::id));
    #[cfg(feature = "server")]
    let known = known.chain(etalon::api::choices::CHOICES.iter().map(|choice| choice.name));
    let meant = did_you_mean(id, known);
    format!(
        "`{id}` is no clause, case, reading, choice or document{meant}; `etalon clauses`, `etalon \
         choices` and `etalon certify --list` list them"
    )
}
