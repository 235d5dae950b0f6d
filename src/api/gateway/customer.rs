//! One customer: 003 › Available sub-resources, reading 126.

use super::{Call, format, read_sent, respond_with};
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::write::write;
use crate::model::violation::add_unnamed;
use crate::store::gateway as stored;
use crate::store::snapshot::Snapshot;

/// GET a customer.
pub(super) fn load(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    let written = stored::view(tx, id(call)?, |customer| respond_with(call, &customer))?;
    written.ok_or_else(|| not_found(call.param(0)))
}

/// POST what is to change of a customer.
pub(super) async fn modify(call: Call<'_>) -> Result<Response, ApiError> {
    let id = id(&call)?;
    let (sent, mut found) = read_sent(&call.schemas.modify, format::read(&call)?)?;
    if !found.is_empty() {
        let tx = call.store.reader()?;
        let stored = stored::view(&*tx, id, |customer| customer.to_owned())?;
        let mut customer = stored.ok_or_else(|| not_found(&id.to_string()))?;
        add_unnamed(&mut found, sent.change(&mut customer).err().unwrap_or_default());
        return Err(found.into());
    }
    let customer = write(&call, move |tx| {
        let stored = stored::view(tx, id, |customer| customer.to_owned())?;
        let mut customer = stored.ok_or_else(|| not_found(&id.to_string()))?;
        sent.change(&mut customer).map_err(ApiError::from)?;
        stored::put(tx.transaction(), &customer)?;
        Ok(customer)
    })
    .await?;
    Ok(respond_with(&call, &customer))
}

/// Returns the id in the path; what cannot be one is no customer's.
fn id(call: &Call) -> Result<u64, ApiError> {
    let text = call.param(0);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let id = if digits { text.parse().ok() } else { None };
    id.ok_or_else(|| not_found(text))
}

fn not_found(id: &str) -> ApiError {
    ApiError::customer_not_found(format!("There is no customer \"{id}\"."))
}
