//! Steps: what is sent, when, and what is kept of the answer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Contents;
use super::control::{Control, Shared};
use super::expectation::{Check, Expectation, Statuses, present};
use super::listen::Listen;
use super::unwrap::Unwrap;
use super::xml_style::{Members, XmlStyle};
use crate::harness::api::{Api, Draw, Format};

/// One exchange of a case, or one for each element of an earlier answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawStep")]
pub(crate) struct Step {
    pub(crate) name: String,
    /// Alternatives in order: the first that is answered 2xx wins, else the first.
    pub(crate) requests: Vec<StepRequest>,
    /// What a variable of theirs is in turn, until one is accepted.
    pub(crate) trying: Option<Trying>,
    /// True if the pages that follow belong to the answer, each one's items added to the first's.
    pub(crate) pages: bool,
    pub(crate) only_if: Option<Condition>,
    /// What the target is without, if it refuses the step.
    pub(crate) lacking: Option<Lacking>,
    pub(crate) for_each: Option<ForEach>,
    /// Identifiers that are drawn just before it, in the place of others of the same names.
    pub(crate) draw: BTreeMap<String, Draw>,
    /// What has to be accepted for the refusal of this to count.
    pub(crate) control: Option<Control>,
    /// Whether it is a control for other cases too.
    pub(crate) shared: Option<Shared>,
    /// How often the step is taken; `${index}` counts from 1.
    pub(crate) repeat: Option<u32>,
    /// How often the request goes out at one time; `${index}` counts from 1.
    pub(crate) simultaneous: Option<u32>,
    /// The part of the answer that is meant, whatever stands around it.
    pub(crate) read: Option<Unwrap>,
    pub(crate) expect: Vec<Expectation>,
    pub(crate) capture: BTreeMap<String, Capture>,
}

impl Step {
    /// Returns whether an expectation of the step lists this very status.
    pub(crate) fn lists(&self, status: u16) -> bool {
        self.expect.iter().any(|each| match &each.check {
            Check::Status(statuses) => statuses.list(status),
            _ => false,
        })
    }

    /// Returns the number of requests that the step sends at most to have one accepted, if it has so
    /// many alternatives.
    pub(crate) fn most(&self, alternatives: usize) -> usize {
        alternatives * self.trying.as_ref().map_or(1, |trying| trying.values.len())
    }
}

/// A variable that takes values in turn: the first with which a request is accepted is the one that
/// later steps see, or the first of all if none is. What a target knows of them is its own affair
/// (reading 245).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trying {
    pub(crate) variable: String,
    pub(crate) values: Vec<Value>,
}

/// A request: a documented one, or one of the suite's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawRequest")]
pub(crate) enum StepRequest {
    Replay(String),
    Own(Box<OwnRequest>),
    /// What is asked of the case's own listener, and of nobody else.
    Listen(Box<Listen>),
}

impl StepRequest {
    /// Returns the formats without which the request cannot be sent, or cannot be answered as it
    /// asks.
    pub(crate) fn formats(&self, suite: &Contents, api: &Api) -> Vec<Format> {
        let is = |name: &str, wanted: &[&str]| wanted.iter().any(|w| name.eq_ignore_ascii_case(w));
        match self {
            StepRequest::Replay(name) => {
                let example = suite.examples.get(name).and_then(|each| each.request.as_ref());
                let headers = example.into_iter().flat_map(|request| &request.headers);
                let typed = headers.filter(|(name, _)| is(name, &["content-type", "accept"]));
                typed.filter_map(|(_, value)| api.format_named(value)).collect()
            }
            StepRequest::Own(send) => {
                let has_body = send.body.is_some() || send.text.is_some();
                let typed = send.headers.keys().any(|name| is(name, &["content-type"]));
                let sent = (has_body && !typed).then(|| send.format.unwrap_or(Format::Json));
                sent.into_iter().chain(send.accept).collect()
            }
            StepRequest::Listen(_) => Vec::new(),
        }
    }
}

