//! The customer: 003 › create and find.

use http::StatusCode;
use redb::ReadTransaction;

use super::Call;
use crate::api::error::ApiError;
use crate::api::message::Response;

/// GET finds customers.
pub(super) fn find(_: &Call, _: &ReadTransaction) -> Result<Response, ApiError> {
    Ok(Response::json(StatusCode::OK, b"[]".to_vec()))
}
