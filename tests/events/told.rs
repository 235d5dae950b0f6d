//! What a listener is told, how often, and in which order.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

use crate::listener::{Answer, Listener};
use crate::served::{Client, Served};
use crate::{ACCOUNTS, RECORDS, change, load, register, told_of, until};

const NOTE: &str = r#"{"record":"tmf","collection":"settlementNoteAdvice","resource":{"id":"27","currencyCode":"EUR","date":"2013-04-19T16:42:23.0Z","settlementNoteItem":[{"itemNumber":"1","quantity":3}]}}"#;

/// Readings 239, 241, 242: what comes is posted to the callback as it was given, and holds what the
/// next GET answers, whatever was chosen of how that is written.
#[test]
fn an_event_holds_what_get_answers() {
    for (choices, types, is_number) in [
        (&[][..], "StateChange", false),
        (&["tmf-event-types=changed", "tmf-event-ids=number"], "StateChanged", true),
        (
            &["tmf-states=lower", "tmf-hrefs=relative", "tmf-ids=number", "tmf-dates=long"],
            "StateChange",
            false,
        ),
    ] {
        let flags = choices.iter().flat_map(|choice| ["--choice", choice]);
        let args: Vec<_> = ["--load", RECORDS].into_iter().chain(flags).collect();
        let served = Served::start(&args);
        let client = &mut served.client();
        let (all, some) =
            (Listener::start(Answer::Status(204)), Listener::start(Answer::Status(201)));
        register(client, &all.url(), None);
        let query = "eventType.ex=BillingAccount*&fields=event.billingAccount.state";
        register(client, &some.url(), Some(query));

        change(client, "65", "Suspended");
        let call = all.hears();
        assert!(call.head.starts_with("POST /listener?key=secret HTTP/1.1\r\n"), "{}", call.head);
        let head = call.head.to_lowercase();
        assert!(head.contains(&format!("\r\nhost: {}\r\n", all.addr)), "{head}");
        assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
        let names: Vec<_> = call.body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["eventId", "eventTime", "eventType", "event"]);
        assert_eq!(call.at("/eventId").is_number(), is_number, "{}", call.body);
        assert_eq!(call.at("/eventId").is_string(), !is_number, "{}", call.body);
        assert_eq!(call.at("/eventType"), &json!(format!("BillingAccount{types}Notification")));
        assert!(call.at("/eventTime").as_str().unwrap().ends_with('Z'), "{}", call.body);
        let account = client.get(&format!("{ACCOUNTS}/65"));
        assert_eq!(call.at("/event"), &json!({"billingAccount": account}));

        // Of what was selected, beside what says which event it is, and of what.
        let selected = some.hears();
        let of_account =
            json!({"id": account["id"], "href": account["href"], "state": account["state"]});
        assert_eq!(selected.at("/event"), &json!({"billingAccount": of_account}));
        assert_eq!(selected.id(), call.id());

        load(client, NOTE);
        let call = all.hears();
        assert_eq!(call.at("/eventType"), "SettlementNoteAdviceNotification");
        let note = client.get("/billingManagement/settlementNoteAdvice/27");
        assert_eq!(call.at("/event"), &json!({"settlementNoteAdvice": note}));
        change(client, "65", "Active");
        assert_eq!(
            all.hears().at("/event/billingAccount/state"),
            &client.get(&format!("{ACCOUNTS}/65"))["state"]
        );
        // The note was none of its.
        assert_eq!(
            some.hears().at("/eventType"),
            &json!(format!("BillingAccount{types}Notification"))
        );
        assert!(some.heard().is_empty() && all.heard().is_empty());
    }
}

