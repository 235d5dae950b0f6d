//! What others said, cut down to what fits into a sentence of ours.

use crate::output::visible;

/// So many characters are shown.
const MOST: usize = 600;

/// Returns the beginning of a text in one line, all of it visible.
pub(super) fn beginning(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Returns the end of a text in one line, all of it visible.
pub(super) fn end(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth_back(MOST) {
        Some((start, first)) => format!("…{}", &line[start + first.len_utf8()..]),
        None => line,
    }
}

/// Returns a text with one blank for each line break and whatever else is blank.
fn one_line(text: &str) -> String {
    visible::line(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{MOST, beginning, end};

    #[test]
    fn what_is_shown_is_one_line_that_does_nothing_to_a_terminal() {
        for (text, shown) in [
            ("Längd \"72\" 😀", "Längd \"72\" 😀"),
            ("one\r\n\ttwo\u{2028}three", "one two three"),
            ("\x1b[32mgreen\x07", "␛[32mgreen␇"),
            ("\u{9b}31m \u{202e}gnp\u{200b}", "⟨U+009B⟩31m ⟨U+202E⟩gnp⟨U+200B⟩"),
            ("", ""),
        ] {
            assert_eq!((beginning(text).as_str(), end(text).as_str()), (shown, shown));
        }
        let long = format!("å{}ö", "x".repeat(MOST));
        assert_eq!(beginning(&long), format!("å{}…", "x".repeat(MOST - 1)));
        assert_eq!(end(&long), format!("…{}ö", "x".repeat(MOST - 1)));
    }
}
