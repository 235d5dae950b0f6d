//! Events on their way out: what each listener is to get next, and how it went.

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::watch;

use super::message::{Body, Request, Response};
use super::route::Endpoint;
use super::tmf::event::{self, Style};
use super::wire::{self, Array, Object};
use super::{Api, names};
use crate::model::callback::Reach;
use crate::model::listener::Listener;
use crate::model::tmf::event::EventType;
use crate::model::tmf::instant::{rfc3339, rfc3339_micros};
use crate::output::standard_error::tell;
use crate::store::error::{StoreError, WriteError};
use crate::store::load::Loaded;
use crate::store::outbox::{self, Event, Ring, Subject};
use crate::store::tables::Tx;
use crate::store::{Writes, listeners, micros, tmf};

/// How events are delivered.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How far callbacks may reach.
    pub callbacks: Reach,
    /// How long an event is tried before it is given up.
    pub retention: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { callbacks: Reach::default(), retention: Duration::from_secs(24 * 60 * 60) }
    }
}

/// What is to be done for a listener.
pub enum Due {
    /// It is gone: nothing any more.
    Gone,
    /// It waits for nothing.
    Nothing,
    /// This is to be posted to it.
    Delivery(Delivery),
    /// What waits for it has waited too long; the last try ended so.
    TooOld(String),
}

/// An event as one listener gets it.
pub struct Delivery {
    /// The id of the event.
    pub event: u64,
    /// The URL.
    pub callback: String,
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// How the delivery of the event goes that a listener gets next, by the listener.
#[derive(Default)]
pub(super) struct Tries(Mutex<HashMap<u64, Tried>>);

/// Tries that failed.
#[derive(Clone)]
struct Tried {
    event: u64,
    count: u64,
    reason: String,
}

impl Tries {
    fn of(&self, listener: u64, event: u64) -> Option<Tried> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.get(&listener).filter(|tried| tried.event == event).cloned()
    }

    fn add(&self, listener: u64, event: u64, reason: String) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tries.get(&listener).filter(|tried| tried.event == event);
        let count = before.map_or(0, |before| before.count) + 1;
        tries.insert(listener, Tried { event, count, reason });
    }

    /// Forgets all of them.
    pub(super) fn forget_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn forget(&self, listener: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&listener);
    }
}

impl Api {
    /// Takes how events are delivered.
    pub fn set_events(&mut self, policy: Policy) {
        self.events = policy;
    }

    /// Returns how far callbacks may reach.
    pub fn callbacks(&self) -> Reach {
        self.events.callbacks
    }

    /// Returns what hears whenever the outbox, or who listens, may have changed from now on.
    pub fn bell(&self) -> watch::Receiver<()> {
        self.store.bell().listen()
    }

    /// Returns the ids of all listeners, and the era in which they listen: in another, one of the same id
    /// may be somebody else.
    ///
    /// # Errors
    /// When the store fails.
    pub fn listeners(&self) -> Result<(Vec<u64>, u64), StoreError> {
        let tx = self.store.reader()?;
        let all = listeners::all(&*tx)?;
        Ok((all.into_iter().map(|listener| listener.id).collect(), tx.era()))
    }

    /// Returns whether there is a listener of that id.
    ///
    /// # Errors
    /// When the store fails.
    pub fn is_listening(&self, listener: u64) -> Result<bool, StoreError> {
        Ok(listeners::one(&*self.store.reader()?, listener)?.is_some())
    }

