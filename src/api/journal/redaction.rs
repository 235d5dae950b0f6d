//! What the journal never keeps: credentials, as the names say that stand before them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::api::wire::decode;

/// What stands in the place of a secret.
const REDACTED: &[u8] = b"[redacted]";

/// What names of secrets have in them. Letters alone are compared: `Api-Key`, `api_key` and `api.key` are
/// one name.
const WITHIN: [&str; 14] = [
    "apikey",
    "authentication",
    "authorization",
    "cookie",
    "credential",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "session",
    "signature",
    "token",
];

/// What names of secrets end in, that others may have in them.
const AT_THE_END: [&str; 4] = ["auth", "key", "pass", "sig"];

/// Names that are like those of secrets, of what is none.
const HARMLESS: [&str; 3] =
    ["access-control-allow-credentials", "idempotency-key", "sec-websocket-key"];

/// So often is a name decoded: one that is encoded more often hides something.
const DECODED: usize = 4;

static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // Whatever stands between the letters.
    let letters = |name: &str| {
        let letters: Vec<_> = name.split("").filter(|letter| !letter.is_empty()).collect();
        letters.join("[^a-z]*")
    };
    let any = |names: &[&str]| names.iter().map(|name| letters(name)).collect::<Vec<_>>().join("|");
    let pattern = format!("(?i-u){}|(?:{})[^a-z]*$", any(&WITHIN), any(&AT_THE_END));
    Regex::new(&pattern).ok()
});

/// Returns whether a name speaks of a secret.
fn is_secret(name: &[u8]) -> bool {
    SECRET.as_ref().is_none_or(|secret| secret.is_match(name))
        && !HARMLESS.iter().any(|harmless| name.eq_ignore_ascii_case(harmless.as_bytes()))
}

/// Writes the value of a header field as it is kept.
pub(super) fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    match is_secret(name.as_bytes()) {
        true => out.extend_from_slice(REDACTED),
        // Perhaps a URL, as of Referer and Location.
        false => text(out, value),
    }
}

/// Writes a part of a URL, or a text that may hold one, as it is kept: without what stands behind the name
/// of a secret, up to the next `&`.
pub(super) fn text(out: &mut Vec<u8>, text: &[u8]) {
    for (place, part) in text.split(|byte| *byte == b'&').enumerate() {
        if place > 0 {
            out.push(b'&');
        }
        match secret(part) {
            Some(begin) => {
                out.extend_from_slice(&part[..begin]);
                out.extend_from_slice(REDACTED);
            }
            None => out.extend_from_slice(part),
        }
    }
}

/// Returns where a secret begins: behind the first sign before which its name stands.
fn secret(text: &[u8]) -> Option<usize> {
    let mut begin = 0;
    while let Some(sign) = sign(&text[begin..]) {
        let before = &text[begin..begin + sign.start];
        begin += sign.end;
        if is_of_secret(before) {
            return (begin < text.len()).then_some(begin);
        }
    }
    None
}

/// Returns the place of the first sign between a name and a value, `=`, `<` or `>`: as it is, or
/// percent-encoded, however often.
fn sign(text: &[u8]) -> Option<Range<usize>> {
    text.iter().enumerate().find_map(|(start, byte)| match byte {
        b'=' | b'<' | b'>' => Some(start..start + 1),
        b'%' => {
            let mut rest = &text[start + 1..];
            while let [b'2', b'5', tail @ ..] = rest {
                rest = tail;
            }
            match rest {
                [b'3', b'C'..=b'E' | b'c'..=b'e', tail @ ..] => {
                    Some(start..text.len() - tail.len())
                }
                _ => None,
            }
        }
        _ => None,
    })
}

/// Returns whether what stands before a sign ends in the name of a secret, or in one that cannot be read.
fn is_of_secret(before: &[u8]) -> bool {
    let mut names = before.rsplit(|byte| b"/?;#,".contains(byte));
    let name = names.find(|name| !name.is_empty()).unwrap_or_default();
    decoded(name).is_none_or(|name| is_secret(name.as_bytes()))
}

