//! What was heard at each callback, and who waits for more.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
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
/// The headers whose values are kept. Any other may let in whoever shows it, whatever its name.
const SHOWN: [&str; 9] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
];
/// The target is asked on reception of so many calls of a callback.
const MOST_ASKED: usize = 16;
/// So long a call is answered later because the target is asked first. It may be one that does one
/// thing at a time.
const BEFORE_THE_ANSWER: Duration = Duration::from_millis(500);
/// The member of an event that is the account, and what the types of its events begin with (reading
/// 239).
const ACCOUNT: &str = "billingAccount";

/// What was heard so far, by the token of the callback.
#[derive(Default)]
pub(super) struct Heard {
    ears: Arc<Mutex<HashMap<String, Ear>>>,
    /// Told whenever there is more.
    more: Arc<Condvar>,
    /// Calls to a callback that was given to the target, whatever they said.
    known: AtomicUsize,
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
    /// So many of the calls are left out from now on.
    past: usize,
    /// What was waited for among them, and the ids of its events: who tells of it again says nothing
    /// new.
    told: Option<(Listen, HashSet<String>)>,
    /// The case that listened here is over.
    is_gone: bool,
}

impl Ear {
    /// The calls that are not left out.
    fn calls(&self) -> &[Call] {
        self.calls.get(self.past..).unwrap_or_default()
    }

    /// Returns whether a call tells again of what was waited for before all was left out.
    fn is_past(&self, call: &Call) -> bool {
        self.told.as_ref().is_some_and(|(listen, ids)| {
            call.is_meant(listen) && call.id().is_some_and(|id| ids.contains(&id))
        })
    }
}

/// The path of a call: the token of its callback, and what stands around it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) token: String,
    pub(super) above: String,
    below: String,
}

/// A call that was received.
#[derive(Debug)]
pub(super) struct Call {
    at: SystemTime,
    method: String,
    /// What stands in the path before the callback, where nothing may.
    above: String,
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
        place: &Place,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> Call {
        let body = value_of(body);
        let (above, below) = (place.above.clone(), place.below.clone());
        Call { at, method, above, below, headers, body, status: HEARD, asked: Asked::Not }
    }

    /// Returns whether it tells of an account, or does not say of which. What is told of a resource of
    /// another kind may have the same id.
    fn is_about(&self, id: Option<&str>) -> bool {
        let Some(id) = id else { return true };
        let event = self.body.get("event").and_then(Value::as_object);
        let is_it = |resource: &Value| resource.get("id").and_then(text_of).map(|it| it == id);
        if let Some(account) = event.and_then(|event| event.get(ACCOUNT)) {
            return is_it(account).unwrap_or(true);
        }
        if self.is_of_another_kind() {
            return false;
        }
        let said: Vec<_> = event.into_iter().flatten().filter_map(|(_, it)| is_it(it)).collect();
        said.is_empty() || said.contains(&true)
    }

    /// Returns whether its type says that it is no account that it tells of.
    fn is_of_another_kind(&self) -> bool {
        let kind = self.body.get("eventType").and_then(Value::as_str);
        kind.is_some_and(|kind| {
            let start = kind.get(..ACCOUNT.len());
            !start.is_some_and(|start| start.eq_ignore_ascii_case(ACCOUNT))
        })
    }

    /// The id of its event.
    fn id(&self) -> Option<String> {
        self.body.get("eventId").and_then(text_of)
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
        let Call { at, method, above, below, headers, body, status, asked } = self;
        let at = DateTime::<Utc>::from(*at).to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut fields = Map::new();
        for (name, value) in headers {
            // What lets the target in elsewhere is nobody's business.
            let value = if SHOWN.contains(&name.as_str()) { value } else { "[redacted]" };
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
        if !above.is_empty() {
            told["above"] = above.as_str().into();
        }
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

    /// Returns the callback that a call is for. A proxy may have taken away what stood before it in the
    /// path, or put something there.
    pub(super) fn callback(&self, target: &str) -> Option<Place> {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        // Who takes the listener for a proxy names its host as well.
        let path = match path.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
            None => path,
        };
        let ears = self.ears();
        let mut end = 0;
        let place = path.split('/').find_map(|segment| {
            let start = end;
            end += segment.len() + 1;
            ears.contains_key(segment).then(|| Place {
                token: segment.to_owned(),
                above: path[..start].trim_end_matches('/').to_owned(),
                below: path.get(end - 1..).unwrap_or_default().to_owned(),
            })
        })?;
        self.known.fetch_add(1, Ordering::Relaxed);
        Some(place)
    }

    /// Returns whether a call to a callback was ever heard.
    pub(super) fn is_called(&self) -> bool {
        self.known.load(Ordering::Relaxed) > 0
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
        if ear.is_gone {
            return (HEARD, None);
        }
        if call.method != "POST" {
            call.status = 405;
            // Who only looks whether there is anybody tells of nothing.
            if call.body.is_null() {
                return (405, None);
            }
        } else if let Some(refused) = refused {
            call.status = refused;
        } else if call.body.is_null() || ear.is_past(&call) || !call.is_about(ear.about.as_deref())
        {
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
        let mut ears = self.ears();
        let Some(ear) = ears.get_mut(token_of(&listen.at)) else { return Value::Array(Vec::new()) };
        let about = ear.calls().iter().filter(|call| call.is_about(listen.about.as_deref()));
        let mut told = HashSet::new();
        let is_first = |call: &&Call| !listen.once || call.id().is_none_or(|id| told.insert(id));
        let is_asked_for = |call: &&Call| !listen.only || call.is_meant(listen);
        let calls = about.filter(is_first).filter(is_asked_for).map(Call::told).collect();
        if listen.afresh {
            let meant = ear.calls().iter().filter(|call| call.is_meant(listen));
            let ids: HashSet<_> = meant.filter_map(Call::id).collect();
            if !ids.is_empty() {
                ear.told = Some((listen.clone(), ids));
            }
            ear.past = ear.calls.len();
        }
        calls
    }

    /// Lets go a callback. Whoever still tells it of something is answered as if it were heard: a target
    /// that has to take no for an answer would try again, and others would wait.
    pub(super) fn forget(&self, callback: &str) {
        if let Some(ear) = self.ears().get_mut(token_of(callback)) {
            *ear = Ear { is_gone: true, ..Ear::default() };
        }
    }

    fn ears(&self) -> MutexGuard<'_, HashMap<String, Ear>> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_enough(ears: &HashMap<String, Ear>, listen: &Listen) -> bool {
    let Some(until) = &listen.until else { return true };
    let calls = ears.get(token_of(&listen.at)).map_or(&[][..], Ear::calls);
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
