//! A fault that stands before a target.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{Behaviour, Does, mentions};
use crate::harness::subject::{Site, Target};
use crate::harness::suite::{Asked, Variables};
use crate::harness::wire::{Answer, Connection, NoAnswer, Purpose, Request, Transport};

/// A target that behaves as a fault says.
pub(crate) struct FaultyServer<'t> {
    pub(crate) through: &'t dyn Transport,
    pub(crate) target: &'t Target,
    pub(crate) behaviour: &'t Behaviour,
    /// Answers that are given again.
    kept: RefCell<HashMap<String, Answer>>,
    acted: Cell<bool>,
    /// Whether what is asked now is asked at one time with something else.
    at_once: Cell<bool>,
}

impl<'t> FaultyServer<'t> {
    pub(crate) fn new(
        through: &'t dyn Transport,
        target: &'t Target,
        behaviour: &'t Behaviour,
    ) -> Self {
        FaultyServer {
            through,
            target,
            behaviour,
            kept: RefCell::default(),
            acted: Cell::new(false),
            at_once: Cell::new(false),
        }
    }

    /// Returns whether the server ever did otherwise than the target.
    pub(crate) fn acted(&self) -> bool {
        self.acted.get()
    }

    /// Returns where a request goes, and what of it is below the root; only within the fault's own
    /// API.
    fn site<'u>(&self, request: &'u Request) -> Option<(Site<'t>, &'u str)> {
        let api = self.behaviour.id.split('/').next().unwrap_or_default();
        let mut sites = self.target.sites().filter(|site| site.mounted.api.name == api);
        match request.is_to_listener() {
            // What is heard is of no path.
            true => sites.next().map(|site| (site, "")),
            false => sites.find_map(|site| Some((site, site.below(&request.url)?))),
        }
    }

    /// Returns the parameters of the operation that is asked for, if it is one of the fault's.
    fn parameters(&self, asked: &Asked) -> Option<Vec<(String, String)>> {
        let Behaviour { on, .. } = self.behaviour;
        if on.is_empty() {
            return Some(Vec::new());
        }
        let found = on.iter().find_map(|operation| operation.parameters(asked, false))?;
        Some(found.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn act(
        &self,
        request: &Request,
        connection: Connection,
        site: Site,
        variables: &mut Variables,
        sent: Option<&Value>,
    ) -> Result<Option<Answer>, NoAnswer> {
        let when = &self.behaviour.when;
        let ask = |request: &Request| self.through.send(request, connection);
        let needs_answer = when.status.is_some() || when.answered.is_some();
        let meant = |answer: &Answer| {
            let body = serde_json::from_slice::<Value>(&answer.body).ok();
            when.status.as_ref().is_none_or(|wanted| wanted.accepts(answer.status))
                && when.answered.as_ref().is_none_or(|part| mentions(body.as_ref(), part))
        };
        Ok(match &self.behaviour.does {
            Does::Instead(made) if !needs_answer => made.answer(variables),
            Does::Instead(made) => {
                let answer = ask(request)?;
                variables.bind("answered", body_of(&answer));
                let other = meant(&answer).then(|| made.answer(variables)).flatten();
                return Ok(Some(self.or(other, answer)));
            }
            Does::Answer(edited) => {
                let answer = ask(request)?;
                variables.bind("answered", body_of(&answer));
                let other = meant(&answer).then(|| edited.of(answer.clone(), variables));
                return Ok(Some(self.or(other, answer)));
            }
            Does::Request(turned) => {
                let turned = turned.of(request, site, &self.target.ledgers, variables);
                match turned.filter(|turned| differs(turned, request)) {
                    Some(turned) => Some(ask(&turned)?),
                    None => None,
                }
            }
            Does::Stale if request.method == "GET" => {
                let kept = self.kept.borrow().get(&request.url).cloned();
                let answer = ask(request)?;
                if answer.is_success() {
                    self.kept.borrow_mut().entry(request.url.clone()).or_insert(answer.clone());
                }
                return Ok(Some(self.or(kept, answer)));
            }
            Does::Stale => None,
            Does::Merge => match (before(request, &ask)?, sent) {
                (Some(mut whole), Some(Value::Object(sent))) => {
                    whole.extend(sent.clone());
                    let body = Some(Value::Object(whole).to_string().into_bytes());
                    Some(ask(&Request { body, ..request.clone() })?)
                }
                _ => None,
            },
            Does::Replace(names) => match sent {
                Some(Value::Object(sent)) => {
                    let nulls = names.iter().map(|name| (name.clone(), Value::Null));
                    let mut whole: Map<_, _> = nulls.collect();
                    whole.extend(sent.clone());
                    let body = Some(Value::Object(whole).to_string().into_bytes());
                    Some(ask(&Request { body, ..request.clone() })?)
                }
                _ => None,
            },
            Does::Also(also) => {
                let answer = ask(request)?;
                variables.bind("answered", body_of(&answer));
                if (answer.is_success() || needs_answer)
                    && meant(&answer)
                    && let Some(more) = also.of(request, site, variables)
                {
                    ask(&more)?;
                    self.acted.set(true);
                }
                return Ok(Some(answer));
            }
            Does::Join(join) => {
                let answer = ask(request)?;
                let other = match join.request(request, site, variables) {
                    Some(more) if answer.is_success() => Some(ask(&more)?),
                    _ => None,
                };
                let other = other.map(|other| join.joined(answer.clone(), &other));
                return Ok(Some(self.or(other, answer)));
            }
            Does::Search(search) => {
                let answer = ask(request)?;
                let other = search.answer(request, &ask)?;
                return Ok(Some(self.or(other.filter(|_| answer.is_success()), answer)));
            }
            Does::AtOnce(made) => {
                let answer = ask(request)?;
                let other = (self.at_once.get() && !answer.is_success())
                    .then(|| made.answer(variables))
                    .flatten();
                return Ok(Some(self.or(other, answer)));
            }
            Does::Fold(made) => {
                let answer = ask(request)?;
                let last = request.url.rsplit('/').next().unwrap_or_default();
                let shown = String::from_utf8_lossy(&answer.body).contains(&format!("\"{last}\""));
                let other = (answer.is_success() && !shown).then(|| made.answer(variables));
                return Ok(Some(self.or(other.flatten(), answer)));
            }
        })
    }

    /// Returns the other answer, if there is one and it differs, or else `answer`.
    fn or(&self, other: Option<Answer>, answer: Answer) -> Answer {
        match other {
            Some(other) if !same(&other, &answer) => {
                self.acted.set(true);
                other
            }
            _ => answer,
        }
    }
}

impl Transport for FaultyServer<'_> {
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer> {
        let pass = || self.through.send(request, connection);
        let Some((site, below)) = self.site(request) else { return pass() };
        let asked = Asked::new(&request.method, below);
        let Some(parameters) = self.parameters(&asked) else { return pass() };
        let when = &self.behaviour.when;
        let body = request.body.as_deref().unwrap_or_default();
        let sent = serde_json::from_slice::<Value>(body).ok();
        let (path, query) = below.split_once('?').unwrap_or((below, ""));
        if !when.means(path, query, body, sent.as_ref()) {
            return pass();
        }
        let mut variables = Variables::default();
        parameters.into_iter().for_each(|(name, value)| variables.bind(&name, value));
        variables.bind("root", site.documented_root());
        variables.bind("sent", sent.clone().unwrap_or(Value::Null));
        match self.act(request, connection, site, &mut variables, sent.as_ref())? {
            Some(answer) => {
                let decided = matches!(
                    self.behaviour.does,
                    Does::Request(_) | Does::Merge | Does::Replace(_) | Does::Instead(_)
                );
                let by_answer = when.status.is_some() || when.answered.is_some();
                if decided && !by_answer {
                    self.acted.set(true);
                }
                Ok(answer)
            }
            None => pass(),
        }
    }

    fn send_at_once(&self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        self.at_once.set(true);
        let answers =
            requests.iter().map(|request| self.send(request, Connection::Fresh)).collect();
        self.at_once.set(false);
        answers
    }

    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        self.through.leave_alone(status, wait)
    }

    fn forget(&self, callback: &str) {
        self.through.forget(callback);
    }

    fn begin(&self, purpose: Purpose) {
        self.through.begin(purpose);
    }
}

fn body_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
}

fn same(a: &Answer, b: &Answer) -> bool {
    a.status == b.status && a.headers == b.headers && a.body == b.body
}

fn differs(a: &Request, b: &Request) -> bool {
    let json = |request: &Request| {
        let body = request.body.as_deref().unwrap_or_default();
        serde_json::from_slice::<Value>(body).ok()
    };
    a.url != b.url || a.headers != b.headers || a.credential != b.credential || json(a) != json(b)
}

/// Returns what is there before a request changes it.
fn before(
    request: &Request,
    ask: &dyn Fn(&Request) -> Result<Answer, NoAnswer>,
) -> Result<Option<Map<String, Value>>, NoAnswer> {
    let get = Request { method: "GET".to_owned(), body: None, ..request.clone() };
    let answer = ask(&get)?;
    Ok(match body_of(&answer) {
        Value::Object(members) if answer.is_success() => {
            let kept = members.into_iter().filter(|(name, _)| name != "operations");
            Some(kept.collect())
        }
        _ => None,
    })
}
