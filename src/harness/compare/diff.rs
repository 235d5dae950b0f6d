//! Expected and actual side by side, line by line.

use serde_json::Value;
use similar::{DiffTag, group_diff_ops};

use crate::input::edits::edits;

/// At most this many lines of a difference are shown.
const LONGEST: usize = 40;
/// So many lines that stand in both are shown around what differs.
const AROUND: usize = 2;

/// Returns the lines of a difference: those that begin with `-` are expected, with `+` actual, with
/// a blank both.
pub(crate) fn diff(expected: &Value, actual: Option<&Value>) -> Vec<String> {
    let expected = pretty(expected);
    let actual = actual.map(pretty).unwrap_or_default();
    let (olds, news): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let mut lines = Vec::new();
    for group in group_diff_ops(edits(&olds, &news), AROUND) {
        if !lines.is_empty() {
            lines.push("  …".to_owned());
        }
        for op in group {
            let old = olds.get(op.old_range()).unwrap_or_default();
            let new = news.get(op.new_range()).unwrap_or_default();
            if op.tag() == DiffTag::Equal {
                lines.extend(old.iter().map(|text| format!("  {text}")));
                continue;
            }
            lines.extend(old.iter().map(|text| format!("- {text}")));
            lines.extend(new.iter().map(|text| format!("+ {text}")));
        }
    }
    if lines.len() > LONGEST {
        let rest = lines.len() - LONGEST;
        lines.truncate(LONGEST);
        lines.push(format!("  … and {rest} more lines"));
    }
    lines
}

/// A line of two texts side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// It stands in both.
    Same(String),
    /// It stands in one, or in each otherwise.
    Differs {
        /// The expected line.
        expected: Option<String>,
        /// The actual line.
        actual: Option<String>,
    },
    /// Lines that stand in both are left out.
    Gap,
    /// So many lines more are not shown.
    More(usize),
}

/// Returns the rows of a difference, with what was expected on one side and what stood there on the
/// other.
pub(crate) fn side_by_side(expected: Option<&Value>, actual: Option<&Value>) -> Vec<Row> {
    let expected = expected.map(pretty).unwrap_or_default();
    let actual = actual.map(pretty).unwrap_or_default();
    let (olds, news): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let line = |text: &&str| (*text).to_owned();
    let mut rows = Vec::new();
    for group in group_diff_ops(edits(&olds, &news), AROUND) {
        if !rows.is_empty() {
            rows.push(Row::Gap);
        }
        for op in group {
            let old = olds.get(op.old_range()).unwrap_or_default();
            let new = news.get(op.new_range()).unwrap_or_default();
            if op.tag() == DiffTag::Equal {
                rows.extend(old.iter().map(|text| Row::Same(line(text))));
                continue;
            }
            rows.extend((0..old.len().max(new.len())).map(|at| Row::Differs {
                expected: old.get(at).map(line),
                actual: new.get(at).map(line),
            }));
        }
    }
    if rows.len() > LONGEST {
        let rest = rows.len() - LONGEST;
        rows.truncate(LONGEST);
        rows.push(Row::More(rest));
    }
    rows
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Row, diff, side_by_side};

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

    #[test]
    fn what_was_expected_stands_beside_what_stood_there() {
        let expected = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5});
        let actual = json!({"a": 1, "b": 2, "c": 3, "d": 9, "e": 5, "f": 6});
        let same = |text: &str| Row::Same(text.to_owned());
        let differs = |expected: Option<&str>, actual: Option<&str>| Row::Differs {
            expected: expected.map(str::to_owned),
            actual: actual.map(str::to_owned),
        };
        assert_eq!(
            side_by_side(Some(&expected), Some(&actual)),
            [
                same("  \"b\": 2,"),
                same("  \"c\": 3,"),
                differs(Some("  \"d\": 4,"), Some("  \"d\": 9,")),
                differs(Some("  \"e\": 5"), Some("  \"e\": 5,")),
                differs(None, Some("  \"f\": 6")),
                same("}"),
            ]
        );
        assert_eq!(side_by_side(None, Some(&json!(1))), [differs(None, Some("1"))]);
        let long: Vec<_> = (0..100).collect();
        let rows = side_by_side(None, Some(&json!(long)));
        assert_eq!((rows.len(), rows.last()), (41, Some(&Row::More(62))));
    }
}
