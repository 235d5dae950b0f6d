//! A consumer customer out of the population register: 002 › Generate customer.

use super::Call;
use super::customers::{from_members, read_new, store};
use super::find_customer::read_identifier;
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::model::ledger::Grant;
use crate::store::ledgers;

/// POST makes a consumer whose name and legal address are the register's (readings 46, 91, 92).
pub(super) async fn generate(call: Call<'_>) -> Result<Response, ApiError> {
    if !call.ledger().has(Grant::PopulationRegister) {
        let detail = "The population register was not agreed for this ledger.";
        return Err(ApiError::forbidden(detail));
    }
    let mut members = read_new(&call, &call.schemas.generate)?;
    let identifier = read_identifier(&mut members)?;
    // The register has the name, and is asked only once everything that was sent is in order.
    members.insert("name".to_owned(), "".into());
    let mut customer = from_members(members)?;
    customer.customer.national_identifier = Some(identifier.clone());
    let tx = call.store.reader()?;
    let person =
        ledgers::person(&*tx, &call.ledger().ledger_no, &identifier)?.ok_or_else(|| {
            ApiError::not_found("The population register does not know that national identifier.")
        })?;
    drop(tx);
    customer.customer.name = person.name;
    customer.customer.legal_entity = Some("consumer".to_owned());
    customer.legal_address = Some(person.address);
    store(&call, customer).await
}
