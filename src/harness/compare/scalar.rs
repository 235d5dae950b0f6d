//! Numbers by decimal value and times by what they say.

use rust_decimal::Decimal;
use serde_json::{Number, Value};

use crate::harness::suite::text_of;

/// Returns whether two JSON numbers have one value: `13`, `13.0` and `1.3e1` are equal (reading
/// 27).
pub(super) fn same_number(a: &Number, b: &Number) -> bool {
    // Most are written alike.
    a == b
        || match (decimal(a), decimal(b)) {
            (Some(a), Some(b)) => a == b,
            // Beyond 28 digits or 10^28 no documented number goes; such ones are equal as written.
            _ => a.to_string() == b.to_string(),
        }
}

/// Returns whether two scalars say the same, whether as text, number or boolean (reading 151): in
/// XML and in forms everything is text.
pub(crate) fn same_text(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        // A number may be written in several ways, and the expected text is one of them.
        (Value::String(text), Value::Number(number))
            if text.parse().is_ok_and(|text| same_number(&text, number)) =>
        {
            true
        }
        _ => text_of(a).is_some_and(|text| text_of(b) == Some(text)),
    }
}

/// The letters and digits of a number of an account, as one says them: without what groups them, and
/// in small letters (reading 102).
pub(super) fn spoken(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns whether two numbers differ by at most 0.005, as computed amounts may (reading 158).
pub(super) fn near(a: &Number, b: &Number) -> bool {
    match (decimal(a), decimal(b)) {
        (Some(a), Some(b)) => is_near(a, b),
        _ => false,
    }
}

pub(super) fn is_near(a: Decimal, b: Decimal) -> bool {
    a.checked_sub(b).is_some_and(|apart| apart.abs() <= Decimal::new(5, 3))
}

/// Returns the exact value of a number that a decimal can hold.
pub(super) fn decimal(number: &Number) -> Option<Decimal> {
    let text = number.to_string();
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

/// A decimal as JSON has it.
pub(crate) fn number(decimal: Decimal) -> Option<Value> {
    decimal.to_string().parse().ok().map(Value::Number)
}

/// Whether a number that is near another has digits that the other does not have: binary floating
/// point shows in them (reading 27).
pub(super) fn has_more_digits(actual: &Number, exact: &Number) -> bool {
    let digits = |number| decimal(number).map(|number| number.normalize().scale());
    digits(actual) > digits(exact)
}

/// A date-time's parts: its naive date and time to the second, its fraction without trailing
/// zeros, and its offset in minutes if it has one.
#[derive(Debug, PartialEq, Eq)]
struct DateTime<'a> {
    naive: &'a str,
    fraction: &'a str,
    offset: Option<i32>,
}

/// Returns whether two texts of the form `yyyy-MM-ddTHH:mm:ss[.fraction][offset]` say the same
/// time: the same instant if both have an offset, else the same naive time (reading 26).
pub(super) fn same_time(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (parse(a), parse(b)) else { return false };
    if a.fraction != b.fraction {
        return false;
    }
    match (a.offset, b.offset) {
        (Some(first), Some(second)) => {
            minutes(a.naive) - i64::from(first) == minutes(b.naive) - i64::from(second)
                && a.naive[17..] == b.naive[17..]
        }
        _ => a.naive.eq_ignore_ascii_case(b.naive),
    }
}

fn parse(text: &str) -> Option<DateTime<'_>> {
    let naive = text.get(..19)?;
    let form = "dddd-dd-ddTdd:dd:dd";
    let fits = naive.bytes().zip(form.bytes()).all(|(byte, form)| match form {
        b'd' => byte.is_ascii_digit(),
        // RFC 3339 lets the T be small.
        other => byte.to_ascii_uppercase() == other,
    });
    if !fits {
        return None;
    }
    let rest = &text[19..];
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            (rest[..end].trim_end_matches('0'), &rest[end..])
        }
        None => ("", rest),
    };
    Some(DateTime { naive, fraction, offset: offset(zone)? })
}