/// Whatever is no 2xx is no delivery; what happened later waits until it is one.
#[test]
fn what_was_not_taken_is_posted_again_before_what_happened_later() {
    let other = Listener::start(Answer::Status(200));
    let led_away = other.url();
    let answers = Mutex::new(vec![
        Answer::Status(200),
        Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"),
        Answer::Status(404),
        Answer::Status(200),
        Answer::Bytes("SSH-2.0\r\n"),
        Answer::Bytes(""),
        Answer::Redirect(led_away),
        Answer::Status(503),
    ]);
    let listener =
        Listener::answering(move |_| answers.lock().unwrap().pop().unwrap_or(Answer::Status(204)));
    let served = Served::start(&["--load", RECORDS]);
    let client = &mut served.client();
    let id = register(client, &listener.url(), None);
    for state in ["Suspended", "Active", "Suspended", "Active"] {
        change(client, "65", state);
    }
    let calls: Vec<_> = (0..9).map(|_| listener.hears()).collect();
    let ids: Vec<_> = calls.iter().map(|call| call.id()).collect();
    assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == 4, "{ids:?}");
    // Four failed, then one was taken, one failed, and the rest were taken: an answer whose head is a
    // 2xx says that it was.
    let times: Vec<_> = ids.chunk_by(|a, b| a == b).map(<[String]>::len).collect();
    assert_eq!(times, [5, 2, 1, 1]);
    let states: Vec<_> = calls.iter().map(|call| call.at("/event/billingAccount/state")).collect();
    assert_eq!(
        (states[4], states[6], states[7], states[8]),
        (&json!("Suspended"), &json!("Active"), &json!("Suspended"), &json!("Active"))
    );
    until(client, &id, |told| told["waiting"] == 0);
    assert!(listener.heard().is_empty() && other.heard().is_empty());
}

/// Who restarts the server loses nobody who listens, and nothing that they wait for.
#[test]
fn what_waits_is_delivered_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.redb");
    let db = ["--db", file.to_str().unwrap()];
    let served = Served::start(&[&db[..], &["--load", RECORDS]].concat());
    let client = &mut served.client();
    // Nobody is there yet.
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let callback = format!("http://{}/", port.local_addr().unwrap());
    drop(port);
    let id = register(client, &callback, None);
    change(client, "65", "Suspended");
    change(client, "65", "Active");
    let told = until(client, &id, |told| told["next"]["failures"].is_number());
    assert_eq!(told["waiting"], 2, "{told}");
    assert!(told["next"]["reason"].as_str().unwrap().contains("cannot be connected to"), "{told}");
    served.kill();

    let served = Served::start(&db);
    let client = &mut served.client();
    assert_eq!(told_of(client, &id)["waiting"], 2);
    let listener = Listener::start(Answer::Status(201));
    let moved = json!({"record":"listener","listener":{"id":id,"callback":listener.url()}});
    load(client, &moved.to_string());
    assert_eq!(listener.hears().at("/event/billingAccount/state"), "Suspended");
    assert_eq!(listener.hears().at("/event/billingAccount/state"), "Active");
    until(client, &id, |told| told["waiting"] == 0 && told["next"].is_null());
    assert_eq!(served.terminate().code(), Some(0));
}

/// An event that nobody takes is given up in the end, where an administrator sees it; what a callback
/// holds stands in no log.
#[test]
fn what_is_not_taken_in_time_is_given_up_and_shown() {
    let listener = Listener::start(Answer::Status(500));
    let served = Served::start(&["--load", RECORDS, "--event-retention", "2s", "--log", "text"]);
    let client = &mut served.client();
    let id = register(client, &listener.url(), None);
    change(client, "65", "Suspended");
    let first = listener.hears();
    let told = until(client, &id, |told| told["waiting"] == 0);
    let given_up = &told["givenUp"][0];
    assert_eq!(given_up["eventId"], *first.at("/eventId"), "{told}");
    assert_eq!(given_up["eventTime"], *first.at("/eventTime"), "{told}");
    assert_eq!(given_up["eventType"], "BillingAccountStateChangeNotification", "{told}");
    assert_eq!(given_up["reason"], "It answered 500.", "{told}");
    // The next is tried anew.
    change(client, "65", "Active");
    let next = std::iter::repeat_with(|| listener.hears()).find(|call| call.id() != first.id());
    assert_eq!(next.unwrap().at("/event/billingAccount/state"), "Active");
    let said = std::iter::repeat_with(|| served.says()).find(|line| line.contains("given up"));
    let said = [vec![said.unwrap()], served.said()].concat();
    assert!(said[0].contains("1 event was given up for listener 1"), "{said:?}");
    assert!(said.iter().all(|line| !line.contains("secret")), "{said:?}");
}

