//! Listeners: who is told of events (reading 240).

/// The most listeners that there are at a time.
pub const MOST: usize = 100;

/// A listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Its number.
    pub id: u64,
    /// The URL to which events are posted.
    pub callback: String,
    /// Which events, and what of them, as the query of a URL says it; nothing for all.
    pub query: Option<String>,
}
