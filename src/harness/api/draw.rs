//! The kinds of identifiers that a case draws, and by which an API looks for them.

use serde::Deserialize;

/// A kind of identifier or text that a case draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Draw {
    /// Seven digits, the first of them 1 to 9: valid in every documented ledger (reading 44).
    CustomerNo,
    /// A Swedish personal number, `YYYYMMDD-NNNC` (reading 49).
    Personnummer,
    /// A Norwegian national identity number, eleven digits.
    Fodselsnummer,
    Guid,
    /// Eight letters.
    Word,
    /// A Swedish VAT number, whose check digit is right (readings 55, 229).
    VatNo,
    /// An e-mail address of so many characters, of which eight are drawn (reading 229).
    EmailAddress(usize),
    /// A telephone number of so many characters with its plus, of which all the digits are drawn
    /// (reading 229).
    Msisdn(usize),
    /// Words of so many characters in all, some of them letters beyond ASCII, none beyond Latin.
    Text(usize),
    /// A URL at which the run listens, of which nobody guesses the end.
    Callback,
}
