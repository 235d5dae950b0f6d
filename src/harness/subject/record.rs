//! The target as a bundle keeps it: all that a verdict depends on, and nothing that lets in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::listening::Listening;
use super::media::Media;
use super::resolve::redact;
use super::{
    Base, Credential, Ledger, Limits, Mounted, NamedState, Product, Provision, Proxies, Target,
    Tls, Trust, shown_command, shown_url,
};
use crate::harness::api::{APIS, Access, Api, Format};
use crate::harness::suite::{CustomerNoMode, Suite};
use crate::input::secret::Secret;

/// A target without its secrets. A secret is told apart from others by a number alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TargetRecord {
    product: Product,
    apis: Vec<ApiRecord>,
    ledgers: Vec<LedgerRecord>,
    /// The way by which the suite's records were to reach the target, as in reports.
    provision: String,
    /// The URL or the command by which they were brought, as far as that may be shown.
    provisioning: Option<String>,
    /// Whether a token went with them.
    provisioning_token: bool,
    known: BTreeMap<String, KnownRecord>,
    redact: Vec<String>,
    insecure: bool,
    /// The URL before every callback, if anybody listened.
    listener: Option<String>,
    profile: Option<String>,
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

impl TargetRecord {
    /// Returns what the target is said not to have, so that nothing of it was judged.
    pub(crate) fn lacks(&self) -> Vec<String> {
        let formats = self.apis.iter().flat_map(|api| {
            let absent = api.media.iter().filter(|(_, media)| media.is_none());
            absent.map(|(format, _)| format!("the {format} format of {}", api.name))
        });
        let open = self.apis.iter().filter(|api| {
            let has_ledgers = Api::named(&api.name).is_some_and(Api::has_ledgers);
            !has_ledgers && api.credential.is_none()
        });
        let open = open.map(|api| format!("credentials for {}", api.name));
        formats.chain(open).collect()
    }

    /// Returns the members that no output shows.
    pub(crate) fn redacted(&self) -> &[String] {
        &self.redact
    }
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
        let (provisioning, provisioning_token) = match &self.provision {
            Provision::Url { url, token } => (Some(shown_url(url).to_owned()), token.is_some()),
            Provision::Command(command) => (Some(shown_command(command)), false),
            Provision::None | Provision::Assumed | Provision::Preloaded => (None, false),
        };
        TargetRecord {
            product: self.product.clone(),
            apis: self.apis.iter().map(api).collect(),
            ledgers: self.ledgers.iter().map(ledger).collect(),
            provision: self.provision.name().to_owned(),
            provisioning,
            provisioning_token,
            known: self.known.iter().map(known).collect(),
            redact: self.redact.clone(),
            insecure: self.tls.is_insecure(),
            listener: self.listening.as_ref().and_then(|listening| listening.url.clone()),
            profile: self.profile.clone(),
        }
    }

    /// Returns the target that a bundle keeps, with placeholders for its secrets. Whoever wrote the
    /// record may have written anything: it is held to what the same words in a target file are.
    ///
    /// # Errors
    /// A sentence: what no run keeps of a target.
    pub(crate) fn of_record(record: TargetRecord, suite: &Suite) -> Result<Target, String> {
        let kept = record.clone();
        let apis = record.apis.into_iter().map(mounted).collect::<Result<Vec<_>, _>>()?;
        let place = |each: &Mounted| APIS.iter().position(|api| api.name == each.api.name);
        if apis.is_empty() || !apis.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])) {
            return Err("its APIs are none, doubled or out of their order".to_owned());
        }
        let ledger = |record| ledger(record, suite);
        let ledgers = record.ledgers.into_iter().map(ledger).collect::<Result<Vec<_>, _>>()?;
        let has_ledgers = apis.iter().any(|mounted| mounted.api.has_ledgers());
        if has_ledgers == ledgers.is_empty() {
            return Err("it has ledgers where no API has any, or none where one has".to_owned());
        }
        for (index, ledger) in ledgers.iter().enumerate() {
            if ledgers[..index].iter().any(|other| other.no == ledger.no) {
                return Err(format!("ledger {} stands twice", ledger.no));
            }
        }
        let known = record.known.into_iter().map(|(state, known)| known_state(state, known, suite));
        let known = known.collect::<Result<_, _>>()?;
        let provision = match record.provision.as_str() {
            "none" => Provision::None,
            "assumed" => Provision::Assumed,
            "preloaded" => Provision::Preloaded,
            "url" => Provision::Url {
                url: record.provisioning.unwrap_or_default(),
                token: record.provisioning_token.then(|| placeholder(0)),
            },
            "command" => Provision::Command(record.provisioning.unwrap_or_default()),
            other => return Err(format!("there is no way of provisioning {other}")),
        };
        let target = Target {
            apis,
            ledgers,
            provision,
            known,
            tls: Tls {
                trust: if record.insecure { Trust::Anybody } else { Trust::Nobody },
                shown: None,
            },
            limits: Limits::default(),
            proxies: Proxies::default(),
            redact: redact(record.redact.into_iter())?,
            product: record.product.checked()?,
            listening: record.listener.map(Listening::of_record).transpose()?,
            profile: record.profile.map(|name| suite.profile(name)).transpose()?,
        };
        // A command is not kept whole.
        let again = target.record();
        let provisioning = kept.provisioning.clone();
        match (TargetRecord { provisioning, ..again }) == kept {
            true => Ok(target),
            false => Err("it is not written as a run keeps a target".to_owned()),
        }
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
    if media.lacks_all() {
        return Err(format!("{} has no format at all", api.name));
    }
    let credential = match (api.access, record.credential.as_deref()) {
        (_, None) => None,
        (Access::Bearer, Some("Bearer")) => Some(Credential::Bearer(placeholder(0))),
        (Access::Basic, Some("Basic")) => {
            Some(Credential::Basic { user: String::new(), password: placeholder(0) })
        }
        (_, Some(other)) => {
            return Err(format!("{} is not let into by the scheme {other}", api.name));
        }
    };
    let is_root = record.mount.is_empty() || record.mount.starts_with('/');
    if !is_root || record.mount.ends_with('/') {
        return Err(format!("{} cannot have the mount {}", api.name, record.mount));
    }
    Ok(Mounted {
        api,
        base: Base::parse(&record.base)?,
        mount: record.mount,
        media,
        credential,
        account: api.account.zip(record.account),
    })
}

fn known_state(
    name: String,
    known: KnownRecord,
    suite: &Suite,
) -> Result<(String, NamedState), String> {
    let KnownRecord { ledger, variables } = known;
    let state = suite.states.get(&name).ok_or_else(|| format!("there is no state {name}"))?;
    let whole = variables.len() == state.variables.len()
        && variables.keys().all(|variable| state.variables.contains_key(variable));
    match whole && (ledger.is_none() || state.ledger.is_some()) {
        true => Ok((name, NamedState { ledger, variables })),
        false => Err(format!("what it names of the state {name} is not what that state has")),
    }
}

fn ledger(record: LedgerRecord, suite: &Suite) -> Result<Ledger, String> {
    let granted = |grant| suite.ledgers().iter().any(|ledger| ledger.grants.contains(grant));
    if let Some(unknown) = record.grants.iter().find(|grant| !granted(*grant)) {
        return Err(format!("ledger {} has {unknown}, which is no grant", record.no));
    }

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
