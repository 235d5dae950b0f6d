//! Names in a text that stand between two marks.

/// Returns the text before the next `open`, the text between it and the next `close`, and the text
/// after that.
pub(crate) fn next_between<'t>(
    text: &'t str,
    open: &str,
    close: &str,
) -> Option<(&'t str, &'t str, &'t str)> {
    let (before, rest) = text.split_once(open)?;
    let (name, after) = rest.split_once(close)?;
    Some((before, name, after))
}