/// A request of the suite's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnRequest {
    pub(crate) method: String,
    /// Relative to the API's root, which the empty path is; with a leading `/` or a scheme, a link
    /// that the target gave.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// `null` leaves a header out that would be sent by default.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) body: Option<Value>,
    /// A body as it stands, which need not be of its format.
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// Where the body stands.
    #[serde(default, rename = "bodyIn")]
    pub(crate) body_in: BodyIn,
    /// The format of the body, and so its Content-Type.
    #[serde(default)]
    pub(crate) format: Option<Format>,
    /// The root element of a body in XML.
    #[serde(default)]
    pub(crate) root: Option<String>,
    /// Where the members of a body in XML stand.
    #[serde(default)]
    pub(crate) members: Option<Members>,
    /// The format that is asked for, by the Accept header.
    #[serde(default)]
    pub(crate) accept: Option<Format>,
    #[serde(default)]
    pub(crate) credentials: Credentials,
}

/// The root element of a body in XML that says none (reading 115).
const ROOT: &str = "customer";

/// A request whose document leaves open how it is written: in which format, with the members of a
/// body bare or wrapped, as attributes or as elements (readings 112, 115).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyFormat {
    method: String,
    path: String,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    body: Option<Value>,
}

/// The name of the parameter that a customer is (003 › create, reading 115).
const WRAPPER: &str = "object";

impl AnyFormat {
    /// Returns every way to write the request, the plainest first. Forms are asked of nobody: only
    /// some requests are answered in one.
    fn alternatives(&self) -> Vec<StepRequest> {
        let one = |format, accept, members, wrapper: Option<&str>| {
            let body = self.body.clone();
            OwnRequest {
                method: self.method.clone(),
                path: self.path.clone(),
                query: self.query.clone(),
                headers: BTreeMap::new(),
                body: body.map(|body| match wrapper {
                    Some(name) => Value::Object([(name.to_owned(), body)].into_iter().collect()),
                    None => body,
                }),
                text: None,
                body_in: BodyIn::Body,
                format,
                root: None,
                members,
                accept: Some(accept),
                credentials: Credentials::Own,
            }
        };
        let own = |request| StepRequest::Own(Box::new(request));
        if self.body.is_none() {
            return [Format::Json, Format::Xml]
                .map(|accept| own(one(None, accept, None, None)))
                .into();
        }
        let json = |wrapper| one(Some(Format::Json), Format::Json, None, wrapper);
        let xml = |members| one(Some(Format::Xml), Format::Xml, Some(members), None);
        let form =
            |body_in, accept| OwnRequest { body_in, ..one(Some(Format::Form), accept, None, None) };
        let all = [
            json(None),
            json(Some(ROOT)),
            json(Some(WRAPPER)),
            xml(Members::Both),
            xml(Members::Attributes),
            xml(Members::Elements),
            form(BodyIn::Body, Format::Json),
            form(BodyIn::Body, Format::Xml),
            form(BodyIn::Query, Format::Json),
            form(BodyIn::Query, Format::Xml),
        ];
        all.map(own).into()
    }
}

impl OwnRequest {
    /// Returns the style of its body if that is written in XML.
    pub(crate) fn shape(&self) -> XmlStyle<'_> {
        XmlStyle {
            root: self.root.as_deref().unwrap_or(ROOT),
            members: self.members.unwrap_or_default(),
        }
    }
}

/// The place of a body in its request: what a document calls query may be either (reading 113).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BodyIn {
    #[default]
    Body,
    /// The URL's query, of a body that is a form.
    Query,
}

/// The credentials that a request is let in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Credentials {
    /// The ones that the target has for it: the ledger's token, or the API's own credentials.
    #[default]
    #[serde(alias = "ledger")]
    Own,
    None,
    Invalid,
    OtherLedger,
}

/// What a target is without that refuses a step, which no requirement asks it to accept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lacking {
    /// In a word: the verdict says that it was judged without it.
    pub(crate) what: String,
    pub(crate) status: Statuses,
}

/// A condition on which a step is taken at all.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    #[serde(default)]
    pub(crate) step: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<Statuses>,
    #[serde(default)]
    pub(crate) captured: Option<String>,
    /// A variable that has no value.
    #[serde(default)]
    pub(crate) missing: Option<String>,
    /// Two variables whose texts are not the same, in whatever case of their letters.
    #[serde(default)]
    pub(crate) differ: Option<[String; 2]>,
}

impl Condition {
    /// Returns whether the step is taken if, and only if, the variable has no value.
    #[cfg(test)]
    pub(crate) fn fills(&self, name: &str) -> bool {
        self.step.is_none()
            && self.captured.is_none()
            && self.differ.is_none()
            && self.missing.as_deref() == Some(name)
    }
}

/// The elements or member values for which a step is repeated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForEach {
    pub(crate) step: String,
    #[serde(default)]
    pub(crate) at: String,
}

