//! Texts that have to say something.

/// Returns whether a text has something to read: a letter, a digit or another sign than blanks and
/// punctuation. A required text without any is missing (reading 246).
pub fn says_something(text: &str) -> bool {
    text.chars().any(|c| {
        let is_sign = !c.is_ascii() && !c.is_whitespace() && !c.is_control();
        // Blanks of no width, dashes, quotes and what else Unicode has for punctuation in general.
        let is_punctuation = matches!(c, '\u{2000}'..='\u{206f}' | '\u{feff}');
        c.is_alphanumeric() || is_sign && !is_punctuation
    })
}

#[cfg(test)]
mod tests {
    use super::says_something;

    #[test]
    fn blanks_and_punctuation_say_nothing() {
        for text in ["A", "1", "å", "東", "🦊", " x ", "-1-"] {
            assert!(says_something(text), "{text}");
        }
        for text in ["", " ", "\t\n", "-", "…", "\u{a0}", "\u{200b}", "\u{feff}", " - ."] {
            assert!(!says_something(text), "{text:?}");
        }
    }
}
