//! Pairs of names and values, as HTML forms send them: the format that 003 calls query.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Member, WRAPPERS, add};
use crate::api::wire::decode_query;
use crate::model::violation::Violation;

/// The most pairs that are read.
const MOST: usize = 100;

/// A name and a value, decoded.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Reads a noun. Its members may have the name of a wrapper and a dot before theirs (reading 116).
///
/// # Errors
/// As [`pairs`].
pub(super) fn read(body: &str) -> Result<Map<String, Value>, Violation> {
    let mut members = Map::new();
    for (name, value) in pairs(body, "The body")? {
        let inner = name.split_once('.').filter(|(outer, _)| WRAPPERS.contains(outer));
        let name = inner.map_or(name.as_ref(), |(_, name)| name);
        add(&mut members, name, Value::from(value))?;
    }
    Ok(members)
}

/// Reads the pairs of `text`, which sentences call `place`.
///
/// # Errors
/// A broken percent-encoding, bytes that are no UTF-8, a name that occurs twice, more pairs than
/// 100.
pub(in crate::api::gateway) fn pairs<'a>(
    text: &'a str,
    place: &str,
) -> Result<Vec<Pair<'a>>, Violation> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == MOST {
            return Err(Violation::body(format!("{place} has more than {MOST} names.")));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = decode_query(name) else {
            let message =
                format!("{place} has a name whose percent-encoding is broken: \"{name}\".");
            return Err(Violation::body(message));
        };
        let Some(value) = decode_query(value) else {
            let message = format!("The percent-encoding of {name} is broken or no UTF-8.");
            return Err(Violation::new(name, message));
        };
        if pairs.iter().any(|(known, _)| *known == name) {
            return Err(Violation::new(name.as_ref(), format!("{name} occurs twice.")));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Writes the pairs of a noun. Names are plain as they are.
pub(super) fn write<'a>(out: &mut Vec<u8>, members: impl IntoIterator<Item = Member<'a>>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                    out.push(byte)
                }
                b' ' => out.push(b'+'),
                _ => {
                    let [high, low] =
                        [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
                    out.extend([b'%', high, low]);
                }
            }
        }
    }
}
