//! Where resources are: computed from the request, never stored (reading 215).

use super::Call;
use crate::api::wire;
use crate::model::tmf::collection::Collection;

/// Returns what stands before the id in the `href` of every resource of a collection: absolute
/// where the request says which host it means. What a proxy says in headers of its own is not
/// trusted.
pub(super) fn root(call: &Call, collection: &Collection) -> String {
    let origin = call.request.origin().unwrap_or_default();
    wire::path(&format!("{origin}{}", call.mount), [collection.name])
}

/// Returns the `href` of a resource.
pub(super) fn of(root: &str, id: &str) -> String {
    wire::path(root, [id])
}

/// Returns the path of an `href`, without the scheme and the host that it may name. An id is
/// itself.
pub(super) fn path(href: &str) -> &str {
    match href.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => href,
    }
}