/// Returns the offset in minutes; nothing at all is `Some(None)`, and what is no offset is `None`.
fn offset(zone: &str) -> Option<Option<i32>> {
    match zone {
        "" => return Some(None),
        "Z" | "z" => return Some(Some(0)),
        _ => {}
    }
    let sign = match zone.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    Some(Some(sign * (hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?)))
}

/// Whether a text says the expected time. An expected one with an offset is an instant, which a text
/// without one does not name (reading 157).
pub(super) fn says_time(expected: &str, actual: &str) -> bool {
    let has_offset = |text| parse(text).is_some_and(|time| time.offset.is_some());
    same_time(expected, actual) && (has_offset(actual) || !has_offset(expected))
}

/// Returns how far a time is from the expected one, in words, if that is as far as zones of time are
/// from each other, so that the zone is wrong rather than the time: `2 h too late`.
pub(super) fn zones_apart(expected: &str, actual: &str) -> Option<String> {
    /// From the first zone of a day to the last.
    const MOST: i64 = 26 * 60;
    let is_day = |text: &str| text.len() == 10 && parse(&format!("{text}T00:00:00")).is_some();
    if is_day(expected) && is_day(actual) {
        let minute = |day: &str| minutes(&format!("{day}T00:00:00"));
        return match minute(actual) - minute(expected) {
            1440 => Some("a day too late".to_owned()),
            -1440 => Some("a day too early".to_owned()),
            _ => None,
        };
    }
    let (wanted, found) = (parse(expected)?, parse(actual)?);
    if (&wanted.naive[17..], wanted.fraction) != (&found.naive[17..], found.fraction) {
        return None;
    }
    let offset = |offset: Option<i32>| i64::from(offset.unwrap_or_default());
    let offsets = match (wanted.offset, found.offset) {
        (Some(_), Some(_)) => offset(wanted.offset) - offset(found.offset),
        _ => 0,
    };
    let apart = minutes(found.naive) - minutes(wanted.naive) + offsets;
    let told = match (apart.abs() / 60, apart.abs() % 60) {
        (0, 0) if wanted.offset.is_some() && found.offset.is_none() => {
            return Some("without an offset".to_owned());
        }
        (0, 0) => return None,
        (_, minutes) if minutes % 15 != 0 || apart.abs() > MOST => return None,
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    Some(format!("{told} {}", if apart > 0 { "too late" } else { "too early" }))
}

/// Returns the minutes since the year 0 of a checked naive text, by the civil calendar.
fn minutes(naive: &str) -> i64 {
    let number = |from: usize, to: usize| naive[from..to].parse::<i64>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    (days * 24 + number(11, 13)) * 60 + number(14, 16)
}

/// Returns a value's kind, for messages.
pub(super) fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "absent",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "an array",
        Some(Value::Object(_)) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Number;

    use super::{decimal, has_more_digits, near, same_number, same_time, says_time, zones_apart};

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    /// A target that writes a number beyond all bounds has written a wrong one; the judge must not end
    /// by it, nor compute with as many digits.
    #[test]
    fn no_exponent_is_too_large_to_be_read() {
        let read = |text: &str| decimal(&number(text)).map(|decimal| decimal.to_string());
        for far in [
            "1e29",
            "9e28",
            "1E+400",
            "1e999999999",
            "-1e999999999",
            "1e4294967295",
            "1e4294967296",
            "1.5e4294967295",
            "79228162514264337593543950335e1",
            "79228162514264337593543950335e28",
            "1e99999999999999999999999",
            "1e-29",
            "1e-999999999",
            "1.5e-4294967295",
            "1e-99999999999999999999999",
        ] {
            assert_eq!(read(far), None, "{far}");
        }
        for (text, value) in [
            ("1e2", "100"),
            ("1.5E+1", "15"),
            ("-25e-1", "-2.5"),
            ("7e28", "70000000000000000000000000000"),
        ] {
            assert_eq!(read(text).as_deref(), Some(value), "{text}");
        }
        let digits = format!("0.{}1", "0".repeat(10_000));
        assert_eq!(read(&digits), None);
    }

    #[test]
    fn numbers_are_equal_by_decimal_value() {
        for (a, b, equal) in [
            ("13", "13.00", true),
            ("0.000", "0", true),
            ("-0", "0", true),
            ("1.3e1", "13", true),
            ("2.50", "2.51", false),
            ("9007199254740993", "9007199254740992", false),
            ("0.1", "0.1000000000000000055511151231257827", false),
            ("1e400", "1e400", true),
        ] {
            assert_eq!(same_number(&number(a), &number(b)), equal, "{a} {b}");
        }
    }

    #[test]
    fn an_instant_is_not_said_without_an_offset() {
        for (expected, actual, said) in [
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00", true),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00Z", true),
            ("2023-01-01T00:00:00Z", "2023-01-01T01:00:00+01:00", true),
            ("2023-01-01T00:00:00Z", "2023-01-01T00:00:00", false),
        ] {
            assert_eq!(says_time(expected, actual), said, "{expected} {actual}");
        }
    }

    /// One wrong zone showed as a hundred wrong times.
    #[test]
    fn times_as_far_apart_as_zones_are_told_from_other_times() {
        for (expected, actual, told) in [
            ("2023-01-01T00:30:00Z", "2023-01-01T00:30:00+02:00", Some("2 h too early")),
            ("2023-01-01T00:30:00-04:00", "2023-01-01T00:30:00+04:00", Some("8 h too early")),
            ("2023-01-01T00:30:00", "2023-01-01T06:00:00", Some("5 h 30 min too late")),
            ("2023-01-01T00:30:00Z", "2023-01-01T00:30:00", Some("without an offset")),
            ("2023-01-01T00:30:00Z", "2023-01-01T00:45:00Z", Some("15 min too late")),
            ("2023-03-01", "2023-02-28", Some("a day too early")),
            ("2023-12-31", "2024-01-01", Some("a day too late")),
            ("2023-01-01T00:30:00Z", "2023-01-01T01:30:00+01:00", None),
            ("2023-01-01T00:30:00Z", "2023-01-01T00:31:00Z", None),
            ("2023-01-01T00:30:00Z", "2023-01-01T02:30:01Z", None),
            ("2023-01-01T00:30:00Z", "2023-01-03T00:30:00Z", None),
            ("2023-01-01", "2023-01-03", None),
            ("2023-01-01", "2023-01-01T00:30:00", None),
            ("a", "b", None),
        ] {
            assert_eq!(zones_apart(expected, actual).as_deref(), told, "{expected} {actual}");
        }
    }

    #[test]
    fn digits_beyond_the_exact_ones_show() {
        for (actual, exact, more) in [
            ("299.4999999999999", "299.50", true),
            ("299.500000", "299.5", false),
            ("299.5", "299.50", false),
            ("299", "299.50", false),
            ("2.995e2", "299.5", false),
        ] {
            assert_eq!(has_more_digits(&number(actual), &number(exact)), more, "{actual} {exact}");
        }
    }

    #[test]
    fn near_is_within_half_a_hundredth() {
        for (a, b, expected) in
            [("12.50", "12.505", true), ("12.50", "12.495", true), ("12.50", "12.5051", false)]
        {
            assert_eq!(near(&number(a), &number(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn times_are_equal_as_naive_times_or_as_instants() {
        for (a, b, equal) in [
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00", true),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00.000", true),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00Z", true),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00.0+01:00", true),
            ("2023-01-01T00:00:00Z", "2023-01-01T01:00:00+01:00", true),
            ("2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z", true),
            ("2023-01-01T00:00:00Z", "2023-01-01t00:00:00z", true),
            ("2023-01-01T00:00:00", "2023-01-01t00:00:00", true),
            ("2023-01-01T00:00:00Z", "2023-01-01T01:00:00Z", false),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:01", false),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00.5", false),
            ("2023-01-01T00:00:00", "2023-01-01", false),
            ("2023-01-01T00:00:00", "2023-01-01T00:00:00 CET", false),
        ] {
            assert_eq!(same_time(a, b), equal, "{a} {b}");
        }
    }
}
