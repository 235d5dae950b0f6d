//! Where the judge listens to what a target tells of by itself.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use super::file::ListenTable;
use super::resolve::key_of;
use super::{Base, Shown, TargetFlags};
use crate::input::pem::Pem;

/// The address that is listened to, and what the target is told of it.
#[derive(Debug, Clone)]
pub(crate) struct Listening {
    /// A host and a port; with port 0 a free one.
    pub(crate) address: String,
    /// The URL by which the target reaches it, if that is not the address itself; without a slash at
    /// its end.
    pub(crate) url: Option<String>,
    /// The certificate that is shown to whoever calls, where that is over TLS.
    pub(crate) tls: Option<Shown>,
    /// How long an event is waited for.
    pub(crate) timeout: Duration,
}

impl Listening {
    /// How long an event is waited for where nobody says.
    pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

    /// Returns what a bundle keeps: nobody listens any more.
    ///
    /// # Errors
    /// A sentence: it is no URL.
    pub(super) fn of_record(url: String) -> Result<Listening, String> {
        Base::parse(&url)?;
        let (address, timeout) = (String::new(), Listening::TIMEOUT);
        Ok(Listening { address, url: Some(url), tls: None, timeout })
    }

    /// Returns whether it is to be listened at all.
    pub(crate) fn is_live(&self) -> bool {
        !self.address.is_empty()
    }
}

/// Returns where to listen, if anybody says: a flag wins over the file.
///
/// # Errors
/// A sentence: what is missing, or none of what it should be.
pub(super) fn listening(
    flags: &TargetFlags,
    table: Option<&ListenTable>,
    timeout: Option<Duration>,
    folder: &Path,
) -> Result<Option<Listening>, String> {
    let none = ListenTable::default();
    let (ListenTable { address, url, certificate, key }, is_said) =
        (table.unwrap_or(&none), table.is_some() || flags.listen.is_some());
    if !is_said {
        return Ok(None);
    }
    let example = "say a host and a port, such as 127.0.0.1:0";
    let address = flags.listen.as_ref().or(address.as_ref());
    let address = address.ok_or_else(|| format!("[listen] has no `address`: {example}"))?;
    let parts = address.rsplit_once(':').filter(|(host, _)| !host.is_empty());
    if parts.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
        return Err(format!("{address} is no address to listen to: {example}"));
    }
    let url = url.as_deref().map(Base::parse).transpose()?;
    let host = parts.map_or("", |(host, _)| host.trim_matches(['[', ']']));
    if url.is_none() && host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified()) {
        return Err(format!(
            "{address} is every address of this machine, and no target can call that: say in a \
             target file by which `url` of [listen] it reaches the judge, or listen to one address"
        ));
    }
    let tls = match (certificate, key) {
        (Some(certificate), key) => Some(Shown {
            certificate: Pem::read(&folder.join(certificate))?,
            key: key.as_ref().map(|key| key_of(key, folder)).transpose()?,
        }),
        (None, Some(_)) => return Err("[listen] has a `tls-key` without a `tls-cert`".to_owned()),
        (None, None) => None,
    };
    Ok(Some(Listening {
        address: address.clone(),
        url: url.map(|url| url.to_string()),
        tls,
        timeout: timeout.unwrap_or(Listening::TIMEOUT),
    }))
}
