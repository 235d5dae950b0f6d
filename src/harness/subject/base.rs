//! Base URLs, and where a path or a link leads under one.

use ureq::http::Uri;

use super::link::{host_of, path_of};

/// A scheme, an authority and perhaps a path prefix. No request ever leaves its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// The scheme and authority, such as `https://host:8443`.
    pub(crate) origin: String,
    /// The path before every mount: empty, or with a leading and without a trailing slash.
    pub(crate) prefix: String,
    /// The host alone, without its port.
    pub(crate) host: String,
}

impl Base {
    /// Reads a base URL.
    ///
    /// # Errors
    /// A sentence: what keeps `url` from being a base URL.
    pub(crate) fn parse(url: &str) -> Result<Base, String> {
        // First of all, since the other sentences show the URL.
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        if after_scheme.split(['/', '?', '#']).next().is_some_and(|part| part.contains('@')) {
            return Err(
                "credentials do not belong in the URL: give them by a flag or in a target file"
                    .to_owned(),
            );
        }
        let uri: Uri = url.parse().map_err(|error| format!("{url} is no URL: {error}"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!("{url} is no URL with a scheme and a host"));
        };
        if scheme != "http" && scheme != "https" {
            return Err(format!("{url}: the scheme must be http or https"));
        }
        if uri.query().is_some() {
            return Err(format!("{url}: a base URL has no query"));
        }
        Ok(Base {
            origin: format!("{scheme}://{authority}"),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            host: authority.host().to_owned(),
        })
    }

    /// Returns the host, with its port unless its scheme has it by itself, in small letters.
    pub(crate) fn authority(&self) -> String {
        host_of(self.origin.split_once("://").map_or("", |(_, authority)| authority))
    }

    /// Returns whether the host is an address, so that no name has to be looked up.
    pub(crate) fn is_address(&self) -> bool {
        self.host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
    }

    pub(crate) fn join(&self, path: &str) -> String {
        encode(format!("{}{}{path}", self.origin, self.prefix))
    }

    /// Returns where a link that the target gave leads: always to this origin, whatever host it
    /// names, so that no token leaves it. Its path may include the prefix or not.
    pub(crate) fn follow(&self, link: &str) -> String {
        let path = path_of(link);
        let slash = if path.starts_with('/') { "" } else { "/" };
        let beyond = path.strip_prefix(&self.prefix).filter(|_| !self.prefix.is_empty());
        if beyond.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])) {
            return encode(format!("{}{path}", self.origin));
        }
        self.join(&format!("{slash}{path}"))
    }
}

impl std::fmt::Display for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

/// Escapes what cannot stand in a URL at all; what is escaped already stays as it is, so that a
/// case can send odd escapes.
fn encode(url: String) -> String {
    let stays = |byte: u8| {
        matches!(byte, 0x21..=0x7e)
            && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    if url.bytes().all(stays) {
        return url;
    }
    let mut result = String::with_capacity(url.len());
    for byte in url.bytes() {
        match stays(byte) {
            true => result.push(char::from(byte)),
            false => result.push_str(&format!("%{byte:02X}")),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn a_link_never_leaves_the_origin() {
        let plain = Base::parse("http://127.0.0.1:8080").unwrap();
        let prefixed = Base::parse("https://host:8443/pre/fix/").unwrap();
        for (base, link, url) in [
            (&plain, "/a/b?c=1", "http://127.0.0.1:8080/a/b?c=1"),
            (&plain, "https://elsewhere.example/a", "http://127.0.0.1:8080/a"),
            (&plain, "//elsewhere.example/a", "http://127.0.0.1:8080/a"),
            (&plain, "/a//b", "http://127.0.0.1:8080/a//b"),
            (&plain, "http://elsewhere.example", "http://127.0.0.1:8080/"),
            (&plain, "a b", "http://127.0.0.1:8080/a%20b"),
            (&prefixed, "/a", "https://host:8443/pre/fix/a"),
            (&prefixed, "/pre/fix/a?b", "https://host:8443/pre/fix/a?b"),
            (&prefixed, "/pre/fixture/a", "https://host:8443/pre/fix/pre/fixture/a"),
            (&prefixed, "http://internal/pre/fix/a", "https://host:8443/pre/fix/a"),
            (&prefixed, "http://internal/a", "https://host:8443/pre/fix/a"),
        ] {
            assert_eq!(base.follow(link), url, "{link}");
        }
    }

    #[test]
    fn what_is_no_base_is_refused_with_its_reason() {
        for (url, reason) in [
            ("ftp://host", "scheme"),
            ("/path", "scheme"),
            ("http://user:secret@host", "credentials"),
            ("ftp://user:secret@host", "credentials"),
            ("http://user:secret@ho st/a", "credentials"),
            ("http://host/?a=b", "query"),
            ("http://ho st", "no URL"),
        ] {
            let error = Base::parse(url).unwrap_err();
            assert!(error.contains(reason), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
