//! The target file: TOML, every key known.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::harness::suite::CustomerNoMode;
use crate::input::secret::{Source, is_printable};

/// A target file as written. What it leaves out comes from flags or from the fixtures.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetFile {
    /// The base URL.
    #[serde(default)]
    pub(super) base: Option<String>,
    /// What is judged: the product, as its maker calls it.
    #[serde(default)]
    pub(super) product: Option<String>,
    /// Its version.
    #[serde(default)]
    pub(super) version: Option<String>,
    /// A PEM file with the certificates to trust instead of the system's.
    #[serde(default)]
    pub(super) ca: Option<String>,
    /// A PEM file with the certificate, and those that lead to its root, by which we show who we
    /// are.
    #[serde(default)]
    pub(super) certificate: Option<String>,
    /// The private key of `certificate`, in PEM, where it does not stand in the same file.
    #[serde(default)]
    pub(super) key: Option<Source>,
    /// Members whose values no output shows, by name.
    #[serde(default)]
    pub(super) redact: Vec<String>,
    /// A profile of clauses: what it makes a requirement is one.
    #[serde(default)]
    pub(super) profile: Option<String>,
    #[serde(default)]
    pub(super) limits: LimitsTable,
    /// Where to listen to what the target tells of by itself.
    #[serde(default)]
    pub(super) listen: Option<ListenTable>,
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

impl TargetFile {
    /// Returns the same with something else for every secret that stands elsewhere: whoever contacts
    /// nobody needs none of them.
    pub(super) fn without_secrets(mut self) -> TargetFile {
        let of_ledgers = self.ledger.iter_mut().map(|ledger| &mut ledger.token);
        let of_apis = self.api.values_mut().flat_map(|api| [&mut api.password, &mut api.token]);
        let secrets = of_ledgers.chain(of_apis).flatten();
        let provision = self.provision.iter_mut().filter_map(|entry| match entry {
            ProvisionEntry::Url { token, .. } => token.as_mut(),
            ProvisionEntry::Preloaded | ProvisionEntry::Command(_) => None,
        });
        secrets.chain(provision).for_each(|source| *source = source.unread());
        if let Some(listen) = &mut self.listen {
            (listen.certificate, listen.key) = (None, None);
        }
        TargetFile { key: None, certificate: None, ..self }
    }
}

/// The limits that the target can bear. Flags win over each.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table", rename_all = "camelCase")]
pub(super) struct LimitsTable {
    /// Requests a second.
    #[serde(default)]
    pub(super) rate: Option<f64>,
    /// Cases at once.
    #[serde(default)]
    pub(super) parallelism: Option<i64>,
    /// Seconds.
    #[serde(default)]
    pub(super) connect_timeout: Option<f64>,
    /// Seconds.
    #[serde(default)]
    pub(super) answer_timeout: Option<f64>,
    /// Bytes of an answer that is one thing.
    #[serde(default)]
    pub(super) answer_bytes: Option<i64>,
    /// Bytes of an answer that is a list.
    #[serde(default)]
    pub(super) list_bytes: Option<i64>,
    /// Pages of a list.
    #[serde(default)]
    pub(super) pages: Option<i64>,
    /// Bytes of a run.
    #[serde(default)]
    pub(super) total_bytes: Option<i64>,
    /// Seconds of a run.
    #[serde(default)]
    pub(super) max_time: Option<f64>,
    /// Seconds.
    #[serde(default)]
    pub(super) event_timeout: Option<f64>,
}

/// Where to listen. A flag wins over the address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table", rename_all = "kebab-case")]
pub(super) struct ListenTable {
    /// A host and a port.
    #[serde(default)]
    pub(super) address: Option<String>,
    /// The URL by which the target reaches it.
    #[serde(default)]
    pub(super) url: Option<String>,
    /// A PEM file with the certificate that is shown, and those that lead to its root.
    #[serde(default, rename = "tls-cert")]
    pub(super) certificate: Option<String>,
    /// Its private key, in PEM, where it does not stand in the same file.
    #[serde(default, rename = "tls-key")]
    pub(super) key: Option<Source>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub(super) struct ApiTable {
    #[serde(default)]
    pub(super) base: Option<String>,
    /// A root other than the documented one; `{ledger}` stands for the ledger number.
    #[serde(default)]
    pub(super) mount: Option<String>,
    /// With `password`, where a request is let in by HTTP Basic.
    #[serde(default)]
    pub(super) user: Option<String>,
    #[serde(default)]
    pub(super) password: Option<Source>,
    /// Where a request is let in by a bearer token that is no ledger's.
    #[serde(default)]
    pub(super) token: Option<Source>,
    /// The account that everything created is to name.
    #[serde(default)]
    pub(super) account: Option<String>,
    /// Format → its media type here, or that it is absent.
    #[serde(default)]
    pub(super) media: BTreeMap<String, MediaEntry>,
}

/// A media type, or `false`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(super) struct MediaEntry(pub(super) Option<String>);

impl TryFrom<toml::Value> for MediaEntry {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let is_type = |text: &str| {
            let mut parts = text.split(';').next().unwrap_or_default().trim().split('/');
            let mut part = || parts.next().is_some_and(|part| !part.trim().is_empty());
            part() && part() && parts.next().is_none()
        };
        match value {
            toml::Value::Boolean(false) => Ok(MediaEntry(None)),
            toml::Value::String(text) if is_type(&text) && is_printable(&text) => {
                Ok(MediaEntry(Some(text)))
            }
            _ => Err("a format is a media type such as \"text/xml\", or false where the target \
                      lacks it"
                .to_owned()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table", rename_all = "camelCase")]
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
