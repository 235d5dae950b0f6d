//! What was heard at each callback, and who waits for more.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::harness::suite::{Listen, text_of};
use crate::harness::wire::client::Client;
use crate::harness::wire::message::{Answer, Connection, NoAnswer, Request};
use crate::harness::wire::transport::Transport;

/// How a call is answered of which nothing else is said (reading 241).
const HEARD: u16 = 201;
/// A call beside its body weighs so much.
const BESIDE_THE_BODY: u64 = 1 << 10;
/// Headers whose values are not kept: they may let in whoever shows them.
const SECRET: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];
/// The target is asked on reception of so many calls of a callback.
const MOST_ASKED: usize = 16;
/// So long a call is answered later because the target is asked first. It may be one that does one
/// thing at a time.
const BEFORE_THE_ANSWER: Duration = Duration::from_millis(500);

/// What was heard so far, by the token of the callback.
#[derive(Default)]
pub(super) struct Heard {
    ears: Arc<Mutex<HashMap<String, Ear>>>,
    /// Told whenever there is more.
    more: Arc<Condvar>,
}

/// One callback.
#[derive(Default)]
struct Ear {
    calls: Vec<Call>,
    /// The bytes that are held of them.
    held: u64,
    about: Option<String>,
    answers: VecDeque<u16>,
    asks: Option<Request>,
}

/// A call that was received.
#[derive(Debug)]
pub(super) struct Call {
    at: SystemTime,
    method: String,
    /// What follows the callback in the path.
    below: String,
    headers: Vec<(String, String)>,
    body: Value,
    /// The status with which it was answered.
    status: u16,
    asked: Asked,
}

/// What the target answered when it was asked on reception of a call.
#[derive(Debug, Default)]
enum Asked {
    /// It was not asked.
    #[default]
    Not,
    Under,
    Answered(Value),
}

impl Call {
    pub(super) fn new(
        at: SystemTime,
        method: String,
        below: String,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> Call {
        let body = value_of(body);
        Call { at, method, below, headers, body, status: HEARD, asked: Asked::Not }
    }

    /// Returns whether it tells of a resource, or does not say of which.
    fn is_about(&self, id: Option<&str>) -> bool {
        let Some(id) = id else { return true };
        let resources = self.body.get("event").and_then(Value::as_object).into_iter().flatten();
        let mut ids = resources.filter_map(|(_, resource)| text_of(resource.get("id")?)).peekable();
        ids.peek().is_none() || ids.any(|other| other == id)
    }

    /// Returns whether it is one of those that are waited for.
    fn is_meant(&self, listen: &Listen) -> bool {
        let says = |(pointer, wanted): (&String, &Value)| {
            let found = self.body.pointer(pointer).and_then(text_of);
            found.zip(text_of(wanted)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(&b))
        };
        self.is_about(listen.about.as_deref())
            && listen.until.as_ref().is_some_and(|until| until.says.iter().all(says))
    }

    fn told(&self) -> Value {
        let Call { at, method, below, headers, body, status, asked } = self;
        let at = DateTime::<Utc>::from(*at).to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut fields = Map::new();
        for (name, value) in headers {
            // What lets the target in elsewhere is nobody's business.
            let value = if SECRET.contains(&name.as_str()) { "[redacted]" } else { value };
            match fields.get_mut(name) {
                Some(Value::String(text)) => text.push_str(&format!(", {value}")),
                _ => drop(fields.insert(name.clone(), value.into())),
            }
        }
        let mut told = json!({
            "method": method,
            "below": below,
            "body": body,
            "answered": status,
            "arrived": {"at": at, "headers": fields},
        });
        if let Asked::Answered(answer) = asked {
            told["asked"] = answer.clone();
        }
        told
    }
}

impl Heard {
    /// Takes note of what is asked at a callback, which is open from then on.
    pub(super) fn attend(&self, listen: &Listen, asks: Option<Request>) {
        let mut ears = self.ears();
        let ear = ears.entry(token_of(&listen.at).to_owned()).or_default();
        if listen.about.is_some() {
            ear.about.clone_from(&listen.about);
        }
        ear.answers.extend(&listen.answers);
        if asks.is_some() {
            ear.asks = asks;
        }
    }

    /// Returns the token of the callback that a call is for, and what follows it in the path: a proxy
    /// may have taken away what stood before it.
    pub(super) fn callback(&self, target: &str) -> Option<(String, String)> {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let ears = self.ears();
        let mut end = 0;
        path.split('/').find_map(|segment| {
            end += segment.len() + 1;
            let below = path.get(end - 1..).unwrap_or_default();
            ears.contains_key(segment).then(|| (segment.to_owned(), below.to_owned()))
        })
    }