/// Returns what a name stands for; `None` where its encoding is broken.
fn decoded(name: &[u8]) -> Option<Cow<'_, str>> {
    let mut name = Cow::Borrowed(std::str::from_utf8(name).ok()?);
    for _ in 0..DECODED {
        if !name.contains('%') {
            return Some(name);
        }
        name = Cow::Owned(decode(&name)?.into_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{field, text};

    /// A journal that is handed on to a colleague must not hand on what lets in, in whatever spelling that
    /// was sent.
    #[test]
    fn what_stands_behind_the_name_of_a_secret_is_not_kept() {
        for (given, kept) in [
            ("access_token=s3cret&a=b", "access_token=[redacted]&a=b"),
            ("ACCESS%5FTOKEN=s3cret", "ACCESS%5FTOKEN=[redacted]"),
            // As the guide spells filters.
            ("token>s3cret", "token>[redacted]"),
            ("token%3Es3cret", "token%3E[redacted]"),
            ("token%3c=s3cret", "token%3c[redacted]"),
            ("token%3Ds3cret&token%253Ds3cret", "token%3D[redacted]&token%253D[redacted]"),
            // Names that cannot be read.
            ("access_token%zz=s3cret", "access_token%zz=[redacted]"),
            ("%ff_token=s3cret", "%ff_token=[redacted]"),
            ("%=s3cret&x%2=s3cret", "%=[redacted]&x%2=[redacted]"),
            ("%2525252525252574oken=s3cret", "%2525252525252574oken=[redacted]"),
            ("api.key=s3cret&api%20key=s3cret", "api.key=[redacted]&api%20key=[redacted]"),
            ("api+key=s3cret&key=s3cret", "api+key=[redacted]&key=[redacted]"),
            ("to%6ben=s3cret&token[]=s3cret", "to%6ben=[redacted]&token[]=[redacted]"),
            ("to%256ben=s3cret", "to%256ben=[redacted]"),
            // Within another value: of a list, of a URL.
            ("a=b;token=s3cret", "a=b;token=[redacted]"),
            ("a=token=s3cret", "a=token=[redacted]"),
            (
                "url=http%3A%2F%2Fx%2F%3Ftoken%3Ds3cret",
                "url=http%3A%2F%2Fx%2F%3Ftoken%3D[redacted]",
            ),
            ("http://x/?a=b&access_token=s3cret", "http://x/?a=b&access_token=[redacted]"),
            ("</a?token=s3cret>; rel=\"next\"", "</a?token=[redacted]"),
            ("/a;token=s3cret/b", "/a;token=[redacted]"),
            // What says nothing stays.
            ("token&token=&a", "token&token=&a"),
            ("name=token&key.a=b&author=c", "name=token&key.a=b&author=c"),
            ("", ""),
            ("http://x/tokens?id=5", "http://x/tokens?id=5"),
            (
                "application/json; charset=utf-8, */*;q=0.5",
                "application/json; charset=utf-8, */*;q=0.5",
            ),
            (
                "Bearer error=\"invalid_token\", scope=\"a\"",
                "Bearer error=\"invalid_token\", scope=\"a\"",
            ),
        ] {
            let mut out = Vec::new();
            text(&mut out, given.as_bytes());
            assert_eq!(String::from_utf8_lossy(&out), kept, "{given}");
        }
        let mut out = Vec::new();
        text(&mut out, b"\xe9token=s3cret&\xe9=s3cret");
        assert!(!String::from_utf8_lossy(&out).contains("s3cret"));
    }

    #[test]
    fn a_field_is_kept_unless_its_name_speaks_of_a_secret() {
        for (name, is_kept) in [
            ("authorization", false),
            ("proxy-authorization", false),
            ("authentication", false),
            ("cookie", false),
            ("set-cookie", false),
            ("x-api-key", false),
            ("x_api_key_2", false),
            ("x-access-key", false),
            ("ocp-apim-subscription-key", false),
            ("x-auth", false),
            ("x-session-id", false),
            ("x-amz-signature", false),
            ("www-authenticate", true),
            ("idempotency-key", true),
            ("access-control-allow-credentials", true),
            ("x-keyword", true),
            ("x-author", true),
            ("host", true),
            ("referer", true),
        ] {
            let mut out = Vec::new();
            field(&mut out, name, b"s3cret");
            assert_eq!(out == b"s3cret", is_kept, "{name}");
        }
    }
}
