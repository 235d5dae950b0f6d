//! From a step to the request that goes out: printed plus substitutions, or the suite's own.

use super::client::Request;
use super::plan::Assignment;
use super::suite::{Credentials, Example, Send, StepRequest, Suite};
use super::target::{Ledger, Mounted, Secret};
use super::variables::{Unbound, Variables};

/// Why a step cannot be sent.
pub(crate) enum Unready {
    /// The suite is at fault.
    Fault(String),
    /// A variable has no value, because an earlier step gave none.
    Unbound(String),
}

impl From<Unbound> for Unready {
    fn from(unbound: Unbound) -> Self {
        Unready::Unbound(unbound.sentence())
    }
}

/// What a request is made of, beside the step.
pub(crate) struct Maker<'a, 'v> {
    pub(crate) suite: &'a Suite,
    pub(crate) mounted: &'a Mounted,
    pub(crate) assignment: Assignment<'a>,
    pub(crate) variables: &'v Variables,
}

/// A token that is no ledger's.
const INVALID: &str = "etalon-this-token-is-no-ledgers";

impl<'a> Maker<'a, '_> {
    /// The request, and the example that it replays.
    pub(crate) fn make(
        &self,
        request: &'a StepRequest,
    ) -> Result<(Request, Option<&'a Example>), Unready> {
        match request {
            StepRequest::Replay(name) => {
                let example = self.suite.examples.get(name);
                let example =
                    example.ok_or_else(|| Unready::Fault(format!("there is no example {name}")))?;
                Ok((self.replay(example)?, Some(example)))
            }
            StepRequest::Send(send) => Ok((self.send(send)?, None)),
        }
    }

    fn replay(&self, example: &Example) -> Result<Request, Unready> {
        let fault = |message| Unready::Fault(format!("example {}: {message}", example.example));
        let Some(printed) = &example.request else {
            return Err(fault("it has no request to replay".to_owned()));
        };
        let path = example.path(printed, self.variables).map_err(Unready::Unbound)?;
        let root = format!("{}/", self.mounted.documented_root(&self.ledger().no));
        let Some(path) = path.strip_prefix(&root) else {
            return Err(fault(format!("its path {path} does not begin with {root}")));
        };
        let body = example.request_body(self.variables).map_err(Unready::Unbound)?;
        // Host comes from the base (reading 15), Authorization from the ledger (reading 13).
        let headers = printed.headers.iter().filter(|(name, _)| {
            !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("authorization")
        });
        Ok(Request {
            method: printed.method.clone(),
            url: self.url(path, printed.query.as_deref()),
            headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
            token: Some(self.ledger().token.clone()),
            body: body.map(|body| body.to_string().into_bytes()),
        })
    }

    fn send(&self, send: &Send) -> Result<Request, Unready> {
        let path = self.variables.fill_text(&send.path)?;
        let query = send.query.as_ref().map(|query| self.variables.fill_text(query)).transpose()?;
        let mut headers = Vec::new();
        // Every documented request says so, also those without a body (reading 14).
        if !send.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in &send.headers {
            if let Some(value) = value {
                headers.push((name.clone(), self.variables.fill_text(value)?));
            }
        }
        let body = match (&send.body, &send.text) {
            (Some(body), _) => Some(self.variables.fill(body)?.to_string()),
            (None, Some(text)) => Some(self.variables.fill_text(text)?),
            (None, None) => None,
        };
        Ok(Request {
            method: send.method.clone(),
            url: self.url(&path, query.as_deref()),
            headers,
            token: self.token(send.credentials)?,
            body: body.map(String::into_bytes),
        })
    }

    fn token(&self, credentials: Credentials) -> Result<Option<Secret>, Unready> {
        match credentials {
            Credentials::Ledger => Ok(Some(self.ledger().token.clone())),
            Credentials::None => Ok(None),
            Credentials::Invalid => Ok(Some(Secret::new(INVALID))),
            Credentials::OtherLedger => match self.assignment.other {
                Some(other) => Ok(Some(other.token.clone())),
                None => Err(Unready::Fault(
                    "a step uses another ledger's token, and its case does not ask for one"
                        .to_owned(),
                )),
            },
        }
    }

    fn ledger(&self) -> &'a Ledger {
        self.assignment.ledger
    }

    fn url(&self, path: &str, query: Option<&str>) -> String {
        let url = match query {
            None => path.to_owned(),
            Some(query) if path.contains('?') => format!("{path}&{query}"),
            Some(query) => format!("{path}?{query}"),
        };
        self.mounted.url(&self.ledger().no, &url)
    }
}
