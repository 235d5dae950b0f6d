//! What the PayEx APIs share: every path begins with a ledger, and a token reaches its own alone.

use std::sync::Arc;

use http::HeaderMap;

use super::auth::{self, Auth};
use super::error::ApiError;
use super::route::Scheme;
use super::wire::{decode, path};
use super::{Call, Documented, Scope};
use crate::model::ledger::Ledger;
use crate::model::record::is_identifier;
use crate::model::violation::Violation;
use crate::store::snapshot::Snapshot;

impl Scope for Arc<Ledger> {
    const SCHEME: Scheme = Scheme::Bearer;
    const SEGMENT: &'static str = "/{ledger}";

    /// A token names its ledger, be it well known.
    fn asks(_: &Auth) -> bool {
        true
    }

    fn is_open(auth: &Auth) -> bool {
        auth.is_open()
    }

    /// Returns the ledger that the path begins with, and what follows it.
    ///
    /// # Errors
    /// 404 when none is named.
    fn path(rest: &str) -> Result<(&str, &str), ApiError> {
        let Some(rest) = rest.strip_prefix('/') else {
            return Err(ApiError::not_found("The path names no ledger."));
        };
        Ok(rest.split_at(rest.find('/').unwrap_or(rest.len())))
    }

    /// Returns the ledger of a segment (readings 10, 11, 13, 168).
    ///
    /// # Errors
    /// 401 when the token is not that ledger's, or there is no such ledger.
    fn admit(
        auth: &Auth,
        tx: &Snapshot,
        headers: &HeaderMap,
        segment: &str,
    ) -> Result<Self, ApiError> {
        let no = decode(segment).filter(|no| is_identifier(no)).unwrap_or_default();
        auth.ledger(headers, &no)?;
        match tx.ledger(&no)? {
            Some(ledger) => Ok(ledger),
            None => Err(auth::not_reached()),
        }
    }
}

impl<A: Documented<Scope = Arc<Ledger>>> Call<'_, A> {
    pub(super) fn ledger(&self) -> &Ledger {
        &self.scope
    }

    /// Returns the path of a resource of the ledger.
    pub(super) fn path<'s>(&'s self, segments: impl IntoIterator<Item = &'s str>) -> String {
        path(self.mount, std::iter::once(self.scope.ledger_no.as_str()).chain(segments))
    }

    /// Refuses a path identifier that cannot be one (reading 183).
    pub(super) fn check_params(&self, names: &[&str]) -> Result<(), ApiError> {
        let violations: Vec<Violation> = names
            .iter()
            .zip(&self.params)
            .filter(|(_, value)| !is_identifier(value))
            .map(|(name, _)| {
                let message = format!("{name} must have 1 to 50 characters, none a control one.");
                Violation::new(*name, message)
            })
            .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations.into()) }
    }
}
