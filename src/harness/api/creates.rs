//! The requests by which an API makes records.

use super::operation::{parameters, segments};

/// A request that makes a record, as the API's document has it.
#[derive(Debug)]
pub(crate) struct Creates {
    /// Such as `POST customers`.
    pub(crate) operation: &'static str,
    pub(crate) deletable: Deletable,
}

/// Where DELETE takes away again what was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deletable {
    Nowhere,
    /// At the path that made it.
    ThatPath,
    /// Below it, under the name of what was made.
    ByItsName,
}

impl Creates {
    /// Returns whether a request of this method and path, relative to the root, is one.
    pub(crate) fn fits(&self, method: &str, path: &str) -> bool {
        parameters(self.operation, method, segments(path), false).is_some()
    }
}
