//! What a user would lose: the test suite takes the server back to its start before each test, and one
//! test in a hundred fails since something of the test before it was left; or the machine is switched off
//! in that moment, and the store is half of one and half of the other.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/listener.rs"]
mod listener;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

#[path = "snapshots/killed.rs"]
mod killed;
#[path = "snapshots/outbox.rs"]
mod outbox;

use serde_json::{Value, json};
use served::{Client, Served, etalon};

const CUSTOMERS: &str = "/ledger/customer/v1/100/customers";

pub(crate) fn ask(
    client: &mut Client,
    method: &str,
    path: &str,
    body: &str,
    status: u16,
) -> String {
    let answer = client.ask(method, path, body).unwrap();
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{method} {path}: {text}");
    text
}

pub(crate) fn dump(client: &mut Client) -> String {
    ask(client, "GET", "/etalon/records", "", 200)
}

/// The records of the suite, and the same with other names in each kind of them.
pub(crate) fn records() -> [String; 2] {
    let records = String::from_utf8(etalon(&["fixtures"]).stdout).unwrap();
    let names = ["Vodafone", "Britt", "\"description\":\"", "\"lastName\":\""];
    let others = names.iter().fold(records.clone(), |text, name| {
        assert!(text.contains(name), "{name}");
        text.replace(name, &format!("{name}x"))
    });
    assert_ne!(records, others);
    [records, others]
}

