//! Events: who is told of one, and what (readings 239, 242, 243). The query of a listener is one of
//! GET, of the event as it is sent.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use redb::WriteTransaction;
use serde_json::{Map, Value, json};

use super::item;
use super::query::Query;
use super::query::attribute::{Attributes, Kind};
use super::query::selection::Selection;
use crate::api::choices::Choices;
use crate::api::choices::setting::Setting;
use crate::api::error::ApiError;
use crate::api::wire::Object;
use crate::model::listener::{Listener, MOST};
use crate::model::schema::Shape;
use crate::model::tmf::collection::Collection;
use crate::model::tmf::event::EventType;
use crate::model::tmf::instant::rfc3339_micros;
use crate::model::violation::Violation;
use crate::store::error::StoreError;
use crate::store::outbox::{self, Event, Subject};
use crate::store::tmf::ResourceView;

/// The members of an event that are always sent.
const ENVELOPE: [&str; 3] = ["eventId", "eventTime", "eventType"];

/// How events are written, as far as that is a choice.
#[derive(Debug, Clone, Copy)]
pub(in crate::api) struct Style {
    /// Whether a type is spelled as the first implementation has it (reading 163).
    state_changed: bool,
    /// Whether an id is a number (reading 239).
    number_ids: bool,
}

impl Style {
    pub(in crate::api) fn of(choices: &Choices) -> Self {
        Self {
            state_changed: choices.has(Setting::StateChanged),
            number_ids: choices.has(Setting::NumberEventIds),
        }
    }

    /// Returns how a kind of event is called.
    pub(in crate::api) fn name(self, kind: EventType) -> String {
        match self.state_changed {
            true => kind.name().replace("StateChange", "StateChanged"),
            false => kind.name().to_owned(),
        }
    }

    /// Returns the members of an event but for `event`.
    fn envelope(self, id: u64, kind: EventType) -> Map<String, Value> {
        let id_value = if self.number_ids { Value::from(id) } else { id.to_string().into() };
        let values = [id_value, rfc3339_micros(id).into(), self.name(kind).into()];
        ENVELOPE.into_iter().map(str::to_owned).zip(values).collect()
    }
}

/// Adds an event for those of `listeners` that want it, in the transaction of what it tells of.
///
/// # Errors
/// When the store fails.
pub(in crate::api) fn tell(
    tx: &WriteTransaction,
    style: Style,
    listeners: &[Listener],
    subject: Subject,
) -> Result<(), StoreError> {
    if listeners.is_empty() {
        return Ok(());
    }
    let Subject { kind, resource, href, members } = subject;
    let id = outbox::next_id(tx)?;
    let mut told = style.envelope(id, kind);
    let view = ResourceView { id: resource, json: members, modified: 0 };
    let mut whole = view.members(|_| true)?;
    whole.insert("id".to_owned(), resource.into());
    whole.insert("href".to_owned(), href.into());
    told.insert("event".to_owned(), json!({ kind.collection_name(): whole }));
    let wants = |listener: &&Listener| {
        let query = listener.query.as_deref().map(kept);
        // A record may have brought what is no query: all is told rather than nothing.
        query.flatten().is_none_or(|query| query.holds(&told))
    };
    let wanted: Vec<_> = listeners.iter().filter(wants).map(|listener| listener.id).collect();
    outbox::add(tx, id, subject, &wanted)
}

/// Checks the query of a listener.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_query(query: &str) -> Result<(), Violation> {
    let wrong = |why: &str| Violation::new("query", format!("query: {why}"));
    match read(query) {
        Ok(query) if query.is_of_list() => {
            Err(wrong("an event is no list, of which there were parts or an order."))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(wrong(&error.message())),
    }
}

/// Returns the query that a text is, if it is one. It is kept, since to read one may cost more than to
/// write what it is asked of.
fn kept(text: &str) -> Option<Arc<Query>> {
    static KEPT: LazyLock<Mutex<Queries>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(query) = kept.get(text) {
        return query.clone();
    }
    // Those of the listeners of now, and some of those of before.
    if kept.len() >= 2 * MOST {
        kept.clear();
    }
    let query = read(text).ok().map(Arc::new);
    kept.insert(text.to_owned(), query.clone());
    query
}

/// Queries by their texts; nothing for a text that is none.
type Queries = HashMap<String, Option<Arc<Query>>>;

fn read(query: &str) -> Result<Query, ApiError> {
    let shape = SHAPE
        .as_ref()
        .map_err(|reason| ApiError::internal("Events have no schema.").with_log(reason.clone()))?;
    Query::parse(Some(query), &Events(shape))
}

/// Returns what of an event a listener is sent. `as_chosen` makes of its resource what GET answers.
pub(in crate::api) fn write(
    event: &Event,
    style: Style,
    query: Option<&str>,
    as_chosen: impl FnOnce(Vec<u8>) -> Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let Event { id, kind, resource, href, members } = event;
    let mut whole = Vec::with_capacity(members.len() + 256);
    let view = ResourceView { id: resource, json: members, modified: 0 };
    item::write(&mut whole, href, view, &Selection::All)?;
    let whole = as_chosen(whole);
    let undecodable = || StoreError::Undecodable { table: "events", key: id.to_string() };
    let whole: Value = serde_json::from_slice(&whole).map_err(|_| undecodable())?;
    let mut told = style.envelope(*id, *kind);
    told.insert("event".to_owned(), json!({ kind.collection_name(): whole }));
    let query = query.and_then(|query| read(query).ok());
    let selection = query.map_or(Selection::All, |query| beside_identity(query.selection));
    let mut out = Vec::with_capacity(members.len() + 512);
    let mut object = Object::begin(&mut out);
    selection.write_members(&mut object, &told);
    object.end();
    Ok(out)
}

/// Returns a selection with what says which event it is, and of which resource.
fn beside_identity(mut selection: Selection) -> Selection {
    for name in ENVELOPE {
        selection.add(name);
    }
    for kind in EventType::ALL {
        let name = kind.collection_name();
        let of_resource = selection.of_member("event").and_then(|event| event.of_member(name));
        if of_resource.is_some() {
            selection.add(&format!("event.{name}.id"));
            selection.add(&format!("event.{name}.href"));
        }
    }
    selection
}

/// What an event has: it is of the schema.
static SHAPE: LazyLock<Result<Shape, String>> = LazyLock::new(|| Shape::of("tmf/event"));

/// What the query of a listener can ask for.
struct Events(&'static Shape);

impl Attributes for Events {
    fn name(&self) -> &str {
        "an event"
    }

    fn shape(&self) -> &Shape {
        self.0
    }

    fn resource<'p>(&self, path: &'p str) -> Option<(&'static Collection, &'p str)> {
        let (name, rest) = path.strip_prefix("event.")?.split_once('.')?;
        let kind = EventType::ALL.into_iter().find(|kind| kind.collection_name() == name)?;
        Some((kind.collection()?, rest))
    }

    fn kind_outside(&self, path: &str) -> Option<Kind> {
        (path == "eventTime").then_some(Kind::Moment)
    }
}
