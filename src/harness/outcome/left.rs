//! What is left in the target of what each run uses up.

/// A stock of the target that runs use up and no API fills, as a case leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What it is of, in words that follow a number.
    pub what: String,
    /// How many are left.
    pub count: usize,
}

impl Left {
    /// Returns why a case that needs one is blocked where none is left.
    pub(crate) fn none(what: &str) -> String {
        format!("there are no {what} left: load the fixtures again")
    }
}
