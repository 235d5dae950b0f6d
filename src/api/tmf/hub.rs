//! The hub, where listeners register: document 004 leaves it to a section that is public elsewhere
//! (readings 163, 240, 242).

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Call, Tmf, event, href};
use crate::api::choices::setting::Setting;
use crate::api::error::ApiError;
use crate::api::message::Response;
use crate::api::negotiation::{JSON, Media};
use crate::api::route::{Handler, Route};
use crate::api::wire::{self, Array, Object};
use crate::api::write::write;
use crate::model::callback::Callback;
use crate::model::json;
use crate::model::listener::{Listener, MOST};
use crate::model::violation::Violation;
use crate::store::listeners;
use crate::store::snapshot::Snapshot;

/// The path of the hub under the mount.
const HUB: &str = "/hub";

/// The hub with and without a slash at its end, and its listeners.
pub(super) fn routes() -> [Route<Tmf>; 3] {
    const ON_ALL: &[(Method, &[Media], Handler<Tmf>)] = &[
        (Method::GET, &[], Handler::Read(list)),
        (Method::POST, &[JSON], Handler::Later(|call| Box::pin(post(call)))),
    ];
    const ON_ONE: &[(Method, &[Media], Handler<Tmf>)] = &[
        (Method::GET, &[], Handler::Read(get)),
        (Method::DELETE, &[], Handler::Later(|call| Box::pin(delete(call)))),
    ];
    [
        Route { path: HUB, methods: ON_ALL },
        Route { path: "/hub/", methods: ON_ALL },
        Route { path: "/hub/{id}", methods: ON_ONE },
    ]
}

/// POST a listener: 201 with all of it and where it is (reading 240).
async fn post(call: Call<'_>) -> Result<Response, ApiError> {
    let body = json::read(&call.request.body)?;
    let members = call.schemas.listener.check(body)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let callback = text("callback").unwrap_or_default();
    let query = text("query");
    let refused = |sentence: String| Violation::new("callback", sentence);
    let mut found = Vec::new();
    match Callback::parse(&callback) {
        Ok(url) => found.extend(url.check(call.callbacks).map_err(refused).err()),
        Err(sentence) => found.push(refused(sentence)),
    }
    found.extend(query.as_deref().and_then(|query| event::check_query(query).err()));
    if !found.is_empty() {
        return Err(found.into());
    }
    let most = if call.choices.has(Setting::OneListener) { 1 } else { MOST };
    let bell = call.store.bell().clone();
    let (listener, _ring) = write(&call, move |tx| {
        let tx = tx.transaction();
        if listeners::count(tx)? >= most {
            return Err(full(most).into());
        }
        let id = listeners::add(tx, &callback, query.as_deref())?;
        let (callback, query) = (callback.clone(), query.clone());
        Ok((Listener { id, callback, query }, bell.ring()))
    })
    .await?;
    let mut out = Vec::with_capacity(256);
    write_listener(&mut out, &listener);
    let root = href::origin(&call) + call.mount + HUB;
    let place = wire::path(&root, [listener.id.to_string().as_str()]);
    Ok(Response::json(StatusCode::CREATED, out).with_location(&place))
}

fn full(most: usize) -> ApiError {
    let listeners = if most == 1 { "one listener" } else { "listeners" };
    ApiError::too_many_listeners(format!(
        "There are {most} {listeners} already, which is all that this hub takes: DELETE one first."
    ))
}

/// GET the listeners, in order of id.
fn list(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    check_no_query(call)?;
    let mut out = Vec::with_capacity(1024);
    let mut array = Array::begin(&mut out);
    for listener in listeners::all(tx)? {
        write_listener(array.item(), &listener);
    }
    array.end();
    Ok(Response::json(StatusCode::OK, out))
}

/// GET a listener.
fn get(call: &Call, tx: &Snapshot) -> Result<Response, ApiError> {
    check_no_query(call)?;
    let listener = match id(call) {
        Some(id) => listeners::one(tx, id)?,
        None => None,
    };
    let mut out = Vec::with_capacity(256);
    write_listener(&mut out, &listener.ok_or_else(|| unknown(call))?);
    Ok(Response::json(StatusCode::OK, out))
}

/// DELETE a listener, and whatever waits for it: 204.
async fn delete(call: Call<'_>) -> Result<Response, ApiError> {
    let Some(id) = id(&call) else { return Err(unknown(&call)) };
    let bell = call.store.bell().clone();
    let removed =
        write(&call, move |tx| Ok((listeners::remove(tx.transaction(), id)?, bell.ring())));
    match removed.await? {
        (true, _ring) => Ok(Response::no_content()),
        (false, _) => Err(unknown(&call)),
    }
}

/// Returns the id that the path names, if it can be one: the way in which it is written is one.
fn id(call: &Call) -> Option<u64> {
    let text = call.param(0);
    text.parse().ok().filter(|id: &u64| id.to_string() == text)
}

fn unknown(call: &Call) -> ApiError {
    ApiError::not_found(format!("The hub has no listener {}.", call.param(0)))
}

/// Refuses whatever is asked of the hub in a query: nobody takes all listeners for those he looked for.
fn check_no_query(call: &Call) -> Result<(), ApiError> {
    match call.query().unwrap_or_default().split('&').find(|pair| !pair.is_empty()) {
        Some(pair) => {
            let name = pair.split('=').next().unwrap_or_default();
            let message = format!("\"{name}\" is no parameter of the hub: it has none.");
            Err(Violation::new("query", message).into())
        }
        None => Ok(()),
    }
}

fn write_listener(out: &mut Vec<u8>, listener: &Listener) {
    let mut object = Object::begin(out);
    object.text("id", &listener.id.to_string()).text("callback", &listener.callback);
    match &listener.query {
        Some(query) => object.text("query", query),
        None => object.raw("query", "null"),
    };
    object.end();
}
