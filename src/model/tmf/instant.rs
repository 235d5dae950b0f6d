//! Moments with a zone, as document 004 prints them: `2013-04-19T16:42:23.0Z` (reading 157); and
//! the two forms in which the server writes one.

use crate::model::date_time::DateTime;

/// A moment of RFC 3339 with a fraction of any length. It orders as time does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// The digits after the point without zeros at the end: as text they order as they count.
    fraction: Box<str>,
}

impl Instant {
    /// Reads `yyyy-MM-ddTHH:mm:ss`, a fraction or none, then `Z` or an offset.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, rest) = text.split_at_checked(19)?;
        let local = DateTime::parse(&local.to_ascii_uppercase())?.unix();
        let (fraction, zone) = match rest.strip_prefix('.') {
            None => ("", rest),
            Some(rest) => {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                rest.split_at_checked(digits).filter(|(fraction, _)| !fraction.is_empty())?
            }
        };
        let fraction = fraction.trim_end_matches('0').into();
        Some(Self { seconds: local - offset(zone)?, fraction })
    }

    /// Returns its whole seconds since 1970; what is left of it is later.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }
}

/// Returns the seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let [sign, h1, h2, b':', m1, m2] = *zone.as_bytes() else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(10).map(i64::from);
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let seconds = hours * 3600 + minutes * 60;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// Returns the moment so many seconds after 1970 as `2013-04-19T16:42:23Z`.
pub fn rfc3339(unix: u64) -> String {
    format!("{}Z", DateTime::at(unix))
}

/// Returns the moment so many microseconds after 1970 as `2013-04-19T16:42:23.000001Z`.
pub fn rfc3339_micros(unix: u64) -> String {
    format!("{}.{:06}Z", DateTime::at(unix / 1_000_000), unix % 1_000_000)
}

/// The same as a date of HTTP: `Fri, 19 Apr 2013 16:42:23 GMT` (RFC 9110 § 5.6.7, reading 218).
pub fn http_date(unix: u64) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let moment = DateTime::at(unix);
    let [year, month, day, hour, minute, second] = moment.fields();
    let (weekday, month) = (DAYS[moment.weekday()], MONTHS[month as usize - 1]);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests {
    use super::{Instant, http_date, rfc3339, rfc3339_micros};

    #[test]
    fn one_moment_has_many_spellings_and_an_order() {
        let instant = |text: &str| Instant::parse(text).unwrap();
        let documented = instant("2013-04-19T16:42:23.0Z");
        for same in [
            "2013-04-19T16:42:23Z",
            "2013-04-19t16:42:23.000000000000z",
            "2013-04-19T18:42:23.0+02:00",
            "2013-04-18T17:12:23-23:30",
        ] {
            assert_eq!(instant(same), documented, "{same}");
        }
        let rising = [
            "0000-03-01T00:00:00Z",
            "1969-12-31T23:59:59.9Z",
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "2000-03-01T00:00:00Z",
            "2000-03-01T00:00:00.09Z",
            "2000-03-01T00:00:00.1Z",
            "2000-03-01T00:00:00.10000000000000000000001Z",
        ];
        assert!(rising.map(instant).is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2013-04-19",
            "2013-04-19T16:42:23",
            "2013-04-19 16:42:23Z",
            "2013-04-19T16:42:23.Z",
            "2013-04-19T16:42:23,0Z",
            "2013-04-19T16:42:23ZZ",
            "2013-04-19T16:42:23+2:00",
            "2013-04-19T16:42:23+0200",
            "2013-04-19T16:42:23+24:00",
            "2013-02-29T16:42:23Z",
            "2013-04-19T16:42:2å",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_written_to_the_microsecond() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_366_389_743_000_001, "2013-04-19T16:42:23.000001Z"),
            (1_366_389_743_999_990, "2013-04-19T16:42:23.999990Z"),
        ] {
            assert_eq!(rfc3339_micros(unix), text);
        }
    }

    #[test]
    fn what_is_written_is_the_moment_that_was_meant() {
        for (unix, text, http) in [
            (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_868_799, "2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"),
            (1_366_389_743, "2013-04-19T16:42:23Z", "Fri, 19 Apr 2013 16:42:23 GMT"),
            (4_107_542_399, "2100-02-28T23:59:59Z", "Sun, 28 Feb 2100 23:59:59 GMT"),
            (u64::MAX, "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(rfc3339(unix), text);
            assert_eq!(http_date(unix), http);
            assert_eq!(Instant::parse(text).unwrap().seconds, unix.min(253_402_300_799) as i64);
        }
    }
}
