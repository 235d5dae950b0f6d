//! What a user would lose: the client that was tried against this server alone has never seen a time-out,
//! a 503 or half an answer, and meets its first in production; or it has, and it was never said that the
//! server was told to.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::raw::{Answer, Raw, field};
use crate::served::{Client, Served, etalon};

const CUSTOMER: &str = "/ledger/customer/v1/100/customers/9999";
const OTHER: &str = "/ledger/customer/v1/100/customers/9998";

fn served(args: &[&str]) -> (Served, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, etalon(&["fixtures"]).stdout).unwrap();
    (Served::start(&[&["--load", records.to_str().unwrap()], args].concat()), folder)
}

/// Has the server misbehave by one rule; its id is the answer.
fn behave(client: &mut Client, rule: Value) -> String {
    let answer = client.ask("POST", "/etalon/behaviours", &rule.to_string()).unwrap();
    let told: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer.status, 201, "{rule}: {told}");
    let id = told["id"].as_str().unwrap();
    assert_eq!(field(&answer.head, "location"), Some(&*format!("/etalon/behaviours/{id}")));
    id.to_owned()
}

fn said(answer: &Answer) -> &str {
    field(&answer.head, "etalon-behaviour").unwrap_or("")
}

fn mail(client: &mut Client) -> Value {
    client.get(CUSTOMER)["emailAddress"].clone()
}

/// A server that was told nothing says nothing of behaviours, and a rule is for what it names alone.
#[test]
fn a_rule_hits_what_it_names_so_often_as_it_says_and_says_so() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    assert_eq!(said(&client.ask("GET", CUSTOMER, "").unwrap()), "");
    let rule = json!({"api": "customer", "operation": "GET /customers/{customerNo}", "count": 2,
                      "identifiers": {"customerNo": "9999", "ledger": "100"}, "status": 503});
    let id = behave(&mut client, rule.clone());
    // Of another customer, another operation, another API.
    for path in [
        OTHER,
        &format!("{CUSTOMER}/surpluses"),
        "/billingManagement/billingAccount",
        "/etalon/health",
    ] {
        let answer = client.ask("GET", path, "").unwrap();
        assert!(answer.status == 200 && said(&answer).is_empty(), "{path}: {answer:?}");
    }
    for _ in 0..2 {
        let answer = client.ask("GET", CUSTOMER, "").unwrap();
        assert_eq!((answer.status, said(&answer)), (503, "1 status 503 before"));
        // In the form of that API's errors.
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(field(&answer.head, "content-type"), Some("application/problem+json"));
        assert_eq!(
            (&problem["Status"], &problem["Type"]),
            (&503.into(), &"ledger/customer/v1/problems/behaviour".into())
        );
    }
    assert_eq!(client.ask("GET", CUSTOMER, "").unwrap().status, 200);
    let listed = client.get("/etalon/behaviours");
    let mut expected = rule;
    expected["id"] = id.clone().into();
    (expected["hits"], expected["left"]) = (2.into(), 0.into());
    assert_eq!(listed, json!({"behaviours": [expected]}));
    let path = format!("/etalon/behaviours/{id}");
    assert_eq!(client.ask("DELETE", &path, "").unwrap().status, 204);
    assert_eq!(client.ask("DELETE", &path, "").unwrap().status, 404);
    behave(&mut client, json!({"status": 500}));
    assert_eq!(client.ask("DELETE", "/etalon/behaviours", "").unwrap().status, 204);
    assert_eq!(said(&client.ask("GET", CUSTOMER, "").unwrap()), "");
}

/// The answer of each API is in its own form, whatever the status.
#[test]
fn a_status_is_told_in_the_form_of_each_api() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    behave(&mut client, json!({"status": 418}));
    for (path, member, value) in [
        (CUSTOMER, "/Status", json!(418)),
        (
            "/billing/usage/v1/100/invoices/123456",
            "/Type",
            json!("billing/usage/problems/behaviour"),
        ),
        ("/api/v01/customers?name=a", "/error/code", json!("behaviour")),
        ("/billingManagement/billingAccount", "/status", json!("418")),
    ] {
        let answer = client.ask("GET", path, "").unwrap();
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        let found =
            body.pointer(member).or(body.pointer("/code").filter(|_| member == "/error/code"));
        let found = found.unwrap_or_else(|| panic!("{path}: {body}")).to_string();
        assert_eq!(
            (answer.status, found.trim_matches('"')),
            (418, value.to_string().trim_matches('"')),
            "{path}"
        );
    }
}

