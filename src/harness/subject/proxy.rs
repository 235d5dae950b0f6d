//! The proxies between the judge and the target: from a flag, or from the environment as curl reads
//! it, so that a run goes where the same URL goes in a shell.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use super::Credential;
use crate::input::secret::Secret;

/// Where requests go that do not go to the target itself.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For URLs of http and of https.
    http: Option<Proxy>,
    https: Option<Proxy>,
    /// The hosts that are asked without one.
    without: Vec<Without>,
    /// True if there is a variable that is not read.
    has_unread: bool,
}

/// A proxy.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    /// Its URL, without credentials.
    pub(crate) url: String,
    pub(crate) credential: Option<Credential>,
    /// The flag or the variable that names it.
    from: String,
}

/// A host of `NO_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Without {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Every,
    /// An address, and how many of its first bits count.
    Address(IpAddr, u32),
    /// A name and everything below it, in lower case.
    Name(String),
}

/// The way to a URL.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Route<'p> {
    /// To the host of the URL.
    Direct,
    /// To the proxy, which opens a tunnel (RFC 9110, 9.3.6).
    Tunnel(&'p Proxy),
    /// To the proxy, which is told the whole URL (RFC 9112, 3.2.2).
    Forward(&'p Proxy),
}

impl Proxies {
    /// Returns the proxy that a flag names, for all hosts, or those of the environment: `http_proxy`
    /// for http, `https_proxy` for https, `all_proxy` for both, each but the first in capitals too.
    /// `HTTP_PROXY` is not read: a request to a CGI program could set it.
    ///
    /// # Errors
    /// A sentence: a URL is none of a proxy.
    pub fn of(
        flag: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Proxies, String> {
        if let Some(url) = flag {
            let proxy = Some(Proxy::parse(url, "--proxy")?);
            return Ok(Proxies { http: proxy.clone(), https: proxy, ..Proxies::default() });
        }
        let first = |names: &[&'static str]| {
            let found = names.iter().find_map(|name| Some((*name, variable(name)?)));
            found.filter(|(_, value)| !value.trim().is_empty())
        };
        let proxy = |names: &[&'static str]| {
            first(names).map(|(name, url)| Proxy::parse(&url, name)).transpose()
        };
        let without = first(&["no_proxy", "NO_PROXY"]).map(|(_, hosts)| hosts).unwrap_or_default();
        let names = without.split([',', ' ', '\t']).filter(|name| !name.is_empty());
        let proxies = Proxies {
            http: proxy(&["http_proxy", "all_proxy", "ALL_PROXY"])?,
            https: proxy(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?,
            without: names.map(Without::parse).collect(),
            has_unread: false,
        };
        let has_unread = proxies.http.is_none() && first(&["HTTP_PROXY"]).is_some();
        Ok(Proxies { has_unread, ..proxies })
    }

    /// Returns the way to a URL.
    pub(crate) fn route(&self, url: &Uri) -> Route<'_> {
        let is_http = url.scheme_str() == Some("http");
        let proxy = if is_http { &self.http } else { &self.https };
        let Some(proxy) = proxy.as_ref().filter(|_| !self.is_without(url) && !self.is_own(url))
        else {
            return Route::Direct;
        };
        match is_http {
            true => Route::Forward(proxy),
            false => Route::Tunnel(proxy),
        }
    }

    /// Returns whether a URL is that of a proxy itself.
    fn is_own(&self, url: &Uri) -> bool {
        let own = [&self.http, &self.https];
        own.into_iter().flatten().any(|proxy| {
            let uri = proxy.url.parse::<Uri>();
            uri.is_ok_and(|uri| uri.authority() == url.authority())
        })
    }

    fn is_without(&self, url: &Uri) -> bool {
        let is_http = url.scheme_str() == Some("http");
        let port = url.port_u16().unwrap_or(if is_http { 80 } else { 443 });
        let host = url.host().unwrap_or_default();
        self.without.iter().any(|without| without.is(host, port))
    }

    /// Returns what to say of a URL of http that could not be reached, if a variable names a proxy
    /// and is not read.
    pub(crate) fn unread(&self, url: &Uri) -> &'static str {
        match self.has_unread && url.scheme_str() == Some("http") {
            true => {
                "; HTTP_PROXY is not read, as curl does not read it: say http_proxy, or --proxy"
            }
            false => "",
        }
    }

    /// Returns everything that no report may show.
    pub(super) fn secrets(&self) -> Vec<String> {
        let proxies = [&self.http, &self.https].into_iter().flatten();
        proxies.flat_map(|proxy| &proxy.credential).flat_map(Credential::secrets).collect()
    }
}

impl Proxy {
    fn parse(url: &str, from: &str) -> Result<Proxy, String> {
        let url = url.trim();
        // No sentence shows what may hold a password.
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, authority) = match rest.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, rest),
        };
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" {
            return Err(format!(
                "{from} names a proxy of {scheme}, and only those of http can be used: name one, or \
                 the target in NO_PROXY"
            ));
        }
        // The port that curl takes where none is said.
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        let port = if has_port { "" } else { ":1080" };
        let url = format!("{scheme}://{authority}{port}");
        let parsed = url.parse::<Uri>().ok().filter(|uri| {
            uri.host().is_some_and(|host| !host.is_empty()) && uri.port_u16().is_some()
        });
        if parsed.is_none() {
            return Err(format!("{from} names no proxy: http://HOST:PORT is one, as {url} is not"));
        }
        let plain = crate::harness::api::decode;
        let credential = user.map(|user| {
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            Credential::Basic { user: plain(user), password: Secret::new(plain(password)) }
        });
        Ok(Proxy { url, credential, from: from.to_owned() })
    }
}

