//! A customer by its national identifier: 002 › Find customer.

use http::StatusCode;

use super::customers::identity;
use super::{Call, customer_path};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::model::national_identifier::NationalIdentifier;
use crate::model::violation::Violation;
use crate::store::customers;
use crate::store::snapshot::Snapshot;

/// POST finds the oldest customer with the identifier (readings 89 and 185). Nothing is written;
/// the document chose POST.
pub(super) fn find(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let mut members = call.schemas.find.read(&call.request.body)?;
    let identifier = read_identifier(&mut members)?;
    let ledger = &call.ledger().ledger_no;
    let no = customers::find(tx, ledger, &identifier)?.ok_or_else(|| {
        ApiError::customer_not_found("The ledger has no customer of that national identifier.")
    })?;
    let id = customer_path(call, &no, &[]);
    Ok(Response::json(StatusCode::OK, identity(&id, &no)))
}

/// `nationalIdentifier` of a body that has passed its schema, in canonical spelling.
pub(super) fn read_identifier(
    members: &mut serde_json::Map<String, serde_json::Value>,
) -> Result<NationalIdentifier, ApiError> {
    let identifier = members.remove("nationalIdentifier").unwrap_or_default();
    serde_json::from_value::<NationalIdentifier>(identifier)
        .map(NationalIdentifier::canonical)
        .map_err(|error| {
            let message = format!("nationalIdentifier cannot be read: {error}.");
            Violation::new("nationalIdentifier", message).into()
        })
}
