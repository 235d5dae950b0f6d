//! Redaction as a run asks for it, of whoever knows what is secret.

use super::case::CaseReport;
use super::exchange::SafeExchange;
use crate::harness::wire::Exchange;

/// Takes out what no output may show. A run calls it wherever it keeps or says anything; what is
/// secret, and in which ways it may be written, evidence knows.
pub trait Redact: Send + Sync {
    /// Takes what is secret out of a sentence.
    fn text(&self, text: &mut String);

    /// Takes what is secret out of what was said outside of any case: credentials, and the values of
    /// members that the operator names.
    fn said(&self, text: &mut String);

    /// Takes what is secret out of what is said of a case, and returns the case's exchanges without
    /// it.
    fn case(&self, report: &mut CaseReport, exchanges: Vec<Exchange>) -> Vec<SafeExchange>;

    /// Returns exchanges without what is secret.
    fn exchanges(&self, exchanges: Vec<Exchange>) -> Vec<SafeExchange>;

    /// Returns whether what is secret is only known from the exchanges of a case, which have to be
    /// kept for that until the case is reported.
    fn learns_from_exchanges(&self) -> bool;
}
