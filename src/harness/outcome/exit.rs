//! The exit codes of `certify`.

/// The ends of `certify`. The numbers are the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every selected check passed.
    Conforms = 0,
    /// A requirement failed.
    Failed = 1,
    /// A usage or configuration error.
    Usage = 2,
    /// The harness itself broke.
    Broken = 3,
    /// Nothing could be said: unreachable, blocked, or nothing executed.
    Inconclusive = 4,
}

impl Exit {
    /// Returns the exit code of the process.
    pub fn code(self) -> u8 {
        self as u8
    }
}
