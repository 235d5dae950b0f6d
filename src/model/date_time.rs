//! A moment without a zone, as the PayEx documents print it: `2023-09-01T01:08:25`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// A naive local date and time to the second (reading 26), kept as the decimal number
/// yyyyMMddHHmmss: it orders as time does and makes a key of eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub u64);

impl DateTime {
    /// Reads `yyyy-MM-ddTHH:mm:ss`; days that no calendar has are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 19 {
            return None;
        }
        let mut packed = 0u64;
        for (index, byte) in bytes.iter().enumerate() {
            let separator = match index {
                4 | 7 => Some(b'-'),
                10 => Some(b'T'),
                13 | 16 => Some(b':'),
                _ => None,
            };
            match separator {
                Some(expected) if *byte == expected => {}
                None if byte.is_ascii_digit() => packed = packed * 10 + u64::from(byte - b'0'),
                _ => return None,
            }
        }
        let moment = Self(packed);
        moment.exists().then_some(moment)
    }

    /// The fields from year to second.
    fn fields(self) -> [u64; 6] {
        let n = self.0;
        [
            n / 10_000_000_000,
            n / 100_000_000 % 100,
            n / 1_000_000 % 100,
            n / 10_000 % 100,
            n / 100 % 100,
            n % 100,
        ]
    }

    fn exists(self) -> bool {
        let [year, month, day, hour, minute, second] = self.fields();
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute, second] = self.fields();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("\"{text}\" is no moment of the form yyyy-MM-ddTHH:mm:ss"))
        })
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::DateTime;

    #[test]
    fn a_moment_is_read_and_written_as_documented() {
        for text in ["2023-09-01T01:08:25", "2024-02-29T23:59:59", "0001-01-01T00:00:00"] {
            assert_eq!(DateTime::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "2023-02-29T00:00:00",
            "2023-13-01T00:00:00",
            "2023-01-01T24:00:00",
            "2023-01-01 00:00:00",
            "2023-01-01T00:00:00Z",
            "2023-01-01",
            "",
        ] {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }
}
