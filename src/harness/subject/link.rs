//! Links: relative or absolute, they name one resource (reading 17).

use std::borrow::Cow;

use crate::harness::api::decode;

/// The roots under which a link of one API may stand: the documented one and, if the target file
/// mounts the API elsewhere, that one too. Without a trailing slash.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    pub(crate) roots: Vec<String>,
    pub(crate) ignore_case: bool,
    /// The host of the base URL, and its port if it says one, in small letters.
    pub(crate) host: String,
}

/// Returns the path of a resource below a root; the empty one is the root itself.
pub(crate) fn below(root: &str, path: &str) -> String {
    let slash = if path.is_empty() || path.starts_with('?') { "" } else { "/" };
    format!("{root}{slash}{path}")
}

impl Links {
    /// Returns whether `actual` leads to `expected`, which is relative to the API's root or, with a
    /// leading slash, a documented path. The path must end as expected, and if the expected link
    /// has a query, the query must be the same.
    pub(crate) fn leads_to(&self, actual: &str, expected: &str) -> bool {
        let (expected_path, expected_query) = split(expected);
        let (path, query) = split(path_of(actual));
        let path = self.comparable(path);
        let expected = self.comparable(expected_path);
        let ends = match path.strip_suffix(&*expected) {
            Some(before) if !expected_path.starts_with('/') => {
                let slash = if expected.is_empty() { "" } else { "/" };
                let ends_root = |before: &str| {
                    self.roots.iter().any(|root| before.ends_with(&*self.comparable(root)))
                };
                before.strip_suffix(slash).is_some_and(ends_root)
            }
            before => before.is_some(),
        };
        let rooted = path.starts_with('/');
        ends && rooted && (expected_query.is_none() || pairs(query) == pairs(expected_query))
    }

    /// Returns whether an expected link is one within the API: relative to its root, or below it.
    pub(crate) fn is_own(&self, expected: &str) -> bool {
        let path = self.comparable(expected);
        let below = |root: &String| path.starts_with(&*self.comparable(root));
        !(expected.starts_with('/') || names_host(expected)) || self.roots.iter().any(below)
    }

    /// Returns the host that a link names, if it is not that of the base URL: the target may write the
    /// address of what stands before it, or of what is behind it.
    pub(crate) fn names_another_host(&self, link: &str) -> Option<String> {
        let authority = after_scheme(link)?.split(['/', '?', '#']).next()?;
        let named = host_of(authority);
        (named != self.host).then_some(named)
    }

    fn comparable<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let is_plain = |byte: u8| byte.is_ascii() && byte != b'%';
        let is_large = |byte: u8| self.ignore_case && byte.is_ascii_uppercase();
        // As most are.
        if path.bytes().all(|byte| is_plain(byte) && !is_large(byte)) {
            return path.into();
        }
        let path = decode(path);
        if self.ignore_case { path.to_lowercase().into() } else { path.into() }
    }

    /// Returns the expected link as it is documented, for messages.
    pub(crate) fn documented(&self, expected: &str) -> String {
        match (expected.starts_with('/'), self.roots.first()) {
            (false, Some(root)) => below(root, expected),
            _ => expected.to_owned(),
        }
    }
}

/// Returns the host of an authority, with its port unless it is one that a scheme has by itself.
pub(crate) fn host_of(authority: &str) -> String {
    let host = authority.rsplit('@').next().unwrap_or(authority).to_ascii_lowercase();
    let bare = [":80", ":443"].iter().find_map(|port| host.strip_suffix(port));
    bare.map(str::to_owned).unwrap_or(host)
}

/// Returns the path and query of a link, without scheme and authority.
pub(crate) fn path_of(link: &str) -> &str {
    let link = link.split('#').next().unwrap_or(link);
    match after_scheme(link) {
        Some(after) => after.find(['/', '?']).map_or("/", |start| &after[start..]),
        None => link,
    }
}

/// Returns whether a link names a host, with a scheme (`https://host/a`) or without (`//host/a`).
pub(crate) fn names_host(link: &str) -> bool {
    after_scheme(link).is_some()
}

/// Returns what follows the scheme and its slashes. Those of a path or a query are not meant.
fn after_scheme(link: &str) -> Option<&str> {
    let slashes = link.find("//")?;
    let scheme = &link[..slashes];
    let named = scheme.is_empty() || (scheme.ends_with(':') && !scheme.contains(['/', '?']));
    named.then(|| &link[slashes + 2..])
}

