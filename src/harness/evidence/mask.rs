//! Members that are not to be shown, wherever a text names them: in JSON, XML, a form, a query, a
//! line for the shell, whole or broken.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::api::decode;

/// The text in the place of what is not shown.
pub(crate) const REDACTED: &str = "[redacted]";

/// Names of members, without regard to case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    pub(crate) fn new(names: &[String]) -> Self {
        Names(names.iter().map(|name| name.to_lowercase()).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_lowercase())
    }

    /// Returns the text without the values of the members that it names; `found` takes what they
    /// were. None, if it names none.
    pub(crate) fn mask(&self, text: &str, found: &mut BTreeSet<String>) -> Option<String> {
        let mut masked = String::with_capacity(text.len());
        // What stands before this is in `masked`.
        let mut taken = 0;
        self.each(text, |Named { value, quoted }| {
            let shown = &text[value.clone()];
            if !matches!(shown, "" | "null") && shown.trim_matches('"') != REDACTED {
                values(shown, found);
                masked.push_str(&text[taken..value.start]);
                masked.push_str(if quoted { "\"[redacted]\"" } else { REDACTED });
                taken = value.end;
            }
        });
        masked.push_str(&text[taken..]);
        (taken > 0).then_some(masked)
    }

    /// Returns whether a member that it names holds the mark of redaction in a text.
    pub(crate) fn is_masked_in(&self, text: &str) -> bool {
        let mut masked = false;
        self.each(text, |named| masked |= text[named.value].trim_matches('"') == REDACTED);
        masked
    }

    /// Finds each value of a member that it names, from the first to the last.
    fn each(&self, text: &str, mut found: impl FnMut(Named)) {
        let mut at = 0;
        while at < text.len() && !self.is_empty() {
            let Some(named) = self.named(text, at) else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            at = named.value.end.max(at + 1);
            found(named);
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }

    /// Returns the value whose member's name begins at `at`, in the syntax in which it does.
    fn named(&self, text: &str, at: usize) -> Option<Named> {
        let rest = &text[at..];
        if rest.starts_with('"') {
            let end = json_end(text, at)?;
            let name: String = serde_json::from_str(&text[at..end]).ok()?;
            let colon = end + blanks(&text[end..]);
            if !self.has(&name) || !text[colon..].starts_with(':') {
                return None;
            }
            let start = colon + 1 + blanks(&text[colon + 1..]);
            // Half a value is not shown either.
            let end = json_end(text, start).unwrap_or(text.len());
            return Some(Named { value: start..end, quoted: true });
        }
        if let Some(tag) = rest.strip_prefix('<') {
            let name = &tag[..tag.find(['>', '/', ' ', '\t', '\r', '\n'])?];
            if !self.has(name.rsplit(':').next().unwrap_or(name)) {
                return None;
            }
            let open = at + 1 + tag.find('>')?;
            if text[..open].ends_with('/') {
                return None;
            }
            let closing = format!("</{name}");
            let end = text[open..].find(&closing).map_or(text.len(), |end| open + end);
            return Some(Named { value: open + 1..end.max(open + 1), quoted: false });
        }
        let begins = |before: char| !(before.is_alphanumeric() || before == '_' || before == '-');
        let before = &text[..at];
        let escaped = ["%5B", "%5b", "%2E", "%2e"].iter().any(|open| before.ends_with(open));
        if !escaped && !before.chars().next_back().is_none_or(begins) {
            return None;
        }
        let length = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '@')))?;
        if !self.has(&rest[..length]) {
            return None;
        }
        let after = &rest[length..];
        let after =
            ["]", "%5D", "%5d"].iter().find_map(|end| after.strip_prefix(end)).unwrap_or(after);
        let value = after.strip_prefix('=')?;
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        let ends = |c: char| match quote {
            Some(quote) => c == quote,
            None => matches!(c, '&' | '\'' | '"' | '<' | '>') || c.is_whitespace(),
        };
        let start = text.len() - value.len();
        let end = value.find(ends).map_or(text.len(), |end| start + end);
        Some(Named { value: start..end, quoted: false })
    }
}

