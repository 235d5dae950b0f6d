//! The target as a bundle keeps it: all that a verdict depends on, and nothing that lets in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::media::Media;
use super::{
    Base, Credential, Ledger, Limits, Mounted, NamedState, Provision, Proxies, Target, Tls,
};
use crate::harness::api::{Api, Format};
use crate::harness::suite::CustomerNoMode;
use crate::input::secret::Secret;

/// A target without its secrets. A secret is told apart from others by a number alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TargetRecord {
    apis: Vec<ApiRecord>,
    ledgers: Vec<LedgerRecord>,
    /// The way by which the suite's records were to reach the target, as in reports.
    provision: String,
    /// The place to which they were brought, as far as that may be shown.
    provisioning: Option<String>,
    known: BTreeMap<String, KnownRecord>,
    redact: Vec<String>,
    insecure: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ApiRecord {
    name: String,
    base: String,
    mount: String,
    /// Format → its media type here, or null where the target lacks it.
    media: BTreeMap<String, Option<String>>,
    /// The scheme of what lets in, where that is no ledger's token.
    credential: Option<String>,
    account: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LedgerRecord {
    no: String,
    /// The place of the first ledger that has the same token: two ledgers may share one.
    token: usize,
    country: Option<String>,
    customer_no_mode: String,
    grants: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct KnownRecord {
    ledger: Option<String>,
    variables: BTreeMap<String, Value>,
}

impl Target {
    pub(crate) fn record(&self) -> TargetRecord {
        let token = |ledger: &Ledger| {
            self.ledgers.iter().position(|other| other.token == ledger.token).unwrap_or_default()
        };
        let api = |mounted: &Mounted| ApiRecord {
            name: mounted.api.name.to_owned(),
            base: mounted.base.to_string(),
            mount: mounted.mount.clone(),
            media: Format::ALL
                .into_iter()
                .filter(|format| mounted.api.formats.iter().any(|(known, _)| known == format))
                .map(|format| {
                    (format.name().to_owned(), mounted.media.of(format).map(str::to_owned))
                })
                .collect(),
            credential: mounted.credential.as_ref().map(|each| each.scheme().to_owned()),
            account: mounted.account.as_ref().map(|(_, account)| account.clone()),
        };
        let ledger = |ledger: &Ledger| LedgerRecord {
            no: ledger.no.clone(),
            token: token(ledger),
            country: ledger.country.clone(),
            customer_no_mode: ledger.mode.name().to_owned(),
            grants: ledger.grants.clone(),
        };
        let known = |(state, known): (&String, &NamedState)| {
            let NamedState { ledger, variables } = known.clone();
            (state.clone(), KnownRecord { ledger, variables })
        };
        TargetRecord {
            apis: self.apis.iter().map(api).collect(),
            ledgers: self.ledgers.iter().map(ledger).collect(),
            provision: self.provision.name().to_owned(),
            provisioning: self.provisioning(),
            known: self.known.iter().map(known).collect(),
            redact: self.redact.clone(),
            insecure: self.tls.insecure,
        }
    }

    /// Returns the target that a bundle keeps, with placeholders for its secrets.
    ///
    /// # Errors
    /// A sentence: what of the record this version does not know.
    pub(crate) fn of_record(record: TargetRecord) -> Result<Target, String> {
        let apis = record.apis.into_iter().map(mounted).collect::<Result<_, _>>()?;
        let ledgers = record.ledgers.into_iter().map(ledger).collect::<Result<_, _>>()?;
        let known = record.known.into_iter().map(|(state, known)| {
            let KnownRecord { ledger, variables } = known;
            (state, NamedState { ledger, variables })
        });
        let provision = match record.provision.as_str() {
            "none" => Provision::None,
            "assumed" => Provision::Assumed,
            "preloaded" => Provision::Preloaded,
            // Nothing is brought anywhere again.
            "url" => Provision::Url { url: String::new(), token: None },
            "command" => Provision::Command(String::new()),
            other => return Err(format!("there is no way of provisioning {other}")),
        };
        Ok(Target {
            apis,
            ledgers,
            provision,
            known: known.collect(),
            tls: Tls { insecure: record.insecure, ..Tls::default() },
            limits: Limits::default(),
            proxies: Proxies::default(),
            redact: record.redact,
        })
    }
}

/// Returns what stands for a secret: too short to be taken for one where it is looked for.
fn placeholder(number: usize) -> Secret {
    Secret::new(number.to_string())
}

fn mounted(record: ApiRecord) -> Result<Mounted, String> {
    let api = Api::known(&record.name)?;
    let mut media = Media::documented(api);
    for (name, kind) in record.media {
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        let format = format.ok_or_else(|| format!("there is no format {name}"))?;
        if !media.set(format, kind) {
            return Err(format!("{} has no format {name}", api.name));
        }
    }
    let credential = match record.credential.as_deref() {
        None => None,
        Some("Bearer") => Some(Credential::Bearer(placeholder(0))),
        Some("Basic") => Some(Credential::Basic { user: String::new(), password: placeholder(0) }),
        Some(other) => return Err(format!("there is no scheme {other} of credentials")),
    };
    Ok(Mounted {
        api,
        base: Base::parse(&record.base)?,
        mount: record.mount,
        media,
        credential,
        account: api.account.zip(record.account),
    })
}

fn ledger(record: LedgerRecord) -> Result<Ledger, String> {
    let modes = [CustomerNoMode::Assigned, CustomerNoMode::Generated];
    let mode = modes.into_iter().find(|mode| mode.name() == record.customer_no_mode);
    Ok(Ledger {
        mode: mode.ok_or_else(|| {
            format!("there is no mode {} of customer numbers", record.customer_no_mode)
        })?,
        no: record.no,
        token: placeholder(record.token),
        country: record.country,
        grants: record.grants,
    })
}