    /// Keeps a call, unless more is held than `most` bytes. Returns the status with which it is
    /// answered, and what the target is to be asked first, with the call's place.
    pub(super) fn take(
        &self,
        token: &str,
        mut call: Call,
        refused: Option<u16>,
        most: u64,
    ) -> (u16, Option<(usize, Request)>) {
        let mut ears = self.ears();
        let held: u64 = ears.values().map(|ear| ear.held).sum();
        let Some(ear) = ears.get_mut(token) else { return (404, None) };
        if call.method != "POST" {
            call.status = 405;
        } else if let Some(refused) = refused {
            call.status = refused;
        } else if !call.is_about(ear.about.as_deref()) {
            return (HEARD, None);
        } else if let Some(status) = ear.answers.pop_front() {
            call.status = status;
        }
        let weight = call.body.to_string().len() as u64 + BESIDE_THE_BODY;
        if held + weight > most {
            return (503, None);
        }
        let (place, status) = (ear.calls.len(), call.status);
        let asks = ear.asks.clone().filter(|_| place < MOST_ASKED);
        if asks.is_some() {
            call.asked = Asked::Under;
        }
        ear.held += weight;
        ear.calls.push(call);
        self.more.notify_all();
        (status, asks.map(|request| (place, request)))
    }

    /// Asks the target, and waits a moment for what it answers.
    pub(super) fn ask(&self, token: &str, place: usize, client: &Arc<Client>, request: Request) {
        let (ears, more) = (Arc::clone(&self.ears), Arc::clone(&self.more));
        let (client, key) = (Arc::clone(client), token.to_owned());
        let (done, answered) = channel();
        let ask = move || {
            let answer = told(client.send(&request, Connection::Fresh));
            let mut ears = ears.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(call) = ears.get_mut(&key).and_then(|ear| ear.calls.get_mut(place)) {
                call.asked = Asked::Answered(answer);
            }
            more.notify_all();
            // Nobody may wait any more.
            let _ = done.send(());
        };
        match thread::Builder::new().spawn(ask) {
            Ok(_) => drop(answered.recv_timeout(BEFORE_THE_ANSWER)),
            Err(_) => self.not_asked(token, place),
        }
    }

    /// Takes note that there was no way to ask.
    fn not_asked(&self, token: &str, place: usize) {
        let mut ears = self.ears();
        if let Some(call) = ears.get_mut(token).and_then(|ear| ear.calls.get_mut(place)) {
            call.asked = Asked::Not;
        }
        self.more.notify_all();
    }

    /// Returns whether all that is waited for has come.
    pub(super) fn is_enough(&self, listen: &Listen) -> bool {
        is_enough(&self.ears(), listen)
    }

    /// Waits until there is more, or that time is over.
    pub(super) fn wait(&self, listen: &Listen, time: Duration) {
        let ears = self.ears();
        // What came since it was looked at is not waited for.
        if !is_enough(&ears, listen) {
            drop(self.more.wait_timeout(ears, time).unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Returns every call that was heard at a callback and tells of what is meant.
    pub(super) fn told(&self, listen: &Listen) -> Value {
        let ears = self.ears();
        let calls = ears.get(token_of(&listen.at)).map_or(&[][..], |ear| &ear.calls);
        let about = calls.iter().filter(|call| call.is_about(listen.about.as_deref()));
        let mut told = HashSet::new();
        let is_first = |call: &&Call| {
            let id = call.body.get("eventId").and_then(text_of);
            !listen.once || id.is_none_or(|id| told.insert(id))
        };
        about.filter(is_first).map(Call::told).collect()
    }

    /// Lets go a callback.
    pub(super) fn forget(&self, callback: &str) {
        self.ears().remove(token_of(callback));
    }

    fn ears(&self) -> MutexGuard<'_, HashMap<String, Ear>> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_enough(ears: &HashMap<String, Ear>, listen: &Listen) -> bool {
    let Some(until) = &listen.until else { return true };
    let calls = ears.get(token_of(&listen.at)).map_or(&[][..], |ear| &ear.calls);
    let meant = calls.iter().filter(|call| call.is_meant(listen)).count();
    let is_under = |call: &Call| matches!(call.asked, Asked::Under);
    meant >= until.times && !calls.iter().any(is_under)
}

/// Returns what a callback ends in: nobody guesses it.
fn token_of(callback: &str) -> &str {
    callback.rsplit('/').next().unwrap_or_default()
}

/// Returns a body as a value, or as the text that it is.
fn value_of(body: &[u8]) -> Value {
    match body {
        [] => Value::Null,
        body => serde_json::from_slice(body)
            .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into()),
    }
}

/// Returns what became of a request, as a value.
fn told(answer: Result<Answer, NoAnswer>) -> Value {
    match answer {
        Ok(answer) => json!({"status": answer.status, "body": value_of(&answer.body)}),
        Err(unanswered) => json!({"unanswered": unanswered.reason()}),
    }
}