fn split(link: &str) -> (&str, Option<&str>) {
    match link.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (link, None),
    }
}

/// Returns the decoded name-value pairs of a query, in an order of their own.
fn pairs(query: Option<&str>) -> Vec<String> {
    let mut pairs: Vec<_> = query.unwrap_or("").split('&').map(decode).collect();
    pairs.sort();
    pairs
}

#[cfg(test)]
mod tests {
    use super::Links;

    #[test]
    fn a_link_is_judged_by_the_resource_it_leads_to() {
        let links = Links {
            roots: vec!["/ledger/customer/v1/100".to_owned(), "/api/100/crm".to_owned()],
            ignore_case: false,
            host: "host:8443".to_owned(),
        };
        let documented = "/ledger/customer/v1/100/customers/9999";
        for (actual, expected, leads) in [
            (documented, "customers/9999", true),
            ("https://host:8443/ledger/customer/v1/100/customers/9999", "customers/9999", true),
            ("https://host/prefix/ledger/customer/v1/100/customers/9999", "customers/9999", true),
            ("/api/100/crm/customers/9999", "customers/9999", true),
            ("/ledger/customer/v1/100/customers/%39999", "customers/9999", true),
            ("//host/ledger/customer/v1/100/customers/9999", "customers/9999", true),
            ("/x?to=https://h/ledger/customer/v1/100/customers/9999", "customers/9999", false),
            ("/ledger/customer/v1/100/customers/9999?x=1", "customers/9999", true),
            (documented, documented, true),
            ("/ledger/customer/v1/200/customers/9999", "customers/9999", false),
            ("/ledger/customer/v1/100/customers/19999", "customers/9999", false),
            ("/ledger/customer/v1/100/customers/9999/", "customers/9999", false),
            ("/customers/9999", "customers/9999", false),
            ("customers/9999", "customers/9999", false),
            ("ledger/customer/v1/100/customers/9999", documented, false),
            ("/ledger/customer/v1/100/s?skip=0&take=2", "s?take=2&skip=0", true),
            ("/ledger/customer/v1/100/s?skip=1", "s?skip=0", false),
            ("/ledger/customer/v1/100/s", "s?skip=0", false),
            ("", "customers/9999", false),
        ] {
            assert_eq!(links.leads_to(actual, expected), leads, "{actual} → {expected}");
        }
    }

    #[test]
    fn case_and_the_root_itself_are_compared_as_the_api_asks() {
        let actual = "http://h/BillingManagement/customerbillFormat/26";
        for (ignore_case, leads) in [(true, true), (false, false)] {
            let roots = vec!["/billingManagement".to_owned()];
            let links = Links { roots, ignore_case, host: "h".to_owned() };
            assert_eq!(links.leads_to(actual, "customerBillFormat/26"), leads);
            assert!(!links.leads_to(actual, "customerBillFormat/27"));
            assert!(links.leads_to("/billingManagement", ""));
        }
    }
    /// A server behind a proxy that nobody told the public URL sent its clients to a host that only it
    /// knows.
    #[test]
    fn a_link_that_names_another_host_than_the_base_is_seen() {
        for (base, link, named) in [
            ("h.example", "https://h.example/a", None),
            ("h.example", "HTTP://H.Example:80/a", None),
            ("h.example", "https://h.example:443?b", None),
            ("h.example:8443", "//h.example:8443/a", None),
            ("h.example", "/a//b", None),
            ("h.example", "/x?to=https://other/a", None),
            ("h.example", "http://billing-7:8080/a", Some("billing-7:8080")),
            ("h.example", "https://h.example.evil/a", Some("h.example.evil")),
        ] {
            let links = Links { roots: Vec::new(), ignore_case: false, host: base.to_owned() };
            assert_eq!(links.names_another_host(link).as_deref(), named, "{base} {link}");
        }
    }
    #[test]
    fn a_link_to_another_system_is_not_the_api_s_own() {
        let links = Links {
            roots: vec!["/billingManagement".to_owned()],
            ignore_case: true,
            host: "h".to_owned(),
        };
        for (expected, own) in [
            ("billingAccount/1", true),
            ("/BillingManagement/billingAccount/1", true),
            ("/partyManagement/partyRole/1", false),
            ("https://parties.example/billingManagement", false),
        ] {
            assert_eq!(links.is_own(expected), own, "{expected}");
        }
    }
}
