//! The events of 004, from the request that causes one to the listener that is told of it: the real
//! server, real sockets.
//!
//! What a user would lose: the dunning system learns of a suspended account from nothing else. An event
//! that is lost, or comes before another that happened first, leaves it wrong for good, and nothing
//! says so.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/listener.rs"]
mod listener;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

#[path = "events/hostile.rs"]
mod hostile;
#[path = "events/kills.rs"]
mod kills;
#[path = "events/secure.rs"]
mod secure;
#[path = "events/told.rs"]
mod told;

use serde_json::{Value, json};
use served::Client;

/// What document 004 prints: account 65, which is active, and note 26.
pub(crate) const RECORDS: &str = "tests/api/tmf.ndjson";

pub(crate) const ACCOUNTS: &str = "/billingManagement/billingAccount";

/// Registers a listener; its id is the answer.
pub(crate) fn register(client: &mut Client, callback: &str, query: Option<&str>) -> String {
    let listener = json!({"callback": callback, "query": query}).to_string();
    let made = client.ask("POST", "/billingManagement/hub", &listener).unwrap();
    let body: Value = serde_json::from_slice(&made.body).unwrap();
    assert_eq!(made.status, 201, "{body}");
    // A number, where that was chosen.
    body["id"].to_string().trim_matches('"').to_owned()
}

/// Puts an account into another state.
pub(crate) fn change(client: &mut Client, account: &str, state: &str) {
    let body = json!({"state": state}).to_string();
    let answer = client.ask("PATCH", &format!("{ACCOUNTS}/{account}"), &body).unwrap();
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
}

/// Loads records into a server that runs.
pub(crate) fn load(client: &mut Client, records: &str) {
    let answer = client.ask("POST", "/etalon/records", records).unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

/// What `/etalon/events` tells of a listener.
pub(crate) fn told_of(client: &mut Client, id: &str) -> Value {
    let told = client.get("/etalon/events");
    let mut listeners = told["listeners"].as_array().unwrap().iter();
    listeners.find(|listener| listener["id"] == id).unwrap().clone()
}

/// Asks until `/etalon/events` tells this of a listener.
pub(crate) fn until(client: &mut Client, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let told = told_of(client, id);
        if holds(&told) {
            return told;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it stays so: {}", told_of(client, id));
}
