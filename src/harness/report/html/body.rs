//! A body as it is shown: JSON set in lines, everything cut where it grows long.

use serde::de::IgnoredAny;

/// At most about this many bytes of a body are shown.
const LONGEST: usize = 4 << 10;

/// A body that is shown.
pub(super) struct Shown {
    /// Its text, or the start of it.
    pub(super) text: String,
    /// The note of what the text does not say of it.
    pub(super) note: Option<String>,
}

/// Returns what is shown of a body.
pub(super) fn shown(body: &[u8]) -> Shown {
    let read = std::str::from_utf8(body);
    let text = String::from_utf8_lossy(body);
    let is_json = read.is_ok() && serde_json::from_str::<IgnoredAny>(&text).is_ok();
    let (text, is_cut) = if is_json { in_lines(&text) } else { cut(&text) };
    let note = match (is_cut, read) {
        (true, Ok(_)) => Some(format!("cut here; {} bytes in all", body.len())),
        (true, Err(_)) => Some(format!("not UTF-8, cut here; {} bytes in all", body.len())),
        (false, Err(_)) => Some(format!("not UTF-8; {} bytes", body.len())),
        (false, Ok(_)) => None,
    };
    Shown { text, note }
}

fn cut(text: &str) -> (String, bool) {
    let ends = (0..=text.len().min(LONGEST)).rev();
    let end = ends.into_iter().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    (text[..end].to_owned(), end < text.len())
}

/// Returns JSON with a member a line, and whether it is cut. Nothing but blanks is changed: what
/// was written twice, or oddly, stands so.
fn in_lines(json: &str) -> (String, bool) {
    let mut lines = String::new();
    let mut depth = 0_usize;
    let (mut in_text, mut is_escaped, mut is_opened) = (false, false, false);
    for c in json.chars() {
        if lines.len() >= LONGEST {
            return (lines, true);
        }
        if in_text {
            lines.push(c);
            in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        match (is_opened, closes) {
            (true, false) => {
                depth += 1;
                line(&mut lines, depth);
            }
            (false, true) => {
                depth = depth.saturating_sub(1);
                line(&mut lines, depth);
            }
            _ => {}
        }
        is_opened = matches!(c, '{' | '[');
        in_text = c == '"';
        lines.push(c);
        match c {
            ',' => line(&mut lines, depth),
            ':' => lines.push(' '),
            _ => {}
        }
    }
    (lines, false)
}

fn line(lines: &mut String, depth: usize) {
    lines.push('\n');
    lines.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, shown};

    #[test]
    fn json_is_set_in_lines_and_nothing_else_of_it_is_changed() {
        let body = br#"{"a" :1.10,"a":[ ],"b":{},"c":["x, {y}: \"z\\",{"d":null}] }"#;
        let lines = concat!(
            "{\n  \"a\": 1.10,\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n",
            "    \"x, {y}: \\\"z\\\\\",\n    {\n      \"d\": null\n    }\n  ]\n}"
        );
        let shown = shown(body);
        assert_eq!((shown.text.as_str(), shown.note), (lines, None));
    }

    #[test]
    fn what_is_no_json_stands_as_it_came_and_what_is_long_is_cut_with_its_length() {
        for (body, text, note) in [
            (&b"<a>{</a>"[..], "<a>{</a>", None),
            (b"{\"a\":", "{\"a\":", None),
            (b"", "", None),
            (b"\xff{}", "\u{fffd}{}", Some("not UTF-8; 3 bytes")),
        ] {
            let shown = shown(body);
            assert_eq!((shown.text.as_str(), shown.note.as_deref()), (text, note));
        }
        for body in ["å".repeat(9_000), format!("[{}1]", "1,".repeat(9_000))] {
            let shown = shown(body.as_bytes());
            assert!(shown.text.len() < LONGEST + 300, "{}", shown.text.len());
            let note = format!("cut here; {} bytes in all", body.len());
            assert_eq!(shown.note, Some(note));
        }
    }
}
