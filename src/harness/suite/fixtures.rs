//! The records that the suite expects in a target.

use std::borrow::Cow;

use serde::Deserialize;

use super::case::CustomerNoMode;

/// A ledger as the fixtures declare it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerRecord {
    pub(crate) ledger_no: String,
    pub(crate) country: String,
    pub(crate) customer_no_mode: CustomerNoMode,
    pub(crate) grants: Vec<String>,
}

#[derive(Deserialize)]
struct Kind<'l> {
    #[serde(borrow)]
    record: Cow<'l, str>,
}

/// All records as NDJSON in the order of their files, and what the ledgers among them say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fixtures {
    pub(crate) ledgers: Vec<LedgerRecord>,
    pub(crate) records: Vec<u8>,
}

impl Fixtures {
    /// Adds the records of one file.
    ///
    /// # Errors
    /// A sentence with the line of the first record that cannot be read.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let at = |error| format!("line {}: {error}", index + 1);
            // As these files are written; most of half a megabyte is not read for it.
            let known = line.strip_prefix(br#"{"record":""#);
            let is_ledger = match known {
                Some(rest) => rest.starts_with(br#"ledger""#),
                None => serde_json::from_slice::<Kind>(line).map_err(at)?.record == "ledger",
            };
            if is_ledger {
                self.ledgers.push(serde_json::from_slice(line).map_err(at)?);
            }
        }
        self.records.extend_from_slice(bytes);
        Ok(())
    }
}
