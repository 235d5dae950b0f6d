//! What a user would lose: a client of theirs fails in a way that its own log does not show, and nobody can
//! say what it sent; or the journal that was to help hands out a token, or fills the memory over night.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::har::has_all_of_an_entry;
use crate::raw::{Answer, Raw};
use crate::served::{Client, Served, etalon};

const CUSTOMER: &str = "/ledger/customer/v1/100/customers";

fn list(client: &mut Client, query: &str) -> Vec<Value> {
    let mut found = client.get(&format!("/etalon/requests?{query}"));
    found["requests"].as_array_mut().unwrap().drain(..).collect()
}

fn send(raw: &mut Raw, line: &str, fields: &str, body: &str) -> Answer {
    let length = format!("Host: localhost\r\nContent-Length: {}", body.len());
    raw.send(format!("{line} HTTP/1.1\r\n{length}\r\n{fields}\r\n{body}")).unwrap();
    raw.answer().unwrap()
}

/// A served store with the suite's records and the customers that it has.
fn served(args: &[&str]) -> (Served, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, etalon(&["fixtures"]).stdout).unwrap();
    (Served::start(&[&["--load", records.to_str().unwrap()], args].concat()), folder)
}

#[test]
fn what_was_asked_and_answered_is_there_to_read_without_a_secret() {
    let (served, _folder) = served(&[]);
    let mut raw = Raw::connect(served.addr).unwrap();
    let fields = "Authorization: Bearer etalon-100\r\nCookie: s3cret=1\r\nX-Api-Key: s3cret\r\n\
                  Ocp-Apim-Subscription-Key: s3cret\r\nReferer: http://x/?a=b&access_token=s3cret\r\n\
                  Content-Type: application/json\r\nX-Mine: kept\r\n";
    let patch = r#"{"emailAddress":"new@example.com"}"#;
    send(&mut raw, &format!("GET {CUSTOMER}/9999?access_token=s3cret&a=b"), fields, "");
    send(&mut raw, &format!("PATCH {CUSTOMER}/9999"), fields, patch);
    send(
        &mut raw,
        &format!("GET {CUSTOMER}/0000?token>s3cret&token%3Es3cret&%ff=s3cret"),
        fields,
        "",
    );
    send(&mut raw, &format!("GET {CUSTOMER}/9999"), "Authorization: Bearer s3cret\r\n", "");
    send(&mut raw, "GET /billingManagement/billingAccount/1?fields=id", "", "");
    // Refused by its head, and by hyper.
    send(&mut Raw::connect(served.addr).unwrap(), &format!("PUT {CUSTOMER}/9999"), fields, "{}");
    let mut broken = Raw::connect(served.addr).unwrap();
    broken.send(format!("GET {CUSTOMER}/9999 HTTP/1.1\r\nHost: a b\r\n\r\n")).unwrap();
    assert_eq!(broken.answer().unwrap().status, 400);

    let mut client = served.client();
    let all = list(&mut client, "");
    let told = |entry: &Value| {
        let path = entry["request"]["path"].as_str().unwrap().replace(CUSTOMER, "");
        format!(
            "{} {path} {}",
            entry["request"]["method"].as_str().unwrap(),
            entry["answer"]["status"]
        )
    };
    let newest_first: Vec<_> = all.iter().map(told).collect();
    assert_eq!(newest_first.len(), 7, "{newest_first:?}");
    assert_eq!(newest_first[1], "\"PUT\" /9999 405".replace('"', ""));
    assert_eq!(newest_first[6], "GET /9999 200");
    assert!(!format!("{all:?}").contains("s3cret"), "{all:#?}");
    let archive = client.get("/etalon/requests?format=har").to_string();
    assert!(!archive.contains("s3cret"), "{archive}");
    let first = &all[6];
    assert_eq!(first["request"]["query"], "access_token=[redacted]&a=b");
    let headers = first["request"]["headers"].as_array().unwrap();
    let header =
        |name: &str| headers.iter().find(|it| it["name"] == name).unwrap()["value"].clone();
    assert_eq!((header("x-mine"), header("authorization")), ("kept".into(), "[redacted]".into()));
    assert_eq!(first["operation"], "GET /customers/{customerNo}");
    let body: Value = serde_json::from_str(first["answer"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["customerNo"], "9999");
    assert_eq!(all[5]["request"]["body"], patch);

    for (query, count) in [
        ("api=customer", 6),
        ("api=tmf", 1),
        ("operation=GET%20/customers/{customerNo}", 2),
        ("status=2xx&api=customer", 2),
        ("status=405", 1),
        ("method=patch", 1),
        ("path=/0000", 1),
        ("api=none", 0),
        ("api=customer&operation=none", 3),
        (&format!("since={}", all[2]["id"]), 2),
        ("limit=3", 3),
        ("status=404&method=PATCH", 0),
    ] {
        assert_eq!(list(&mut client, query).len(), count, "{query}");
    }
    // An empty list would say that nothing was asked.
    for (query, names) in [
        ("staus=404", &["staus"][..]),
        ("status=x", &["status"]),
        ("since=x", &["since"]),
        ("since=18446744073709551616", &["since"]),
        ("format=xml", &["format"]),
        ("limit=x", &["limit"]),
        ("api=costumer", &["api"]),
        ("api=etalon", &["api"]),
        ("api=nosuch&operation=nosuch", &["api"]),
        ("operation=nosuch", &["operation"]),
        ("api=tmf&operation=GET%20/customers/{customerNo}", &["operation"]),
        ("api=%zz", &["api"]),
        ("%zz=1", &["%zz"]),
        ("staus=404&status=x&api=x&since=x&limit=x", &["staus", "status", "api", "since", "limit"]),
    ] {
        let refused = client.ask("GET", &format!("/etalon/requests?{query}"), "").unwrap();
        let problem: Value = serde_json::from_slice(&refused.body).unwrap();
        let problems = problem["Problems"].as_object().unwrap();
        let mut told: Vec<_> = problems.keys().map(String::as_str).collect();
        let mut names = names.to_vec();
        told.sort_unstable();
        names.sort_unstable();
        assert_eq!((refused.status, told), (400, names), "{query}: {problem}");
    }
    let mut stranger = Raw::connect(served.addr).unwrap();
    assert_eq!(send(&mut stranger, "GET /etalon/requests", "", "").status, 401);
}

/// What other tools read: every member that HAR 1.2 demands of an entry.
#[test]
fn the_journal_is_taken_along_as_an_archive() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    client.get(&format!("{CUSTOMER}/9999?a=%C3%A5+b"));
    client.ask("PATCH", &format!("{CUSTOMER}/9999"), r#"{"name":7}"#).unwrap();
    let archive = client.get("/etalon/requests?format=har");
    assert_eq!(archive["log"]["version"], "1.2");
    let entries = archive["log"]["entries"].as_array().unwrap();
    let [got, patched] = &entries[..] else { panic!("{entries:#?}") };
    assert_eq!(got["request"]["url"], format!("http://localhost{CUSTOMER}/9999?a=%C3%A5+b"));
    // As browsers write it: a tool that sends it again encodes it again.
    assert_eq!(got["request"]["queryString"], json!([{"name": "a", "value": "å b"}]));
    assert_eq!(
        (&got["response"]["status"], &patched["response"]["status"]),
        (&200.into(), &400.into())
    );
    assert_eq!(patched["request"]["postData"]["text"], r#"{"name":7}"#);
    has_all_of_an_entry(got);
}

/// Follows the journal, and returns the connection once it is let in.
fn follow(served: &Served, query: &str) -> Raw {
    follow_with(served, query, "")
}

/// The same with header fields, such as those of a browser that comes back.
fn follow_with(served: &Served, query: &str, fields: &str) -> Raw {
    let mut raw = Raw::connect(served.addr).unwrap();
    raw.send(format!(
        "GET /etalon/requests?{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer etalon-admin\r\n\
         Accept: text/event-stream\r\n{fields}\r\n"
    ))
    .unwrap();
    let head = raw.head().unwrap();
    assert!(head.starts_with("http/1.1 200") && head.contains("text/event-stream"), "{head}");
    assert!(raw.until("following\n\n").unwrap().contains(": following"));
    raw
}

/// A proxy ends what is silent for long, and who has gone meanwhile shows only once something is sent.
#[test]
fn who_follows_what_does_not_happen_is_sent_a_comment() {
    let (served, _folder) = served(&[]);
    let mut following = follow(&served, "status=5xx");
    let (mut client, begun) = (served.client(), Instant::now());
    // Others are busy meanwhile with what is not asked for.
    while begun.elapsed() < Duration::from_secs(16) {
        client.get(&format!("{CUSTOMER}/9999"));
        sleep(Duration::from_millis(50));
    }
    assert!(following.until(":\n\n").is_ok());
}

#[test]
fn who_follows_is_told_of_each_request_and_of_the_end() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    client.get(&format!("{CUSTOMER}/9999"));
    let mut all = follow(&served, "");
    let mut failed = follow(&served, "status=4xx&since=0");
    client.ask("GET", &format!("{CUSTOMER}/0000"), "").unwrap();
    let event = all.until("\n\n").unwrap();
    let second = list(&mut client, "")[0]["id"].clone();
    assert!(
        event.contains(&format!("id: {second}\nevent: request\ndata: {{")),
        "what was before is not told: {event}"
    );
    let event = failed.until("\n\n").unwrap();
    assert!(event.contains(&format!("id: {second}\n")), "{event}");
    // Nobody who follows keeps a server from ending.
    let begun = Instant::now();
    assert!(served.terminate().success());
    assert!(begun.elapsed() < Duration::from_secs(8), "it waited for those who follow");
    assert!(!all.cut(), "the stream ended without its end");
}

/// A browser that follows comes back by itself with the id that it saw last. After a restart it heard nothing
/// until the new server had answered as many requests as the old one, and nothing said so.
#[test]
fn who_comes_back_after_a_restart_is_told_of_all_since_then() {
    for args in [&[][..], &["--clock", "2026-10-01T00:00:00Z"]] {
        let (old, _folder) = served(args);
        let mut client = old.client();
        (0..3).for_each(|_| drop(client.get(&format!("{CUSTOMER}/9999"))));
        let of_old = list(&mut client, "");
        let seen: Vec<_> = of_old.iter().map(|entry| entry["id"].as_u64().unwrap()).collect();
        assert_eq!((seen[0] - seen[1], seen[1] - seen[2]), (1, 1));
        // Where the URL says since, what was seen counts, not what was asked for at first.
        let field = |id| format!("Last-Event-ID: {id}\r\n");
        let mut again = follow_with(&old, &format!("since={}", seen[2]), &field(seen[1]));
        assert!(again.until("\n\n").unwrap().contains(&format!("id: {}\n", seen[0])));
        drop((client, old));

        let (new, _folder) = served(args);
        let mut client = new.client();
        client.get(&format!("{CUSTOMER}/9999?first"));
        for id in [seen[0], u64::MAX] {
            let mut back = follow_with(&new, "", &field(id));
            let event = back.until("\n\n").unwrap();
            assert!(!event.contains("lost") && event.contains("\"first\""), "{id}: {event}");
            assert_eq!(list(&mut client, &format!("since={id}")).len(), 1, "{id}");
        }
    }
}

/// What is compared byte by byte must not differ by how fast the machine was; and a delay that was asked for is
/// part of how long it took.
#[test]
fn with_a_clock_that_stands_equal_requests_are_kept_with_equal_bytes() {
    let journal = |args: &[&str]| {
        let (served, _folder) = served(&[args, &["--latency", "50ms"]].concat());
        let mut client = served.client();
        client.get(&format!("{CUSTOMER}/9999"));
        client.ask("PATCH", &format!("{CUSTOMER}/9999"), r#"{"name":7}"#).unwrap();
        ["", "?format=har"].map(|query| client.get(&format!("/etalon/requests{query}")))
    };
    let clock = ["--clock", "2026-10-01T00:00:00Z", "--seed", "7"];
    let [listed, archive] = journal(&clock);
    assert_eq!([&listed, &archive], journal(&clock).each_ref());
    assert_eq!(listed["requests"][0]["microseconds"], 50_000);
    let entry = &archive["log"]["entries"][0];
    assert_eq!((&entry["time"], &entry["timings"]["wait"]), (&json!(50.0), &json!(50.0)));
    let [listed, _] = journal(&[]);
    let took = listed["requests"][0]["microseconds"].as_u64().unwrap();
    assert!(took > 50_000, "{took} µs, of which 50,000 were asked for");
}

/// A million requests must not take more room than a thousand, and who does not read what it follows is
/// told what it has missed, at nobody's cost.
#[test]
fn the_journal_keeps_to_its_bytes_and_a_slow_follower_loses_entries() {
    let (served, _folder) = served(&["--journal", "1"]);
    let mut client = served.client();
    let mut slow = follow(&served, "");
    let ask = |client: &mut Client, number: usize| {
        client.get(&format!("{CUSTOMER}/9999?number={number}&{}", "x".repeat(4_000)));
    };
    (0..3_000).for_each(|number| ask(&mut client, number));
    let before = served.memory("VmRSS");
    (3_000..6_000).for_each(|number| ask(&mut client, number));
    let grown = served.memory("VmRSS").saturating_sub(before);
    assert!(grown < 2 << 20, "3,000 more requests took {grown} bytes");
    let kept = client.get("/etalon/requests?limit=1000");
    let (count, forgotten) = (kept["requests"].as_array().unwrap().len(), &kept["forgotten"]);
    assert!((50..300).contains(&count), "{count} entries of 5 kB in 1 MiB");
    assert_eq!(forgotten.as_u64().unwrap() + count as u64, 6_000);
    let told = slow.until("event: lost").unwrap() + &slow.until("\n\n").unwrap();
    assert!(told.contains("{\"lost\":"), "{}", &told[told.len() - 200..]);
}

/// With a store file it is asked for; and 0 keeps none.
#[test]
fn a_server_with_a_store_file_keeps_a_journal_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.redb");
    let file = file.to_str().unwrap();
    for (args, status) in [
        (&["--db", file][..], 404),
        (&["--db", file, "--journal", "1"], 200),
        (&["--journal", "0"], 404),
        (&[], 200),
    ] {
        let served = Served::start(args);
        let answer = served.client().ask("GET", "/etalon/requests", "").unwrap();
        assert_eq!(answer.status, status, "{args:?}: {}", String::from_utf8_lossy(&answer.body));
    }
}