/// The place of a value, and whether what stands in for it is a JSON string.
struct Named {
    value: std::ops::Range<usize>,
    quoted: bool,
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Returns where the JSON value ends that begins at `start`; none, if the text ends before.
fn json_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while *bytes.get(at)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\n' | b'\r' | b'\t' | b'\'' if depth == 0 => return Some(at),
            _ => {
                at += 1;
                continue;
            }
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
    (depth == 0 && at > start).then_some(bytes.len())
}

/// Adds every text and number that a value holds, as it is written and as it is meant.
fn values(shown: &str, found: &mut BTreeSet<String>) {
    fn scalars(value: Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => drop(found.insert(text)),
            Value::Number(number) => drop(found.insert(number.to_string())),
            Value::Array(items) => items.into_iter().for_each(|item| scalars(item, found)),
            Value::Object(members) => {
                members.into_iter().for_each(|(_, value)| scalars(value, found));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
    match serde_json::from_str(shown) {
        Ok(value) => scalars(value, found),
        Err(_) => {
            found.insert(shown.to_owned());
            found.insert(decode(shown));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Names;

    #[test]
    fn a_member_is_hidden_in_every_syntax_and_what_it_was_is_known() {
        let names = Names::new(&["emailAddress".to_owned(), "regNo".to_owned()]);
        for (text, masked, was) in [
            (
                r#"{"emailAddress": "a@b.se", "x": 1}"#,
                r#"{"emailAddress": "[redacted]", "x": 1}"#,
                "a@b.se",
            ),
            (r#"{"EmailAddress":"a\"b"}"#, r#"{"EmailAddress":"[redacted]"}"#, "a\"b"),
            (r#"{"email\u0041ddress":12}"#, r#"{"email\u0041ddress":"[redacted]"}"#, "12"),
            (r#"{"regNo":["1234", {"a":5}],"b":2}"#, r#"{"regNo":"[redacted]","b":2}"#, "1234"),
            (r#"{"regNo": "19121212"#, r#"{"regNo": "[redacted]""#, "\"19121212"),
            (
                "<a><emailAddress>a@b.se</emailAddress></a>",
                "<a><emailAddress>[redacted]</emailAddress></a>",
                "a@b.se",
            ),
            (
                "<n:regNo x='1'>77&amp;88</n:regNo>",
                "<n:regNo x='1'>[redacted]</n:regNo>",
                "77&amp;88",
            ),
            (r#"<c regNo="7788"/>"#, r#"<c regNo="[redacted]"/>"#, "7788"),
            ("x=1&emailAddress=a%40b.se&y=2", "x=1&emailAddress=[redacted]&y=2", "a@b.se"),
            ("customer%5BregNo%5D=7788", "customer%5BregNo%5D=[redacted]", "7788"),
            ("GET /find?c.regNo=7788 HTTP/1.1", "GET /find?c.regNo=[redacted] HTTP/1.1", "7788"),
            (r#"curl -d '{"regNo":7788}'"#, r#"curl -d '{"regNo":"[redacted]"}'"#, "7788"),
        ] {
            let mut found = BTreeSet::new();
            assert_eq!(names.mask(text, &mut found).as_deref(), Some(masked), "{text}");
            assert!(found.contains(was), "{text}: {found:?}");
        }
        for text in [
            r#"{"regNo": null}"#,
            r#"{"a": "regNo"}"#,
            "<regNo/>",
            "<regNo></regNo>",
            "oregNo=1",
            "regNo",
            "the regNo is wrong",
            "\"",
            "<",
            "ö\"regNo\":",
        ] {
            assert_eq!(names.mask(text, &mut BTreeSet::new()), None, "{text}");
        }
    }
}