fn names(client: &mut Client) -> Vec<String> {
    let listed = client.get("/etalon/snapshots");
    let named = listed["snapshots"].as_array().unwrap().iter();
    named.map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// Everything that a test may do is undone: changes, creations, loads, an empty store; and what is made
/// after it gets the same numbers.
#[test]
fn a_restored_store_is_byte_for_byte_the_one_that_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.redb");
    let file = file.to_str().unwrap();
    let [records, others] = records();
    for args in [&[][..], &["--db", file]] {
        let served = Served::start(args);
        let mut client = served.client();
        ask(&mut client, "DELETE", "/etalon/records", "", 204);
        ask(&mut client, "POST", "/etalon/records", &records, 200);
        let saved = dump(&mut client);
        let made = ask(&mut client, "POST", "/etalon/snapshots/start", "", 201);
        assert!(made.starts_with(r#"{"name":"start","time":"20"#), "{made}");
        let account = r#"{"name":"Å","billReceiver":[{"id":"1"}],"state":"active"}"#;
        let mut first = None;
        for round in 0..3 {
            let patch = format!(r#"{{"emailAddress":"{round}@example.com"}}"#);
            ask(&mut client, "PATCH", &format!("{CUSTOMERS}/9999"), &patch, 204);
            let tmf = client.ask("POST", "/billingManagement/billingAccount", account).unwrap();
            let tmf = String::from_utf8(tmf.body).unwrap();
            // The numbers that are given out begin again.
            assert_eq!(first.get_or_insert(tmf.clone()), &tmf);
            assert_ne!(dump(&mut client), saved);
            match round {
                0 => {}
                1 => drop(ask(&mut client, "POST", "/etalon/records", &others, 200)),
                _ => {
                    ask(&mut client, "DELETE", "/etalon/records", "", 204);
                    // The ledger that tokens reached is gone, and known again at once.
                    ask(&mut client, "GET", &format!("{CUSTOMERS}/9999"), "", 401);
                }
            }
            ask(&mut client, "POST", "/etalon/snapshots/start/restore", "", 204);
            assert!(dump(&mut client) == saved, "round {round}: {args:?}");
            ask(&mut client, "GET", &format!("{CUSTOMERS}/9999"), "", 200);
        }
        ask(
            &mut client,
            "PATCH",
            &format!("{CUSTOMERS}/9999"),
            r#"{"emailAddress":"b@example.com"}"#,
            204,
        );
        let changed = dump(&mut client);
        drop(client);
        assert!(served.terminate().success());
        if args.is_empty() {
            continue;
        }
        // It outlives the server, and a dump of the file is what the server's was.
        assert!(String::from_utf8(etalon(&["dump", "--db", file]).stdout).unwrap() == changed);
        let served = Served::start(args);
        let mut client = served.client();
        assert_eq!(names(&mut client), ["start"]);
        ask(&mut client, "POST", "/etalon/snapshots/start/restore", "", 204);
        assert!(dump(&mut client) == saved);
    }
}

#[test]
fn a_restore_keeps_what_was_made_before_and_nothing_that_was_made_after() {
    let served = Served::start(&[]);
    let mut client = served.client();
    let state = |client: &mut Client, number: u32| {
        let patch = format!(r#"{{"emailAddress":"{number}@example.com"}}"#);
        ask(client, "PATCH", &format!("{CUSTOMERS}/1000001"), &patch, 204);
        dump(client)
    };
    let one = state(&mut client, 1);
    ask(&mut client, "POST", "/etalon/snapshots/one", "", 201);
    let two = state(&mut client, 2);
    ask(&mut client, "POST", "/etalon/snapshots/two", "", 201);
    state(&mut client, 3);
    ask(&mut client, "POST", "/etalon/snapshots/three", "", 201);
    ask(&mut client, "POST", "/etalon/snapshots/two/restore", "", 204);
    assert!(dump(&mut client) == two);
    assert_eq!(names(&mut client), ["one", "two"]);
    ask(&mut client, "POST", "/etalon/snapshots/three/restore", "", 404);
    // It can be restored again, and the one before it too.
    state(&mut client, 4);
    ask(&mut client, "POST", "/etalon/snapshots/two/restore", "", 204);
    assert!(dump(&mut client) == two);
    ask(&mut client, "POST", "/etalon/snapshots/one/restore", "", 204);
    assert!(dump(&mut client) == one);
    assert_eq!(names(&mut client), ["one"]);
    // One of the same name takes the place of the other, and is the later.
    ask(&mut client, "POST", "/etalon/snapshots/old", "", 201);
    let five = state(&mut client, 5);
    ask(&mut client, "POST", "/etalon/snapshots/one", "", 200);
    assert_eq!(names(&mut client), ["old", "one"]);
    state(&mut client, 6);
    ask(&mut client, "POST", "/etalon/snapshots/one/restore", "", 204);
    assert!(dump(&mut client) == five);
    ask(&mut client, "DELETE", "/etalon/snapshots/old", "", 204);
    ask(&mut client, "DELETE", "/etalon/snapshots/old", "", 404);
    assert_eq!(names(&mut client), ["one"]);
    // Emptying the store is undone as well.
    ask(&mut client, "DELETE", "/etalon/records", "", 204);
    assert_eq!(names(&mut client), ["one"]);
    ask(&mut client, "POST", "/etalon/snapshots/one/restore", "", 204);
    assert!(dump(&mut client) == five);
}

#[test]
fn what_cannot_be_saved_or_restored_is_refused_and_changes_nothing() {
    let served = Served::start(&[]);
    let mut client = served.client();
    let before = dump(&mut client);
    for (method, path, status) in [
        ("POST", "/etalon/snapshots/none/restore", 404),
        ("DELETE", "/etalon/snapshots/none", 404),
        ("POST", "/etalon/snapshots/a%20b", 400),
        ("POST", "/etalon/snapshots/..", 400),
        // No text, which was taken for no name, and then for a name.
        ("POST", "/etalon/snapshots/%FF", 400),
        ("POST", "/etalon/snapshots/%FF/restore", 400),
        ("DELETE", "/etalon/snapshots/%FE", 400),
        ("DELETE", "/etalon/behaviours/%zz", 400),
        ("POST", &format!("/etalon/snapshots/{}", "x".repeat(101)), 400),
        ("PUT", "/etalon/snapshots/a", 405),
        ("POST", "/etalon/snapshots", 405),
        ("GET", "/etalon/snapshots/a/restore", 405),
    ] {
        ask(&mut served.client(), method, path, "", status);
    }
    assert_eq!(names(&mut client), <[&str; 0]>::default());
    for number in 0..32 {
        ask(&mut client, "POST", &format!("/etalon/snapshots/{number}"), "", 201);
    }
    ask(&mut client, "POST", "/etalon/snapshots/more", "", 409);
    ask(&mut client, "POST", "/etalon/snapshots/7", "", 200);
    assert_eq!(names(&mut client).len(), 32);
    assert!(dump(&mut client) == before);
    let mut stranger = raw::Raw::connect(served.addr).unwrap();
    stranger
        .send("POST /etalon/snapshots/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        .unwrap();
    assert_eq!(stranger.answer().unwrap().status, 401);
}

/// Half a list of the one store with the other half of the other would look like a whole one.
#[test]
fn a_list_that_is_being_read_breaks_off() {
    let served = Served::start(&[]);
    let mut client = served.client();
    let record = |number: usize| {
        let usage = json!({"type": 250, "typeName": "x", "startDateTime": "2023-09-01T01:08:25",
            "subscriptionNo": "1", "destination": "x", "destinationName": "x", "totalAmount": 2,
            "volume": number, "volumeUnit": "B", "chargeDetails": {"vatRate": 25, "price": 1,
            "priceUnit": "B", "interval": 1, "intervalUnit": "B", "startPrice": 0}});
        let of = json!({"record": "usage", "ledgerNo": "100", "invoiceNo": "77", "subscriptionNo": "1", "usage": usage});
        of.to_string() + "\n"
    };
    // More than sockets hold.
    let records: String = (0..60_000).map(record).collect();
    ask(&mut client, "POST", "/etalon/records", &records, 200);
    ask(&mut client, "POST", "/etalon/snapshots/a", "", 201);
    let mut reader = served.client();
    reader
        .send("GET", "/billing/usage/v1/100/invoices/77/subscriptions/1/usage-details", "")
        .unwrap();
    assert!(reader.raw.head().unwrap().starts_with("http/1.1 200"));
    ask(&mut client, "POST", "/etalon/snapshots/a/restore", "", 204);
    assert!(reader.raw.cut());
}

/// Packing moves pages, which snapshots keep: nothing is lost by trying.
#[test]
fn a_file_with_snapshots_is_not_packed_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.redb");
    let file = file.to_str().unwrap();
    let served = Served::start(&["--db", file]);
    ask(&mut served.client(), "POST", "/etalon/snapshots/a", "", 201);
    assert!(served.terminate().success());
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, &self::records()[0]).unwrap();
    let packed = etalon(&["load", "--pack", "--db", file, records.to_str().unwrap()]);
    let said = String::from_utf8(packed.stderr).unwrap();
    assert!(packed.status.code() == Some(1) && said.contains("remove them first"), "{said}");
    let dumped = etalon(&["dump", "--db", file]);
    assert!(dumped.status.success() && !dumped.stdout.is_empty());
}

/// A file that an older version made has no table of snapshots.
#[test]
fn a_store_without_any_lists_none() {
    let served = Served::start(&[]);
    assert_eq!(
        served.client().get("/etalon/snapshots"),
        json!({"snapshots": Value::Array(Vec::new())})
    );
}
