//! `serve --log`: what is told of each request, and what never is.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use raw::{Raw, field};
use serde_json::Value;
use served::command;

const CUSTOMER: &str = "/ledger/customer/v1/100/customers/1000001";
const SECRETS: [&str; 5] =
    ["s3cret-token", "s3cret-query", "s3cret-body", "s3cret-admin", "czNjcmV0"];

/// A server whose standard error is the test's to read, or to leave.
struct Logged {
    child: Child,
    addr: SocketAddr,
    stderr: ChildStderr,
}

impl Logged {
    fn start(args: &[&str]) -> Self {
        let mut child = command(&["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .env("ETALON_ADMIN_TOKEN", "s3cret-admin")
            .env("TOKEN", "s3cret-token")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let addr = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        let stderr = child.stderr.take().unwrap();
        Self { child, addr, stderr }
    }

    fn ask(&self, line: &str, fields: &str, body: &str) -> raw::Answer {
        let mut client = Raw::connect(self.addr).unwrap();
        let length = format!("Host: localhost\r\nContent-Length: {}", body.len());
        client.send(format!("{line} HTTP/1.1\r\n{length}\r\n{fields}\r\n{body}")).unwrap();
        client.answer().unwrap()
    }

    /// Asks it to stop, and returns all that it said.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -TERM $0", &pid]).status().unwrap().success());
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        said
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What is looked for in a log is what went wrong, when and for whom; what is found in one that was
/// handed on is every token that it holds.
#[test]
fn each_request_is_a_line_that_tells_how_it_ended_and_no_secret() {
    let logged = Logged::start(&["--log", "json", "--token", "100=env:TOKEN", "--cors", "*"]);
    let token = "Authorization: Bearer s3cret-token\r\nContent-Type: application/json\r\n";
    let whole = logged.ask(&format!("GET {CUSTOMER}?$expand=s3cret-query"), token, "");
    let written =
        logged.ask(&format!("PATCH {CUSTOMER}"), token, "{\"s3cret-body\":\"s3cret-body\"}");
    let basic = "Authorization: Basic czNjcmV0OnM=\r\nCookie: s3cret-token\r\n";
    let refused = logged.ask("GET /api/v01/customers?pin=s3cret-query", basic, "");
    let unread = logged.ask("GET /billingManagement/billingAccount?s3cret-query\u{1}", "", "");
    let dumped = logged.ask("GET /etalon/records", "Authorization: Bearer s3cret-admin\r\n", "");
    let absolute = logged.ask("GET http://s3cret-token@localhost/x?s3cret-query", token, "");
    let addr = logged.addr;
    let said = logged.stop();
    for secret in SECRETS {
        assert!(!said.contains(secret), "{secret} is in the log: {said}");
    }
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect();
    assert!(
        lines.iter().any(|line| line["message"].is_string()),
        "the warning is a line too: {said}"
    );
    let requests: Vec<&Value> = lines.iter().filter(|line| line["method"].is_string()).collect();
    let answers = [
        ("GET", CUSTOMER, whole),
        ("PATCH", CUSTOMER, written),
        ("GET", "/api/v01/customers", refused),
        ("GET", "/billingManagement/billingAccount", unread),
        ("GET", "/etalon/records", dumped),
        ("GET", "/x", absolute),
    ];
    assert_eq!(requests.len(), answers.len(), "{addr}: {said}");
    for (method, path, answer) in answers {
        // A client may have an answer before the line of it is written, and ask on.
        let id = field(&answer.head, "x-request-id").unwrap();
        let line = requests.iter().find(|line| line["id"] == id);
        let line = line.unwrap_or_else(|| panic!("{path} is not in the log: {said}"));
        let told = (line["method"].as_str(), line["path"].as_str(), line["status"].as_u64());
        assert_eq!(told, (Some(method), Some(path), Some(answer.status.into())), "{said}");
        // A chunked body has its lengths beside it.
        let least = answer.head.len() + answer.body.len();
        let bytes = usize::try_from(line["bytes"].as_u64().unwrap()).unwrap();
        assert!((least..least + least / 100 + 64).contains(&bytes), "{line} {least}");
        let time = line["time"].as_str().unwrap();
        assert!(time.len() == 27 && time.ends_with('Z') && &time[10..11] == "T", "{time}");
        assert!(line["microseconds"].as_u64().is_some_and(|micros| micros < 60_000_000), "{line}");
        assert_eq!(line.get("cut"), None, "{line}");
    }
}

#[test]
fn a_line_of_text_has_the_same_parts_in_order_and_shows_what_would_not_show() {
    let logged = Logged::start(&["--log", "text"]);
    logged.ask("GET /etalon/health", "", "");
    logged.ask("GET /nothing/\u{202e}cod", "", "");
    let mut client = Raw::connect(logged.addr).unwrap();
    client
        .send("HEAD /billingManagement/billingAccount HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    client.head().unwrap();
    let said = logged.stop();
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split(' ').collect()).collect();
    let mut told: Vec<_> =
        lines.iter().map(|line| (line.len(), line[1], line[2], line[3])).collect();
    told.sort_by_key(|(.., status)| *status);
    told.sort_by_key(|(_, method, ..)| *method);
    let accounts = "/billingManagement/billingAccount";
    assert_eq!(
        told,
        [
            (7, "GET", "/etalon/health", "200"),
            (7, "GET", "/nothing/⟨U+202E⟩cod", "404"),
            (7, "HEAD", accounts, "200"),
        ]
    );
    assert!(lines.iter().all(|line| line[4].ends_with('B') && line[5].ends_with("us")), "{said}");
}

/// Of a list that a client did not read to its end, a log that said 200 and nothing else would say
/// that it has it.
#[test]
fn an_answer_that_did_not_arrive_whole_says_so_and_how_much_was_sent() {
    let logged = Logged::start(&["--log", "json"]);
    let mut client = Raw::connect(logged.addr).unwrap();
    // More than the system keeps for a client that does not read.
    let dump = "GET /etalon/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret-admin\r\n\r\n";
    for _ in 0..60 {
        client.send(dump).unwrap();
    }
    client.answer().unwrap();
    drop(client);
    logged.ask("GET /etalon/health", "", "");
    let said = logged.stop();
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dumps: Vec<&Value> =
        lines.iter().filter(|line| line["path"] == "/etalon/records").collect();
    let whole = dumps[0]["bytes"].as_u64().unwrap();
    let cut: Vec<&&Value> = dumps.iter().filter(|line| line["cut"] == true).collect();
    assert_eq!(cut.len(), 1, "{said}");
    assert!(cut[0]["bytes"].as_u64().unwrap() < whole, "{} of {whole}", cut[0]);
}

/// A log that nobody reads stopped every request once the pipe was full.
#[test]
fn whoever_does_not_read_the_log_stops_no_request_and_is_told_how_much_was_left_out() {
    const REQUESTS: usize = 8_000;
    let logged = Logged::start(&["--log", "json"]);
    let mut client = Raw::connect(logged.addr).unwrap();
    for _ in 0..REQUESTS / 40 {
        client.send("GET /etalon/health HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(40)).unwrap();
        for _ in 0..40 {
            assert_eq!(client.answer().unwrap().status, 200);
        }
    }
    let said = logged.stop();
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = lines.iter().filter(|line| line["path"] == "/etalon/health").count();
    let left_out = lines.iter().filter_map(|line| line["message"].as_str()).filter_map(|message| {
        let (count, _) = message.strip_prefix("etalon: ")?.split_once(" lines were left out")?;
        count.parse::<usize>().ok()
    });
    let left_out: usize = left_out.sum();
    assert!(told < REQUESTS && left_out > 0, "the reader was never too slow: {told}");
    assert_eq!(told + left_out, REQUESTS);
}
