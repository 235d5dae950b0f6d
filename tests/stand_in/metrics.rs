//! What a user would lose: the dashboard shows calm while half of the requests fail, or Prometheus runs
//! out of memory, because every path that somebody tried became a series of its own.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::raw::{Raw, field};
use crate::served::{Client, Served};

const CUSTOMER: &str = "/ledger/customer/v1/100/customers";

/// The samples of `/etalon/metrics`, a line each.
fn samples(client: &mut Client) -> Vec<String> {
    let answer = client.ask("GET", "/etalon/metrics", "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
    let media = field(&answer.head, "content-type").unwrap();
    assert!(media.starts_with("application/openmetrics-text; version=1.0.0"), "{media}");
    let text = String::from_utf8(answer.body).unwrap();
    // What the form demands of every text: it ends so, and each sample is a name and a number.
    assert!(text.ends_with("# EOF\n"), "{text}");
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let samples: Vec<String> = samples.map(str::to_owned).collect();
    for sample in &samples {
        let (name, value) = sample.rsplit_once(' ').unwrap();
        assert!(name.starts_with("etalon_") && value.parse::<f64>().is_ok(), "{sample}");
    }
    samples
}

/// The value of a sample; 0 where there is none.
fn value(samples: &[String], name: &str) -> f64 {
    let found = samples.iter().find_map(|sample| sample.strip_prefix(name)?.strip_prefix(' '));
    found.map_or(0.0, |value| value.parse().unwrap())
}

fn requests(samples: &[String], api: &str, operation: &str, status: u16) -> f64 {
    let labels = format!("{{api=\"{api}\",operation=\"{operation}\",status=\"{status}\"}}");
    value(samples, &format!("etalon_requests_total{labels}"))
}

#[test]
fn every_answer_is_counted_once_under_its_operation_and_status() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("counted.redb");
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, crate::served::etalon(&["fixtures"]).stdout).unwrap();
    let (file, records) = (file.to_str().unwrap(), records.to_str().unwrap());
    let served = Served::start(&["--db", file, "--load", records]);
    let mut client = served.client();
    let before = samples(&mut client);
    let customer = r#"{"customerNo":"778899","nationalIdentifier":{"regNo":"19640823-3234","countryCode":"SE"},"legalEntity":"consumer","name":"Kalle","legalAddress":{"addressee":"Kalle","city":"VISBY","zipCode":"62157","countryCode":"SE"}}"#;
    let made = client.ask("POST", CUSTOMER, customer).unwrap();
    assert_eq!(made.status, 201, "{made:?}");
    for (method, path, body, status) in [
        ("GET", "/778899", "", 200),
        ("GET", "/778899", "", 200),
        ("HEAD", "/1", "", 404),
        ("GET", "/1", "", 404),
        ("PATCH", "/778899", r#"{"name":7}"#, 400),
    ] {
        if method == "HEAD" {
            client.send(method, &format!("{CUSTOMER}{path}"), body).unwrap();
            assert!(client.raw.head().unwrap().contains(" 404 "));
            continue;
        }
        let answer = client.ask(method, &format!("{CUSTOMER}{path}"), body).unwrap();
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    }
    // Refused by its head, after which the connection closes.
    let refused = served.client().ask("PUT", &format!("{CUSTOMER}/778899"), "{}").unwrap();
    assert_eq!(refused.status, 405);
    // Without a token, and below no API.
    let mut stranger = Raw::connect(served.addr).unwrap();
    stranger.send(format!("GET {CUSTOMER}/778899 HTTP/1.1\r\nHost: localhost\r\n\r\n")).unwrap();
    assert_eq!(stranger.answer().unwrap().status, 401);
    assert_eq!(client.ask("GET", "/nothing/here", "").unwrap().status, 404);

    let after = samples(&mut client);
    for (api, operation, status, count) in [
        ("customer", "POST /customers", 201, 1.0),
        ("customer", "GET /customers/{customerNo}", 200, 2.0),
        ("customer", "GET /customers/{customerNo}", 404, 2.0),
        ("customer", "PATCH /customers/{customerNo}", 400, 1.0),
        ("customer", "none", 405, 1.0),
        ("customer", "none", 401, 1.0),
        ("none", "none", 404, 1.0),
        ("etalon", "GET /metrics", 200, 1.0),
    ] {
        let counted = requests(&after, api, operation, status);
        assert_eq!(counted, count, "{api} {operation} {status}: {after:#?}");
    }
    assert_eq!(value(&after, "etalon_request_duration_seconds_count{api=\"customer\"}"), 8.0);
    let grown = |name| value(&after, name) - value(&before, name);
    assert_eq!(
        (grown("etalon_commit_writes_count"), grown("etalon_commit_writes_sum")),
        (1.0, 1.0)
    );
    assert_eq!(value(&after, "etalon_writes_queued"), 0.0);
    assert_eq!(value(&after, "etalon_connections_accepted_total"), 3.0);
    assert!([2.0, 3.0].contains(&value(&after, "etalon_connections")));
    let size = std::fs::metadata(file).unwrap().len();
    assert_eq!(value(&after, "etalon_store_bytes"), size as f64);
}

/// A scanner that tries ten thousand paths costs one count.
#[test]
fn no_client_makes_a_series() {
    let served = Served::start(&[]);
    let mut client = served.client();
    samples(&mut client);
    client.ask("GET", "/ledger/customer/v1/100/a", "").unwrap();
    let before = samples(&mut client).len();
    for number in 0..50 {
        for path in [
            format!("/ledger/customer/v1/100/{number}"),
            format!("/ledger/customer/v1/{number}/customers/1"),
            format!("{CUSTOMER}/1000001?{number}"),
            format!("/{number}"),
            format!("/etalon/{number}"),
        ] {
            client.ask(if number % 2 == 0 { "GET" } else { "BREW" }, &path, "").unwrap();
        }
    }
    let after = samples(&mut client);
    // What was never asked before: a customer, a method that it has not, no API, none of the admin's.
    assert!(after.len() <= before + 10, "{after:#?}");
}

/// On a loopback address anybody may read them; where others reach the server, the administrator alone.
#[test]
fn others_than_this_machine_need_the_admin_token() {
    let mut serve = crate::served::command(&["serve", "--listen", "0.0.0.0:0", "--token", "100=x"]);
    serve.env("ETALON_ADMIN_TOKEN", "etalon-admin").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    for (token, status) in [("", 401), ("Authorization: Bearer etalon-admin\r\n", 200)] {
        let mut raw = Raw::connect(([127, 0, 0, 1], port).into()).unwrap();
        raw.send(format!("GET /etalon/metrics HTTP/1.1\r\nHost: localhost\r\n{token}\r\n"))
            .unwrap();
        assert_eq!(raw.answer().unwrap().status, status);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
