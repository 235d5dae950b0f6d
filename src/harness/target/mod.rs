//! The target: what is judged, put together from flags, a target file, and the fixtures.

mod base;
mod file;
mod resolve;
mod secret;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

pub(crate) use base::Base;
pub use secret::Secret;

use super::api::Api;
use super::compare::{Links, names_host, path_of};
use super::suite::CustomerNoMode;

/// What the command line says of the target.
#[derive(Debug, Clone, Default)]
pub struct TargetFlags {
    /// The base URL; it wins over the file's.
    pub url: Option<String>,
    /// The target file.
    pub file: Option<PathBuf>,
    /// The APIs to judge; empty: those of the file.
    pub apis: Vec<String>,
    /// The one ledger to use.
    pub ledger: Option<String>,
    /// `LEDGER=TOKEN`, where the token may be `env:NAME` or `file:PATH`.
    pub tokens: Vec<String>,
}

/// The system that is judged.
#[derive(Debug, Clone)]
pub struct Target {
    pub(crate) base: Base,
    pub(crate) apis: Vec<Mounted>,
    pub(crate) ledgers: Vec<Ledger>,
    pub(crate) provision: Provision,
    pub(crate) known: BTreeMap<String, Known>,
    /// PEM of the certificates to trust instead of the public ones.
    pub(crate) ca: Option<Vec<u8>>,
}

/// An API and where this target has it.
#[derive(Debug, Clone)]
pub(crate) struct Mounted {
    pub(crate) api: &'static Api,
    pub(crate) base: Base,
    pub(crate) mount: String,
}

/// A ledger of the target.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) no: String,
    pub(crate) token: Secret,
    pub(crate) country: Option<String>,
    pub(crate) mode: CustomerNoMode,
    pub(crate) grants: Vec<String>,
}

/// How the fixtures reach the target.
#[derive(Debug, Clone)]
pub(crate) enum Provision {
    /// They do not: only what cases create, and what the file knows.
    None,
    Preloaded,
    Url {
        url: String,
        token: Option<Secret>,
    },
    Command(String),
}

/// Identifiers that the operator names for a state; their values are unknown.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) ledger: Option<String>,
    pub(crate) variables: BTreeMap<String, Value>,
}

impl Mounted {
    /// The root of this API for a ledger, without a trailing slash.
    pub(crate) fn root(&self, ledger: &str) -> String {
        self.mount.replace("{ledger}", ledger)
    }

    /// The documented root for a ledger.
    pub(crate) fn documented_root(&self, ledger: &str) -> String {
        self.api.mount.replace("{ledger}", ledger)
    }

    /// The roots under which links of this API may stand.
    pub(crate) fn links(&self, ledger: &str) -> Links {
        let mut roots = vec![self.documented_root(ledger), self.root(ledger)];
        roots.dedup();
        Links { roots }
    }

    /// The URL of a path of a case: relative to the root, or a link that the target gave. A link
    /// under the documented root leads to the root that the target file names; on a link that names
    /// a host, the documented root may stand behind that host's own prefix.
    pub(crate) fn url(&self, ledger: &str, path: &str) -> String {
        if !(path.starts_with('/') || names_host(path)) {
            return self.base.join(&format!("{}/{path}", self.root(ledger)));
        }
        let documented = format!("{}/", self.documented_root(ledger));
        let link = path_of(path);
        let begins = link.find(&documented).filter(|at| *at == 0 || names_host(path));
        match begins.map(|at| &link[at + documented.len()..]) {
            Some(rest) => self.base.join(&format!("{}/{rest}", self.root(ledger))),
            None => self.base.follow(path),
        }
    }
}

impl Target {
    /// The names of the APIs that are judged, in the order of reports.
    pub fn apis(&self) -> Vec<&'static str> {
        self.apis.iter().map(|mounted| mounted.api.name).collect()
    }

    /// Whether the fixtures are in the target, so that the values of its records are known.
    pub(crate) fn has_fixtures(&self) -> bool {
        !matches!(self.provision, Provision::None)
    }

    pub(crate) fn mounted(&self, api: &str) -> Option<&Mounted> {
        self.apis.iter().find(|mounted| mounted.api.name == api)
    }

    /// What a report says of the target; nothing in it is secret.
    pub fn summary(&self) -> Value {
        let ledgers: Vec<_> = self
            .ledgers
            .iter()
            .map(|ledger| {
                json!({
                    "no": ledger.no,
                    "country": ledger.country,
                    "customerNoMode": ledger.mode.name(),
                    "grants": ledger.grants,
                })
            })
            .collect();
        let apis: Vec<_> = self
            .apis
            .iter()
            .map(|each| json!({"name": each.api.name, "base": each.base.to_string(), "mount": each.mount}))
            .collect();
        let provision = match &self.provision {
            Provision::None => "none",
            Provision::Preloaded => "preloaded",
            Provision::Url { .. } => "url",
            Provision::Command(_) => "command",
        };
        json!({
            "base": self.base.to_string(),
            "apis": apis,
            "ledgers": ledgers,
            "provision": provision,
            "known": self.known.keys().collect::<Vec<_>>(),
        })
    }
}
