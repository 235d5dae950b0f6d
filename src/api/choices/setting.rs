//! Choices that no rewriting of an answer can make: a resource itself has to know of them.

/// A setting: what a resource does otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum Setting {
    /// A customer without unbilled usage has an empty list of subscriptions.
    IdleCustomers,
    /// A body without a Content-Type is read as JSON.
    UntypedBodies,
    /// A hub takes one listener.
    OneListener,
    /// The type of an event says StateChanged.
    StateChanged,
    /// The id of an event is a number.
    NumberEventIds,
}
