//! Flags, file and fixtures put together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::{LedgerTable, ProvisionEntry, TargetFile};
use super::known::known;
use super::limits::limits;
use super::listening::listening;
use super::mounted::mounted;
use super::unknown_key::unknown_key;
use super::{Base, Ledger, Product, Provision, Shown, Target, TargetFlags, Tls, Trust};
use crate::harness::suite::{Contents, CustomerNoMode, LedgerRecord};
use crate::input::encoding::text;
use crate::input::file;
use crate::input::pem::Pem;
use crate::input::secret::{Secret, Source, WELL_KNOWN};
use crate::input::suggest::did_you_mean;

impl Target {
    /// Puts the target together: flags win over the file, the file over the fixtures.
    ///
    /// # Errors
    /// Whatever is missing, unknown or unreadable, as a usage error.
    pub fn resolve(suite: &Contents, flags: &TargetFlags) -> Result<Target, String> {
        resolve(suite, flags, |file| file)
    }

    /// Does the same for what contacts nobody: no secret is looked for that the target file says the
    /// place of.
    ///
    /// # Errors
    /// As of [`Target::resolve`].
    pub fn resolve_without_secrets(
        suite: &Contents,
        flags: &TargetFlags,
    ) -> Result<Target, String> {
        resolve(suite, flags, TargetFile::without_secrets)
    }
}

fn resolve(
    suite: &Contents,
    flags: &TargetFlags,
    taken: impl Fn(TargetFile) -> TargetFile,
) -> Result<Target, String> {
    let (file, folder) = match &flags.file {
        Some(path) => read_file(path)?,
        None => (TargetFile::default(), PathBuf::new()),
    };
    assemble(suite, flags, taken(file), &folder).map_err(|sentence| match &flags.file {
        Some(path) => format!("{}: {sentence}", path.display()),
        None => sentence,
    })
}

fn read_file(path: &Path) -> Result<(TargetFile, PathBuf), String> {
    let bytes = file::read(path, file::WRITTEN)
        .map_err(|error| format!("the target file {} cannot be read: {error}", path.display()))?;
    let text = text(&bytes).map_err(|encoding| {
        format!("the target file {} is {encoding}; save it as UTF-8", path.display())
    })?;
    let file = toml::from_str(text).map_err(|error| {
        let (file, what) = (path.display(), toml_error(text, &error));
        format!("the target file {file} is at fault, {what}")
    })?;
    Ok((file, path.parent().map(Path::to_owned).unwrap_or_default()))
}

/// Returns where and what is wrong in a TOML file, without the line itself: a token may stand in
/// it.
pub(crate) fn toml_error(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let message = unknown_key(error.message());
    let message = message.as_deref().unwrap_or(error.message());
    format!("line {}: {message}", before.matches('\n').count() + 1)
}

fn assemble(
    suite: &Contents,
    flags: &TargetFlags,
    file: TargetFile,
    folder: &Path,
) -> Result<Target, String> {
    let url = flags.url.as_ref().or(file.base.as_ref());
    let base = url.map(|url| Base::parse(url)).transpose()?;
    let apis = mounted(flags, &file, base.as_ref(), folder)?;
    let tls = tls(flags, &file, folder)?;
    let foreign = flags.ledger.as_ref().is_some_and(|no| !is_fixture(suite, no));
    let provision = match file.provision {
        Some(ProvisionEntry::Preloaded) => Provision::Preloaded,
        Some(ProvisionEntry::Command(command)) => Provision::Command(command),
        Some(ProvisionEntry::Url { url, token }) => {
            Base::parse(url.split('?').next().unwrap_or_default())?;
            let token = token.map(|token| token.token(folder)).transpose()?;
            Provision::Url { url, token }
        }
        None if flags.file.is_some() || foreign => Provision::None,
        None => Provision::Assumed,
    };
    let numbers = numbers(suite, flags, &file.ledger);
    let ledgers = match apis.iter().any(|mounted| mounted.api.has_ledgers()) {
        true => ledgers(suite, flags, file.ledger, folder)?,
        false => no_ledgers(flags)?,
    };
    let known = known(suite, file.known, &numbers)?;
    let limits = flags.limits.or(limits(&file.limits)?);
    let listening = listening(flags, file.listen.as_ref(), limits.event, folder)?;
    Ok(Target {
        apis,
        ledgers,
        provision,
        known,
        tls,
        limits,
        proxies: flags.proxies.clone(),
        redact: redact(file.redact.into_iter().chain(flags.redact.iter().cloned()))?,
        product: Product {
            product: file.product.or_else(|| flags.product.clone()),
            version: file.version,
        }
        .checked()?,
        listening,
        profile: file.profile.map(|name| suite.profile(name)).transpose()?,
    })
}

