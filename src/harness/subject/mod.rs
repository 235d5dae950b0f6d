//! The target: what is judged, put together from flags, a target file, and the fixtures.

mod base;
mod credential;
mod file;
mod known;
mod limits;
mod link;
mod listening;
mod media;
mod mounted;
mod provision;
mod proxy;
mod record;
mod resolve;
mod secret;
mod site;
#[cfg(test)]
mod tests;
mod unknown_key;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use base::Base;
pub(crate) use credential::Credential;
pub use limits::Limits;
pub(crate) use link::{Links, below};
pub(crate) use listening::Listening;
pub(crate) use media::Media;
pub(crate) use provision::{Fixtures, Provision, shown_command, shown_url};
pub use proxy::Proxies;
pub(crate) use proxy::{Proxy, Route};
pub(crate) use record::TargetRecord;
pub(crate) use resolve::toml_error;
pub(crate) use site::Site;

use crate::harness::api::{Api, Format};
use crate::harness::suite::CustomerNoMode;
use crate::input::pem::Pem;
use crate::input::secret::Secret;

/// The flags of the command line that describe the target.
#[derive(Debug, Clone, Default)]
pub struct TargetFlags {
    /// The base URL; it wins over the file's.
    pub url: Option<String>,
    /// The target file.
    pub file: Option<PathBuf>,
    /// What is judged, where no file says it.
    pub product: Option<String>,
    /// The APIs to judge; empty: those of the file.
    pub apis: Vec<String>,
    /// The one ledger to use.
    pub ledger: Option<String>,
    /// `LEDGER=TOKEN`, where the token may be `env:NAME` or `file:PATH`.
    pub tokens: Vec<String>,
    /// APIs without ledgers and what lets in there: `USER:PASSWORD` or a token, by the API; it may
    /// be `env:NAME` or `file:PATH`.
    pub credentials: Vec<(&'static str, String)>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// A PEM file of the certificate to show; with its key, where no other file has that.
    pub certificate: Option<PathBuf>,
    /// A PEM file of the key of `certificate`.
    pub key: Option<PathBuf>,
    /// True if certificates are taken as they come. No file can say so: whoever runs the judge sees
    /// that he does.
    pub insecure: bool,
    /// The limits that the target can bear; each wins over the file's.
    pub limits: Limits,
    /// Members that no output may show the values of, beside those of the file.
    pub redact: Vec<String>,
    /// The proxies between the judge and the target.
    pub proxies: Proxies,
    /// The address at which the judge listens to what the target tells of; it wins over the file's.
    pub listen: Option<String>,
}

impl TargetFlags {
    /// The address to listen to where the target runs on this machine: a free port that nobody else
    /// reaches.
    pub const LOOPBACK: &str = "127.0.0.1:0";
}

/// The system that is judged.
#[derive(Debug, Clone)]
pub struct Target {
    pub(crate) apis: Vec<Mounted>,
    pub(crate) ledgers: Vec<Ledger>,
    pub(crate) provision: Provision,
    pub(crate) known: BTreeMap<String, NamedState>,
    pub(crate) tls: Tls,
    pub(crate) limits: Limits,
    pub(crate) proxies: Proxies,
    /// The members that no output shows the values of.
    pub(crate) redact: Vec<String>,
    /// What is judged, as the target file calls it.
    pub(crate) product: Product,
    /// Where the judge listens to what the target tells of by itself, if it does.
    pub(crate) listening: Option<Listening>,
    /// The profile of clauses that the target is to keep to, if it is to keep to one.
    pub(crate) profile: Option<String>,
}

/// What a target file says of what it describes; nothing is judged by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    /// Its name.
    pub(crate) product: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
}

impl Product {
    /// Checks that both can be printed in a line.
    ///
    /// # Errors
    /// A sentence: the one that cannot.
    fn checked(self) -> Result<Product, String> {
        for (name, text) in [("product", &self.product), ("version", &self.version)] {
            let is_line = |text: &str| !text.trim().is_empty() && !text.contains(char::is_control);
            if text.as_deref().is_some_and(|text| !is_line(text)) {
                return Err(format!("`{name}` is a line of text"));
            }
        }
        Ok(self)
    }
}

/// Whom the judge believes, and what it shows of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tls {
    pub(crate) trust: Trust,
    pub(crate) shown: Option<Shown>,
}

/// Those who may vouch for a target.
#[derive(Debug, Clone, Default)]
pub(crate) enum Trust {
    /// Whom the system trusts.
    #[default]
    System,
    /// These authorities and no others.
    Authorities(Pem),
    /// Anybody: certificates are taken as they come.
    Anybody,
    /// Nobody: a target that a bundle keeps is asked no more.
    Nobody,
}

/// The certificate by which the judge shows who it is, and those that lead to its root.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) certificate: Pem,
    /// Its private key, where that does not stand beside it.
    pub(crate) key: Option<Pem>,
}

