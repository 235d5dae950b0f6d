//! The customer: 002 › Customer resource properties.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::address::Address;
use super::ledger::{CustomerNoMode, Ledger};
use super::national_identifier::NationalIdentifier;
use super::violation::Violation;

/// A customer without what is served beside it: addresses, surpluses, operations. The order of the
/// members is the order on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// Digits without a leading zero, 1 to 15 (reading 44). Empty only until the ledger gives one.
    #[serde(default)]
    pub customer_no: String,
    /// Who the customer is to the state.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub national_identifier: Option<NationalIdentifier>,
    /// VAT registration number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vat_no: Option<String>,
    /// `consumer` or `business`; consumer where none was sent (reading 186).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_entity: Option<String>,
    /// Full name; at most 72 characters.
    pub name: String,
    /// At most 254 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email_address: Option<String>,
    /// Whether the identity is protected; only in Sweden (reading 191).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub protected_identity: Option<bool>,
    /// SV, NO, DA, FI or EN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preferred_language_code: Option<String>,
    /// `active` or `deceased`; ignored on create (reading 60).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_status: Option<String>,
    /// Mobile number with a plus, 5 to 15 characters (reading 58).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub msisdn: Option<String>,
    /// `postal` or `noDistribution` (readings 61 and 199).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub distribution_type: Option<String>,
    /// Read only: consents enter as records (reading 62).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub active_consents: Option<Vec<String>>,
    /// How to reach the customer by EDI.
    #[serde(rename = "eDIAddressInfo", skip_serializing_if = "Option::is_none", default)]
    pub edi_address_info: Option<EdiAddressInfo>,
}

/// `eDIAddressInfo`, spelled as the JSON examples spell it (reading 51).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EdiAddressInfo {
    /// The buyer's VAN identifier; at most 255 characters.
    #[serde(rename = "VAN", skip_serializing_if = "Option::is_none", default)]
    pub van: Option<String>,
    /// The routing address; at most 13 characters (reading 54).
    #[serde(rename = "InterChangeRecipient", skip_serializing_if = "Option::is_none", default)]
    pub inter_change_recipient: Option<String>,
    /// The buyer; at most 13 characters; required when the object is made (reading 52).
    #[serde(rename = "BuyerId", skip_serializing_if = "Option::is_none", default)]
    pub buyer_id: Option<String>,
}

/// A customer with its addresses, as it is sent to create one and as a record holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerWithAddresses {
    /// Everything but the addresses.
    #[serde(flatten)]
    pub customer: Customer,
    /// Mandatory on create; missing only on imported customers (reading 195).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub legal_address: Option<Address>,
    /// Optional.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub billing_address: Option<Address>,
}

impl CustomerWithAddresses {
    /// Returns the one spelling that is stored, with the defaults of `ledger` where nothing was
    /// sent.
    pub fn canonical(mut self, ledger: &Ledger) -> Self {
        let customer = &mut self.customer;
        customer.national_identifier =
            customer.national_identifier.take().map(NationalIdentifier::canonical);
        customer.legal_entity.get_or_insert_with(|| "consumer".to_owned());
        customer.protected_identity.get_or_insert(false);
        customer.preferred_language_code.get_or_insert_with(|| ledger.language().to_owned());
        customer.legal_status.get_or_insert_with(|| "active".to_owned());
        customer.distribution_type.get_or_insert_with(|| POSTAL.to_owned());
        customer.active_consents.get_or_insert_with(Vec::new);
        self.legal_address = self.legal_address.map(Address::canonical);
        self.billing_address = self.billing_address.map(Address::canonical);
        self
    }
}

/// Returns which rules of creation are broken that no schema can say, because the ledger decides
/// them: 002 › Create new customer, readings 45 and 191. Null `members` have been taken out.
pub fn violations_on_create(members: &Map<String, Value>, ledger: &Ledger) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut refuse = |member, reason| {
        violations.push(Violation::new(member, format!("{member} {reason}")));
    };
    let has = |member| members.contains_key(member);
    match ledger.customer_no_mode {
        CustomerNoMode::Assigned if !has("customerNo") => {
            refuse("customerNo", "is required: this ledger does not generate customer numbers.");
        }
        CustomerNoMode::Assigned => {}
        CustomerNoMode::Generated => {
            if has("customerNo") {
                refuse("customerNo", "must not be set: this ledger generates customer numbers.");
            }
            if !has("nationalIdentifier") {
                refuse(
                    "nationalIdentifier",
                    "is required: this ledger generates customer numbers.",
                );
            }
        }
    }
    violations.extend(protected_identity_violation(members, ledger));
    violations
}

/// The way in which invoices are sent where nothing else was asked for (reading 199).
pub const POSTAL: &str = "postal";

/// `protectedIdentity` is "only supported in Sweden" (reading 191).
pub fn protected_identity_violation(
    members: &Map<String, Value>,
    ledger: &Ledger,
) -> Option<Violation> {
    let protected = members.get("protectedIdentity").and_then(Value::as_bool);
    (protected == Some(true) && ledger.country != "SE").then(|| {
        Violation::new("protectedIdentity", "protectedIdentity is supported only in Sweden.")
    })
}
