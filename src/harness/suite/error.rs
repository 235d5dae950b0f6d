//! What is wrong with a file of the suite, and reading one.

use std::fmt;

use serde::Deserialize;

/// A file of the suite that cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteError {
    /// The path from the repository's root.
    pub file: String,
    /// The case in it, if it is one that is at fault.
    pub case: Option<String>,
    /// The fault, in words.
    pub message: String,
}

impl SuiteError {
    /// Returns the fault of a case, which is named if its text says that much.
    pub(super) fn of_case(path: &str, text: &str, error: &serde_json::Error) -> SuiteError {
        /// What is left of a case that cannot be read.
        #[derive(Default, Deserialize)]
        struct CaseId {
            #[serde(default)]
            id: Option<String>,
        }
        let CaseId { id } = serde_json::from_str(text).unwrap_or_default();
        SuiteError { case: id, ..broken(path, error) }
    }
}

impl fmt::Display for SuiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case {
            Some(case) => {
                write!(f, "the suite is at fault: {}, {case}: {}", self.file, self.message)
            }
            None => write!(f, "the suite is at fault: {}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for SuiteError {}

/// Returns a file's fault.
pub(super) fn broken(path: &str, message: impl ToString) -> SuiteError {
    SuiteError { file: path.to_owned(), case: None, message: message.to_string() }
}

/// Reads a file of JSON.
///
/// # Errors
/// The file, and what is wrong with it.
pub(super) fn read<'f, T: Deserialize<'f>>(path: &str, bytes: &'f [u8]) -> Result<T, SuiteError> {
    serde_json::from_slice(bytes).map_err(|error| broken(path, error))
}