/// Names it, and who names it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {}, which {} names", self.url, self.from)
    }
}

impl Without {
    fn parse(text: &str) -> Without {
        if text == "*" {
            return Without { host: Host::Every, port: None };
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, bits.parse().ok()),
            None => (text, None),
        };
        let every = |address: &IpAddr| if address.is_ipv4() { 32 } else { 128 };
        if let Ok(address) = address.trim_matches(['[', ']']).parse::<IpAddr>() {
            let bits = bits.unwrap_or(every(&address)).min(every(&address));
            return Without { host: Host::Address(address, bits), port: None };
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => (name, port.parse().ok()),
            _ => (text, None),
        };
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Without { host: Host::Address(address, every(&address)), port };
        }
        let name = name.strip_prefix('*').unwrap_or(name);
        Without { host: Host::Name(name.trim_matches('.').to_ascii_lowercase()), port }
    }

    fn is(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        let is_host = match (&self.host, host.parse::<IpAddr>()) {
            (Host::Every, _) => true,
            (Host::Address(address, bits), Ok(host)) => has_prefix(host, *address, *bits),
            (Host::Name(name), Err(_)) => {
                let before = host.strip_suffix(name.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
                    && !name.is_empty()
            }
            _ => false,
        };
        is_host && self.port.is_none_or(|own| own == port)
    }
}

/// Returns whether two addresses agree in so many first bits.
fn has_prefix(a: IpAddr, b: IpAddr, bits: u32) -> bool {
    let left = |differing: u128, all: u32| differing.checked_shr(all - bits).unwrap_or(0) == 0;
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => left(u128::from(a.to_bits() ^ b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => left(a.to_bits() ^ b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxies, Route};

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, String> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Proxies::of(None, |name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    fn way(proxies: &Proxies, url: &str) -> String {
        match proxies.route(&url.parse().unwrap()) {
            Route::Direct => "direct".to_owned(),
            Route::Tunnel(proxy) => format!("tunnel {}", proxy.url),
            Route::Forward(proxy) => format!("forward {}", proxy.url),
        }
    }

    #[test]
    fn the_variables_are_read_as_curl_reads_them() {
        let p = "http://p:3128";
        for (variables, http, https) in [
            (vec![], "direct", "direct"),
            (vec![("http_proxy", p)], "forward http://p:3128", "direct"),
            (vec![("HTTP_PROXY", p)], "direct", "direct"),
            (vec![("https_proxy", p)], "direct", "tunnel http://p:3128"),
            (vec![("HTTPS_PROXY", "p")], "direct", "tunnel http://p:1080"),
            (vec![("ALL_PROXY", "p:80/")], "forward http://p:80", "tunnel http://p:80"),
            (vec![("all_proxy", p), ("http_proxy", "")], "direct", "tunnel http://p:3128"),
            (
                vec![("all_proxy", "q:1"), ("https_proxy", p)],
                "forward http://q:1",
                "tunnel http://p:3128",
            ),
        ] {
            let proxies = proxies(&variables).unwrap();
            assert_eq!(way(&proxies, "http://host:8080/a"), http, "{variables:?}");
            assert_eq!(way(&proxies, "https://host/a"), https, "{variables:?}");
        }
        for (url, said) in [
            ("socks5h://u:s3cret@p:1", "names a proxy of socks5h"),
            ("https://p:1", "names a proxy of https"),
            ("http://u:s3cret@:99999", "names no proxy"),
        ] {
            let error = proxies(&[("all_proxy", url)]).unwrap_err();
            assert!(error.contains(said) && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn hosts_are_asked_without_a_proxy_by_name_address_and_port() {
        for (without, url, is_direct) in [
            ("localhost, 127.0.0.1,  vm", "http://vm:1/", true),
            ("a b", "http://b/", true),
            ("*", "http://b/", true),
            ("example.com", "http://a.EXAMPLE.com/", true),
            (".example.com", "http://example.com/", true),
            ("*.example.com", "http://a.example.com/", true),
            ("example.com.", "http://a.example.com./", true),
            ("example.com", "http://badexample.com/", false),
            ("a.example.com", "http://example.com/", false),
            ("host:8080", "http://host:8080/", true),
            ("host:8080", "http://host/", false),
            ("host:80", "http://host/", true),
            ("127.0.0.1:1", "http://127.0.0.1:1/", true),
            ("127.0.0.1:1", "http://127.0.0.1:2/", false),
            ("::1", "http://[::1]:5/", true),
            ("[::1]", "http://[0:0::1]:5/", true),
            ("[::1]:5", "http://[::1]:5/", true),
            ("[::1]:5", "http://[::1]:6/", false),
            ("10.0.0.0/8", "http://10.200.1.1/", true),
            ("10.0.0.0/8", "http://11.0.0.1/", false),
            ("0.0.0.0/0", "http://11.0.0.1/", true),
            ("fd00::/8", "http://[fd12::1]/", true),
            (",,", "http://b/", false),
            ("127.0.0.1", "http://127.0.0.11/", false),
        ] {
            let found = proxies(&[("http_proxy", "p:1"), ("NO_PROXY", without)]).unwrap();
            assert_eq!(way(&found, url) == "direct", is_direct, "{without} {url}");
        }
        let loopback = proxies(&[("http_proxy", "p:1")]).unwrap();
        assert_eq!(way(&loopback, "http://127.0.0.1:8080/"), "forward http://p:1");
    }
}