/// A client that logs in again at a 401, and waits as long as a 503 says, is tried against nothing where
/// these say neither.
#[test]
fn a_status_has_the_headers_that_it_has_without_a_rule() {
    let (served, _folder) = served(&["--gateway-user", "user:word", "--tmf-token", "secret"]);
    let accounts = "/billingManagement/billingAccount";
    // Credentials that are let in, and the header of a refusal without them.
    for (path, credentials) in [
        (CUSTOMER, "Bearer etalon-100"),
        ("/billing/usage/v1/100/invoices/123456", "Bearer etalon-100"),
        ("/api/v01/customers?name=a", "Basic dXNlcjp3b3Jk"),
        (accounts, "Bearer secret"),
    ] {
        let ask = |method: &str, credentials: &str| {
            let mut raw = Raw::connect(served.addr).unwrap();
            raw.send(format!(
                "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {credentials}\r\n\r\n"
            ))
            .unwrap();
            raw.answer().unwrap()
        };
        let mut client = served.client();
        for (status, header, own) in [
            (401, "www-authenticate", ask("GET", "Bearer wrong")),
            (405, "allow", ask("PROPFIND", credentials)),
        ] {
            let expected = field(&own.head, header);
            assert!(own.status == status && expected.is_some(), "{path}: {own:?}");
            behave(&mut client, json!({"status": status, "count": 1}));
            let told = ask("GET", credentials);
            assert_eq!((told.status, field(&told.head, header)), (status, expected), "{path}");
        }
        for status in [429, 503, 401] {
            behave(&mut client, json!({"status": status, "retryAfter": 7, "count": 1}));
            let told = ask("GET", credentials);
            let found = (told.status, field(&told.head, "retry-after"));
            assert_eq!(found, (status, Some("7")), "{path}");
            assert_eq!(field(&told.head, "www-authenticate").is_some(), status == 401, "{path}");
        }
        behave(&mut client, json!({"status": 503, "count": 1}));
        assert_eq!(field(&ask("GET", credentials).head, "retry-after"), None);
    }
}

/// Whether a write that failed was made is what a client cannot know, and has to bear: both are to be had.
#[test]
fn a_write_that_is_not_acknowledged_was_made_or_not_as_the_rule_says() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    for (rule, number, is_made) in [
        (json!({"method": "PATCH", "status": 500, "count": 1}), 1, false),
        (json!({"method": "PATCH", "status": 500, "count": 1, "when": "after"}), 2, true),
        (json!({"method": "PATCH", "drop": true, "count": 1}), 3, false),
        (json!({"method": "PATCH", "drop": true, "count": 1, "when": "after"}), 4, true),
    ] {
        let before = mail(&mut client);
        behave(&mut client, rule.clone());
        let patch = format!("{{\"emailAddress\":\"{number}@example.com\"}}");
        match served.client().ask("PATCH", CUSTOMER, &patch) {
            Ok(answer) => assert_eq!(answer.status, 500, "{rule}"),
            // Not a byte of an answer.
            Err(error) => assert!(rule["drop"] == true, "{rule}: {error}"),
        }
        let made = if is_made { json!(format!("{number}@example.com")) } else { before };
        assert_eq!(mail(&mut client), made, "{rule}");
    }
    // The journal says what became of each.
    let kept = client.get("/etalon/requests?method=PATCH");
    let statuses: Vec<_> =
        kept["requests"].as_array().unwrap().iter().map(|it| &it["answer"]["status"]).collect();
    assert_eq!(statuses, [444, 444, 500, 500]);
    let counted = client.ask("GET", "/etalon/metrics", "").unwrap().body;
    let counted = String::from_utf8(counted).unwrap();
    let dropped = "operation=\"PATCH /customers/{customerNo}\",status=\"444\"} 2";
    assert!(counted.contains(dropped), "{counted}");
}

