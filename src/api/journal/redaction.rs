//! What the journal never keeps: credentials, in fields and in queries.

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// The parts of names whose values are secrets, in lower case.
const SECRET: [&str; 9] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "api-key",
    "api_key",
    "apikey",
];

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// Returns the value of a header field as it is kept. Names are in lower case.
pub(super) fn field<'v>(name: &str, value: &'v [u8]) -> &'v [u8] {
    let is_secret = SECRET.iter().any(|part| name.contains(part));
    if is_secret { REDACTED.as_bytes() } else { value }
}

/// Writes a query as it is kept.
pub(super) fn query(out: &mut Vec<u8>, query: &str) {
    for (place, pair) in query.split('&').enumerate() {
        if place > 0 {
            out.push(b'&');
        }
        match pair.split_once('=') {
            Some((name, _))
                if is_secret(&crate::api::wire::decode_query(name).unwrap_or_default()) =>
            {
                out.extend_from_slice(name.as_bytes());
                out.push(b'=');
                out.extend_from_slice(REDACTED.as_bytes());
            }
            _ => out.extend_from_slice(pair.as_bytes()),
        }
    }
}
