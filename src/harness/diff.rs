//! Expected and actual side by side, line by line.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// At most this many lines of a difference are shown.
const LONGEST: usize = 40;

/// Lines that begin with `-` are expected, with `+` actual, with a blank both.
pub(crate) fn diff(expected: &Value, actual: Option<&Value>) -> Vec<String> {
    let expected = pretty(expected);
    let actual = actual.map(pretty).unwrap_or_default();
    let diff = TextDiff::from_lines(&expected, &actual);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        if !lines.is_empty() {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    if lines.len() > LONGEST {
        let rest = lines.len() - LONGEST;
        lines.truncate(LONGEST);
        lines.push(format!("  … and {rest} more lines"));
    }
    lines
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::diff;

    #[test]
    fn only_what_differs_and_its_surroundings_are_shown() {
        let expected = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7});
        let actual = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 8});
        assert_eq!(
            diff(&expected, Some(&actual)),
            ["    \"e\": 5,", "    \"f\": 6,", "-   \"g\": 7", "+   \"g\": 8", "  }"]
        );
        assert_eq!(diff(&json!("a"), None), ["- \"a\""]);
    }
}