/// Returns whom to believe and what to show: a flag wins over the file's key.
fn tls(flags: &TargetFlags, file: &TargetFile, folder: &Path) -> Result<Tls, String> {
    let beside = |path: &String| folder.join(path);
    let ca = flags.ca.clone().or(file.ca.as_ref().map(beside));
    let ca = ca.map(|path| Pem::read(&path)).transpose()?;
    let shown = match (&flags.certificate, &file.certificate) {
        (Some(certificate), _) => Some(Shown {
            certificate: Pem::read(certificate)?,
            key: flags.key.as_ref().map(|path| Pem::read(path)).transpose()?,
        }),
        (None, Some(certificate)) => Some(Shown {
            certificate: Pem::read(&beside(certificate))?,
            key: file.key.as_ref().map(|key| key_of(key, folder)).transpose()?,
        }),
        (None, None) if file.key.is_some() => {
            return Err("it has a `key` without a `certificate`".to_owned());
        }
        (None, None) => None,
    };
    let trust = match (flags.insecure, ca) {
        (true, _) => Trust::Anybody,
        (false, Some(ca)) => Trust::Authorities(ca),
        (false, None) => Trust::System,
    };
    Ok(Tls { trust, shown })
}

pub(super) fn key_of(key: &Source, folder: &Path) -> Result<Pem, String> {
    Ok(Pem::of_secret(key, &key.lines(folder)?))
}

/// Returns names of members, each once.
///
/// # Errors
/// A sentence: one is none.
pub(super) fn redact(names: impl Iterator<Item = String>) -> Result<Vec<String>, String> {
    let mut redact: Vec<String> = Vec::new();
    for name in names {
        if name.is_empty()
            || name.contains(|c: char| c.is_whitespace() || "./[]\"'<>=&".contains(c))
        {
            return Err(format!(
                "`redact` names members, such as emailAddress or regNo, and `{name}` is none"
            ));
        }
        if !redact.contains(&name) {
            redact.push(name);
        }
    }
    Ok(redact)
}

fn is_fixture(suite: &Contents, no: &str) -> bool {
    suite.ledgers().iter().any(|record| record.ledger_no == no)
}

/// Refuses what the flags say of ledgers where no API has any; what the file says of them is for
/// other runs.
fn no_ledgers(flags: &TargetFlags) -> Result<Vec<Ledger>, String> {
    match (&flags.ledger, flags.tokens.first()) {
        (None, None) => Ok(Vec::new()),
        _ => Err("--ledger and --token are of ledgers, which no API that is judged has".to_owned()),
    }
}

/// Returns the numbers of the ledgers of the target, those that a flag leaves out among them; none, if
/// a flag alone says which there are.
fn numbers(suite: &Contents, flags: &TargetFlags, tables: &[LedgerTable]) -> Vec<String> {
    match (tables, &flags.ledger) {
        ([], Some(_)) => Vec::new(),
        ([], None) => suite.ledgers().iter().map(|record| record.ledger_no.clone()).collect(),
        (tables, flag) => {
            let numbers = tables.iter().map(|table| table.no.clone());
            numbers.chain(flag.clone()).collect()
        }
    }
}

