//! Lists in pages: a list is what its pages hold together (readings 18 and 20).

use serde_json::Value;

use super::body::Body;

/// Returns the link to the page after this one. A page without items has none: nothing says that a
/// list ends in a page that names no next one.
pub(crate) fn next(page: &Body) -> Option<&str> {
    let page = page.value()?;
    page.get("items")?.as_array().filter(|items| !items.is_empty())?;
    page.pointer("/navigation/next")?.as_str()
}

/// Adds the items of `page` to those of `list`, which keeps all else that its first page said. Returns
/// false where either holds no items, and nothing was added.
pub(crate) fn append(list: &mut Body, page: &Body) -> bool {
    let more = page.value().and_then(|page| page.get("items")?.as_array());
    let Body::Read(list) = list else { return false };
    let (Some(items), Some(more)) = (list.get_mut("items").and_then(Value::as_array_mut), more)
    else {
        return false;
    };
    items.extend(more.iter().cloned());
    true
}