/// A server that was down over the weekend tells on Monday what happened on Friday.
#[test]
fn what_waited_while_the_server_was_down_is_tried_before_it_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.redb");
    let db = ["--db", file.to_str().unwrap(), "--event-retention", "1s"];
    let is_up = Arc::new(AtomicBool::new(false));
    let up = Arc::clone(&is_up);
    let listener = Listener::answering(move |_| match up.load(Ordering::Relaxed) {
        true => Answer::Status(200),
        false => Answer::Silence,
    });
    let served = Served::start(&[&db[..], &["--load", RECORDS]].concat());
    let client = &mut served.client();
    let id = register(client, &listener.url(), None);
    change(client, "65", "Suspended");
    change(client, "65", "Active");
    listener.hears();
    served.kill();
    is_up.store(true, Ordering::Relaxed);
    sleep(Duration::from_millis(1_100));

    let served = Served::start(&db);
    let client = &mut served.client();
    for state in ["Suspended", "Active"] {
        assert_eq!(listener.hears().at("/event/billingAccount/state"), state);
    }
    let told = until(client, &id, |told| told["waiting"] == 0);
    assert_eq!(told["givenUp"], json!([]));
}

/// Who is no longer registered is told of nothing any more.
#[test]
fn a_listener_that_is_deleted_is_called_no_more() {
    let listener = Listener::start(Answer::Status(500));
    let served = Served::start(&["--load", RECORDS]);
    let client = &mut served.client();
    let id = register(client, &listener.url(), None);
    change(client, "65", "Suspended");
    listener.hears();
    let gone = client.ask("DELETE", &format!("/billingManagement/hub/{id}"), "").unwrap();
    assert_eq!(gone.status, 204);
    change(client, "65", "Active");
    // A try may have been under way.
    listener.hears_within(Duration::from_millis(500));
    assert!(listener.hears_within(Duration::from_secs(2)).is_none());
    assert_eq!(client.get("/etalon/events"), json!({"listeners": []}));
}

/// A record may name a callback that another server was allowed to call: this one is not.
#[test]
fn a_callback_that_a_record_brought_leaves_the_machine_no_more_than_another() {
    let served = Served::start(&["--load", RECORDS]);
    let client = &mut served.client();
    let elsewhere =
        json!({"record":"listener","listener":{"id":"7","callback":"http://192.0.2.1/x"}});
    load(client, &elsewhere.to_string());
    change(client, "65", "Suspended");
    let told = until(client, "7", |told| told["next"]["failures"].is_number());
    assert!(told["next"]["reason"].as_str().unwrap().contains("--callbacks any"), "{told}");
}

/// Writes that tell nobody of anything keep nothing.
#[test]
fn what_nobody_listens_to_is_not_kept() {
    let served = Served::start(&["--load", RECORDS]);
    let client = &mut served.client();
    change(client, "65", "Suspended");
    let listener = Listener::start(Answer::Status(200));
    let id = register(client, &listener.url(), Some("event.billingAccount.state=Closed"));
    change(client, "65", "Active");
    let idle = |client: &mut Client| {
        told_of(client, &id)
            == json!({"id": id, "callback": listener.url(), "waiting": 0, "givenUp": []})
    };
    assert!(idle(client), "{}", told_of(client, &id));
    change(client, "65", "Suspended");
    change(client, "65", "Closed");
    assert_eq!(listener.hears().at("/event/billingAccount/state"), "Closed");
    until(client, &id, |told: &Value| told["waiting"] == 0);
    assert!(idle(client) && listener.heard().is_empty());
}
