//! The target file: TOML, every key known.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::secret::Source;
use crate::harness::suite::CustomerNoMode;

/// A target file as written. What it leaves out comes from flags or from the fixtures.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetFile {
    /// The base URL.
    #[serde(default)]
    pub(super) base: Option<String>,
    /// A PEM file with the certificates to trust instead of the public ones.
    #[serde(default)]
    pub(super) ca: Option<String>,
    /// A table for each API that is judged, empty where everything is as documented.
    #[serde(default)]
    pub(super) api: BTreeMap<String, ApiTable>,
    #[serde(default)]
    pub(super) ledger: Vec<LedgerTable>,
    #[serde(default)]
    pub(super) provision: Option<ProvisionEntry>,
    /// State name → variables, for a target that holds other records than the fixtures.
    #[serde(default)]
    pub(super) known: BTreeMap<String, BTreeMap<String, toml::Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiTable {
    #[serde(default)]
    pub(super) base: Option<String>,
    /// A root other than the documented one; `{ledger}` stands for the ledger number.
    #[serde(default)]
    pub(super) mount: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LedgerTable {
    pub(super) no: String,
    #[serde(default)]
    pub(super) token: Option<Source>,
    #[serde(default)]
    pub(super) country: Option<String>,
    #[serde(default)]
    pub(super) customer_no_mode: Option<CustomerNoMode>,
    #[serde(default)]
    pub(super) grants: Option<Vec<String>>,
}

/// How the fixtures reach the target, as written.
#[derive(Debug, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(super) enum ProvisionEntry {
    Preloaded,
    Url { url: String, token: Option<Source> },
    Command(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvisionTable {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    token: Option<Source>,
    #[serde(default)]
    command: Option<String>,
}

impl TryFrom<toml::Value> for ProvisionEntry {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let wrong = || {
            "`provision` is \"preloaded\", or has a `url` (and perhaps a `token`), or a `command`"
                .to_owned()
        };
        if let Some(text) = value.as_str() {
            return if text == "preloaded" { Ok(ProvisionEntry::Preloaded) } else { Err(wrong()) };
        }
        let table: ProvisionTable =
            value.try_into().map_err(|error| format!("{}: {}", wrong(), error.message()))?;
        match table {
            ProvisionTable { url: Some(url), token, command: None } => {
                Ok(ProvisionEntry::Url { url, token })
            }
            ProvisionTable { url: None, token: None, command: Some(command) } => {
                Ok(ProvisionEntry::Command(command))
            }
            _ => Err(wrong()),
        }
    }
}
