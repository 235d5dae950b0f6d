//! Lists in pages: a list is what its pages hold together (readings 18 and 20).

use serde_json::Value;

use super::client::{Answer, Body};

/// A list that goes on beyond this many pages is judged as far as it was read.
pub(crate) const MOST: usize = 1000;

/// The link to the page after this one. A page without items has none: nothing says that a list
/// ends in a page that names no next one.
pub(crate) fn next(page: &Answer) -> Option<&str> {
    let body = page.body.json()?;
    body.get("items")?.as_array().filter(|items| !items.is_empty())?;
    body.pointer("/navigation/next")?.as_str()
}

/// Adds the items of `page` to those of `list`, which keeps all else that its first page said.
pub(crate) fn append(list: &mut Answer, page: &Answer) {
    let more = page.body.json().and_then(|body| body.get("items")?.as_array());
    let Body::Json(body) = &mut list.body else { return };
    if let (Some(items), Some(more)) = (body.get_mut("items").and_then(Value::as_array_mut), more) {
        items.extend(more.iter().cloned());
    }
}
