//! Callbacks: the URLs to which listeners want events posted (readings 240, 241).

use std::net::IpAddr;

use http::uri::{Scheme, Uri};

/// The longest callback, in characters.
pub const LONGEST: usize = 2048;

/// A URL to which something can be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// Whether it is one of https.
    pub is_secure: bool,
    /// The machine that it names.
    pub host: Host,
    /// The port, be it that of the scheme.
    pub port: u16,
    /// Host and port as they are written, for the `Host` of a request.
    pub authority: String,
    /// Path and query, as they are asked for.
    pub target: String,
}

/// A machine, by name or by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name, which is yet to be looked up.
    Name(String),
    /// An address.
    Address(IpAddr),
}

/// How far callbacks may reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// This machine: by its loopback addresses, and by names that are those of every machine.
    #[default]
    Loopback,
    /// Any machine.
    Any,
}

impl Callback {
    /// Reads a URL.
    ///
    /// # Errors
    /// A sentence that says what of it is wrong.
    pub fn parse(url: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            format!("The callback {why}; it is a URL such as http://localhost:9000/listener.")
        };
        if url.chars().count() > LONGEST {
            return Err(format!("The callback is longer than {LONGEST} characters."));
        }
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("has a blank or a character that a URL has percent-encoded"));
        }
        if url.contains('#') {
            return Err(wrong("has a fragment, which no request can name"));
        }
        let uri: Uri = url.parse().map_err(|_| wrong("is no URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(wrong("is no URL with a host"));
        };
        let is_secure = *scheme == Scheme::HTTPS;
        if !is_secure && *scheme != Scheme::HTTP {
            return Err(wrong("is no URL of http or https"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("names a user, and credentials do not belong into a URL"));
        }
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => Some(if is_secure { 443 } else { 80 }),
            Some(port) => port.strip_prefix(':').and_then(|port| port.parse().ok()),
            None => None,
        };
        let port = port.filter(|port| *port > 0).ok_or_else(|| wrong("has no port that exists"))?;
        let host = Host::parse(authority.host()).ok_or_else(|| wrong("names no host"))?;
        if let Host::Address(address) = host
            && is_nobody(address)
        {
            return Err(wrong("names an address at which no machine can listen"));
        }
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let target = if target.starts_with('?') { format!("/{target}") } else { target.to_owned() };
        Ok(Self { is_secure, host, port, authority: authority.as_str().to_owned(), target })
    }

    /// Checks that it may be called, as far as that is known before its name is looked up.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn check(&self, reach: Reach) -> Result<(), String> {
        let is_here = match &self.host {
            Host::Name(name) => is_of_every_machine(name),
            Host::Address(address) => address.to_canonical().is_loopback(),
        };
        match reach {
            Reach::Loopback if !is_here => Err(
                "The callback leads to another machine, or may do so; callbacks leave this one only \
                 with `etalon serve --callbacks any`."
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let bracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(address) = bracketed {
            return address.parse().ok().map(|address| Self::Address(IpAddr::V6(address)));
        }
        if let Ok(address) = text.parse() {
            return Some(Self::Address(IpAddr::V4(address)));
        }
        let is_label = |label: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            (1..=63).contains(&label.len()) && label.bytes().all(plain)
        };
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_name = name.len() <= 253 && name.split('.').all(is_label);
        is_name.then(|| Self::Name(name.to_ascii_lowercase()))
    }
}

impl Reach {
    /// Returns whether an address that a name led to may be connected to.
    pub fn includes(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Any => !is_nobody(address),
        }
    }
}

/// Returns whether a name is that of this machine, wherever it is looked up (RFC 6761 › 6.3).
pub fn is_of_every_machine(name: &str) -> bool {
    name.rsplit('.').next() == Some("localhost")
}

