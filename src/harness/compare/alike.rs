//! Texts that look alike and are not: a reader who sees twice the same is told which characters
//! differ, by their code points.

use serde_json::Value;
use similar::DiffTag;
use unicode_security::skeleton;

use crate::input::edits::edits;
use crate::output::visible::is_unseen;

/// As many code points of a place are named.
const MOST: usize = 6;

/// Returns where two values differ and look alike, if they do, and by which code points.
pub(super) fn alike(expected: &Value, actual: &Value) -> Option<String> {
    let (expected, actual) = first(expected, actual)?;
    Some(format!("they look alike: {}", named(expected, actual)?))
}

/// Returns the first two texts at the same place that differ and look alike.
fn first<'v>(expected: &'v Value, actual: &'v Value) -> Option<(&'v str, &'v str)> {
    match (expected, actual) {
        (Value::String(expected), Value::String(actual)) => {
            (expected != actual && plain(expected).eq(&plain(actual))).then_some((expected, actual))
        }
        (Value::Array(expected), Value::Array(actual)) => {
            expected.iter().zip(actual).find_map(|(expected, actual)| first(expected, actual))
        }
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().find_map(|(name, expected)| first(expected, actual.get(name)?))
        }
        _ => None,
    }
}

/// Returns what a reader sees of a text: without what shows nothing, with one blank for several and
/// none at the ends, each letter as the one that it is taken for (UTS 39 › 4).
fn plain(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_unseen(*c) || c.is_whitespace()).collect();
    let words: Vec<_> = seen.split_whitespace().collect();
    skeleton(&words.join(" ")).collect()
}

/// Returns the first place where two texts differ, and the code points that stand there.
fn named(expected: &str, actual: &str) -> Option<String> {
    let (old, new): (Vec<_>, Vec<_>) = (expected.chars().collect(), actual.chars().collect());
    let ops = edits(&old, &new);
    let places: Vec<_> = ops.iter().filter(|op| op.tag() != DiffTag::Equal).collect();
    let (mut wanted, mut found) = (places.first()?.old_range(), places.first()?.new_range());
    // What stands on one side alone is shown with the character that it follows, or precedes.
    if wanted.is_empty() || found.is_empty() {
        match wanted.start > 0 && found.start > 0 {
            true => (wanted.start, found.start) = (wanted.start - 1, found.start - 1),
            false => (wanted.end, found.end) = (wanted.end + 1, found.end + 1),
        }
    }
    let at = found.start + 1;
    let (wanted, found) = (old.get(wanted)?, new.get(found)?);
    let shown: String = found.iter().take(MOST).collect();
    let more = match places.len() - 1 {
        0 => String::new(),
        1 => ", and so at 1 more place".to_owned(),
        more => format!(", and so at {more} more places"),
    };
    Some(format!(
        "at character {at} \"{shown}\" is {}, expected {}{more}",
        points(found),
        points(wanted)
    ))
}

fn points(chars: &[char]) -> String {
    let named = chars.iter().take(MOST).map(|c| format!("U+{:04X}", u32::from(*c)));
    let rest = (chars.len() > MOST).then(|| "…".to_owned());
    named.chain(rest).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::alike;

    #[test]
    fn texts_that_look_alike_name_the_code_points_that_differ() {
        for (expected, actual, said) in [
            ("Åsa", "A\u{30a}sa", "at character 1 \"A\u{30a}\" is U+0041 U+030A, expected U+00C5"),
            ("a b", "a\u{a0}b", "at character 2 \"\u{a0}\" is U+00A0, expected U+0020"),
            ("ab", "a\u{200b}b", "at character 1 \"a\u{200b}\" is U+0061 U+200B, expected U+0061"),
            ("ab", "ab ", "at character 2 \"b \" is U+0062 U+0020, expected U+0062"),
            ("ab", "\u{feff}ab", "at character 1 \"\u{feff}a\" is U+FEFF U+0061, expected U+0061"),
            ("a\nb", "a\r\nb", "at character 1 \"a\r\" is U+0061 U+000D, expected U+0061"),
            ("a b", "a  b", "at character 2 \"  \" is U+0020 U+0020, expected U+0020"),
            ("Vodafone", "Vod\u{430}fone", "at character 4 \"\u{430}\" is U+0430, expected U+0061"),
        ] {
            let found = alike(&json!(expected), &json!(actual));
            assert_eq!(found, Some(format!("they look alike: {said}")), "{actual}");
        }
        let both = alike(&json!({"a": ["ÅÖ 1"]}), &json!({"a": ["A\u{30a}O\u{308} 1"]})).unwrap();
        assert!(both.ends_with("expected U+00C5 U+00D6"), "{both}");
    }

    #[test]
    fn what_a_reader_can_tell_apart_is_not_told() {
        for (expected, actual) in
            [("Åsa", "Asa"), ("Åsa", "Åsa"), ("1.10", "1.1"), ("abc", "abd"), ("", "x"), ("é", "è")]
        {
            assert_eq!(alike(&json!(expected), &json!(actual)), None, "{expected} {actual}");
        }
        assert_eq!(alike(&json!(1), &json!("1")), None);
    }
}
