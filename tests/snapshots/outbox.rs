//! Who listens, and what waits for them, belong to a snapshot as records do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};

use crate::ask;
use crate::listener::{Answer, Listener};
use crate::served::{Client, Served};

const ACCOUNTS: &str = "/billingManagement/billingAccount";

fn register(client: &mut Client, callback: &str) {
    ask(client, "POST", "/billingManagement/hub", &json!({"callback": callback}).to_string(), 201);
}

fn change(client: &mut Client, state: &str) {
    ask(client, "PATCH", &format!("{ACCOUNTS}/65"), &json!({"state": state}).to_string(), 201);
}

fn listeners(client: &mut Client) -> Vec<Value> {
    client.get("/etalon/events")["listeners"].as_array().unwrap().clone()
}

/// The pauses of a listener that failed are none of the snapshot: the next test would wait a minute.
#[test]
fn nobody_waits_on_account_of_what_failed_before_a_restore() {
    let served = Served::start(&["--load", "tests/api/tmf.ndjson"]);
    let mut client = served.client();
    let is_well = Arc::new(AtomicBool::new(false));
    let listener = Listener::answering({
        let is_well = Arc::clone(&is_well);
        move |_| Answer::Status(if is_well.load(Relaxed) { 204 } else { 500 })
    });
    register(&mut client, &listener.url());
    ask(&mut client, "POST", "/etalon/snapshots/start", "", 201);
    change(&mut client, "suspended");
    // The pause after the fifth is two seconds at least.
    (0..5).for_each(|_| drop(listener.hears()));
    while listeners(&mut client)[0]["next"]["failures"] != 5 {
        std::thread::sleep(Duration::from_millis(5));
    }
    is_well.store(true, Relaxed);
    ask(&mut client, "POST", "/etalon/snapshots/start/restore", "", 204);
    change(&mut client, "suspended");
    let heard = listener.hears_within(Duration::from_millis(1_500)).unwrap();
    assert_eq!(heard.at("/event/billingAccount/state"), "Suspended");
}

/// What was told since is not told again, and what waited then waits again, and is delivered once
/// somebody listens.
#[test]
fn listeners_and_what_waits_for_them_are_taken_back() {
    let served = Served::start(&["--load", "tests/api/tmf.ndjson"]);
    let mut client = served.client();
    ask(&mut client, "POST", "/etalon/snapshots/quiet", "", 201);
    let lasting = Listener::start(Answer::Status(204));
    register(&mut client, &lasting.url());
    change(&mut client, "suspended");
    assert_eq!(lasting.hears().at("/event/billingAccount/state"), "Suspended");
    ask(&mut client, "POST", "/etalon/snapshots/quiet/restore", "", 204);
    assert_eq!(listeners(&mut client), Vec::<Value>::new());
    // Nobody listens any more.
    change(&mut client, "suspended");
    assert!(lasting.hears_within(Duration::from_millis(300)).is_none());

    // A listener that fails, so that an event waits, and both are in the snapshot.
    let failing = Listener::answering({
        let count = AtomicU32::new(0);
        move |_| match count.fetch_add(1, Relaxed) {
            0 => Answer::Status(500),
            _ => Answer::Status(204),
        }
    });
    register(&mut client, &failing.url());
    change(&mut client, "active");
    let first = failing.hears();
    ask(&mut client, "POST", "/etalon/snapshots/waiting", "", 201);
    let second = failing.hears();
    assert_eq!(first.id(), second.id());
    while listeners(&mut client)[0]["waiting"] != 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    ask(&mut client, "DELETE", "/billingManagement/hub/1", "", 204);
    ask(&mut client, "POST", "/etalon/snapshots/waiting/restore", "", 204);
    // It waited then, so it is told once more, and what happens later has a later id.
    assert_eq!(failing.hears().id(), first.id());
    change(&mut client, "suspended");
    let later = failing.hears();
    assert_eq!(later.at("/event/billingAccount/state"), "Suspended");
    let number = |id: &str| id.trim_matches('"').parse::<u64>().unwrap();
    assert!(number(&later.id()) > number(&first.id()));
}
