//! A rule: of which requests, how often, and what becomes of the answer.

use std::fmt;

use http::{Method, StatusCode};

use super::written::{When, Written};
use super::{Delay, Target};
use crate::api::Api;
use crate::api::error::ErrorStatus;
use crate::api::message::Request;
use crate::api::metrics::Place;
use crate::input::suggest::did_you_mean;
use crate::model::violation::Violation;

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(super) written: Written,
    /// How many requests it hits; without it all.
    pub(super) count: Option<u64>,
    /// The share of requests that it hits; without it all.
    pub(super) probability: Option<f64>,
    pub(super) delay: Option<Delay>,
    pub(super) act: Option<Act>,
    /// Where the requests are counted that it is of; none where they are of any operation.
    places: Option<Vec<Place>>,
}

/// What becomes of an answer, but for its delay.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// This status, and after how many seconds the client is to try again.
    Status(ErrorStatus, When, Option<u64>),
    Drop(When),
    Cut,
    Stale,
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status, when, _) => write!(f, "status {} {when}", status.code().as_str()),
            Self::Drop(when) => write!(f, "drop {when}"),
            Self::Cut => f.write_str("cut"),
            Self::Stale => f.write_str("stale"),
        }
    }
}

impl Rule {
    /// Returns the rule that holds back every answer.
    pub fn latency(delay: Delay) -> Self {
        let written = Written { delay: Some(delay.to_string()), ..Written::default() };
        Self { delay: Some(delay), ..Self::of(written) }
    }

    /// Reads `2%:503`: the share of requests that are answered by a status, and are not fulfilled.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn failing(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is no share and status such as 2%:503");
        let (share, status) = text.split_once("%:").ok_or_else(wrong)?;
        let is_plain = share.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let share: f64 = share.parse().ok().filter(|_| is_plain).ok_or_else(wrong)?;
        let status: u16 = status.parse().map_err(|_| wrong())?;
        let error =
            error_status(status).ok_or_else(|| format!("{status} is no status of an error"))?;
        if !(0.0..=100.0).contains(&share) {
            return Err(format!("{share}% is no share"));
        }
        let probability = Some(share / 100.0);
        let written = Written { probability, status: Some(status), ..Written::default() };
        Ok(Self { act: Some(Act::Status(error, When::Before, None)), ..Self::of(written) })
    }

    fn of(written: Written) -> Self {
        let Written { count, probability, .. } = written;
        Self { written, count, probability, delay: None, act: None, places: None }
    }

    /// Returns a rule that somebody wrote down, if what it names is there and it does something.
    ///
    /// # Errors
    /// The members that are wrong.
    pub(super) fn read(written: Written, api: &Api) -> Result<Self, Vec<Violation>> {
        let mut found = Vec::new();
        let known: Vec<&str> = api.identifiers().collect();
        for name in written.identifiers.keys().filter(|name| !known.contains(&name.as_str())) {
            let meant = did_you_mean(name, known.iter().copied());
            let wrong = format!("No path has {name}{meant}; there are {}.", known.join(", "));
            found.push(Violation::new(format!("identifiers.{name}"), wrong));
        }
        let places = places(&written, api, &mut found);
        let delay = written.delay.as_deref().map(str::parse).transpose();
        let delay = delay.unwrap_or_else(|wrong| {
            found.push(Violation::new("delay", format!("{wrong}.")));
            None
        });
        let act = act(&written, &mut found);
        if found.is_empty() && delay.is_none() && act.is_none() {
            let nothing = "A behaviour does something: delay, status, drop, cut or stale.";
            found.push(Violation::body(nothing));
        }
        match found.is_empty() {
            true => Ok(Self { delay, act, places, ..Self::of(written) }),
            false => Err(found),
        }
    }

    /// Returns whether a request is one of those that it is of.
    pub(super) fn is_of(&self, request: &Request, target: &Target) -> bool {
        let is_read = request.method == Method::GET || request.method == Method::HEAD;
        let is_method = |method: &String| method.eq_ignore_ascii_case(request.method.as_str());
        let has = |(name, value): (&String, &String)| {
            target.identifiers.iter().any(|(known, found)| known == name && found == value)
        };
        self.written.method.as_ref().is_none_or(is_method)
            && self.places.as_ref().is_none_or(|places| places.contains(&target.place))
            && self.written.identifiers.iter().all(has)
            && (is_read || !self.written.stale)
    }

    /// Returns whether it hits no more once it has hit so often.
    pub(super) fn is_spent(&self, hits: u64) -> bool {
        self.count.is_some_and(|count| hits >= count)
    }

    /// Returns whether its reads are stale.
    pub(super) fn is_stale(&self) -> bool {
        self.written.stale
    }
}

