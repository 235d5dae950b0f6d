//! Exact decimal numbers: amounts, prices and rates. No binary floating point touches them.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::number::Number;

/// A decimal number, read from and written to the digits of a JSON number.
///
/// It is written with at least two digits after the point (reading 27); more stay where the value
/// has more. 28 significant digits are exact, what needs more is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Returns the number that `text` spells, as JSON spells numbers.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// Reads a number, however it is spelled.
    ///
    /// # Errors
    /// The reason for which it is no amount, as the end of a sentence about it.
    fn read(text: &str) -> Result<Self, &'static str> {
        if let Ok(value) = Decimal::from_str_exact(text) {
            return Ok(Self(value));
        }
        let number = Number::parse(text).ok_or("is no number")?;
        if number.power < -i64::from(Decimal::MAX_SCALE) {
            return Err("has more than 28 digits after its point");
        }
        let too_large = "is larger than 79228162514264337593543950335";
        if number.digits.len() as i64 + number.power > 29 {
            return Err(too_large);
        }
        let long = if number.is_whole() { too_large } else { "has more than 28 digits" };
        Decimal::from_str_exact(&number.plain()).map(Self).map_err(|_| long)
    }

    /// Returns the sum, unless it needs more than 28 digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.normalize();
        let scale = value.scale().max(2) as usize;
        write!(f, "{value:.scale$}")
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if !raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Err(D::Error::custom(format!("{raw} is no number")));
        }
        Self::read(raw).map_err(|reason| D::Error::custom(format!("{raw} {reason}")))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = RawValue::from_string(self.to_string()).map_err(S::Error::custom)?;
        digits.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn digits_survive_and_two_decimals_are_shown() {
        for (read, written) in [
            ("13", "13.00"),
            ("2.50", "2.50"),
            ("0.000", "0.00"),
            ("-0.1", "-0.10"),
            ("107.6125", "107.6125"),
            ("1e2", "100.00"),
            ("1.0000000000000000000000000000000", "1.00"),
            ("0e-400", "0.00"),
            ("9007199254740993.07", "9007199254740993.07"),
        ] {
            let amount: Amount = serde_json::from_str(read).unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), written);
        }
        for (refused, reason) in [
            ("\"1\"", "is no number"),
            ("null", "is no number"),
            ("0.12345678901234567890123456789012", "has more than 28 digits after its point"),
            ("1e-400", "has more than 28 digits after its point"),
            ("1e40", "is larger than 79228162514264337593543950335"),
            ("-79228162514264337593543950336", "is larger than 79228162514264337593543950335"),
            ("1234567890123456789.12345678901", "has more than 28 digits"),
        ] {
            let said = serde_json::from_str::<Amount>(refused).unwrap_err().to_string();
            assert!(said.starts_with(&format!("{refused} {reason}")), "{said}");
        }
    }
}
