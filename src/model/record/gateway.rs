//! Records of the gateway: its customers.

use super::{Record, RecordReader, Refused, no_other, object, within};
use crate::model::gateway_customer::{DEFAULT_ACCOUNT, Sent};

impl RecordReader {
    /// Returns a customer; what the record leaves out depends on nothing but the record, so that
    /// loading it twice is loading it once.
    pub(super) fn gateway_customer(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let mut members = object(text)?;
        let customer = members.shift_remove("customer").unwrap_or_default();
        members.shift_remove("record");
        no_other("gatewayCustomer", &members)?;
        let members = self.gateway_customer.check(customer);
        let (sent, found) = Sent::new(members.map_err(|found| within("customer", found))?);
        if !found.is_empty() {
            return Err(within("customer", found));
        }
        let id = sent.id().ok_or_else(|| {
            vec![Refused::new("customer.id", "The id is larger than any that can be given.")]
        })?;
        Ok(Record::GatewayCustomer(Box::new(sent.customer(id, DEFAULT_ACCOUNT, None))))
    }
}
