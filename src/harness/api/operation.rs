//! Operations as the suite and the table of APIs write them: a method and a path below an API's
//! root, such as `GET customers/{customerNo}`. The method alone is of the root itself.

/// Returns the parameters of a request's path, by name, if it is one of the operation.
pub(crate) fn parameters<'a>(
    operation: &'a str,
    method: &str,
    path: impl IntoIterator<Item = &'a str>,
    ignore_case: bool,
) -> Option<Vec<(&'a str, &'a str)>> {
    let template = match operation.strip_prefix(method)? {
        "" => "",
        rest => rest.strip_prefix(' ')?,
    };
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

/// Returns the segments of a path without a leading slash; the empty path has none.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').take_while(move |_| !path.is_empty())
}

/// Returns `text` with `%XX` decoded; what is no valid escape stays as it is.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escape {
            Some(byte) => {
                result.push(byte);
                at += 3;
            }
            None => {
                result.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&result).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decoding_leaves_what_is_no_escape() {
        for (text, decoded) in
            [("a%2Fb", "a/b"), ("%C3%A5", "å"), ("100%", "100%"), ("%zz", "%zz"), ("%", "%")]
        {
            assert_eq!(decode(text), decoded);
        }
    }
}