    /// Returns what is to be done for a listener now. Where it could not be noted that it was done,
    /// that is nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub fn due(&self, listener: u64) -> Result<Due, StoreError> {
        let tx = self.store.reader()?;
        let Some(listener) = listeners::one(&*tx, listener)? else {
            self.tries.forget(listener);
            return Ok(Due::Gone);
        };
        if self.store.writes() != Writes::Taken {
            return Ok(Due::Nothing);
        }
        let Some(event) = outbox::first(&*tx, listener.id)? else {
            self.tries.forget(listener.id);
            return Ok(Due::Nothing);
        };
        // The server may have been down for longer: what was not tried since is not given up.
        let tried = self.tries.of(listener.id, event.id).filter(|_| event.id < self.oldest());
        if let Some(tried) = tried {
            return Ok(Due::TooOld(tried.reason));
        }
        let as_chosen = |resource| self.as_chosen(&event, resource);
        let body = event::write(&event, self.style(), listener.query.as_deref(), as_chosen)?;
        Ok(Due::Delivery(Delivery { event: event.id, callback: listener.callback, body }))
    }

    /// Takes note that a listener has got an event.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn note_delivered(&self, listener: u64, event: u64) -> Result<(), WriteError> {
        let noted =
            self.store.write(move |tx| outbox::delivered(tx.transaction(), listener, event)).await;
        if noted.is_ok() {
            self.metrics.events.delivered.fetch_add(1, Relaxed);
        }
        noted
    }

    /// Takes note that a try failed for this reason, a sentence.
    pub fn note_failed(&self, listener: u64, event: u64, reason: String) {
        self.metrics.events.failed.fetch_add(1, Relaxed);
        self.tries.add(listener, event, reason);
    }

    /// Gives up what has waited too long for a listener, for this reason, and tells the log.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn give_up(&self, listener: u64, reason: String) -> Result<(), WriteError> {
        let (before, noted) = (self.oldest(), reason.clone());
        let given_up = self
            .store
            .write(move |tx| outbox::give_up(tx.transaction(), listener, before, &noted))
            .await?;
        self.metrics.events.given_up.fetch_add(given_up as u64, Relaxed);
        let events = if given_up == 1 { "event was" } else { "events were" };
        tell(format_args!(
            "etalon: {given_up} {events} given up for listener {listener}, which did not take them \
             in time. {reason}"
        ));
        Ok(())
    }

    /// Returns the id of the oldest event that is still tried.
    fn oldest(&self) -> u64 {
        let retention = u64::try_from(self.events.retention.as_micros()).unwrap_or(u64::MAX);
        micros().saturating_sub(retention)
    }

    /// Returns the API of the resources that events tell of.
    fn tmf(&self) -> Option<&dyn Endpoint> {
        let mut endpoints = self.endpoints.iter().map(|endpoint| &**endpoint);
        endpoints.find(|endpoint| endpoint.name() == names::TMF)
    }

    fn style(&self) -> Style {
        Style::of(&self.choices)
    }

    /// Returns a resource as GET answers it by the values that were chosen.
    fn as_chosen(&self, event: &Event, resource: Vec<u8>) -> Vec<u8> {
        let Some(endpoint) = self.tmf().filter(|_| !self.choices.are_default()) else {
            return resource;
        };
        let (scheme, rest) = event.href.split_once("://").unwrap_or_default();
        let host = HeaderValue::from_str(rest.split('/').next().unwrap_or_default()).ok();
        let path = [event.kind.collection_name(), event.resource.as_str()];
        let request = Request {
            method: Method::GET,
            path: wire::path(endpoint.mount(), path),
            query: None,
            headers: HeaderMap::from_iter(host.map(|host| (HOST, host))),
            body: Bytes::new(),
            secure: scheme == "https",
        };
        let response = Response::json(StatusCode::OK, resource.clone());
        match self.choices.answer(self, endpoint, &request, response).body {
            Body::Whole(bytes) => bytes.to_vec(),
            _ => resource,
        }
    }

    /// Tells those who listened of the settlement notes that a load has brought.
    pub(super) fn teller(
        &self,
        request: &Request,
    ) -> impl FnOnce(&redb::WriteTransaction, &Loaded) -> Result<Ring, StoreError> + Send + 'static
    {
        let (style, ring) = (self.style(), self.store.bell().ring());
        let mount = self.tmf().map_or("", Endpoint::mount);
        let origin = request.origin().unwrap_or_default();
        let root = format!("{origin}{}{mount}", self.prefix());
        move |tx, loaded| {
            tell_of_notes(tx, style, &root, loaded)?;
            Ok(ring)
        }
    }

    /// Writes what each listener waits for, and what was given up.
    pub fn write_events(&self, out: &mut Vec<u8>) -> Result<(), StoreError> {
        let tx = self.store.reader()?;
        let mut object = Object::begin(out);
        let mut array = Array::begin(object.name("listeners"));
        for listener in listeners::all(&*tx)? {
            self.write_listener(&*tx, &listener, array.item())?;
        }
        array.end();
        object.end();
        Ok(())
    }

    fn write_listener(
        &self,
        tx: &impl Tx,
        listener: &Listener,
        out: &mut Vec<u8>,
    ) -> Result<(), StoreError> {
        let (waiting, first) = outbox::waiting(tx, listener.id)?;
        let mut object = Object::begin(out);
        object.text("id", &listener.id.to_string()).text("callback", &listener.callback);
        object.raw("waiting", &waiting.to_string());
        if let Some(event) = first {
            let mut next = Object::begin(object.name("next"));
            self.write_event(&mut next, event.id, event.kind);
            if let Some(Tried { count, reason, .. }) = self.tries.of(listener.id, event.id) {
                next.raw("failures", &count.to_string()).text("reason", &reason);
            }
            next.end();
        }
        let mut array = Array::begin(object.name("givenUp"));
        for given_up in outbox::given_up(tx, listener.id)? {
            let mut object = Object::begin(array.item());
            self.write_event(&mut object, given_up.event, given_up.kind);
            object.text("at", &rfc3339(given_up.at)).text("reason", &given_up.reason);
            object.end();
        }
        array.end();
        object.end();
        Ok(())
    }

    fn write_event(&self, object: &mut Object, id: u64, kind: EventType) {
        object.text("eventId", &id.to_string()).text("eventTime", &rfc3339_micros(id));
        object.text("eventType", &self.style().name(kind));
    }
}

/// Tells those who listened before a load of the settlement notes that were not there before it.
fn tell_of_notes(
    tx: &redb::WriteTransaction,
    style: Style,
    root: &str,
    loaded: &Loaded,
) -> Result<(), StoreError> {
    let kind = EventType::SettlementNoteAdvice;
    let Some(collection) = kind.collection().filter(|_| !loaded.listeners.is_empty()) else {
        return Ok(());
    };
    for id in &loaded.notes {
        let members = tmf::view(tx, collection, id, |view| view.json.to_owned())?;
        let href = wire::path(root, [collection.name, id]);
        if let Some(members) = members {
            let subject = Subject { kind, resource: id, href: &href, members: &members };
            event::tell(tx, style, &loaded.listeners, subject)?;
        }
    }
    Ok(())
}
