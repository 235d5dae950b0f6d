//! Refusals: why a run ends before its first verdict.

use std::fmt;

use super::exit::Exit;

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
