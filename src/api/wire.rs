//! JSON on the wire, written once: what the store holds is copied, what varies goes around it.

use std::borrow::Cow;

/// Writes one JSON object at the end of a buffer.
pub struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Opens an object.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    fn separate(&mut self) {
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(b',');
        }
    }

    /// Copies members that stand as JSON, without braces.
    pub fn members(&mut self, json: &str) -> &mut Self {
        if !json.is_empty() {
            self.separate();
            self.out.extend_from_slice(json.as_bytes());
        }
        self
    }

    /// Writes a member's name; its value is to follow in the buffer that is returned.
    pub fn name(&mut self, name: &str) -> &mut Vec<u8> {
        self.separate();
        text(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// Writes a member whose value is text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        text(self.name(name), value);
        self
    }

    /// Writes a member whose value is these texts, one behind the other.
    pub fn joined(&mut self, name: &str, texts: &[&str]) -> &mut Self {
        let out = self.name(name);
        out.push(b'"');
        texts.iter().for_each(|part| escaped(out, part));
        out.push(b'"');
        self
    }

    /// Writes a member whose value stands as JSON.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        self.name(name).extend_from_slice(json.as_bytes());
        self
    }

    /// Writes `operations`: always an array (reading 22).
    pub fn operations(&mut self, operations: &[Operation]) -> &mut Self {
        let mut array = Array::begin(self.name("operations"));
        for operation in operations {
            let mut object = Object::begin(array.item());
            object.text("rel", operation.rel);
            object.text("href", &operation.href);
            object.text("method", operation.method);
            object.end();
        }
        array.end();
        self
    }

    /// Writes the `navigation` of a list without pages: the list's own path (reading 19).
    pub fn navigation(&mut self, id: &str) -> &mut Self {
        let mut navigation = Object::begin(self.name("navigation"));
        navigation.text("@id", id);
        navigation.end();
        self
    }

    /// Closes the object.
    pub fn end(self) {
        self.out.push(b'}');
    }
}

/// Writes one JSON array at the end of a buffer.
pub struct Array<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Array<'a> {
    /// Opens an array.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { out, empty: true }
    }

    /// Returns the buffer in which the next item is to follow.
    pub fn item(&mut self) -> &mut Vec<u8> {
        if !std::mem::replace(&mut self.empty, false) {
            self.out.push(b',');
        }
        self.out
    }

    /// Closes the array.
    pub fn end(self) {
        self.out.push(b']');
    }
}

/// An operation that a client may do next: 001 and 002, `operations`.
pub struct Operation {
    /// The name of the operation.
    pub rel: &'static str,
    /// Where it is.
    pub href: String,
    /// How it is called.
    pub method: &'static str,
}

/// Writes a JSON string.
pub fn text(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    escaped(out, value);
    out.push(b'"');
}

/// Writes a part of a JSON string. What needs no escape is copied: every name of a member, and nearly
/// every other text.
fn escaped(out: &mut Vec<u8>, value: &str) {
    let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    // Without an early end, so that many bytes are looked at at once.
    if !value.bytes().fold(false, |found, byte| found | special(byte)) {
        out.extend_from_slice(value.as_bytes());
        return;
    }
    let start = out.len();
    // Writing text into memory cannot fail.
    let _ = serde_json::to_writer(&mut *out, value);
    // Between its quotes.
    out.remove(start);
    out.pop();
}

/// Returns a path from its segments, each percent-encoded where it must be.
pub fn path<'s>(root: &str, segments: impl IntoIterator<Item = &'s str>) -> String {
    let mut path = String::with_capacity(root.len() + 64);
    path.push_str(root);
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
                path.push(char::from(byte));
            } else {
                path.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    path
}

/// Returns the text that a percent-encoded segment of a path stands for; `None` where the encoding
/// is broken or the bytes are no UTF-8.
pub fn decode(encoded: &str) -> Option<Cow<'_, str>> {
    if !encoded.contains('%') {
        return Some(Cow::Borrowed(encoded));
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = rest else {
            return None;
        };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// Returns the text that a part of a query or of a form stands for: as [`decode`], and a plus is a
/// blank.
pub fn decode_query(encoded: &str) -> Option<Cow<'_, str>> {
    if !encoded.contains('+') {
        return decode(encoded);
    }
    decode(&encoded.replace('+', " ")).map(|decoded| Cow::Owned(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Object, decode, path};

    #[test]
    fn a_text_is_escaped_as_json_wherever_it_stands() {
        for value in ["", "plain", "å€😀", "a\"b", "back\\slash", "line\n", "\u{0}\u{1f}\u{7f}"]
        {
            let mut out = Vec::new();
            let mut object = Object::begin(&mut out);
            object.text("a", value).joined(value, &["<", value, "", value, ">"]);
            object.end();
            let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
            let expected = serde_json::Map::from_iter([
                ("a".to_owned(), value.into()),
                (value.to_owned(), format!("<{value}{value}>").into()),
            ]);
            assert_eq!(read, serde_json::Value::from(expected), "{value:?}");
        }
    }

    #[test]
    fn a_segment_survives_the_way_into_a_path_and_back() {
        for segment in ["9999", "a b", "å/ä?#%", "..", "%41", "\t\u{1}"] {
            let path = path("", [segment]);
            assert_eq!(decode(&path[1..]).as_deref(), Some(segment), "{path}");
        }
        for broken in ["%", "%4", "%zz", "%ff", "a%2"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
