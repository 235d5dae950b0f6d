//! Requests that are turned into others.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::values::Spoiled;
use crate::harness::subject::{Ledger, Site};
use crate::harness::suite::{Variables, pointer};
use crate::harness::wire::{Answer, Request, Room};

/// The request that is sent in place of the one that was asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turned {
    /// Another path below the root; `${name}` is a parameter of the operation.
    #[serde(default)]
    path: Option<String>,
    /// Another ledger, as whoever is let in there.
    #[serde(default)]
    ledger: Option<String>,
    /// Names of the query that are passed over.
    #[serde(default)]
    drop: Vec<String>,
    /// A text that is added to the query.
    #[serde(default)]
    query: Option<String>,
    /// Names of the query whose number is changed.
    #[serde(default)]
    shift: BTreeMap<String, i64>,
    /// A text of the query that is read as another.
    #[serde(default)]
    read: BTreeMap<String, String>,
    /// Headers that are passed over or read as others.
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    /// Members of the body that are passed over.
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    /// The fate of the values of the body.
    #[serde(default)]
    values: Spoiled,
    /// Lets everybody in.
    #[serde(default)]
    open: bool,
    /// Lets in who does not say who he is.
    #[serde(default)]
    anonymous: bool,
}

impl Turned {
    /// Returns the request that is sent; none, if a variable has no value here.
    pub(super) fn of(
        &self,
        request: &Request,
        site: Site,
        ledgers: &[Ledger],
        variables: &Variables,
    ) -> Option<Request> {
        let mut turned = request.clone();
        let (path, query) = match request.url.split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (request.url.clone(), String::new()),
        };
        let path = match &self.path {
            Some(path) => site.url(&variables.fill_text(path).ok()?),
            None => path,
        };
        let query = self.query_of(&query);
        turned.url = if query.is_empty() { path } else { format!("{path}?{query}") };
        if let (Some(no), Some(ledger)) = (&self.ledger, site.ledger) {
            let other = ledgers.iter().find(|ledger| ledger.no == *no)?;
            let there = Site { ledger: Some(other), ..site };
            let below = turned.url.strip_prefix(&site.url(""))?.trim_start_matches('/').to_owned();
            turned.url = there.url(&below);
            turned.credential = there.credential().filter(|_| ledger.no != *no);
        }
        if self.open || (self.anonymous && request.credential.is_none()) {
            turned.credential = site.credential();
        }
        for (name, value) in &self.headers {
            turned.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            turned.headers.extend(value.clone().map(|value| (name.clone(), value)));
        }
        let body = request.body.as_deref().unwrap_or_default();
        if let Ok(mut body) = serde_json::from_slice::<Value>(body) {
            for at in &self.remove {
                pointer::replace(&mut body, at, None);
            }
            for (at, value) in &self.set {
                pointer::replace(&mut body, at, Some(&variables.fill(value).ok()?));
            }
            self.values.spoil(&mut body);
            turned.body = Some(body.to_string().into_bytes());
        }
        Some(turned)
    }

    fn query_of(&self, query: &str) -> String {
        let mut query = query.to_owned();
        for (text, other) in &self.read {
            query = query.replace(text, other);
        }
        let mut pairs = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if self.drop.iter().any(|dropped| dropped == name) {
                continue;
            }
            match (self.shift.get(name), value.parse::<i64>()) {
                (Some(by), Ok(number)) => pairs.push(format!("{name}={}", number + by)),
                _ => pairs.push(pair.to_owned()),
            }
        }
        pairs.extend(self.query.clone());
        pairs.join("&")
    }
}

/// A further request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Also {
    method: String,
    path: String,
    #[serde(default)]
    body: Option<Value>,
}

impl Also {
    /// Returns the further request; none, if a variable has no value here.
    pub(super) fn of(
        &self,
        request: &Request,
        site: Site,
        variables: &Variables,
    ) -> Option<Request> {
        let body = self.body.as_ref().map(|body| variables.fill(body)).transpose().ok()?;
        let mut headers = request.headers.clone();
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !typed {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        Some(Request {
            method: self.method.clone(),
            url: site.url(&variables.fill_text(&self.path).ok()?),
            headers,
            credential: site.credential(),
            body: body.map(|body| body.to_string().into_bytes()),
            room: Room::Thing,
        })
    }
}

/// A list that is asked for as well, whose elements are taken for this one's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Join {
    path: String,
    /// Where both lists stand.
    at: String,
}

impl Join {
    /// Returns what is asked; none, if a variable has no value here.
    pub(super) fn request(
        &self,
        request: &Request,
        site: Site,
        variables: &Variables,
    ) -> Option<Request> {
        let url = site.url(&variables.fill_text(&self.path).ok()?);
        (url != request.url).then(|| Request { url, ..request.clone() })
    }

    /// Returns the first answer with the elements of the second.
    pub(super) fn joined(&self, answer: Answer, other: &Answer) -> Answer {
        let read = |answer: &Answer| serde_json::from_slice::<Value>(&answer.body).ok();
        let (Some(mut body), Some(mut more)) = (read(&answer), read(other)) else { return answer };
        match (body.pointer_mut(&self.at), more.pointer_mut(&self.at)) {
            (Some(Value::Array(items)), Some(Value::Array(more))) => items.append(more),
            _ => return answer,
        }
        Answer { body: body.to_string().into_bytes(), ..answer }
    }
}
