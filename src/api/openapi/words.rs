//! What an operation has to do, in the words of the clauses, and what was decided where the
//! documents leave it open, in those of the readings.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::row::{Row, Rows};
use crate::data;

#[derive(Deserialize)]
struct Clauses {
    clauses: Vec<Clause>,
}

/// A requirement of a document.
#[derive(Deserialize)]
struct Clause {
    id: String,
    requires: String,
    readings: Vec<u16>,
    status: String,
}

#[derive(Deserialize)]
struct Readings {
    readings: Vec<Reading>,
}

/// A decision about what a document leaves open.
#[derive(Deserialize)]
struct Reading {
    number: u16,
    /// What the documents leave open.
    gap: String,
    /// What this server does.
    served: String,
}

static READINGS: LazyLock<Vec<Reading>> = LazyLock::new(|| {
    let files = data::files_under("conformance/readings/");
    // A broken file is a failed test of the suite.
    files
        .filter_map(|(_, bytes)| serde_json::from_slice::<Readings>(bytes).ok())
        .flat_map(|file| file.readings)
        .collect()
});

/// Returns what an API is.
pub(super) fn about(rows: &Rows) -> String {
    let noun = if rows.documents.len() == 1 { "document" } else { "documents" };
    format!(
        "{} It is described by {noun} {}.\n\nA GET is answered to HEAD too, without its body. Another \
         method is answered 405, and a path that no document has 404, in the form of every error. \
         What the documents leave open is decided here as `etalon serve` does by default: \
         `etalon choices` lists what it can do otherwise, `etalon explain` what a reading says.\n\n\
         A body has at most 1 MiB (of the gateway 64 KiB) and 50000 values, no member twice, and no \
         number of more than 40 characters when it is written without an exponent: one with more is \
         answered 413 or 400, wherever it stands.",
        rows.about,
        rows.documents.join(" and "),
    )
}

/// Returns what an operation has to do: every requirement that is judged, save those of single
/// members, which stand in its schemas.
///
/// # Errors
/// A sentence: there are no clauses of the API, or none of a group that the row names.
pub(super) fn description(api: &str, row: &Row) -> Result<String, String> {
    let path = format!("conformance/clauses/{api}.json");
    let bytes = data::file(&path).ok_or_else(|| format!("{path} is not embedded"))?;
    let file: Clauses =
        serde_json::from_slice(bytes).map_err(|error| format!("{path}: {error}"))?;
    let named = [&row.id].into_iter().chain(&row.examples);
    let groups = row
        .clauses
        .as_ref()
        .map_or_else(|| named.collect(), |groups| groups.iter().collect::<Vec<_>>());

    let is_of = |clause: &&Clause| {
        let group = clause.id.split('/').nth(1).unwrap_or_default();
        let is_member = clause.id.contains("/property/");
        groups.iter().any(|name| *name == group) && clause.status == "checked" && !is_member
    };
    let clauses: Vec<_> = file.clauses.iter().filter(is_of).collect();
    let mut text = String::new();
    for clause in &clauses {
        text.push_str(&format!("- {}\n", clause.requires));
    }
    let rested_on = clauses.iter().flat_map(|clause| &clause.readings);
    let numbers: BTreeSet<_> = rested_on.chain(&row.readings).collect();
    let decided = READINGS.iter().filter(|reading| numbers.contains(&reading.number));
    for (index, Reading { number, gap, served }) in decided.enumerate() {
        if index == 0 {
            text.push_str("\nWhat the documents leave open:\n\n");
        }
        text.push_str(&format!("- Reading {number}. {gap} **Here:** {served}\n"));
    }
    Ok(text)
}
