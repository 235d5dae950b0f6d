//! Where resources are: computed from the request, never stored (reading 215).

use http::HeaderMap;
use http::header::HOST;

use super::Call;
use crate::api::wire;
use crate::model::tmf::collection::Collection;

/// What stands before the id in the `href` of every resource of a collection: absolute where the
/// request says which host it means. What a proxy says in headers of its own is not trusted.
pub(super) fn root(call: &Call, collection: &Collection) -> String {
    let scheme = if call.request.secure { "https" } else { "http" };
    let path = wire::path(call.mount, [collection.name]);
    match host(&call.request.headers) {
        Some(host) => format!("{scheme}://{host}{path}"),
        None => path,
    }
}

/// The `href` of a resource.
pub(super) fn of(root: &str, id: &str) -> String {
    wire::path(root, [id])
}

/// The path of an `href`, without the scheme and the host that it may name. An id is itself.
pub(super) fn path(href: &str) -> &str {
    match href.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => href,
    }
}

/// The host of a request that names one, and could be one.
fn host(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HOST).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_~:[]%".contains(&byte);
    value.to_str().ok().filter(|host| !host.is_empty() && host.bytes().all(plain))
}
