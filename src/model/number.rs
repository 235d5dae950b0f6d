//! Numbers by their value, however JSON spells them: 1000, 1e3 and 1000.0 are one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::value::RawValue;

/// A number taken apart: its digits, without zeros at either end, times a power of ten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Whether it is below zero.
    pub is_negative: bool,
    /// The digits from the first that is not zero to the last; none of zero itself.
    pub digits: String,
    /// The power of ten that the digits are multiplied by; 0 of zero itself.
    pub power: i64,
}

impl Number {
    /// Takes a number apart; `None` where `text` is none of JSON's.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if ![whole, fraction, unsigned].into_iter().all(is_number) {
            return None;
        }
        let places = fraction.trim_end_matches('0').len();
        let digits = format!("{whole}{}", &fraction[..places]);
        let digits = digits.trim_start_matches('0');
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        let digits = digits.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { is_negative: false, digits, power: 0 });
        }
        // An exponent that no such type holds is beyond every limit that is set elsewhere.
        let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent = exponent.parse::<i64>().ok().filter(|it| it.unsigned_abs() < 1 << 40);
        let power = exponent.unwrap_or(far) + zeros as i64 - places as i64;
        Some(Self { is_negative, digits, power })
    }

    /// Returns how many characters it takes without an exponent, its sign left out.
    pub fn length(&self) -> u64 {
        let digits = self.digits.len().max(1) as u64;
        match self.power {
            0.. => digits.saturating_add(self.power.unsigned_abs()),
            power => (power.unsigned_abs() + 1).max(digits) + 1,
        }
    }

    /// Returns the number without an exponent. It may take as many characters as its exponent says:
    /// check [`Number::length`] first.
    pub fn plain(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        match usize::try_from(self.power) {
            Ok(_) if self.digits.is_empty() => "0".to_owned(),
            Ok(zeros) => format!("{sign}{}{}", self.digits, "0".repeat(zeros)),
            Err(_) => {
                let places = usize::try_from(self.power.unsigned_abs()).unwrap_or(usize::MAX);
                let digits = format!("{:0>width$}", self.digits, width = places + 1);
                let (whole, fraction) = digits.split_at(digits.len() - places);
                format!("{sign}{whole}.{fraction}")
            }
        }
    }

    /// Returns whether it is an integer.
    pub fn is_whole(&self) -> bool {
        self.power >= 0
    }
}

/// The digits of the longest integer that is asked for.
const LONGEST_INTEGER: u64 = 40;

/// Returns the digits of an integer; `None` where `text` is none, or is longer than any that is
/// asked for.
pub fn whole(text: &str) -> Option<String> {
    let number = Number::parse(text)?;
    (number.is_whole() && number.length() <= LONGEST_INTEGER).then(|| number.plain())
}

/// Deserialises an integer, however it is spelled.
///
/// # Errors
/// It is no integer, or does not fit.
pub fn deserialize_whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    // Nearly all are spelled as integers are.
    let found = raw.parse().ok().or_else(|| whole(raw)?.parse().ok());
    found.ok_or_else(|| D::Error::custom(NoInteger { text: raw, bits: 8 * size_of::<T>() }))
}

/// Deserialises an integer or null.
///
/// # Errors
/// As [`deserialize_whole`].
pub fn deserialize_optional_whole<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    let raw = <&RawValue>::deserialize(deserializer)?;
    if raw.get() == "null" {
        return Ok(None);
    }
    deserialize_whole(raw).map(Some).map_err(D::Error::custom)
}

struct NoInteger<'t> {
    text: &'t str,
    bits: usize,
}

impl fmt::Display for NoInteger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no integer of {} bits", self.text, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, whole};

    #[test]
    fn a_number_is_its_value_however_it_is_spelled() {
        for (text, plain) in [
            ("0", Some("0")),
            ("-0.000e400", Some("0")),
            ("1000", Some("1000")),
            ("1e3", Some("1000")),
            ("1.0E+3", Some("1000")),
            ("-10.50", Some("-10.5")),
            ("0.001", Some("0.001")),
            ("12.5e-2", Some("0.125")),
            ("100e-2", Some("1")),
            ("1.e3", None),
            (".5", None),
            ("+1", None),
            ("1e", None),
            ("\"1\"", None),
        ] {
            let number = Number::parse(text);
            let found = number.as_ref().map(Number::plain);
            assert_eq!(found.as_deref(), plain, "{text}");
            if let (Some(number), Some(plain)) = (number, plain) {
                let length = plain.trim_start_matches('-').len() as u64;
                assert_eq!(number.length(), length, "{text}");
            }
        }
        for far in ["1e400", "1e-400", "1e99999999999999999999", "1e-99999999999999999999"] {
            assert!(Number::parse(far).is_some_and(|number| number.length() > 400), "{far}");
        }
        assert_eq!(whole("1.5e1").as_deref(), Some("15"));
        assert_eq!((whole("1.5"), whole("1e99")), (None, None));
    }
}
