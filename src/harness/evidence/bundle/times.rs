//! Whether the times of a bundle can all be those of one run.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::difference::Difference;
use super::file::Bundle;
use super::record::moment;
use crate::harness::outcome::SafeExchange;

/// Moments are kept to the millisecond, and times in it.
const ROUNDED: Duration = Duration::from_millis(2);
/// The first thing that a run does is to ask, and the last is to judge what it was answered.
const BEFORE_THE_FIRST: Duration = Duration::from_secs(60);
const AFTER_THE_LAST: Duration = Duration::from_secs(600);

/// Returns what the times of a bundle contradict, each with its case, and when its run began.
///
/// # Errors
/// Its report does not say when it began, or how long it took.
pub(super) fn contradictions(bundle: &Bundle) -> Result<(SystemTime, Vec<Difference>), String> {
    let report = &bundle.report;
    let began = moment(report["started"].as_str().unwrap_or_default());
    let began = began.map_err(|fault| format!("started: {fault}"))?;
    let took = took(report).ok_or("durationMs: it is no time that a run can take")?;
    let end = began + took;
    let mut found = Vec::new();
    let first = bundle.before.first().map(|first| first.at);
    if first.is_none_or(|first| first < began || first > began + BEFORE_THE_FIRST) {
        let what = "started: the first exchange is not from then".to_owned();
        found.push((None, what));
    }
    let prepared = last(&bundle.before).unwrap_or(began);
    let cases = bundle.cases.iter().map(|kept| (Some(kept.id.as_str()), &kept.exchanges));
    for (case, exchanges) in [(None, &bundle.before)].into_iter().chain(cases) {
        let moments = exchanges.iter().map(|each| each.at);
        let is_rising = moments.clone().zip(moments.skip(1)).all(|(one, next)| one <= next);
        let earliest = if case.is_some() { prepared } else { began };
        let is_within = exchanges
            .iter()
            .all(|each| each.at + ROUNDED >= earliest && ends(each) <= end + ROUNDED);
        if !is_rising || !is_within {
            let what = "its exchanges are not from the time of the run, one after the other";
            found.push((case, what.to_owned()));
        }
    }
    let every = bundle.cases.iter().flat_map(|kept| &kept.exchanges).chain(&bundle.before);
    let over = every.map(ends).max().unwrap_or(began);
    if over + AFTER_THE_LAST < end {
        found.push((None, "durationMs: the last exchange was over long before".to_owned()));
    }
    found.extend(of_cases(bundle, took));
    let differs =
        |(case, what): (Option<&str>, _)| Difference { case: case.map(str::to_owned), what };
    Ok((began, found.into_iter().map(differs).collect()))
}

/// Returns the cases that say that they took less time than their exchanges, or more than the run.
fn of_cases(bundle: &Bundle, run: Duration) -> impl Iterator<Item = (Option<&str>, String)> {
    let said = bundle.report["cases"].as_array().into_iter().flatten();
    bundle.cases.iter().zip(said).filter_map(move |(kept, said)| {
        let span = kept.exchanges.first().zip(last(&kept.exchanges));
        let span = span.and_then(|(first, last)| last.duration_since(first.at).ok());
        let span = span.unwrap_or_default();
        let fits = |took: Duration| took + ROUNDED >= span && took <= run + ROUNDED;
        let wrong = !took(said).is_some_and(fits);
        let what = || "durationMs: it is not the time of its exchanges".to_owned();
        wrong.then(|| (Some(kept.id.as_str()), what()))
    })
}

fn took(said: &Value) -> Option<Duration> {
    // What is longer than a century is no run, and cannot be added to a moment.
    const LONGEST: u64 = 100 * 366 * 24 * 3_600_000;
    said["durationMs"].as_u64().filter(|ms| *ms < LONGEST).map(Duration::from_millis)
}

/// Returns when the last of some exchanges was over.
fn last(exchanges: &[SafeExchange]) -> Option<SystemTime> {
    exchanges.iter().map(ends).max()
}

fn ends(exchange: &SafeExchange) -> SystemTime {
    exchange.at.checked_add(exchange.took).unwrap_or(exchange.at)
}
