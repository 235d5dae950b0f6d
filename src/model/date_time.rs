//! A moment without a zone, as the PayEx documents print it: `2023-09-01T01:08:25`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// A naive local date and time to the second (reading 26), kept as the decimal number
/// yyyyMMddHHmmss: it orders as time does and makes a key of eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub u64);

/// The seconds of a day.
const DAY: i64 = 86_400;

/// 9999-12-31T23:59:59: a year has four digits, whatever a clock says.
const LAST: u64 = 253_402_300_799;

impl DateTime {
    /// Returns the moment so many seconds after 1970-01-01T00:00:00.
    pub fn at(unix: u64) -> Self {
        let unix = unix.min(LAST);
        let (days, second) = (unix / DAY as u64, unix % DAY as u64);
        let date = date_of(days as i64);
        let fields = [second / 3600, second / 60 % 60, second % 60];
        Self(fields.into_iter().fold(date, |packed, field| packed * 100 + field))
    }

    /// Returns the seconds from 1970-01-01T00:00:00 to this moment.
    pub fn unix(self) -> i64 {
        let [year, month, day, hour, minute, second] = self.fields().map(|field| field as i64);
        days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second
    }

    /// Returns the day of the week, from 0 for Monday.
    pub fn weekday(self) -> usize {
        // 1970 began on a Thursday.
        (self.unix().div_euclid(DAY) + 3).rem_euclid(7) as usize
    }

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

    /// Returns the fields from year to second.
    pub fn fields(self) -> [u64; 6] {
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

/// Returns the days from 1970-01-01 to a day of the Gregorian calendar. Years are counted from
/// March, so that the leap day is the last of its year.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let since_march = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (since_march * 153 + 2) / 5 + day - 1 - 719_468
}

/// Returns the day that is `days` after 1970-01-01, as yyyyMMdd.
fn date_of(days: i64) -> u64 {
    // No year is longer than 366 days, so this year is not too late; one of the next is the one.
    let mut year = 1970 + days / 366;
    while days_of(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && days_of(year, month + 1, 1) <= days {
        month += 1;
    }
    let day = days - days_of(year, month, 1) + 1;
    ((year * 100 + month) * 100 + day) as u64
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

    #[test]
    fn seconds_are_counted_into_the_right_day_and_back() {
        for (unix, text, weekday) in [
            (0, "1970-01-01T00:00:00", 3),
            (951_782_399, "2000-02-28T23:59:59", 0),
            (951_868_799, "2000-02-29T23:59:59", 1),
            (951_868_800, "2000-03-01T00:00:00", 2),
            (1_366_389_743, "2013-04-19T16:42:23", 4),
            (1_798_761_599, "2026-12-31T23:59:59", 3),
            (4_107_542_399, "2100-02-28T23:59:59", 6),
            (4_107_542_400, "2100-03-01T00:00:00", 0),
            (253_402_300_799, "9999-12-31T23:59:59", 4),
        ] {
            let moment = DateTime::at(unix);
            assert_eq!((moment.to_string().as_str(), moment.weekday()), (text, weekday));
            assert_eq!(moment.unix(), unix as i64);
        }
        assert_eq!(DateTime::at(u64::MAX).to_string(), "9999-12-31T23:59:59");
        assert_eq!(DateTime::parse("1969-12-31T23:59:59").unwrap().unix(), -1);
        assert_eq!(DateTime::parse("0000-01-01T00:00:00").unwrap().unix(), -62_167_219_200);
    }
}
