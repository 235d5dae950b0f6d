//! A postal address: the legal and the billing address of a customer, a person's in the register.

use serde::{Deserialize, Serialize};

/// 002 › Legal-address resource properties and Billing-address resource properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Full name; at most 72 characters.
    pub addressee: String,
    /// At most 72 characters; may be missing (reading 70).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub street_address: Option<String>,
    /// Care of; at most 72 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub co_address: Option<String>,
    /// At most 27 characters.
    pub city: String,
    /// At most 9 characters, none of them blank (reading 71).
    pub zip_code: String,
    /// ISO 3166-1 alpha-2; written in upper case (reading 69).
    pub country_code: String,
}

impl Address {
    /// Returns the address as it is stored: the country in upper case.
    pub fn canonical(mut self) -> Self {
        self.country_code.make_ascii_uppercase();
        self
    }
}
