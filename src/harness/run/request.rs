//! From a step to the request that goes out: printed plus substitutions, or the suite's own.

use super::plan::Assignment;
use crate::harness::api::{Access, Format};
use crate::harness::subject::Credential;
use crate::harness::suite::{
    BodyIn, Credentials, Example, Listen, OwnRequest, StepRequest, Suite, Unbound, Variables,
};
use crate::harness::wire::{Request, Room};

/// The reasons why a step cannot be sent.
pub(crate) enum Unready {
    /// The suite is broken.
    Broken(String),
    /// A variable has no value, because an earlier step gave none.
    Unbound(String),
}

impl From<Unbound> for Unready {
    fn from(unbound: Unbound) -> Self {
        Unready::Unbound(unbound.sentence())
    }
}

/// All that a request is made of, beside the step.
pub(crate) struct Maker<'a, 'v> {
    pub(crate) suite: &'a Suite,
    pub(crate) assignment: Assignment<'a>,
    pub(crate) variables: &'v Variables,
}

impl<'a> Maker<'a, '_> {
    /// Returns the request, and the example that it replays.
    pub(crate) fn make(
        &self,
        request: &'a StepRequest,
    ) -> Result<(Request, Option<&'a Example>), Unready> {
        match request {
            StepRequest::Replay(name) => {
                let example = self.suite.examples.get(name);
                let example = example
                    .ok_or_else(|| Unready::Broken(format!("there is no example {name}")))?;
                Ok((self.replay(example)?, Some(example)))
            }
            StepRequest::Own(send) => Ok((self.send(send)?, None)),
            StepRequest::Listen(listen) => Ok((self.listen(listen)?, None)),
        }
    }

    fn replay(&self, example: &Example) -> Result<Request, Unready> {
        let fault = |message| Unready::Broken(format!("example {}: {message}", example.example));
        let Some(printed) = &example.request else {
            return Err(fault("it has no request to replay".to_owned()));
        };
        let site = self.assignment.site;
        let path = example.path(printed, self.variables).map_err(Unready::Unbound)?;
        let root = site.documented_root();
        let below =
            path.strip_prefix(&root).filter(|path| path.is_empty() || path.starts_with('/'));
        let Some(path) = below.map(|path| path.strip_prefix('/').unwrap_or(path)) else {
            return Err(fault(format!("its path {path} does not begin with {root}")));
        };
        let body = example.request_body(self.variables).map_err(Unready::Unbound)?;
        // Host comes from the base (reading 15), Authorization from the target (reading 13).
        let headers = printed.headers.iter().filter(|(name, _)| {
            !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("authorization")
        });
        let headers = headers.map(|(name, value)| {
            let typed =
                ["content-type", "accept"].iter().any(|typed| name.eq_ignore_ascii_case(typed));
            let value = if typed { site.mounted.media_for(value) } else { value };
            (name.clone(), value.to_owned())
        });
        let is_type = |(name, _): &(&String, _)| name.eq_ignore_ascii_case("content-type");
        let typed = printed.headers.iter().find(is_type);
        let format = typed.and_then(|(_, media)| site.mounted.api.format_named(media));
        let body = body.map(|body| self.of_account(&printed.method, format, body));
        Ok(Request {
            method: printed.method.clone(),
            url: self.url(path, printed.query.as_deref()),
            headers: headers.collect(),
            credential: site.credential(),
            body: body.map(String::into_bytes),
            room: Room::Thing,
        })
    }

    pub(crate) fn send(&self, send: &OwnRequest) -> Result<Request, Unready> {
        let path = self.variables.fill_text(&send.path)?;
        // A value that stands as it is would say something else: a `+` of an offset is a blank.
        let fill = |query| self.variables.fill_escaped(query, &|value| Format::Form.escape(value));
        let query = send.query.as_deref().map(fill).transpose()?;
        let format = send.format.unwrap_or(Format::Json);
        let body = match (&send.body, &send.text) {
            (Some(body), _) => {
                let body = format.write(&self.variables.fill(body)?, send.shape());
                Some(body.map_err(Unready::Broken)?)
            }
            (None, Some(text)) => Some(self.variables.fill_text(text)?),
            (None, None) => None,
        };
        let body = body.map(|body| self.of_account(&send.method, Some(format), body));
        let (query, body) = match send.body_in {
            BodyIn::Body => (query, body),
            BodyIn::Query => {
                (query.into_iter().chain(body).reduce(|a, b| format!("{a}&{b}")), None)
            }
        };
        let mounted = self.assignment.site.mounted;
        let typed = (mounted.api.always_typed || body.is_some()).then_some(format);
        let mut headers = Vec::new();
        for (name, format) in [("Content-Type", typed), ("Accept", send.accept)] {
            let own = send.headers.keys().any(|own| own.eq_ignore_ascii_case(name));
            let media = format.filter(|_| !own).and_then(|format| mounted.media.of(format));
            headers.extend(media.map(|media| (name.to_owned(), media.to_owned())));
        }
        for (name, value) in &send.headers {
            if let Some(value) = value {
                headers.push((name.clone(), self.variables.fill_text(value)?));
            }
        }
        Ok(Request {
            method: send.method.clone(),
            url: self.url(&path, query.as_deref()),
            headers,
            credential: self.credential(send.credentials)?,
            body: body.map(String::into_bytes),
            room: Room::Thing,
        })
    }

    /// Returns what is asked of the listener, in the place of a request.
    fn listen(&self, listen: &Listen) -> Result<Request, Unready> {
        let broken = |fault: serde_json::Error| Unready::Broken(fault.to_string());
        let written = serde_json::to_value(listen).map_err(broken)?;
        let mut filled: Listen =
            serde_json::from_value(self.variables.fill_texts(&written)?).map_err(broken)?;
        filled.asks = filled.asks.map(|path| self.url(&path, None));
        let body = serde_json::to_vec(&filled).map_err(broken)?;
        Ok(Request {
            method: Listen::METHOD.to_owned(),
            url: filled.at,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            credential: filled.asks.and_then(|_| self.assignment.site.credential()),
            body: Some(body),
            room: Room::Thing,
        })
    }

    /// Returns the body of what is created, with the account that the target wants it to name.
    fn of_account(&self, method: &str, format: Option<Format>, body: String) -> String {
        match (&self.assignment.site.mounted.account, format) {
            (Some((member, account)), Some(format)) if method == "PUT" => {
                format.with_member(body, member, account)
            }
            _ => body,
        }
    }

    fn credential(&self, credentials: Credentials) -> Result<Option<Credential>, Unready> {
        let site = self.assignment.site;
        match credentials {
            Credentials::Own => Ok(site.credential()),
            Credentials::None => Ok(None),
            Credentials::Invalid => Ok(Some(match site.mounted.api.access {
                Access::LedgerToken | Access::Bearer => Credential::wrong_token(),
                Access::Basic => Credential::wrong_user(),
            })),
            Credentials::OtherLedger => match self.assignment.other {
                Some(other) => Ok(Some(Credential::Bearer(other.token.clone()))),
                None => Err(Unready::Broken(
                    "a step uses another ledger's token, and its case does not ask for one"
                        .to_owned(),
                )),
            },
        }
    }

    fn url(&self, path: &str, query: Option<&str>) -> String {
        let url = match query {
            None => path.to_owned(),
            Some(query) if path.contains('?') => format!("{path}&{query}"),
            Some(query) => format!("{path}?{query}"),
        };
        self.assignment.site.url(&url)
    }
}
