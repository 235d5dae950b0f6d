//! One expectation against one answer.

use std::collections::HashMap;

use serde_json::Value;

use super::equal::equal;
use super::excerpt::excerpt;
use super::kind::Kind;
use super::matching::Comparison;
use super::mismatch::Mismatch;
use super::problem::problem;
use super::relation::limit;
use super::schema::CompiledSchemas;
use super::taken::Taken;
use crate::harness::api::{Format, essence};
use crate::harness::subject::{Links, Mounted};
use crate::harness::suite::{
    Check, HeaderCheck, Matcher, Printed, ProblemCheck, Relation, SameAs, Statuses, Unbound,
    Unwrap, Variables, pointer,
};
use crate::harness::wire::{Answer, Body};

/// Why an expectation cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unjudged {
    /// The suite is broken.
    Broken(String),
    /// A variable has no value, or a step to compare with was not taken.
    Blocked(String),
}

/// All that expectations are judged with.
pub(crate) struct Checker<'a> {
    pub(crate) schemas: &'a CompiledSchemas,
    pub(crate) mounted: &'a Mounted,
    pub(crate) links: &'a Links,
    /// The part of the printed body that is meant, as of the answer's.
    pub(crate) unwrap: Option<&'a Unwrap>,
    pub(crate) variables: &'a Variables,
    pub(crate) earlier: &'a HashMap<&'a str, Taken<'a>>,
}

type Checked = Result<Vec<Mismatch>, Unjudged>;

