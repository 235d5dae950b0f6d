//! Exact decimal numbers: amounts, prices and rates. No binary floating point touches them.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

/// A decimal number, read from and written to the digits of a JSON number.
///
/// It is written with at least two digits after the point (reading 27); more stay where the value
/// has more. 28 significant digits are exact, what has more is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Returns the number that `text` spells, as JSON spells numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let value = match text.find(['e', 'E']) {
            None => Decimal::from_str_exact(text).ok()?,
            Some(_) => Decimal::from_scientific(text).ok()?,
        };
        Some(Self(value))
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
        Self::parse(raw)
            .ok_or_else(|| D::Error::custom(format!("{raw} has more than 28 significant digits")))
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
            ("9007199254740993.07", "9007199254740993.07"),
        ] {
            let amount: Amount = serde_json::from_str(read).unwrap();
            assert_eq!(serde_json::to_string(&amount).unwrap(), written);
        }
        for refused in ["\"1\"", "null", "0.12345678901234567890123456789012", "1e40"] {
            assert!(serde_json::from_str::<Amount>(refused).is_err(), "{refused}");
        }
    }
}
