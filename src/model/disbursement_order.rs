//! An order to disburse a surplus: 002 › Active-Disbursement-Orders.

use serde_json::{Map, Value};

use super::violation::Violation;

/// The four payees, of which an order names exactly one.
pub const PAYEES: [&str; 4] =
    ["norwegianBankAccount", "swedishBankAccount", "international", "swedishSus"];

/// The payee of an order: one of the documented objects, as it was sent, in documented spelling
/// (readings 106 and 202).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisbursementOrder {
    payee: &'static str,
    details: Value,
}

impl DisbursementOrder {
    /// Takes the one payee of `members`, a body that the schema has passed.
    ///
    /// # Errors
    /// None or several payees: "one and only one of the specified objects can be set at each
    /// request" (reading 110).
    pub fn new(mut members: Map<String, Value>) -> Result<Self, Vec<Violation>> {
        let named: Vec<&'static str> = PAYEES
            .into_iter()
            .filter(|payee| members.get(*payee).is_some_and(|details| !details.is_null()))
            .collect();
        match named[..] {
            [payee] => {
                let mut details = members.remove(payee).unwrap_or_default();
                canonical(&mut details);
                Ok(Self { payee, details })
            }
            [] => Err(vec![Violation::new(
                "body",
                format!("One of {} must be set; none is.", PAYEES.join(", ")),
            )]),
            _ => Err(named
                .iter()
                .map(|payee| {
                    Violation::new(
                        *payee,
                        format!("Only one payee can be set; {} are.", named.join(" and ")),
                    )
                })
                .collect()),
        }
    }

    /// Returns the order on the wire, as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut order = Map::new();
        order.insert(self.payee.to_owned(), self.details.clone());
        Value::Object(order)
    }
}

/// Countries in upper case (reading 69), at whatever depth, and nothing that is null.
fn canonical(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
        for (name, member) in members {
            match member {
                Value::String(text) if name == "countryCode" => text.make_ascii_uppercase(),
                member => canonical(member),
            }
        }
    }
}
