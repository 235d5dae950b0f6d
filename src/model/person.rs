//! A person of the population register, which the `person` records stand for.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::national_identifier::NationalIdentifier;

/// An entry of the population register. Design › Records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Whom the entry is about.
    pub national_identifier: NationalIdentifier,
    /// The person's full name.
    pub name: String,
    /// Where the person is registered.
    pub address: Address,
}
