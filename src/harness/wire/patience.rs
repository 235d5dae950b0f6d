//! How long a target is waited for.

use std::time::Duration;

/// How long the client waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For an answer once asked, and for its body.
    pub answer: Duration,
}

impl Patience {
    /// How long a connection is waited for where nobody says.
    pub const CONNECT: Duration = Duration::from_secs(5);
    /// How long an answer, and then its body, is waited for where nobody says.
    pub const ANSWER: Duration = Duration::from_secs(30);
}

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Patience::CONNECT, answer: Patience::ANSWER }
    }
}
