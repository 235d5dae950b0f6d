//! A surplus: what remains of a payment that was greater than the debt. 002 › Surpluses.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::date_time::DateTime;

/// 002 › Surpluses resource properties. The order of the members is the order on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Surplus {
    /// At most 50 characters, looked up without regard to case, served as stored (reading 97).
    pub surplus_id: String,
    /// Above zero; a surplus at zero is depleted and no longer served (reading 99).
    pub balance: Amount,
    /// ISO 4217, upper case (reading 98).
    pub currency: String,
    /// When it came to be.
    pub date: DateTime,
    /// What is to happen with it.
    pub status: SurplusStatus,
    /// Relative URI of the invoice that it comes from; never set together with `account`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub invoice: Option<String>,
    /// Relative URI of the account that it comes from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub account: Option<String>,
}

/// The expected statuses (reading 96).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurplusStatus {
    /// Free to be used or disbursed.
    Open,
    /// An order to disburse it is active.
    PendingDisbursement,
    /// It is about to settle a debt.
    PendingRegulate,
}

impl fmt::Display for SurplusStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::PendingDisbursement => "pending-disbursement",
            Self::PendingRegulate => "pending-regulate",
        })
    }
}

impl Surplus {
    /// Returns the identifier in the one case that keys use.
    pub fn folded_id(surplus_id: &str) -> String {
        surplus_id.to_lowercase()
    }

    /// Returns which rules of the table are broken that a type cannot say, each as a member and a
    /// sentence.
    pub fn violations(&self) -> Vec<(&'static str, String)> {
        let mut violations = Vec::new();
        let length = self.surplus_id.chars().count();
        if length == 0 || length > 50 {
            violations.push((
                "surplus.surplusId",
                format!("The id has {length} characters; 1 to 50 fit."),
            ));
        }
        if self.balance.0.is_sign_negative() && !self.balance.0.is_zero() {
            violations.push((
                "surplus.balance",
                "The balance is negative; a surplus is positive.".to_owned(),
            ));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_alphabetic()) {
            violations.push(("surplus.currency", "The currency is no ISO 4217 code.".to_owned()));
        }
        if self.invoice.is_some() && self.account.is_some() {
            violations.push((
                "surplus.account",
                "Both invoice and account are set; a surplus has one of them or neither."
                    .to_owned(),
            ));
        }
        violations
    }

    /// Returns what is wrong with a surplus that has `orders` active orders, as a sentence. Its
    /// status alone says whether it takes an order (reading 103), so the two must agree (reading
    /// 248). What is depleted may have been disbursed already.
    pub fn violation_of_orders(&self, orders: usize) -> Option<&'static str> {
        match (self.status, orders) {
            (_, 2..) => Some("A surplus has one active order at most: it is disbursed whole."),
            (SurplusStatus::Open, 1) => {
                Some("An open surplus has no active order; with one it is pending-disbursement.")
            }
            (SurplusStatus::PendingDisbursement, 0) if !self.balance.0.is_zero() => {
                Some("A surplus that is pending-disbursement has an active order.")
            }
            _ => None,
        }
    }
}