/// Returns whether an address is none of a machine: nothing, everybody or a group.
fn is_nobody(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.octets()[0] == 0 || address.is_multicast() || address.is_broadcast()
        }
        IpAddr::V6(address) => address.is_unspecified() || address.is_multicast(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Callback, Reach};

    /// Whoever registers a listener is told at once what could never be delivered.
    #[test]
    fn what_cannot_be_called_is_refused_with_its_reason() {
        for (url, why) in [
            ("", "is no URL"),
            ("listener", "with a host"),
            ("/listener", "with a host"),
            ("localhost:9000/listener", "is no URL"),
            ("ftp://localhost/x", "http or https"),
            ("http://", "is no URL"),
            ("http://localhost:0/x", "no port"),
            ("http://localhost:65536/x", "no port"),
            ("http://localhost:/x", "no port"),
            ("http://user:secret@localhost/x", "names a user"),
            ("http://localhost/x#y", "fragment"),
            ("http://localhost/a b", "percent-encoded"),
            ("http://localhost/ü", "percent-encoded"),
            ("http://a..b/x", "names no host"),
            ("http://[::1/x", "is no URL"),
            ("http://0.0.0.0/x", "no machine"),
            ("http://0.1.2.3/x", "no machine"),
            ("http://224.0.0.1/x", "no machine"),
            ("http://255.255.255.255/x", "no machine"),
            ("http://[::]/x", "no machine"),
            ("http://[ff02::1]/x", "no machine"),
            ("http://[::ffff:0.0.0.0]/x", "no machine"),
        ] {
            let refused = Callback::parse(url).unwrap_err();
            assert!(refused.contains(why) && refused.ends_with('.'), "{url}: {refused}");
            assert!(!refused.contains("secret"), "{refused}");
        }
        assert!(Callback::parse(&format!("http://a/{}", "x".repeat(2048))).is_err());
    }

    #[test]
    fn a_callback_says_whom_it_calls_and_what_it_asks_for() {
        for (url, secure, port, authority, target) in [
            ("http://localhost", false, 80, "localhost", "/"),
            ("https://localhost/a/b?c=d", true, 443, "localhost", "/a/b?c=d"),
            ("HTTP://LocalHost:9000?x", false, 9000, "LocalHost:9000", "/?x"),
            ("http://[::1]:81/", false, 81, "[::1]:81", "/"),
        ] {
            let callback = Callback::parse(url).unwrap();
            let Callback { is_secure, port: to, authority: at, target: asked, .. } = callback;
            assert_eq!((is_secure, to, &*at, &*asked), (secure, port, authority, target), "{url}");
        }
    }

    /// A server that calls where strangers tell it to is a hole in whatever it stands behind.
    #[test]
    fn callbacks_stay_on_this_machine_unless_they_may_leave_it() {
        for (url, here) in [
            ("http://127.0.0.1/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("http://localhost./", true),
            ("http://app.LOCALHOST/", true),
            ("http://localhost.example/", false),
            ("http://127.1/", false),
            ("http://2130706433/", false),
            ("http://0x7f.0.0.1/", false),
            ("http://192.168.0.1/", false),
            ("http://169.254.169.254/", false),
            ("http://[fe80::1]/", false),
            ("http://listener.example/", false),
        ] {
            let callback = Callback::parse(url).unwrap();
            assert_eq!(callback.check(Reach::Loopback).is_ok(), here, "{url}");
            assert!(callback.check(Reach::Any).is_ok(), "{url}");
        }
        for (address, loopback, any) in [
            ("127.0.0.1", true, true),
            ("::1", true, true),
            ("::ffff:127.0.0.1", true, true),
            ("::ffff:10.0.0.1", false, true),
            ("10.0.0.1", false, true),
            ("0.0.0.0", false, false),
            ("::", false, false),
            ("224.0.0.1", false, false),
        ] {
            let address = address.parse().unwrap();
            let included = (Reach::Loopback.includes(address), Reach::Any.includes(address));
            assert_eq!(included, (loopback, any), "{address}");
        }
    }
}
