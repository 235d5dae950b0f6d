//! The host that a request is for (RFC 9112 › 3.2).

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri, Version};

/// Makes `Host` the one host that the request is for: where its target names one, that is the host,
/// whatever `Host` says (3.2.2).
///
/// # Errors
/// What is wrong, as a sentence: there is no `Host`, which HTTP/1.1 demands, more than one, or one
/// that can be none.
pub(super) fn settle(
    version: Version,
    target: &Uri,
    headers: &mut HeaderMap,
) -> Result<(), &'static str> {
    let mut values = headers.get_all(HOST).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => return Err("The request has more than one Host."),
        (Some(host), None) if !is_host(host.as_bytes()) => {
            return Err("Host is no name or address with or without a port.");
        }
        (None, _) if version > Version::HTTP_10 => return Err("The request has no Host."),
        _ => {}
    }
    let Some(authority) = target.authority() else { return Ok(()) };
    let named = HeaderValue::from_str(authority.as_str()).ok();
    let named = named.filter(|named| is_host(named.as_bytes()));
    headers.insert(HOST, named.ok_or("The request's target names no host that can be one.")?);
    Ok(())
}

/// Returns whether the text is a host, perhaps with a port, and nothing else.
fn is_host(text: &[u8]) -> bool {
    let is_digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = |port: &str| port.is_empty() || is_digits(port) && port.parse::<u16>().is_ok();
    // Nearly every host is a plain name or an address of IPv4: that needs no copy to be read.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let end = text.iter().position(|byte| !plain(byte)).unwrap_or(text.len());
    match text.split_at(end) {
        ([_, ..], []) => return true,
        ([_, ..], [b':', digits @ ..]) => {
            return std::str::from_utf8(digits).is_ok_and(port);
        }
        _ => {}
    }
    Authority::try_from(text).is_ok_and(|authority| {
        let rest = authority.as_str().strip_prefix(authority.host());
        let rest = rest.map(|rest| rest.strip_prefix(':').unwrap_or(rest));
        !authority.host().is_empty() && rest.is_some_and(port)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(version: Version, target: &str, hosts: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        settle(version, &target.parse().unwrap(), &mut headers).ok()?;
        Some(headers.get(HOST).map_or("", |host| host.to_str().unwrap()).to_owned())
    }

    #[test]
    fn a_request_is_for_one_host_and_that_of_its_target_wins() {
        for (target, hosts, settled_on) in [
            ("/", &["localhost:8080"][..], Some("localhost:8080")),
            ("/", &["[::1]:8080"], Some("[::1]:8080")),
            ("/", &["127.0.0.1"], Some("127.0.0.1")),
            ("/", &["localhost:"], Some("localhost:")),
            ("http://evil.example/", &["localhost"], Some("evil.example")),
            ("http://[::1]:80/", &["evil.example"], Some("[::1]:80")),
            ("/", &[], None),
            ("http://localhost/", &[], None),
            ("/", &["localhost", "localhost"], None),
            ("http://localhost/", &["localhost", "evil.example"], None),
            ("/", &[""], None),
            ("/", &["localhost:99999"], None),
            ("/", &["localhost:80x"], None),
            ("/", &["user@localhost"], None),
            ("http://user@localhost/", &["localhost"], None),
            ("/", &["localhost/evil.example"], None),
            ("/", &["localhost, evil.example"], None),
            ("/", &["[::1"], None),
            ("/", &[":80"], None),
            ("/", &["localhost:+80"], None),
            ("/", &["local_host"], Some("local_host")),
        ] {
            let found = settled(Version::HTTP_11, target, hosts);
            assert_eq!(found.as_deref(), settled_on, "{target} {hosts:?}");
        }
        assert_eq!(settled(Version::HTTP_10, "/", &[]).as_deref(), Some(""));
        assert_eq!(settled(Version::HTTP_10, "/", &["a", "b"]), None);
    }
}
