//! Which APIs the target has, where, in which formats, and what lets in there.

use std::path::Path;

use super::file::{ApiTable, TargetFile};
use super::media::Media;
use super::{Base, Credential, Mounted, TargetFlags};
use crate::harness::api::{APIS, Access, Api, Format};
use crate::input::secret::{Secret, Source};
use crate::input::suggest::did_you_mean;

/// Returns the APIs that are judged, in the order of reports.
///
/// # Errors
/// A sentence: what is missing, unknown, or not of that API.
pub(super) fn mounted(
    flags: &TargetFlags,
    file: &TargetFile,
    base: Option<&Base>,
    folder: &Path,
) -> Result<Vec<Mounted>, String> {
    let asked: Vec<&str> = match flags.apis.is_empty() {
        true => file.api.keys().map(String::as_str).collect(),
        false => flags.apis.iter().map(String::as_str).collect(),
    };
    if asked.is_empty() {
        return Err(format!(
            "say which APIs the target implements: --api with one or more of {}{}",
            Api::names(),
            if flags.file.is_some() {
                ", or an [api.NAME] table each"
            } else {
                ", or a target file"
            },
        ));
    }
    for name in asked.iter().copied().chain(file.api.keys().map(String::as_str)) {
        Api::known(name)?;
    }
    if let Some((name, _)) = flags.credentials.iter().find(|(name, _)| !asked.contains(name)) {
        return Err(format!("credentials for {name} are given, which is not judged"));
    }
    let none = ApiTable::default();
    APIS.iter()
        .filter(|api| asked.contains(&api.name))
        .map(|api| mount(api, flags, file.api.get(api.name).unwrap_or(&none), base, folder))
        .collect()
}

fn mount(
    api: &'static Api,
    flags: &TargetFlags,
    table: &ApiTable,
    base: Option<&Base>,
    folder: &Path,
) -> Result<Mounted, String> {
    let mount = table.mount.as_deref().unwrap_or(api.mount).trim_end_matches('/');
    if !mount.is_empty() && !mount.starts_with('/') {
        return Err(format!("the mount {mount} of {} needs a leading slash", api.name));
    }
    if mount.contains("{ledger}") && !api.has_ledgers() {
        return Err(format!("the mount {mount} names a ledger, and {} has none", api.name));
    }
    let own = table.base.as_deref().map(Base::parse).transpose()?;
    if own.is_some() && flags.url.is_some() {
        // Whichever won, the other might be what was meant not to be written to.
        return Err(format!(
            "a URL is given and [api.{}] in the target file has a base of its own: leave one out",
            api.name
        ));
    }
    let base = own.or_else(|| base.cloned());
    let account = match (api.account, &table.account) {
        (_, None) => None,
        (Some(member), Some(account)) => Some((member, account.clone())),
        (None, Some(_)) => {
            return Err(format!("[api.{}] has no account: nothing there names one", api.name));
        }
    };
    let flag = flags.credentials.iter().find(|(name, _)| *name == api.name);
    Ok(Mounted {
        api,
        base: base.ok_or("no base URL: give one, or `base` in the target file")?,
        mount: mount.to_owned(),
        account,
        media: media(api, table)?,
        credential: credential(api, flag.map(|(_, value)| value.as_str()), table, folder)?,
    })
}

/// Returns the documented types but for what the table says.
fn media(api: &'static Api, table: &ApiTable) -> Result<Media, String> {
    let mut media = Media::documented(api);
    for (name, entry) in &table.media {
        let format = Format::ALL.into_iter().find(|format| format.name() == name);
        if !format.is_some_and(|format| media.set(format, entry.0.clone())) {
            let formats: Vec<_> = api.formats.iter().map(|(format, _)| format.name()).collect();
            let meant = did_you_mean(name, formats.iter().copied());
            return Err(format!(
                "[api.{}.media]: {name} is none of its formats{meant}; they are {}",
                api.name,
                formats.join(", ")
            ));
        }
    }
    if media.lacks_all() {
        return Err(format!("[api.{}.media] leaves it no format", api.name));
    }
    Ok(media)
}

fn credential(
    api: &Api,
    flag: Option<&str>,
    table: &ApiTable,
    folder: &Path,
) -> Result<Option<Credential>, String> {
    let ApiTable { user, password, token, .. } = table;
    let foreign = match api.access {
        Access::Basic => [("token", token.is_some()), ("", false)],
        Access::Bearer => [("user", user.is_some()), ("password", password.is_some())],
        Access::LedgerToken => {
            [("token", token.is_some()), ("user", user.is_some() || password.is_some())]
        }
    };
    if let Some((key, _)) = foreign.iter().find(|(_, given)| *given) {
        return Err(format!("[api.{}] has no {key}: {}", api.name, api.entrance()));
    }
    match (api.access, flag) {
        (Access::LedgerToken, Some(_)) => Err(api.entrance()),
        (Access::LedgerToken, None) => Ok(None),
        (Access::Bearer, Some(value)) => {
            Ok(Some(Credential::Bearer(Source::from_flag(value).token(Path::new(""))?)))
        }
        (Access::Bearer, None) => {
            let token = token.as_ref().map(|token| token.token(folder)).transpose()?;
            Ok(token.map(Credential::Bearer))
        }
        (Access::Basic, Some(value)) => {
            let source = Source::from_flag(value);
            let both = source.read(Path::new(""))?;
            let (user, password) = both
                .reveal()
                .split_once(':')
                .ok_or_else(|| format!("--{}-user is USER:PASSWORD, with a colon", api.name))?;
            let password = match source {
                Source::Given(_) => Source::from_flag(password).read(Path::new(""))?,
                // What was read elsewhere is the password, and names no third place.
                Source::Env(_) | Source::File(_) => Secret::new(password),
            };
            basic(api, user, password).map(Some)
        }
        (Access::Basic, None) => match (user, password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => basic(api, user, password.read(folder)?).map(Some),
            _ => Err(format!("[api.{}] has one of user and password without the other", api.name)),
        },
    }
}

fn basic(api: &Api, user: &str, password: Secret) -> Result<Credential, String> {
    if user.is_empty() || user.contains(':') {
        return Err(format!("the user of {} is empty or has a colon in it", api.name));
    }
    Ok(Credential::Basic { user: user.to_owned(), password })
}