impl Tls {
    pub(crate) fn is_insecure(&self) -> bool {
        matches!(self.trust, Trust::Anybody)
    }
}

/// An API and where this target has it.
#[derive(Debug, Clone)]
pub(crate) struct Mounted {
    pub(crate) api: &'static Api,
    pub(crate) base: Base,
    pub(crate) mount: String,
    pub(crate) media: Media,
    /// The credentials that let in, if the API has no ledgers and the target asks for anything.
    pub(crate) credential: Option<Credential>,
    /// The member that names the account of what is created, and the account.
    pub(crate) account: Option<(&'static str, String)>,
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

/// Identifiers that the operator names for a state; their values are unknown.
#[derive(Debug, Clone)]
pub(crate) struct NamedState {
    pub(crate) ledger: Option<String>,
    pub(crate) variables: BTreeMap<String, Value>,
}

impl Mounted {
    /// Returns the headers of a request of the harness's own.
    pub(crate) fn headers(&self) -> Vec<(String, String)> {
        let media = self.media.of(Format::Json).filter(|_| self.api.always_typed);
        media.map(|media| ("Content-Type".to_owned(), media.to_owned())).into_iter().collect()
    }

    /// Returns the target's media type where a document prints one: the same, unless it stands for
    /// a format that is called otherwise here.
    pub(crate) fn media_for<'m>(&'m self, printed: &'m str) -> &'m str {
        let format = self.api.format_named(printed);
        format.and_then(|format| self.media.of(format)).unwrap_or(printed)
    }
}

impl Target {
    /// Returns the names of the APIs that are judged, in the order of reports.
    pub fn apis(&self) -> Vec<&'static str> {
        self.apis.iter().map(|mounted| mounted.api.name).collect()
    }

    /// Returns whether the suite's records are in the target, as far as anybody said so.
    pub(crate) fn fixtures(&self) -> Fixtures {
        match self.provision {
            Provision::None => Fixtures::Missing,
            _ => Fixtures::Loaded,
        }
    }

    pub(crate) fn mounted(&self, api: &str) -> Option<&Mounted> {
        self.apis.iter().find(|mounted| mounted.api.name == api)
    }

    /// Returns every API for every ledger that it has, or by itself.
    pub(crate) fn sites(&self) -> impl Iterator<Item = Site<'_>> {
        self.apis.iter().flat_map(|mounted| {
            let ledgers = self.ledgers.iter().filter(|_| mounted.api.has_ledgers()).map(Some);
            let alone = (!mounted.api.has_ledgers()).then_some(None);
            ledgers.chain(alone).map(move |ledger| Site { mounted, ledger })
        })
    }

    /// Returns the profile of clauses that the target is to keep to, if it is to keep to one.
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Returns the limits that the target can bear, by the command line and its file.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns where records would be brought before the first case, if they would: `to` a URL or
    /// `through` a command.
    pub fn provisioning(&self) -> Option<String> {
        match &self.provision {
            Provision::None | Provision::Assumed | Provision::Preloaded => None,
            Provision::Url { url, .. } => Some(format!("to {} by POST", shown_url(url))),
            Provision::Command(command) => Some(format!("through {}", shown_command(command))),
        }
    }

    /// Returns the URL that the records are sent to, of which no more may be shown than stands
    /// before its query.
    pub(crate) fn provisioning_url(&self) -> Option<&str> {
        match &self.provision {
            Provision::Url { url, .. } => Some(url),
            _ => None,
        }
    }

    /// Returns whether any request is to go over TLS.
    pub(crate) fn is_asked_over_tls(&self) -> bool {
        let bases = self.apis.iter().map(|mounted| mounted.base.origin.as_str());
        bases.chain(self.provisioning_url()).any(|url| {
            url.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
        })
    }

    /// Returns everything that no report may show.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let own = self.apis.iter().filter_map(|mounted| mounted.credential.as_ref());
        let mut tokens: Vec<_> = self.ledgers.iter().map(|ledger| &ledger.token).collect();
        if let Provision::Url { token, .. } = &self.provision {
            tokens.extend(token);
        }
        let tokens = tokens.into_iter().map(|token| token.reveal().to_owned());
        own.flat_map(Credential::secrets).chain(tokens).chain(self.proxies.secrets()).collect()
    }

    /// Returns what a report says of the target; nothing in it is secret.
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
        json!({
            "base": self.apis.first().map(|first| first.base.to_string()),
            "product": self.product.product,
            "version": self.product.version,
            "apis": apis,
            "ledgers": ledgers,
            "provision": self.provision.name(),
            "known": self.known.keys().collect::<Vec<_>>(),
            "insecure": self.tls.is_insecure(),
            "listener": self.listening.as_ref().map(|listening| &listening.url),
            "profile": self.profile,
        })
    }
}