#[test]
fn a_body_is_cut_within_the_length_that_was_said() {
    let (served, _folder) = served(&[]);
    behave(&mut served.client(), json!({"cut": true}));
    let mut client = served.client();
    client.send("GET", CUSTOMER, "").unwrap();
    let head = client.raw.head().unwrap();
    let length: usize = field(&head, "content-length").unwrap().parse().unwrap();
    assert!(head.starts_with("http/1.1 200") && head.contains("etalon-behaviour: 1 cut"), "{head}");
    client.raw.bytes(length / 2).unwrap();
    assert!(client.raw.closed(), "more came than was to be sent");
    // What has no body ends as if it were dropped, and the server serves on.
    assert!(served.client().ask("PATCH", CUSTOMER, r#"{"emailAddress":"a@example.com"}"#).is_err());
    let mut client = served.client();
    client.send("HEAD", CUSTOMER, "").unwrap();
    assert!(client.raw.closed(), "an answer to HEAD has no middle");
    assert_eq!(served.client().ask("DELETE", "/etalon/behaviours", "").unwrap().status, 204);
    assert_eq!(mail(&mut served.client()), "a@example.com");
    // And is said to have been dropped.
    let kept = served.client().get("/etalon/requests?limit=4");
    let kept = kept["requests"].as_array().unwrap().iter();
    let kept: Vec<_> =
        kept.map(|it| (it["request"]["method"].clone(), it["answer"]["status"].clone())).collect();
    let expected = [("GET", 200), ("HEAD", 444), ("PATCH", 444), ("GET", 200)];
    assert_eq!(kept, expected.map(|(method, status)| (json!(method), json!(status))));
}

/// A long list is cut too, in the middle.
#[test]
fn a_long_list_ends_without_its_end() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    let record = |number: usize| {
        let usage = json!({"type": 250, "startDateTime": "2023-09-01T01:08:25", "subscriptionNo": "1",
            "destination": "x", "typeName": "x", "destinationName": "x", "totalAmount": 2, "volume": number, "volumeUnit": "B",
            "chargeDetails": {"vatRate": 25, "price": 1, "priceUnit": "B", "interval": 1, "intervalUnit": "B", "startPrice": 0}});
        json!({"record": "usage", "ledgerNo": "100", "invoiceNo": "77", "subscriptionNo": "1", "usage": usage})
            .to_string()
            + "\n"
    };
    let loaded =
        client.ask("POST", "/etalon/records", &(1..2_000).map(record).collect::<String>()).unwrap();
    assert_eq!(loaded.status, 200, "{}", String::from_utf8_lossy(&loaded.body));
    behave(&mut client, json!({"cut": true, "api": "usage"}));
    client
        .send("GET", "/billing/usage/v1/100/invoices/77/subscriptions/1/usage-details", "")
        .unwrap();
    assert!(client.raw.head().unwrap().contains("etalon-behaviour: 1 cut"));
    assert!(client.raw.cut());
}

/// A replica that lags: whoever reads what was just written finds what was before.
#[test]
fn a_stale_read_is_of_the_store_as_it_was_when_the_rule_was_made() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    let before = mail(&mut client);
    let list = "/billingManagement/billingAccount?fields=id";
    let accounts = client.get(list);
    behave(&mut client, json!({"stale": true}));
    for _ in 0..3 {
        let patched =
            client.ask("PATCH", CUSTOMER, r#"{"emailAddress":"new@example.com"}"#).unwrap();
        assert_eq!((patched.status, said(&patched)), (204, ""), "a write is never stale");
        assert_eq!(mail(&mut client), before);
    }
    assert_eq!(client.ask("DELETE", "/etalon/records", "").unwrap().status, 204);
    assert_eq!(client.get(list), accounts);
    assert_eq!(said(&client.ask("GET", list, "").unwrap()), "1 stale");
    client.ask("DELETE", "/etalon/behaviours", "").unwrap();
    assert_eq!(client.get(list), json!([]));
}

/// The flags hold back and refuse, as often as the seed has it: two servers of one seed fail alike.
#[test]
fn flags_misbehave_from_the_start_and_a_seed_repeats_them() {
    let statuses = |seed: &str| {
        let args = ["--fail", "30%:503", "--latency", "2ms±1ms", "--seed", seed];
        let (served, _folder) = served(&args);
        let mut client = served.client();
        let begun = Instant::now();
        let answers: Vec<_> = (0..60).map(|_| client.ask("GET", CUSTOMER, "").unwrap()).collect();
        assert!(begun.elapsed() > Duration::from_millis(60), "nothing was held back");
        assert!(answers.iter().all(|answer| said(answer).starts_with("1 delay ")), "{answers:?}");
        answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
    };
    let first = statuses("7");
    let failed = first.iter().filter(|status| **status == 503).count();
    assert!((5..35).contains(&failed), "{failed} of 60 failed of 30 %");
    assert_eq!(statuses("7"), first);
    assert_ne!(statuses("8"), first);
    for (flag, value, part) in [
        ("--fail", "2%:200", "no status of an error"),
        ("--fail", "101%:500", "no share"),
        ("--fail", "2:503", "2%:503"),
        ("--latency", "soon", "80ms"),
        ("--latency", "1ms±2ms", "at most the delay"),
    ] {
        let refused = etalon(&["serve", flag, value]);
        let sentence = String::from_utf8(refused.stderr).unwrap();
        assert!(
            refused.status.code() == Some(2) && sentence.contains(part),
            "{flag} {value}: {sentence}"
        );
    }
}

/// A rule that was misspelled would hit nothing, and the client would pass every test.
#[test]
fn a_rule_that_cannot_be_meant_is_refused_with_the_member_that_is_wrong() {
    let (served, _folder) = served(&[]);
    let mut client = served.client();
    for (rule, parameter, part) in [
        (json!({}), "body", "does something"),
        (json!({"status": 200}), "status", "400 to 599"),
        (json!({"status": 503, "api": "custmer"}), "api", "did you mean customer?"),
        (
            json!({"status": 503, "operation": "GET /customer/{customerNo}"}),
            "operation",
            "did you mean GET /customers/{customerNo}?",
        ),
        (
            json!({"status": 503, "api": "tmf", "operation": "GET /customers/{customerNo}"}),
            "operation",
            "no operation",
        ),
        (
            json!({"status": 503, "identifiers": {"customerNumber": "1"}}),
            "identifiers.customerNumber",
            "customerNo",
        ),
        (json!({"status": 503, "probability": 2}), "probability", "above 0"),
        (json!({"status": 503, "probability": 0}), "probability", "above 0"),
        (json!({"status": 503, "cut": true}), "body", "one way"),
        (json!({"cut": true, "when": "after"}), "when", "status or drop"),
        (json!({"delay": "soon"}), "delay", "80ms"),
        (json!({"statis": 503}), "statis", "did you mean status?"),
        (json!({"status": "503"}), "status", "400 to 599"),
        (json!({"status": 70_000}), "status", "400 to 599"),
        (json!({"status": 503, "count": -1}), "count", "a whole number from 1"),
        (json!({"status": 503, "count": 0}), "count", "a whole number from 1"),
        (json!({"status": 503, "count": 1.5}), "count", "a whole number from 1"),
        (json!({"status": 503, "when": "later"}), "when", "before or after"),
        (json!({"status": 503, "api": 1}), "api", "a text such as customer"),
        (json!({"drop": "true"}), "drop", "true or false"),
        (json!({"status": 503, "identifiers": ["9999"]}), "identifiers", "an object of texts"),
        (json!({"status": 503, "identifiers": {"customerNo": 9999}}), "identifiers", "texts"),
        (json!({"status": 503, "identifiers": {"customerNo": null}}), "identifiers", "texts"),
        (json!({"status": 503, "retryAfter": "soon"}), "retryAfter", "seconds"),
        (json!({"drop": true, "retryAfter": 1}), "retryAfter", "goes with status"),
        // By position, as some would read a list of members.
        (json!(["customer", null, null, {}, 1, null, null, 503]), "body", "not a JSON object"),
        (json!(503), "body", "not a JSON object"),
        // Of no request that there can be.
        (
            json!({"status": 503, "method": "get", "operation": "PATCH /customers/{customerNo}"}),
            "method",
            "has the method get",
        ),
        (json!({"status": 503, "method": "OPTIONS"}), "method", "has the method OPTIONS"),
        (json!({"status": 503, "method": "GE T"}), "method", "has the method GE T"),
        (
            json!({"status": 503, "api": "gateway", "identifiers": {"ledger": "100"}}),
            "identifiers",
            "has ledger",
        ),
        (
            json!({"status": 503, "identifiers": {"customerNo": "1", "invoiceNo": "1"}}),
            "identifiers",
            "has customerNo and invoiceNo",
        ),
        (json!({"stale": true, "method": "POST"}), "stale", "GET or HEAD"),
    ] {
        let refused = client.ask("POST", "/etalon/behaviours", &rule.to_string()).unwrap();
        let problem: Value = serde_json::from_slice(&refused.body).unwrap();
        let told = problem["Problems"].to_string();
        let names =
            problem["Problems"].as_object().unwrap().keys().any(|name| name.contains(parameter));
        assert!(refused.status == 400 && told.contains(part), "{rule}: {problem}");
        assert!(names || parameter == "body", "{rule}: {problem}");
        for word in ["struct", "u16", "u64", "map", "sequence", "unknown field", "[3]"] {
            assert!(!told.contains(word), "{rule}: {problem}");
        }
    }
    for rule in [
        json!({"status": 503, "method": "head", "operation": "GET /customers/{customerNo}"}),
        json!({"stale": true, "method": "HEAD", "identifiers": {"ledger": "100"}}),
        json!({"status": 503, "api": null, "count": 1}),
    ] {
        behave(&mut client, rule);
    }
    client.ask("DELETE", "/etalon/behaviours", "").unwrap();
    assert_eq!(client.get("/etalon/behaviours"), json!({"behaviours": []}));
    for _ in 0..100 {
        behave(&mut client, json!({"delay": "1us", "api": "gateway"}));
    }
    assert_eq!(client.ask("POST", "/etalon/behaviours", "{\"drop\":true}").unwrap().status, 409);
    // And it is for the administrator alone.
    let mut stranger = Raw::connect(served.addr).unwrap();
    stranger
        .send("POST /etalon/behaviours HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
        .unwrap();
    assert_eq!(stranger.answer().unwrap().status, 401);
}
