//! Where a request comes from and goes to, as a browser tells it.
//!
//! Every page of the web can make the browser that shows it ask this machine, and a name that the
//! page's owner controls can be made to lead here after the page was loaded (DNS rebinding). Where
//! the credentials are well known, or none are asked for, these two are all that would stand between
//! such a page and the records.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use http::uri::Authority;

use super::cors::Cors;
use super::error::ApiError;
use super::message::Request;
use super::public::PublicUrl;

/// How a browser says from where a page asks (Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// Admits a request that anybody may make who is on this machine: one to a name of this machine or
/// to the host that is known to others, and from no page but the server's own and those that were
/// named.
///
/// # Errors
/// 421 to another host, 403 to another page.
pub(super) fn check(
    request: &Request,
    public: Option<&PublicUrl>,
    cors: &Cors,
) -> Result<(), ApiError> {
    check_host(&request.headers, public)?;
    match cors.admitted(&request.headers) {
        Some(_) => Ok(()),
        None => check_page(request, public),
    }
}

fn check_host(headers: &HeaderMap, public: Option<&PublicUrl>) -> Result<(), ApiError> {
    // HTTP/1.0 needs none, and no browser speaks that.
    let Some(host) = headers.get(HOST) else { return Ok(()) };
    let is_ours = |host| is_loopback(host) || public.is_some_and(|public| public.is_host(host));
    if host.to_str().is_ok_and(is_ours) {
        return Ok(());
    }
    Err(ApiError::misdirected(
        "As long as this server knows nobody by credentials of its own, it answers to names of \
         this machine alone, such as localhost; `etalon serve` takes credentials by --token, \
         --gateway-user and --tmf-token.",
    ))
}

/// Returns whether a host, with or without a port, is always this machine: RFC 6761 › 6.3, RFC 1122
/// › 3.2.1.3.
pub(super) fn is_loopback(host: &str) -> bool {
    // What nearly every client says is known without taking it apart.
    let is_port = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit());
    let usual = ["127.0.0.1:", "localhost:", "[::1]:"];
    if usual.iter().any(|usual| host.strip_prefix(usual).is_some_and(is_port)) {
        return true;
    }
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_end_matches('.');
    let address = name.trim_start_matches('[').trim_end_matches(']');
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => {
            let mapped = Ipv6Addr::to_ipv4_mapped(&address);
            address.is_loopback() || mapped.is_some_and(|address| address.is_loopback())
        }
        Err(_) => {
            let last = name.rsplit('.').next().unwrap_or_default();
            last.eq_ignore_ascii_case("localhost")
        }
    }
}

/// Refuses what the browser says another page asks for, one of another port of this machine too.
fn check_page(request: &Request, public: Option<&PublicUrl>) -> Result<(), ApiError> {
    let headers = &request.headers;
    if !headers.contains_key(ORIGIN) && !headers.contains_key(FETCH_SITE) {
        return Ok(());
    }
    // The public host has pages of the public scheme alone, whatever the proxy speaks with us.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_public = host.zip(public).is_some_and(|(host, public)| public.is_host(host));
    let asked = request.origin().filter(|_| !is_public);
    let own = [asked.as_deref(), public.map(PublicUrl::origin)];
    let is_own = |value: &http::HeaderValue| {
        let mut own = own.iter().flatten();
        own.any(|own| value.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
    };
    // "none" is what somebody typed.
    let own_site = |value: &http::HeaderValue| ["same-origin", "none"].iter().any(|it| value == it);
    if headers.get_all(ORIGIN).iter().all(is_own)
        && headers.get_all(FETCH_SITE).iter().all(own_site)
    {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "A page of another origin asks. As long as this server knows nobody by credentials of its \
         own, it answers no other pages than its own and those of `etalon serve --cors`.",
    ))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_what_always_is_this_machine_is_taken_for_it() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8080", true),
            ("localhost.:8080", true),
            ("etalon.localhost", true),
            ("127.0.0.1:8080", true),
            ("127.8.9.10", true),
            ("[::1]:8080", true),
            ("[::ffff:127.0.0.1]", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("evillocalhost", false),
            ("127.0.0.1.evil.example", false),
            ("128.0.0.1", false),
            ("0.0.0.0:8080", false),
            ("[::]", false),
            ("[fe80::1]", false),
            ("192.168.1.4:8080", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }
}
