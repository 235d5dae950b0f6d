//! The events of document 004: its section on notifications has these two and no others (readings
//! 239, 243).

use super::collection::Collection;

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// A PATCH has changed the state of an account.
    BillingAccountStateChange,
    /// A settlement note is there that was not there before.
    SettlementNoteAdvice,
}

impl EventType {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::BillingAccountStateChange, Self::SettlementNoteAdvice];

    /// Returns how the specification calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BillingAccountStateChange => "BillingAccountStateChangeNotification",
            Self::SettlementNoteAdvice => "SettlementNoteAdviceNotification",
        }
    }

    /// Returns the kind that the specification calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the name of the collection whose resources it is of: that of the one member of `event`.
    pub fn collection_name(self) -> &'static str {
        match self {
            Self::BillingAccountStateChange => "billingAccount",
            Self::SettlementNoteAdvice => "settlementNoteAdvice",
        }
    }

    /// Returns the collection whose resources it is of.
    pub fn collection(self) -> Option<&'static Collection> {
        Collection::named(self.collection_name())
    }
}
