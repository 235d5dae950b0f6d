//! The lines that a load refuses: where they stand and why.

use crate::model::record::Refused;

/// A line that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// The source's name.
    pub source: String,
    /// Its line, counted from 1.
    pub line: u64,
    /// The member and the reason.
    pub refused: Refused,
}

impl std::fmt::Display for RefusedLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Refused { member, reason } = &self.refused;
        let member = if member.is_empty() { String::new() } else { format!("{member}: ") };
        write!(f, "{}:{}: {member}{reason}", self.source, self.line)
    }
}

/// The most refused lines that are listed.
const MOST_LISTED: usize = 1_000;

/// The lines that were refused, in order: the first thousand that were found, and how many more
/// there are.
#[derive(Debug, Default)]
pub struct Refusals {
    /// Those that are listed.
    pub lines: Vec<RefusedLine>,
    /// How many are not.
    pub unlisted: u64,
}

impl Refusals {
    pub(super) fn add(&mut self, (source, line): (String, u64), refused: Refused) {
        if self.lines.len() < MOST_LISTED {
            self.lines.push(RefusedLine { source, line, refused });
        } else {
            self.unlisted += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns a sentence on those that are not listed, if there are any.
    pub fn rest(&self) -> Option<String> {
        (self.unlisted > 0).then(|| format!("{} more faults are not listed.", self.unlisted))
    }
}
