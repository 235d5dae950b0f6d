//! How long a target is left alone that says it cannot answer now.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::message::{Answer, Request};

/// The longest that a run waits at a time because the target asks for it. Whoever asks for more is
/// not waited for: nobody looks at a verdict tomorrow.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// A target that refuses for now and does not say for how long is left alone for so long.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// Checks that a run waits for as long as an answer of this status asked for.
///
/// # Errors
/// A sentence: that is too long.
pub(crate) fn bearable(status: u16, wait: Duration) -> Result<(), String> {
    if wait <= LONGEST_WAIT {
        return Ok(());
    }
    let (asked, most) = (wait.as_secs(), LONGEST_WAIT.as_secs());
    Err(format!(
        "it was answered {status} and is to be asked again in {asked} s; a run waits {most} s at a \
         time and no longer"
    ))
}

/// Returns the sentence that a request was sent again after a wait.
pub(crate) fn sent_again(request: &Request, status: u16, wait: Duration) -> String {
    let (Request { method, url, .. }, seconds) = (request, wait.as_secs());
    format!("{method} {url} was answered {status}: sent again after {seconds} s")
}

/// Returns the sentence that a wait followed what was `told`.
pub(crate) fn after_waiting(told: &str, wait: Duration) -> String {
    format!("{told}; {} s were waited", wait.as_secs())
}

/// Reads one of these sentences: what was waited for, without its query, and how many seconds.
pub(crate) fn waited(sentence: &str) -> Option<(String, u64)> {
    let (asked, rest) = sentence.rsplit_once(" was answered ")?;
    let (status, rest) = rest.split_at_checked(3)?;
    let rest = rest.strip_prefix(": sent again after ").or_else(|| rest.strip_prefix("; "))?;
    let seconds = rest.split(' ').next()?.parse().ok()?;
    let asked = asked.split('?').next().unwrap_or_default();
    Some((format!("{status} of {asked}"), seconds))
}

/// Returns how long an answer that refuses for now asks to be left alone: its Retry-After, seconds
/// or a date (RFC 9110, 10.2.3), or a second.
pub(crate) fn wait(answer: &Answer) -> Duration {
    let asked = answer.header("retry-after").map(str::trim);
    asked.and_then(|asked| seconds(asked, answer)).map_or(USUAL_WAIT, Duration::from_secs)
}

fn seconds(asked: &str, answer: &Answer) -> Option<u64> {
    if asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // Too many digits for a number are still very long.
        return (!asked.is_empty()).then(|| asked.parse().unwrap_or(u64::MAX));
    }
    // By the target's own clock, where it tells the time.
    let here = || SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
    let now = answer.header("date").and_then(date).or_else(here)?;
    Some(date(asked)?.saturating_sub(now))
}

/// Returns the seconds from 1970 to an HTTP date in the form that is in use (RFC 9110, 5.6.7).
fn date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<_> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    let clock: Vec<u64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [hours, minutes, seconds] = clock[..] else { return None };
    if !(1970..10_000).contains(&year) || !(1..=31).contains(&day) || hours > 23 || minutes > 59 {
        return None;
    }
    // Years begin in March, so that the day that some have more is the last.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    Some(days.checked_sub(719_468)? * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Answer, Request, after_waiting, date, sent_again, wait, waited};

    #[test]
    fn dates_are_read_as_the_rfc_prints_them() {
        for (text, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 12:00:00 GMT", Some(1_709_208_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("soon", None),
        ] {
            assert_eq!(date(text), seconds, "{text}");
        }
    }

    #[test]
    fn the_wait_is_what_the_answer_asks_for() {
        let day = "Sun, 06 Nov 1994 08:49:";
        for (asked, seconds) in [
            (Some("7".to_owned()), 7),
            (Some("99999999999999999999".to_owned()), u64::MAX),
            (Some(format!("{day}50 GMT")), 13),
            (Some(format!("{day}01 GMT")), 0),
            (Some("soon".to_owned()), 1),
            (None, 1),
        ] {
            let date = ("date".to_owned(), format!("{day}37 GMT"));
            let asked = asked.map(|asked| ("retry-after".to_owned(), asked));
            let headers = asked.into_iter().chain([date]).collect();
            let answer = Answer { status: 429, headers, ..Answer::default() };
            assert_eq!(wait(&answer), Duration::from_secs(seconds), "{answer:?}");
        }
    }

    /// A run that took minutes longer than it should said of each wait, and of no sum.
    #[test]
    fn what_is_said_of_a_wait_is_read_back() {
        let request = Request {
            method: "POST".to_owned(),
            url: "http://h/a?b=1".to_owned(),
            headers: Vec::new(),
            credential: None,
            body: None,
            room: Default::default(),
        };
        let wait = Duration::from_secs(12);
        let said = sent_again(&request, 429, wait);
        assert_eq!(waited(&said), Some(("429 of POST http://h/a".to_owned(), 12)));
        let said = after_waiting("GET http://h/a was answered 503", wait);
        assert_eq!(waited(&said), Some(("503 of GET http://h/a".to_owned(), 12)));
        for other in ["", "GET http://h/a was answered 502: what stands before it", "a: b"] {
            assert_eq!(waited(other), None, "{other}");
        }
    }
}
