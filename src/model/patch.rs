//! PATCH of a customer: 002 › Update customer. Only what was sent changes; null deletes.

use serde_json::{Map, Value};

use super::customer::{Customer, EdiAddressInfo, POSTAL};
use super::violation::Violation;

/// A PATCH that the schema has passed: documented spelling, patchable members only.
#[derive(Debug, Clone)]
pub struct CustomerPatch(Map<String, Value>);

impl CustomerPatch {
    /// Takes the members that are patched.
    pub fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// Changes `customer`, or leaves it as it was when a rule is broken that depends on it.
    ///
    /// # Errors
    /// `eDIAddressInfo.BuyerId` missing where the object is made (reading 52).
    pub fn apply(&self, customer: &mut Customer) -> Result<(), Vec<Violation>> {
        let edi = match self.0.get("eDIAddressInfo") {
            None => customer.edi_address_info.clone(),
            Some(Value::Object(members)) => merge_edi(customer.edi_address_info.as_ref(), members)?,
            Some(_) => None,
        };
        customer.edi_address_info = edi;
        for (name, value) in &self.0 {
            let text = || value.as_str().map(str::to_owned);
            match name.as_str() {
                "emailAddress" => customer.email_address = text(),
                "msisdn" => customer.msisdn = text(),
                "preferredLanguageCode" => customer.preferred_language_code = text(),
                "legalStatus" => customer.legal_status = text(),
                "protectedIdentity" => customer.protected_identity = value.as_bool(),
                "distributionType" => {
                    customer.distribution_type = Some(text().unwrap_or_else(|| POSTAL.to_owned()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Merges what was sent into what stands; a null member deletes (reading 78). An object that loses
/// its last member is gone.
fn merge_edi(
    stands: Option<&EdiAddressInfo>,
    sent: &Map<String, Value>,
) -> Result<Option<EdiAddressInfo>, Vec<Violation>> {
    let mut edi = stands.cloned().unwrap_or_default();
    for (name, value) in sent {
        let text = value.as_str().map(str::to_owned);
        match name.as_str() {
            "VAN" => edi.van = text,
            "InterChangeRecipient" => edi.inter_change_recipient = text,
            "BuyerId" => edi.buyer_id = text,
            _ => {}
        }
    }
    if edi == EdiAddressInfo::default() {
        return Ok(None);
    }
    if stands.is_none() && edi.buyer_id.is_none() {
        return Err(vec![Violation::new(
            "eDIAddressInfo.BuyerId",
            "BuyerId is required: the customer has no eDIAddressInfo that the rest could join.",
        )]);
    }
    Ok(Some(edi))
}