impl Checker<'_> {
    /// Returns every way in which the answer breaks the expectation.
    ///
    /// # Errors
    /// The suite is at fault, or a variable has no value.
    pub(crate) fn check(&self, check: &Check, exchange: &Taken) -> Checked {
        let answer = &exchange.answer;
        match check {
            Check::Status(statuses) => Ok(status(statuses, answer)),
            Check::Printed(part) => self.printed(*part, exchange),
            Check::Media(media) => Ok(self::media(self.mounted.media_for(media), answer)),
            Check::Format(format) => Ok(self.format(*format, answer)),
            Check::Header(header) => self.header(header, answer),
            Check::Schema(name) => {
                let mut mismatches = Vec::new();
                match self.body(exchange) {
                    Ok(Some(body)) => {
                        self.schemas
                            .check(name, body, &mut mismatches)
                            .map_err(Unjudged::Broken)?;
                    }
                    Ok(None) => mismatches.push(bodiless()),
                    Err(mismatch) => mismatches.push(*mismatch),
                }
                Ok(mismatches)
            }
            Check::Body { at, matcher } => {
                let expected = matcher.fill(self.variables).map_err(blocked)?;
                self.compare(&expected, at, exchange)
            }
            Check::Problem(problem) => Ok(self.problem(problem, exchange)),
            Check::SameAs(same) => self.same_as(same, exchange),
            Check::Relation(relation) => self.relation(relation, exchange),
        }
    }

    fn printed(&self, part: Printed, exchange: &Taken) -> Checked {
        let fault = |message: &str| Unjudged::Broken(message.to_owned());
        let example =
            exchange.example.ok_or_else(|| fault("`printed` needs a replayed example"))?;
        let response = example.response.as_ref();
        let response = response.ok_or_else(|| {
            Unjudged::Broken(format!("example {} prints no response", example.example))
        })?;
        match part {
            Printed::Status => Ok(status(&Statuses::exactly(response.status), &exchange.answer)),
            Printed::Headers => {
                let mut mismatches = Vec::new();
                for (name, value) in &response.headers {
                    if name.eq_ignore_ascii_case("content-type") {
                        mismatches.extend(media(self.mounted.media_for(value), &exchange.answer));
                    } else if exchange.answer.header(name) != Some(value) {
                        mismatches.push(differs(name, value, exchange.answer.header(name)));
                    }
                }
                Ok(mismatches)
            }
            Printed::Body => {
                let expected = example.response_body(self.variables, self.unwrap);
                let expected = expected.map_err(Unjudged::Blocked)?;
                let expected = expected.ok_or_else(|| fault("the example prints no body"))?;
                self.compare(&expected, "", exchange)
            }
        }
    }

    /// Checks that the body is of this format; that the target calls it so is only recommended,
    /// since no document names the types (reading 112).
    fn format(&self, format: Format, answer: &Answer) -> Vec<Mismatch> {
        let mut mismatches = match &Body::read(format, &answer.body) {
            Body::Read(_) => Vec::new(),
            Body::Empty | Body::Unread => vec![bodiless()],
            Body::Unreadable { format, reason, start } => vec![unreadable(*format, reason, start)],
        };
        let wanted = self.mounted.media.of(format).unwrap_or_default();
        mismatches.extend(media(wanted, answer).into_iter().map(Mismatch::advisory));
        mismatches
    }

    fn compare(&self, expected: &Matcher, at: &str, exchange: &Taken) -> Checked {
        let body = match self.body(exchange) {
            Ok(body) => body,
            Err(mismatch) => return Ok(vec![*mismatch]),
        };
        let actual = body.and_then(|body| pointer::get(body, at));
        let mut mismatches = Vec::new();
        Comparison { schemas: self.schemas, links: self.links }
            .compare(expected, actual, at, &mut mismatches)
            .map_err(Unjudged::Broken)?;
        Ok(mismatches)
    }

    fn header(&self, check: &HeaderCheck, answer: &Answer) -> Checked {
        let name = &check.name;
        let Some(value) = answer.combined(name) else {
            let message = format!("the header {name} is missing");
            let kind = Kind::Header(format!("{} missing", name.to_lowercase()));
            return Ok(vec![Mismatch::new("", message).of(kind)]);
        };
        let mut mismatches = Vec::new();
        if let Some(link) = &check.link {
            let link = self.variables.fill_text(link).map_err(blocked)?;
            if !self.links.leads_to(&value, &link) {
                mismatches.push(differs(name, &self.links.documented(&link), Some(&value)));
            }
        }
        if let Some(part) = &check.contains {
            let part = self.variables.fill_text(part).map_err(blocked)?;
            if !value.to_lowercase().contains(&part.to_lowercase()) {
                let message = format!(
                    "the header {name} is `{}`, which does not name `{part}`",
                    excerpt(&value, LONGEST_LINK)
                );
                let kind = Kind::Header(name.to_lowercase());
                mismatches.push(Mismatch::new("", message).of(kind));
            }
        }
        Ok(mismatches)
    }

    fn same_as(&self, same: &SameAs, exchange: &Taken) -> Checked {
        let part = |body: &Value, at: &str| {
            let mut body = body.clone();
            for pointer in &same.without {
                pointer::replace(&mut body, pointer, None);
            }
            pointer::get(&body, at).map(|part| limit(part, &same.members))
        };
        let before = part(self.taken(&same.step)?, same.from.as_ref().unwrap_or(&same.at));
        let now = part(read(exchange), &same.at);
        let mut mismatches = Vec::new();
        equal(before.as_ref(), now.as_ref(), &same.at, &mut mismatches);
        Ok(mismatches)
    }

    fn relation(&self, relation: &Relation, exchange: &Taken) -> Checked {
        let earlier: Result<Vec<_>, _> =
            relation.steps.iter().map(|step| self.taken(step)).collect();
        let mut relation = relation.clone();
        for value in relation.chosen.values_mut() {
            *value = self.variables.fill(value).map_err(blocked)?;
        }
        Ok(relation.compare(read(exchange), &earlier?))
    }

    /// Returns what an earlier step was answered.
    fn taken(&self, step: &str) -> Result<&Value, Unjudged> {
        let taken = self.earlier.get(step).map(read);
        taken.ok_or_else(|| {
            Unjudged::Blocked(format!("step `{step}`, to compare with, was not taken"))
        })
    }
}

/// Returns the body as it was read; null, if it holds no value.
fn read<'e>(exchange: &'e Taken) -> &'e Value {
    exchange.body.value().unwrap_or(&Value::Null)
}

fn blocked(unbound: Unbound) -> Unjudged {
    Unjudged::Blocked(format!("an expectation cannot be judged: {}", unbound.sentence()))
}