/// A part of an answer that is kept under a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capture {
    /// The array in which the element that satisfies `where` is sought.
    #[serde(default, rename = "in")]
    pub(crate) within: Option<String>,
    #[serde(default, rename = "where")]
    pub(crate) with: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default)]
    pub(crate) trim: bool,
    /// Kept only if it is a text: where a document lets a link or the resource itself stand, the
    /// link.
    #[serde(default)]
    pub(crate) text: bool,
    /// Of what stock the elements that satisfy `where` are.
    #[serde(default)]
    pub(crate) spends: Option<Spend>,
}

/// A stock of the suite's records, the elements of a list, of which a case uses some up: no API makes
/// more of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spend {
    /// In words that follow a number.
    pub(crate) what: String,
    /// How many the case uses up.
    pub(crate) count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawStep {
    name: String,
    #[serde(default)]
    replay: Option<String>,
    #[serde(default)]
    send: Option<Box<OwnRequest>>,
    #[serde(default)]
    either: Vec<StepRequest>,
    #[serde(default)]
    any_format: Option<AnyFormat>,
    #[serde(default)]
    listen: Option<Box<Listen>>,
    #[serde(default)]
    lacking: Option<Lacking>,
    #[serde(default)]
    trying: Option<Trying>,
    #[serde(default)]
    pages: bool,
    #[serde(default)]
    only_if: Option<Condition>,
    #[serde(default)]
    for_each: Option<ForEach>,
    #[serde(default)]
    draw: BTreeMap<String, Draw>,
    #[serde(default)]
    control: Option<Control>,
    #[serde(default)]
    shared: Option<Shared>,
    #[serde(default)]
    repeat: Option<u32>,
    #[serde(default)]
    simultaneous: Option<u32>,
    #[serde(default)]
    read: Option<Unwrap>,
    #[serde(default)]
    expect: Vec<Expectation>,
    #[serde(default)]
    capture: BTreeMap<String, Capture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    #[serde(default)]
    replay: Option<String>,
    #[serde(default)]
    send: Option<Box<OwnRequest>>,
}

impl TryFrom<RawRequest> for StepRequest {
    type Error = String;

    fn try_from(raw: RawRequest) -> Result<Self, String> {
        match (raw.replay, raw.send) {
            (Some(example), None) => Ok(StepRequest::Replay(example)),
            (None, Some(send)) => Ok(StepRequest::Own(send)),
            _ => Err("a request is one of `replay` and `send`".to_owned()),
        }
    }
}

impl TryFrom<RawStep> for Step {
    type Error = String;

    fn try_from(raw: RawStep) -> Result<Self, String> {
        let either = Some(raw.either).filter(|requests| !requests.is_empty());
        let ways = [
            raw.replay.map(|example| vec![StepRequest::Replay(example)]),
            raw.send.map(|send| vec![StepRequest::Own(send)]),
            raw.any_format.map(|any| any.alternatives()),
            raw.listen.map(|listen| vec![StepRequest::Listen(listen)]),
            either,
        ];
        let ways: Vec<_> = ways.into_iter().flatten().collect();
        let Ok([requests]) = <[_; 1]>::try_from(ways) else {
            return Err(format!(
                "step {} needs one of replay, send, anyFormat, listen, either",
                raw.name
            ));
        };
        if raw.repeat.is_some() && raw.for_each.is_some() {
            return Err(format!("step {} has one of repeat and forEach", raw.name));
        }
        if raw.shared.is_some() && !(raw.expect.is_empty() && raw.capture.is_empty()) {
            return Err(format!(
                "step {} is shared: other cases have neither its findings nor what it captures",
                raw.name
            ));
        }
        let in_turn =
            raw.repeat.is_some() || raw.for_each.is_some() || raw.pages || raw.trying.is_some();
        if raw.simultaneous.is_some() && (in_turn || requests.len() != 1) {
            return Err(format!("step {} sends one request simultaneously", raw.name));
        }
        Ok(Step {
            name: raw.name,
            requests,
            trying: raw.trying,
            pages: raw.pages,
            only_if: raw.only_if,
            lacking: raw.lacking,
            for_each: raw.for_each,
            draw: raw.draw,
            control: raw.control,
            shared: raw.shared,
            repeat: raw.repeat,
            simultaneous: raw.simultaneous,
            read: raw.read,
            expect: raw.expect,
            capture: raw.capture,
        })
    }
}
