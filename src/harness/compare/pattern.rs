//! Patterns of ids, paths and pointers.

/// Returns whether `text` is as `pattern` says: `*` stands for any text within a segment, `**` for
/// any text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some(star) = pattern.find('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(&pattern[..star]) else { return false };
    let across = pattern[star..].starts_with("**");
    let after = &pattern[star + if across { 2 } else { 1 }..];
    let most = if across { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.take_while(|end| *end <= most).any(|end| fits(after, &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stays_within_its_segment_and_two_do_not() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("a/b", "a/b", true),
            ("a/b", "a/c", false),
            ("a/*", "a/b", true),
            ("a/*", "a/", true),
            ("a/*", "a/b/c", false),
            ("a/**", "a/b/c", true),
            ("**", "", true),
            ("*/c", "a/b/c", false),
            ("**/c", "a/b/c", true),
            ("/items/*/href", "/items/12/href", true),
            ("status-4*", "status-404", true),
            ("GET customers/*", "GET customers/å", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
