//! The URL under which others know this server: behind a proxy it is none that a request tells.

use http::header::{HOST, HeaderValue};
use http::uri::{Scheme, Uri};

use super::message::Request;
use super::mount::is_path;

/// The URL of `serve --public-url`.
#[derive(Debug, Clone)]
pub struct PublicUrl {
    origin: String,
    host: HeaderValue,
    secure: bool,
    prefix: String,
}

impl PublicUrl {
    /// Reads a URL such as `https://api.example/billing`.
    ///
    /// # Errors
    /// A sentence that says what of it is wrong.
    pub fn parse(url: &str) -> Result<Self, String> {
        let wrong = |why: &str| {
            format!("--public-url: \"{url}\" {why}; it is one such as https://api.example/billing.")
        };
        let (origin, path) = origin_of(url).ok_or_else(|| wrong("is no URL with a host alone"))?;
        let (scheme, host) = origin.split_once("://").unwrap_or_default();
        if !["http", "https"].contains(&scheme) {
            return Err(wrong("is no URL of http or https"));
        }
        let prefix = path.trim_end_matches('/');
        if !prefix.is_empty() && !is_path(prefix) {
            return Err(wrong("has a path that nothing can stand under"));
        }
        let host = HeaderValue::from_str(host).map_err(|_| wrong("names no host"))?;
        let secure = scheme == "https";
        Ok(Self { secure, host, prefix: prefix.to_owned(), origin })
    }

    /// Scheme and host, without a slash at the end.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The path under which everything stands there; empty, or without a slash at the end.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns whether it names a host, in any case.
    pub(super) fn is_host(&self, host: &str) -> bool {
        self.host.as_bytes().eq_ignore_ascii_case(host.as_bytes())
    }

    /// Returns whether its host is this machine, whoever asks.
    pub fn is_of_this_machine(&self) -> bool {
        self.host.to_str().is_ok_and(super::origin::is_loopback)
    }

    /// Makes a request one to this URL: whatever is made absolute for it has this origin.
    pub(super) fn settle(&self, request: &mut Request) {
        request.headers.insert(HOST, self.host.clone());
        request.secure = self.secure;
    }
}

/// Returns the origin of a URL as a browser writes it (in lower case, without the port that its
/// scheme has anyway), and its path; `None` where it has no host, or has a user, a query or a
/// fragment.
pub(super) fn origin_of(url: &str) -> Option<(String, String)> {
    // A fragment would be dropped in silence.
    let uri: Uri = url.parse().ok().filter(|_| !url.contains('#'))?;
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    let host = authority.host();
    let rest = authority.as_str().strip_prefix(host)?;
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let port = match rest.strip_prefix(':').map(str::parse::<u16>) {
        None if rest.is_empty() => String::new(),
        Some(Ok(port)) if port == usual => String::new(),
        Some(Ok(port)) => format!(":{port}"),
        _ => return None,
    };
    // A star is no part of a name here, though it could be one of a pattern elsewhere.
    if host.is_empty() || host.contains('*') || uri.query().is_some() {
        return None;
    }
    Some((format!("{scheme}://{host}{port}").to_ascii_lowercase(), uri.path().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{PublicUrl, origin_of};

    #[test]
    fn an_origin_is_what_a_browser_makes_of_it() {
        for (url, origin) in [
            ("https://App.Example", Some("https://app.example")),
            ("https://app.example:443/", Some("https://app.example")),
            ("http://app.example:443", Some("http://app.example:443")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("http://localhost:3000/a/b", Some("http://localhost:3000")),
            ("chrome-extension://abcdef", Some("chrome-extension://abcdef")),
            ("app.example", None),
            ("//app.example", None),
            ("https://", None),
            ("https://user@app.example", None),
            ("https://app.example?a", None),
            ("https://app.example#a", None),
            ("https://app.example:", None),
            ("https://app.example:99999", None),
            ("https://app.example:80x", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(origin_of(url).map(|(origin, _)| origin).as_deref(), origin, "{url}");
        }
    }

    #[test]
    fn what_can_be_no_public_url_is_refused_with_its_reason() {
        for (url, origin, prefix) in [
            ("https://api.example", "https://api.example", ""),
            ("https://api.example/", "https://api.example", ""),
            ("https://API.example:443/billing/v2/", "https://api.example", "/billing/v2"),
        ] {
            let url = PublicUrl::parse(url).unwrap();
            assert_eq!((url.origin(), url.prefix()), (origin, prefix));
        }
        for (url, why) in [
            ("api.example", "is no URL"),
            ("ftp://api.example", "of http or https"),
            ("https://u:p@api.example", "is no URL"),
            ("https://api.example/a?b", "is no URL"),
            ("https://api.example/a//b", "nothing can stand under"),
            ("https://api.example/a/../b", "nothing can stand under"),
        ] {
            let sentence = PublicUrl::parse(url).unwrap_err();
            assert!(sentence.contains(why) && sentence.ends_with('.'), "{sentence}");
        }
    }
}
