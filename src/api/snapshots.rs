//! `/etalon/snapshots`: the store as it was, kept under a name and taken back to.

use http::StatusCode;
use serde_json::{Value, json};

use super::admin::MOUNT;
use super::error::ApiError;
use super::message::Response;
use super::{Api, wire};
use crate::model::tmf::instant::rfc3339_micros;
use crate::model::violation::Violation;
use crate::store::savepoints::{self, MOST, Made, Named, Unmade};

/// The longest name, in characters.
const LONGEST: usize = 100;

/// Returns every snapshot, in the order in which they were made.
///
/// # Errors
/// When the store fails.
pub(super) fn list(api: &Api) -> Result<Response, ApiError> {
    let all = savepoints::all(&*api.store.reader()?)?;
    let told: Vec<Value> = all.iter().map(told).collect();
    Ok(Response::json(StatusCode::OK, json!({ "snapshots": told }).to_string().into_bytes()))
}

fn told(Named { name, at, .. }: &Named) -> Value {
    json!({ "name": name, "time": rfc3339_micros(*at) })
}

/// Makes a snapshot, in place of the one of that name.
///
/// # Errors
/// 400 for a name that is none, 409 where there are as many as there may be.
pub(super) async fn make(api: &Api, name: String) -> Result<Response, ApiError> {
    check(&name)?;
    let status = match api.store.save(name.clone()).await?.map_err(|error| refusal(error, &name))? {
        Made::New => StatusCode::CREATED,
        Made::Replaced => StatusCode::OK,
    };
    let all = savepoints::all(&*api.store.reader()?)?;
    let made = all.iter().find(|named| named.name == name).map(told).unwrap_or_default();
    let response = Response::json(status, made.to_string().into_bytes());
    let place = format!("{}{MOUNT}", api.prefix());
    Ok(response.with_location(&wire::path(&place, ["snapshots", &name])))
}

/// Takes the store back to a snapshot.
///
/// # Errors
/// 404 where there is none of that name.
pub(super) async fn restore(api: &Api, name: String) -> Result<Response, ApiError> {
    // Rung once all is done, so that who listens now, and what waits for them, is looked at again.
    let ring = api.store.bell().ring();
    api.store.restore(name.clone()).await?.map_err(|error| refusal(error, &name))?;
    api.tries.forget_all();
    drop(ring);
    Ok(Response::no_content())
}

/// Removes a snapshot.
///
/// # Errors
/// 404 where there is none of that name.
pub(super) async fn remove(api: &Api, name: String) -> Result<Response, ApiError> {
    api.store.forget(name.clone()).await?.map_err(|error| refusal(error, &name))?;
    Ok(Response::no_content())
}

fn refusal(error: Unmade, name: &str) -> ApiError {
    match error {
        Unmade::TooMany => ApiError::too_many(format!("There are {MOST} already; remove some.")),
        Unmade::Unknown => ApiError::not_found(format!("There is no snapshot {name}.")),
        Unmade::Failed(error) => error.into(),
    }
}

/// Refuses what is no name.
fn check(name: &str) -> Result<(), ApiError> {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-._".contains(it);
    let lengths = 1..=LONGEST;
    if lengths.contains(&name.len()) && name.chars().all(plain) && ![".", ".."].contains(&name) {
        return Ok(());
    }
    let wrong = format!("A name has 1 to {LONGEST} letters, digits and -._ in it.");
    Err(Violation::new("name", wrong).into())
}
