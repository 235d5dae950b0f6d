//! What a user would lose: the recorded answers of yesterday differ from those of today in dates and ids, so
//! that every test of a client has to look away from them.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;

use crate::served::{Served, etalon};

const FIELDS: &str = "Host: localhost\r\nAuthorization: Bearer etalon-100\r\n\
                      Content-Type: application/json\r\nConnection: close\r\n";

/// Requests to each API, of which most draw something or date it, and some are refused by their head.
fn requests() -> Vec<String> {
    let customer = r#"{"customerNo":"778899","nationalIdentifier":{"regNo":"19640823-3234","countryCode":"SE"},"legalEntity":"consumer","name":"Kalle","legalAddress":{"addressee":"Kalle","city":"VISBY","zipCode":"62157","countryCode":"SE"}}"#;
    let account = r#"{"name":"Å","billReceiver":[{"id":"1"}],"state":"active"}"#;
    let lines = [
        ("POST /ledger/customer/v1/100/customers", customer),
        ("POST /ledger/customer/v1/100/customers", customer),
        ("GET /ledger/customer/v1/100/customers/778899?$expand=legaladdress", ""),
        ("GET /ledger/customer/v1/100/customers/0", ""),
        ("PATCH /ledger/customer/v1/100/customers/778899", r#"{"name":7,"msisdn":7,"nothing":7}"#),
        ("BREW /ledger/customer/v1/100/customers/778899", ""),
        ("GET /ledger/customer/v1/200/customers/0", ""),
        ("GET /billing/usage/v1/100/invoices/123456/subscriptions", ""),
        ("PUT /api/v01/customers", r#"{"code":"NEW-1","firstName":"A","lastName":"B"}"#),
        ("GET /api/v01/customers?code=NEW-1", ""),
        ("POST /billingManagement/billingAccount", account),
        ("GET /billingManagement/billingAccount?limit=3", ""),
        ("POST /billingManagement/hub", r#"{"callback":"http://localhost:9/"}"#),
        ("GET /billingManagement/nothing", ""),
        ("GET /nothing", ""),
        ("GET /etalon/health", ""),
        ("GET /etalon/records", ""),
    ];
    let whole = lines.iter().map(|(line, body)| {
        format!("{line} HTTP/1.1\r\n{FIELDS}Content-Length: {}\r\n\r\n{body}", body.len())
    });
    // What hyper refuses, and what names no host.
    let broken = ["GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"];
    whole.chain(broken.map(str::to_owned)).collect()
}

/// Every byte of every answer.
fn answers(args: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, etalon(&["fixtures"]).stdout).unwrap();
    let served = Served::start(&[&["--load", records.to_str().unwrap()], args].concat());
    let answer = |request: String| {
        let mut socket = TcpStream::connect(served.addr).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        std::io::Write::write_all(&mut socket, request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    requests().into_iter().map(answer).collect()
}

#[test]
fn two_servers_of_one_seed_and_one_clock_answer_with_equal_bytes() {
    let args = ["--clock", "2026-10-01T00:00:00Z", "--seed", "7", "--log", "json"];
    let (one, two) = (answers(&args), answers(&args));
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one, two);
        let date = one.lines().find_map(|line| line.strip_prefix("date: "));
        assert_eq!(date, Some("Thu, 01 Oct 2026 00:00:00 GMT"), "{one}");
        assert_eq!(one.matches("\ndate: ").count(), 1, "{one}");
    }
    assert!(
        one[8].contains("2026-10-01 00:00:00"),
        "what is made is dated by the clock: {}",
        one[8]
    );
    // What was drawn is what the seed decides.
    let other = answers(&["--clock", "2026-10-01T00:00:00Z", "--seed", "8", "--log", "json"]);
    assert_ne!(one[3], other[3]);
    assert!(one[3].contains("x-request-id: "), "{}", one[3]);
}

#[test]
fn without_either_time_goes_on_and_ids_are_fresh() {
    let [one, two] = [(), ()].map(|()| answers(&["--journal", "0"])[3].clone());
    assert_ne!(one, two);
    for wrong in ["yesterday", "2026-10-01", "1969-12-31T23:59:59Z", ""] {
        let refused = etalon(&["serve", "--clock", wrong]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            refused.status.code() == Some(2) && said.contains("2026-10-01T00:00:00Z"),
            "{said}"
        );
    }
}
