//! The ledger: the tenant of the PayEx APIs.

use serde::{Deserialize, Serialize};

/// A ledger and what it may do. Design › Records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ledger {
    /// The identifier in every route (`ownerNo`, `LedgerNumber`; reading 168).
    pub ledger_no: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// ISO 4217, upper case.
    pub currency: String,
    /// Who gives out customer numbers (reading 45).
    pub customer_no_mode: CustomerNoMode,
    /// The capabilities that were agreed for this ledger.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

/// The side that gives out customer numbers: 002 › Create new customer, `customerNo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomerNoMode {
    /// The caller sends `customerNo`.
    Assigned,
    /// The ledger makes `customerNo`; sending one is an error, `nationalIdentifier` is required.
    Generated,
}

/// A capability that a ledger has and another may lack ("not normally granted, unless otherwise
/// agreed").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grant {
    /// Refresh a legal address from the population register; generate a customer from it.
    PopulationRegister,
    /// Order the disbursement of a surplus.
    Disbursement,
}

impl Ledger {
    /// Returns whether `grant` was agreed.
    pub fn has(&self, grant: Grant) -> bool {
        self.grants.contains(&grant)
    }

    /// Returns the language of customers who state none (reading 59).
    pub fn language(&self) -> &'static str {
        match self.country.as_str() {
            "SE" => "SV",
            "NO" => "NO",
            "DK" => "DA",
            "FI" => "FI",
            _ => "EN",
        }
    }
}
