//! Operations as the suite and the table of APIs write them: a method and a path below an API's root,
//! such as `GET customers/{customerNo}`. The method alone is of the root itself.

/// The parameters of a request's path, by name, if it is one of the operation.
pub(crate) fn parameters<'a>(
    operation: &'a str,
    method: &str,
    path: impl IntoIterator<Item = &'a str>,
    ignore_case: bool,
) -> Option<Vec<(&'a str, &'a str)>> {
    let (wanted, template) = operation.split_once(' ').unwrap_or((operation, ""));
    if method != wanted {
        return None;
    }
    let mut path = path.into_iter();
    let mut parameters = Vec::new();
    for segment in segments(template) {
        let text = path.next()?;
        match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
            // What begins with a tilde names an action, not a resource (reading 125).
            Some(_) if text.is_empty() || text.starts_with('~') => return None,
            Some(name) => parameters.push((name, text)),
            None if segment == text => {}
            None if ignore_case && segment.eq_ignore_ascii_case(text) => {}
            None => return None,
        }
    }
    path.next().is_none().then_some(parameters)
}

/// The segments of a path without a leading slash; the empty path has none.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').take_while(move |_| !path.is_empty())
}
