//! Refusals: why a run ends before its first verdict.

use std::fmt;

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

/// A refusal to begin a run: one sentence for the reader and the exit it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The end of the process.
    pub exit: Exit,
    /// The sentence: what was wrong, where, and what to do.
    pub sentence: String,
}

impl Refusal {
    /// Refuses for a usage or configuration error.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, sentence: sentence.into() }
    }

    /// Refuses since nothing could be judged.
    pub fn inconclusive(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Inconclusive, sentence: sentence.into() }
    }

    /// Refuses since the harness, or the suite that it carries, is at fault.
    pub fn broken(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Broken, sentence: sentence.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Refusal {}
