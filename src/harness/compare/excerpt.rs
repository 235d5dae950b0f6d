//! The beginning of a text, where a sentence has no room for the whole.

/// Returns a text in one line, with one blank for whatever is blank, and of a longer one as many
/// characters as `most`.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
