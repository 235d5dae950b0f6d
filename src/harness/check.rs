//! One expectation against one answer.

use std::collections::HashMap;

use serde_json::Value;

use super::attempt::{Exchange, Stop};
use super::client::{Answer, Body};
use super::compare::{Links, Matcher, Mismatch, Schemas, equal, problem};
use super::pointer;
use super::suite::{Check, HeaderCheck, Printed, ProblemCheck, SameAs, Statuses};
use super::variables::{Unbound, Variables};

/// What expectations are judged with.
pub(crate) struct Checker<'a> {
    pub(crate) schemas: &'a Schemas,
    pub(crate) links: &'a Links,
    pub(crate) variables: &'a Variables,
    pub(crate) earlier: &'a HashMap<&'a str, Exchange<'a>>,
}

type Checked = Result<Vec<Mismatch>, Stop>;

impl Checker<'_> {
    /// Every way in which the answer breaks the expectation.
    ///
    /// # Errors
    /// The suite is at fault, or a variable has no value.
    pub(crate) fn check(&self, check: &Check, exchange: &Exchange) -> Checked {
        let answer = &exchange.answer;
        match check {
            Check::Status(statuses) => Ok(status(statuses, answer)),
            Check::Printed(part) => self.printed(*part, exchange),
            Check::Media(media) => Ok(self::media(media, answer)),
            Check::Header(header) => self.header(header, answer),
            Check::Schema(name) => {
                let mut mismatches = Vec::new();
                match body(answer) {
                    Ok(Some(body)) => {
                        self.schemas.check(name, body, &mut mismatches).map_err(Stop::Fault)?;
                    }
                    Ok(None) => mismatches.push(Mismatch::new("", "the answer has no body")),
                    Err(mismatch) => mismatches.push(*mismatch),
                }
                Ok(mismatches)
            }
            Check::Body { at, matcher } => {
                let expected = self.variables.fill(matcher).map_err(blocked)?;
                self.compare(&expected, at, answer)
            }
            Check::Problem(problem) => Ok(self::problem_check(problem, answer)),
            Check::SameAs(same) => self.same_as(same, answer),
        }
    }

    fn printed(&self, part: Printed, exchange: &Exchange) -> Checked {
        let fault = |message: &str| Stop::Fault(message.to_owned());
        let example =
            exchange.example.ok_or_else(|| fault("`printed` needs a replayed example"))?;
        let response = example.response.as_ref();
        let response = response.ok_or_else(|| {
            Stop::Fault(format!("example {} prints no response", example.example))
        })?;
        match part {
            Printed::Status => Ok(status(&Statuses::exactly(response.status), &exchange.answer)),
            Printed::Headers => {
                let mut mismatches = Vec::new();
                for (name, value) in &response.headers {
                    if name.eq_ignore_ascii_case("content-type") {
                        mismatches.extend(media(value, &exchange.answer));
                    } else if exchange.answer.header(name) != Some(value) {
                        mismatches.push(differs(name, value, exchange.answer.header(name)));
                    }
                }
                Ok(mismatches)
            }
            Printed::Body => {
                let expected = example.response_body(self.variables).map_err(Stop::Blocked)?;
                let expected = expected.ok_or_else(|| fault("the example prints no body"))?;
                self.compare(&expected, "", &exchange.answer)
            }
        }
    }

    fn compare(&self, expected: &Value, at: &str, answer: &Answer) -> Checked {
        let body = match body(answer) {
            Ok(body) => body,
            Err(mismatch) => return Ok(vec![*mismatch]),
        };
        let actual = body.and_then(|body| pointer::get(body, at));
        let mut mismatches = Vec::new();
        Matcher { schemas: self.schemas, links: self.links }
            .compare(expected, actual, at, &mut mismatches)
            .map_err(Stop::Fault)?;
        Ok(mismatches)
    }

    fn header(&self, check: &HeaderCheck, answer: &Answer) -> Checked {
        let name = &check.name;
        let Some(value) = answer.header(name) else {
            return Ok(vec![Mismatch::new("", format!("the header {name} is missing"))]);
        };
        let mut mismatches = Vec::new();
        if let Some(link) = &check.link {
            let link = self.variables.fill_text(link).map_err(blocked)?;
            if !self.links.leads_to(value, &link) {
                mismatches.push(differs(name, &self.links.documented(&link), Some(value)));
            }
        }
        if let Some(part) = &check.contains {
            let part = self.variables.fill_text(part).map_err(blocked)?;
            if !value.to_lowercase().contains(&part.to_lowercase()) {
                mismatches.push(differs(name, &format!("…{part}…"), Some(value)));
            }
        }
        Ok(mismatches)
    }

    fn same_as(&self, same: &SameAs, answer: &Answer) -> Checked {
        let earlier = self.earlier.get(same.step.as_str()).ok_or_else(|| {
            Stop::Blocked(format!("step `{}`, to compare with, was not taken", same.step))
        })?;
        let part = |answer: &Answer| {
            let mut body = answer.body.json().cloned().unwrap_or(Value::Null);
            for pointer in &same.without {
                pointer::replace(&mut body, pointer, None);
            }
            pointer::get(&body, &same.at).cloned()
        };
        let mut mismatches = Vec::new();
        equal(part(&earlier.answer).as_ref(), part(answer).as_ref(), &same.at, &mut mismatches);
        Ok(mismatches)
    }
}

fn blocked(unbound: Unbound) -> Stop {
    Stop::Blocked(format!("an expectation cannot be judged: {}", unbound.sentence()))
}

fn status(wanted: &Statuses, answer: &Answer) -> Vec<Mismatch> {
    if wanted.accepts(answer.status) {
        return Vec::new();
    }
    let words = wanted.words();
    let message = format!("answered {}, expected {words}", answer.status);
    vec![Mismatch::between("", message, &words.into(), Some(&answer.status.to_string().into()))]
}

fn media(wanted: &str, answer: &Answer) -> Vec<Mismatch> {
    let found = answer.header("content-type");
    if found.is_some_and(|found| essence(found) == essence(wanted)) {
        return Vec::new();
    }
    vec![differs("Content-Type", wanted, found)]
}

/// The media type without its parameters.
fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or(media).trim().to_ascii_lowercase()
}

fn differs(header: &str, expected: &str, actual: Option<&str>) -> Mismatch {
    let message = match actual {
        Some(actual) => format!("the header {header} is `{actual}`, expected `{expected}`"),
        None => format!("the header {header} is missing, expected `{expected}`"),
    };
    Mismatch::between("", message, &expected.into(), actual.map(Value::from).as_ref())
}

/// The body as JSON, if there is one.
fn body(answer: &Answer) -> Result<Option<&Value>, Box<Mismatch>> {
    match &answer.body {
        Body::Empty => Ok(None),
        Body::Json(value) => Ok(Some(value)),
        Body::Other { reason, start } => Err(Box::new(Mismatch {
            actual: Some(start.as_str().into()),
            ..Mismatch::new("", format!("the body is not JSON: {reason}"))
        })),
    }
}

fn problem_check(check: &ProblemCheck, answer: &Answer) -> Vec<Mismatch> {
    let mut mismatches = match &check.status {
        Some(wanted) => status(wanted, answer),
        None => Vec::new(),
    };
    match body(answer) {
        Ok(body) => {
            problem(answer.status, body, &check.code.0, &check.parameter.0, &mut mismatches);
        }
        Err(mismatch) => mismatches.push(*mismatch),
    }
    mismatches
}