fn error_status(status: u16) -> Option<ErrorStatus> {
    StatusCode::from_u16(status).ok().and_then(ErrorStatus::of)
}

/// An operation: its place, its API's name and its own.
type Operation<'a> = (Place, &'a str, &'a str);

/// Returns the places that API and operation of a rule name.
fn places(written: &Written, api: &Api, found: &mut Vec<Violation>) -> Option<Vec<Place>> {
    let all = api.metrics.documented();
    if let Some(name) = &written.api
        && !all.clone().any(|(_, api, _)| api == name)
    {
        let mut names: Vec<_> = all.map(|(_, api, _)| api).collect();
        names.dedup();
        let meant = did_you_mean(name, names.iter().copied());
        let wrong = format!("There is no API {name}{meant}; there are {}.", names.join(", "));
        found.push(Violation::new("api", wrong));
        return None;
    }
    let of_api = all.filter(|(_, api, _)| written.api.as_ref().is_none_or(|name| name == api));
    let is_meant = |operation: &str| written.operation.as_ref().is_none_or(|it| it == operation);
    let named: Vec<_> = of_api.clone().filter(|(.., it)| is_meant(it)).collect();
    if let Some(name) = written.operation.as_ref().filter(|_| named.is_empty()) {
        let meant = did_you_mean(name, of_api.map(|(.., operation)| operation));
        let wrong = format!(
            "There is no operation {name}{meant}; one is such as GET /customers/{{customerNo}}."
        );
        found.push(Violation::new("operation", wrong));
    } else if found.is_empty() {
        found.extend(unreachable(written, api, &named));
    }
    let is_of_all = written.api.is_none() && written.operation.is_none();
    (!is_of_all).then(|| named.into_iter().map(|(place, ..)| place).collect())
}

/// Returns why no request to these operations is one that a rule is of. It would hit nothing, and the
/// client pass every test.
fn unreachable(written: &Written, api: &Api, named: &[Operation]) -> Option<Violation> {
    let is_get = |(.., operation): &Operation| operation.starts_with("GET ");
    let has_method = |of: &Operation, method: &str| {
        let own = of.2.split(' ').next().unwrap_or_default();
        own.eq_ignore_ascii_case(method) || is_get(of) && method.eq_ignore_ascii_case("HEAD")
    };
    let identifies = |(_, of, operation): &Operation| {
        written.identifiers.keys().all(|name| {
            let variable = format!("{{{name}}}");
            operation.contains(&variable) || api.scope(of).contains(&variable)
        })
    };
    let mut left = named.to_vec();
    if let Some(method) = &written.method {
        left.retain(|of| has_method(of, method));
        if left.is_empty() {
            let wrong = format!("No operation that is meant has the method {method}.");
            return Some(Violation::new("method", wrong));
        }
    }
    left.retain(identifies);
    if left.is_empty() {
        let names: Vec<&str> = written.identifiers.keys().map(String::as_str).collect();
        let wrong = format!("No path that is meant has {}.", names.join(" and "));
        return Some(Violation::new("identifiers", wrong));
    }
    let wrong = "stale is of what is read: GET or HEAD must be meant.";
    (written.stale && !left.iter().any(is_get)).then(|| Violation::new("stale", wrong))
}

/// Returns what a rule makes of answers.
fn act(written: &Written, found: &mut Vec<Violation>) -> Option<Act> {
    let when = written.when.unwrap_or(When::Before);
    let mut acts = Vec::new();
    let status = written.status.and_then(error_status);
    acts.extend(status.map(|status| Act::Status(status, when, written.retry_after)));
    acts.extend(written.drop.then_some(Act::Drop(when)));
    acts.extend(written.cut.then_some(Act::Cut));
    acts.extend(written.stale.then_some(Act::Stale));
    if acts.len() > 1 {
        let wrong =
            "An answer is altered in one way: status, drop, cut or stale; delay goes with each.";
        found.push(Violation::body(wrong));
    }
    if written.when.is_some() && !matches!(acts.first(), Some(Act::Status(..) | Act::Drop(_))) {
        found.push(Violation::new("when", "when goes with status or drop."));
    }
    if written.retry_after.is_some() && status.is_none() {
        found.push(Violation::new("retryAfter", "retryAfter goes with status."));
    }
    acts.first().copied()
}
