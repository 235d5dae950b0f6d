//! Characters that show nothing of themselves, or turn the order of what stands around them. What
//! others send may hold any: as it came it could move the cursor of a terminal, colour a failure
//! green, or write a line of its own under ours.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns whether a character shows nothing of itself or turns the order of its surroundings:
/// controls, marks of direction, blanks without width, tags, and what is no character at all.
pub fn is_unseen(c: char) -> bool {
    // Most of what is written.
    if matches!(c, ' '..='~') {
        return false;
    }
    let code = u32::from(c);
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}')
        || code & 0xfffe == 0xfffe
}

/// Adds what is shown for a character that is unseen: of a C0 control the picture that Unicode has
/// of it, else its code point.
pub fn picture(into: &mut String, c: char) {
    match c {
        '\0'..='\x1f' => into.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(c)),
        // Writing to a string cannot fail.
        c => drop(write!(into, "⟨U+{:04X}⟩", u32::from(c))),
    }
}

/// Returns a text of one line, all of it visible: line breaks and tabs too.
pub fn line(text: &str) -> Cow<'_, str> {
    shown(text, is_unseen, picture)
}

/// Returns a text of several lines, all of it visible but its line breaks and tabs.
pub fn lines(text: &str) -> Cow<'_, str> {
    shown(text, |c| is_unseen(c) && !matches!(c, '\n' | '\t'), picture)
}

/// Returns JSON in which what is unseen is escaped. JSON has controls escaped already, and outside
/// of its texts there is nothing to escape, so that it says the same as before.
pub fn json(text: &str) -> Cow<'_, str> {
    shown(text, |c| is_unseen(c) && !matches!(c, '\n' | '\t' | '\r'), escape)
}

fn escape(into: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(into, "\\u{unit:04x}");
    }
}

fn shown(
    text: &str,
    is_unseen: impl Fn(char) -> bool,
    show: impl Fn(&mut String, char),
) -> Cow<'_, str> {
    if !text.contains(&is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match is_unseen(c) {
            true => show(&mut result, c),
            false => result.push(c),
        }
    }
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use super::{json, line, lines};

    #[test]
    fn what_would_not_show_is_shown_and_nothing_else_is_changed() {
        for (text, shown) in [
            ("Åse 'Öberg' 😀", "Åse 'Öberg' 😀"),
            ("a\x1b[32mb\x07\x7f", "a␛[32mb␇⟨U+007F⟩"),
            ("c1 \u{9b}31m\u{85}", "c1 ⟨U+009B⟩31m⟨U+0085⟩"),
            ("\u{202e}gnp.exe\u{2066}\u{200e}\u{61c}", "⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+200E⟩⟨U+061C⟩"),
            ("\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}", "⟨U+FFFE⟩⟨U+FFFF⟩⟨U+FDD0⟩⟨U+1FFFE⟩"),
            ("zero\u{200b}width\u{feff}", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ] {
            assert_eq!(line(text), shown);
            assert_eq!(lines(text), shown);
        }
        assert_eq!(line("a\nb\tc\r"), "a␊b␉c␍");
        assert_eq!(lines("a\nb\tc\r"), "a\nb\tc␍");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let value = serde_json::json!({"a\u{202e}": ["\u{85}\u{fffe}", "\u{1ffff}\u{7f}\n", "Å"]});
        for text in [value.to_string(), format!("{value:#}")] {
            let escaped = json(&text);
            assert!(!escaped.chars().any(|c| super::is_unseen(c) && c != '\n'), "{escaped}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
        }
    }
}