fn status(wanted: &Statuses, answer: &Answer) -> Vec<Mismatch> {
    if wanted.accepts(answer.status) {
        return Vec::new();
    }
    let words = wanted.instead_of(answer.status);
    let leads = answer.header("location").filter(|_| answer.status / 100 == 3);
    let leads = leads.map(|to| format!(", which leads to {}", excerpt(to, LONGEST_LINK)));
    let leads = leads.unwrap_or_default();
    let message = format!("answered {}{leads}, expected {words}", answer.status);
    let actual = answer.status.to_string().into();
    vec![Mismatch::between("", message, &words.into(), Some(&actual)).of(Kind::Status)]
}

/// So much is shown of a link, in characters.
const LONGEST_LINK: usize = 200;

fn bodiless() -> Mismatch {
    Mismatch::new("", "the answer has no body").of(Kind::Format)
}

fn media(wanted: &str, answer: &Answer) -> Vec<Mismatch> {
    let found = answer.header("content-type");
    if found.is_some_and(|found| essence(found) == essence(wanted)) {
        return Vec::new();
    }
    vec![differs("Content-Type", wanted, found)]
}

fn differs(header: &str, expected: &str, actual: Option<&str>) -> Mismatch {
    let message = match actual {
        Some(actual) => format!("the header {header} is `{actual}`, expected `{expected}`"),
        None => format!("the header {header} is missing, expected `{expected}`"),
    };
    let name = header.to_lowercase();
    let kind = match actual {
        None => format!("{name} missing"),
        Some(actual) if name == "content-type" => format!("{name} {}", essence(actual)),
        Some(_) => name,
    };
    let mismatch =
        Mismatch::between("", message, &expected.into(), actual.map(Value::from).as_ref());
    mismatch.of(Kind::Header(kind))
}

fn unreadable(format: Format, reason: &str, start: &Value) -> Mismatch {
    // What begins as a page is told by its beginning better than by where a reader stumbled.
    let begins = start.as_str().filter(|start| start.trim_start().starts_with('<'));
    let reason = match begins.filter(|_| format != Format::Xml) {
        Some(start) => format!("it begins with `{}`", excerpt(start, LONGEST_START)),
        None => reason.to_owned(),
    };
    let format = if format == Format::Form { "a form" } else { &format.to_string() };
    let message = format!("the body is not {format}: {reason}");
    Mismatch { actual: Some(start.clone()), ..Mismatch::new("", message).of(Kind::Format) }
}

/// So much is shown of a body that is of another format, in characters.
const LONGEST_START: usize = 40;

impl Checker<'_> {
    /// Returns the body as it was read, if there is one.
    fn body<'e>(&self, exchange: &'e Taken) -> Result<Option<&'e Value>, Box<Mismatch>> {
        match &exchange.body {
            Body::Empty | Body::Unread => Ok(None),
            Body::Read(value) => Ok(Some(value)),
            Body::Unreadable { format, reason, start } => {
                let format = self.asked(*format, exchange);
                Err(Box::new(unreadable(format, reason, start)))
            }
        }
    }

    /// Returns the format that a body which cannot be read is told not to be of: the one in which it
    /// is said to have come, or else the one that was asked for.
    fn asked(&self, read: Format, exchange: &Taken) -> Format {
        let media = &self.mounted.media;
        let said = exchange.answer.header("content-type").and_then(|said| media.named(said));
        let accept = exchange.request.header("accept").and_then(|accept| media.named(accept));
        let default = self.mounted.api.formats.first().map(|(format, _)| *format);
        said.or(accept).or(default).unwrap_or(read)
    }

    fn problem(&self, check: &ProblemCheck, exchange: &Taken) -> Vec<Mismatch> {
        let as_good = |statuses: &Statuses| statuses.accepts(exchange.answer.status);
        if check.otherwise.as_ref().is_some_and(as_good) {
            return Vec::new();
        }
        let mut mismatches = match &check.status {
            Some(wanted) => status(wanted, &exchange.answer),
            None => Vec::new(),
        };
        match self.body(exchange) {
            Ok(body) => {
                problem(
                    exchange.answer.status,
                    body,
                    &check.code.0,
                    &check.parameter.0,
                    &mut mismatches,
                );
            }
            Err(mismatch) => mismatches.push(*mismatch),
        }
        mismatches
    }
}
