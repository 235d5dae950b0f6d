//! Forms: `name=value` pairs joined by `&`, percent-encoded UTF-8.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Returns an object of the pairs. What stands before the last dot of a name is left out (reading
/// 116); of two names that are then one, that with fewer dots is meant, and equals make an array.
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?.trim();
    let mut members: Map<String, Value> = Map::new();
    let mut depths: HashMap<String, usize> = HashMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| format!("`{}` is no name=value pair", start(pair)))?;
        let (name, value) = (decode(name)?, decode(value)?);
        // `customer[firstName]` is another way to write `customer.firstName`.
        let name = name.replace('[', ".").replace(']', "");
        let (depth, name) = match name.rsplit_once('.') {
            Some((before, last)) => (before.matches('.').count() + 1, last.to_owned()),
            None => (0, name),
        };
        match depths.get(&name) {
            Some(known) if *known < depth => {}
            Some(known) if *known == depth => {
                if let Some(member) = members.get_mut(&name) {
                    super::xml::repeat(member, value.into());
                }
            }
            _ => {
                depths.insert(name.clone(), depth);
                members.insert(name, value.into());
            }
        }
    }
    Ok(Value::Object(members))
}

pub(super) fn write(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

pub(super) fn escape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                result.push(char::from(byte));
            }
            _ => result.push_str(&format!("%{byte:02X}")),
        }
    }
    result
}

/// Decodes strictly: every escape is one, and what must be escaped is. UTF-8 that stands as it is
/// can mean nothing else, and is let pass.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                let digits = digits.filter(|d| d.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                rest = after.get(2..).unwrap_or_default();
                byte.ok_or_else(|| format!("`{}` holds a broken percent-encoding", start(text)))?
            }
            0..=b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x7f => {
                let text = start(text);
                return Err(format!("`{text}` holds what a form writes percent-encoded"));
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| format!("`{}` is not UTF-8", start(text)))
}

/// Returns as much of a text as a message shows.
fn start(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{escape, read, write};

    #[test]
    fn pairs_are_read_strictly_and_names_by_what_follows_their_last_dot() {
        for (text, value) in [
            ("a=1&b=", json!({"a": "1", "b": ""})),
            ("name=J%C3%BCrgen+M%26M%3D1\n", json!({"name": "Jürgen M&M=1"})),
            ("name=Jürgen", json!({"name": "Jürgen"})),
            ("customer.id=7&customer.name=a&", json!({"id": "7", "name": "a"})),
            ("a.id=1&id=2&b.id=3", json!({"id": "2"})),
            ("c%5Bid%5D=1&c[name]=2&c[x][y]=3", json!({"id": "1", "name": "2", "y": "3"})),
            ("a=1&a=2&a=3", json!({"a": ["1", "2", "3"]})),
            ("", json!({})),
        ] {
            assert_eq!(read(text.as_bytes()), Ok(value), "{text}");
        }
        for text in [
            &b"a"[..],
            b"{\"a\":1}",
            b"<a b=\"1\"/>",
            b"a=%",
            b"a=%4",
            b"a=%zz",
            b"a=%+1",
            b"a=%C3",
            b"a=\xff",
            b"a=1 2",
        ] {
            assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let value = "å&=+%. \"<\n日本 ~";
        let written = write(&[("na me", value.to_owned()), ("b", String::new())]);
        assert!(written.is_ascii() && !written.contains(['+', ' ']), "{written}");
        assert_eq!(read(written.as_bytes()), Ok(json!({"na me": value, "b": ""})));
        assert_eq!(escape("a b"), "a%20b");
    }
}