fn ledgers(
    suite: &Contents,
    flags: &TargetFlags,
    tables: Vec<LedgerTable>,
    folder: &Path,
) -> Result<Vec<Ledger>, String> {
    let mut tokens = BTreeMap::new();
    for flag in &flags.tokens {
        let (no, token) = flag
            .split_once('=')
            .filter(|(no, token)| !no.is_empty() && !token.is_empty())
            .ok_or("--token is LEDGER=TOKEN, LEDGER=env:NAME or LEDGER=file:PATH")?;
        tokens.insert(no.to_owned(), Source::from_flag(token).token(Path::new(""))?);
    }
    let mut ledgers = Vec::new();
    let listed = !tables.is_empty();
    for table in tables {
        ledgers.push(from_table(suite, table, &tokens, folder)?);
    }
    if !listed {
        ledgers.extend(suite.ledgers().iter().map(|record| from_record(record, &tokens)));
    }
    if let Some(no) = &flags.ledger {
        ledgers.retain(|ledger| ledger.no == *no);
        if ledgers.is_empty() {
            let token = tokens
                .get(no)
                .cloned()
                .ok_or_else(|| format!("ledger {no} has no token: add --token {no}=TOKEN"))?;
            ledgers.push(Ledger {
                no: no.clone(),
                token,
                country: None,
                mode: CustomerNoMode::Assigned,
                grants: Vec::new(),
            });
        }
    }
    if let Some(no) = tokens.keys().find(|no| !ledgers.iter().any(|ledger| ledger.no == **no)) {
        return Err(format!("--token names ledger {no}, which is not judged: add --ledger {no}"));
    }
    for (index, ledger) in ledgers.iter().enumerate() {
        if ledgers[..index].iter().any(|other| other.no == ledger.no) {
            return Err(format!("ledger {} stands twice", ledger.no));
        }
    }
    Ok(ledgers)
}

/// Returns a fixture's ledger as the reference server serves it.
fn from_record(record: &LedgerRecord, tokens: &BTreeMap<String, Secret>) -> Ledger {
    let no = record.ledger_no.clone();
    let token = tokens.get(&no).cloned();
    Ledger {
        token: token.unwrap_or_else(|| Secret::new(format!("{WELL_KNOWN}{no}"))),
        country: Some(record.country.clone()),
        mode: record.customer_no_mode,
        grants: record.grants.clone(),
        no,
    }
}

/// Returns a ledger of the target file; what it does not say is as in the fixtures, if it is one of
/// theirs.
fn from_table(
    suite: &Contents,
    table: LedgerTable,
    tokens: &BTreeMap<String, Secret>,
    folder: &Path,
) -> Result<Ledger, String> {
    let record = suite.ledgers().iter().find(|record| record.ledger_no == table.no);
    let fixture = record.map(|record| from_record(record, tokens));
    let token = match (tokens.get(&table.no), &table.token, &fixture) {
        (Some(flag), _, _) => flag.clone(),
        (None, Some(source), _) => source.token(folder)?,
        (None, None, Some(fixture)) => fixture.token.clone(),
        (None, None, None) => {
            return Err(format!("ledger {} has no token, here or in --token", table.no));
        }
    };
    let fixture = fixture.as_ref();
    let names: Vec<&str> =
        suite.ledgers().iter().flat_map(|record| &record.grants).map(String::as_str).collect();
    let mut grants = table.grants.iter().flatten();
    if let Some(unknown) = grants.find(|grant| !names.contains(&grant.as_str())) {
        let meant = did_you_mean(unknown, names.iter().copied());
        let no = &table.no;
        return Err(format!("ledger {no} names {unknown}, which is no grant{meant}"));
    }
    Ok(Ledger {
        token,
        country: table.country.or_else(|| fixture.and_then(|ledger| ledger.country.clone())),
        mode: table.customer_no_mode.or(fixture.map(|ledger| ledger.mode)).unwrap_or_default(),
        grants: table
            .grants
            .or_else(|| fixture.map(|ledger| ledger.grants.clone()))
            .unwrap_or_default(),
        no: table.no,
    })
}
