//! Where resources are: computed from the request, never stored (reading 215).

use super::Call;
use crate::api::{mount, wire};
use crate::model::tmf::collection::Collection;

/// Returns what stands before the id in the `href` of every resource of a collection: absolute
/// where the request says which host it means. What a proxy says in headers of its own is not
/// trusted.
pub(super) fn root(call: &Call, collection: &Collection) -> String {
    wire::path(&(origin(call) + call.mount), [collection.name])
}

/// Returns the scheme and the host that the request means; nothing where it names none.
pub(super) fn origin(call: &Call) -> String {
    call.request.origin().unwrap_or_default()
}

/// Returns the `href` of a resource.
pub(super) fn of(root: &str, id: &str) -> String {
    wire::path(root, [id])
}

/// This server as hrefs name it: where an `href` leads is told by it alone.
#[derive(Clone)]
pub(super) struct Here {
    host: Option<String>,
    mount: String,
}

/// The place to which an `href` leads.
pub(super) enum Place<'h> {
    /// This API, and what follows its mount.
    Here(&'h str),
    /// Another host, or another API of this one.
    Elsewhere,
    /// It has neither a host nor a path from the root.
    Unknown,
}

impl Here {
    /// Takes the host that a request names, and the mount.
    pub(super) fn of(call: &Call) -> Self {
        let origin = call.request.origin();
        let host = origin.and_then(|origin| Some(origin.split_once("://")?.1.to_owned()));
        Self { host, mount: call.mount.to_owned() }
    }

    /// Finds out where an `href` leads. The scheme does not count: a proxy may speak TLS for us.
    pub(super) fn place<'h>(&self, href: &'h str) -> Place<'h> {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let path = match path.split_once("://") {
            Some((_, rest)) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                if !self.host.as_ref().is_some_and(|ours| ours.eq_ignore_ascii_case(host)) {
                    return Place::Elsewhere;
                }
                path
            }
            None if path.starts_with('/') => path,
            None => return Place::Unknown,
        };
        mount::rest(&self.mount, path).map_or(Place::Elsewhere, Place::Here)
    }
}

/// Returns the path of an `href`, without the scheme and the host that it may name. An id is
/// itself.
pub(super) fn path(href: &str) -> &str {
    match href.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => href,
    }
}
