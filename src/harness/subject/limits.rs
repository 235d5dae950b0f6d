//! The limits that the target can bear.

use std::time::Duration;

use super::file::LimitsTable;

/// Limits of a run; what is `None` is left to whoever runs it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Requests a second, over all cases.
    pub rate: Option<f64>,
    /// How many cases are judged at once.
    pub parallelism: Option<u16>,
    /// How long to wait for a connection.
    pub connect: Option<Duration>,
    /// How long to wait for an answer.
    pub answer: Option<Duration>,
    /// How many bytes are read of an answer that is one thing.
    pub answer_bytes: Option<u64>,
    /// How many bytes are read of an answer that is a list.
    pub list_bytes: Option<u64>,
    /// How many pages of a list are read.
    pub pages: Option<usize>,
    /// How many bytes are read in a run.
    pub total_bytes: Option<u64>,
    /// How long a run lasts.
    pub time: Option<Duration>,
    /// How long an event is waited for.
    pub event: Option<Duration>,
}

impl Limits {
    /// The most cases at once.
    pub const MOST_PARALLEL: u16 = 256;
    /// The fewest requests a second: below it a run would take days.
    pub const LOWEST_RATE: f64 = 0.01;

    /// Returns these limits, and where they say nothing, the others.
    pub(super) fn or(self, others: Limits) -> Limits {
        Limits {
            rate: self.rate.or(others.rate),
            parallelism: self.parallelism.or(others.parallelism),
            connect: self.connect.or(others.connect),
            answer: self.answer.or(others.answer),
            answer_bytes: self.answer_bytes.or(others.answer_bytes),
            list_bytes: self.list_bytes.or(others.list_bytes),
            pages: self.pages.or(others.pages),
            total_bytes: self.total_bytes.or(others.total_bytes),
            time: self.time.or(others.time),
            event: self.event.or(others.event),
        }
    }

    /// Returns whether a run can keep to so many requests a second.
    pub fn is_rate(rate: f64) -> bool {
        rate.is_finite() && rate >= Self::LOWEST_RATE
    }

    /// The fewest bytes to which what is read can be limited: no documented answer has more.
    pub const FEWEST_BYTES: u64 = 64 << 10;

    /// Returns a time-out of so many seconds, if it is one.
    pub fn timeout(seconds: f64) -> Option<Duration> {
        Duration::try_from_secs_f64(seconds).ok().filter(|duration| !duration.is_zero())
    }
}

/// Returns the limits of a target file.
///
/// # Errors
/// A sentence: the limit that is none.
pub(super) fn limits(table: &LimitsTable) -> Result<Limits, String> {
    let timeout = |name: &str, seconds: Option<f64>| match seconds.map(Limits::timeout) {
        None => Ok(None),
        Some(Some(duration)) => Ok(Some(duration)),
        Some(None) => Err(format!("[limits]: {name} is a number of seconds above 0")),
    };
    let parallelism = match table.parallelism {
        None => None,
        Some(count) => {
            let fits =
                u16::try_from(count).ok().filter(|n| (1..=Limits::MOST_PARALLEL).contains(n));
            let most = Limits::MOST_PARALLEL;
            Some(fits.ok_or_else(|| format!("[limits]: parallelism is 1 to {most}"))?)
        }
    };
    let bytes = |name: &str, count: Option<i64>| match count.map(u64::try_from) {
        None => Ok(None),
        Some(Ok(count)) if count >= Limits::FEWEST_BYTES => Ok(Some(count)),
        Some(_) => {
            let fewest = Limits::FEWEST_BYTES;
            Err(format!("[limits]: {name} is a number of bytes, {fewest} or more"))
        }
    };
    let pages = match table.pages.map(usize::try_from) {
        None => None,
        Some(Ok(count)) if count > 0 => Some(count),
        Some(_) => return Err("[limits]: pages is 1 or more".to_owned()),
    };
    if table.rate.is_some_and(|rate| !Limits::is_rate(rate)) {
        let lowest = Limits::LOWEST_RATE;
        return Err(format!("[limits]: rate is a number of requests a second, {lowest} or more"));
    }
    Ok(Limits {
        rate: table.rate,
        parallelism,
        connect: timeout("connectTimeout", table.connect_timeout)?,
        answer: timeout("answerTimeout", table.answer_timeout)?,
        answer_bytes: bytes("answerBytes", table.answer_bytes)?,
        list_bytes: bytes("listBytes", table.list_bytes)?,
        pages,
        total_bytes: bytes("totalBytes", table.total_bytes)?,
        time: timeout("maxTime", table.max_time)?,
        event: timeout("eventTimeout", table.event_timeout)?,
    })
}
