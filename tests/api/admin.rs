//! The admin surface under `/etalon/`: of no document, but what every load and dump relies on.

use crate::world::{World, request, with_header};

fn admin(method: &str, path: &str, body: &str) -> etalon::api::message::Request {
    with_header(request(method, path, body), "authorization", "Bearer etalon-admin")
}

/// Health needs no token; the records need the admin's, and a ledger's is not enough.
#[test]
fn records_need_the_admin_token() {
    let world = World::new();
    let health = with_header(request("GET", "/etalon/health", ""), "authorization", "");
    assert_eq!(world.answer(health).at("/status"), "ok");
    for method in ["GET", "POST", "DELETE", "PUT"] {
        for token in ["", "Bearer etalon-100", "Bearer"] {
            let bare = with_header(request(method, "/etalon/records", ""), "authorization", token);
            let refused = world.refuses(bare);
            refused.is_problem(401, "unauthorized");
            assert_eq!(refused.header("www-authenticate"), "Bearer");
        }
    }
    let refused = world.refuses(admin("PUT", "/etalon/records", ""));
    refused.is_problem(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), "GET, HEAD, POST, DELETE");
    let refused = world.refuses(admin("DELETE", "/etalon/health", ""));
    assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"));
}

/// Who means one ledger would empty the whole store, or be given all of it.
#[test]
fn what_would_be_passed_over_is_refused_and_changes_nothing() {
    let world = World::new();
    let records = world.records();
    for (method, path, parameter) in [
        ("DELETE", "/etalon/records?ledger=200", "ledger"),
        ("GET", "/etalon/records?ledger=200", "ledger"),
        ("POST", "/etalon/records?replace=true", "replace"),
        ("DELETE", "/etalon/behaviours?api=usage", "api"),
        ("POST", "/etalon/snapshots/start?force", "force"),
        ("GET", "/etalon/events?listener=1", "listener"),
    ] {
        let refused = world.refuses(admin(method, path, ""));
        refused.is_problem(400, "validation");
        assert!(refused.at("/Problems").get(parameter).is_some(), "{method} {path}");
    }
    let compressed = admin("POST", "/etalon/records", &records);
    let refused = world.refuses(with_header(compressed, "content-encoding", "gzip"));
    refused.is_problem(415, "unsupported-media-type");
    assert_eq!(world.records(), records);
    assert_eq!(world.answer(admin("GET", "/etalon/records?", "")).status, 200);
}

/// Loading a dump gives the same dump; emptying leaves nothing.
#[test]
fn what_is_dumped_can_be_loaded() {
    let world = World::new();
    let records = world.records();
    let dumped = world.answer(admin("GET", "/etalon/records", ""));
    assert_eq!(dumped.header("content-type"), "application/x-ndjson");
    assert_eq!(dumped.text(), records);
    assert_eq!(world.answer(admin("DELETE", "/etalon/records", "")).status, 204);
    assert_eq!(world.records(), "");
    let loaded = world.answer(admin("POST", "/etalon/records", &records));
    assert_eq!(loaded.at("/records").to_string(), records.lines().count().to_string());
    assert_eq!(world.records(), records);
}

/// A refused load names every line and member, and changes nothing.
#[test]
fn a_refused_load_names_every_line() {
    let world = World::new();
    let records = [
        r#"{"record":"customer","ledgerNo":"100","customer":{"customerNo":"7001","name":"A"}}"#,
        r#"{"record":"customer","ledgerNo":"100","customer":{"customerNo":"0","name":7}}"#,
        r#"{"record":"customer","ledgerNo":"999","customer":{"customerNo":"1","name":"A"}}"#,
        r#"{"record":"bill"}"#,
        "no JSON",
        r#"{"record":"ledger","ledgerNo":"901","country":"JJ","currency":"SEK","customerNoMode":"assigned"}"#,
        r#"{"record":"person","ledgerNo":"100","nationalIdentifier":{"regNo":"19900101-0017","countryCode":"SE"},"name":" ","address":{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}}"#,
    ];
    let refused = world.refuses(admin("POST", "/etalon/records", &records.join("\n")));
    refused.is_problem(400, "validation");
    let problems = refused.at("/Problems");
    for parameter in [
        "line 2.customer.customerNo",
        "line 2.customer.name",
        "line 3.ledgerNo",
        "line 4.record",
        "line 6.country",
        "line 7.name",
    ] {
        assert!(problems.get(parameter).is_some(), "{parameter}: {problems}");
    }
    assert!(problems.as_object().unwrap().keys().any(|key| key.starts_with("line 5")));
}

/// Whether a surplus takes an order is told by its status alone (reading 103), so a record in which
/// status and orders disagree would disburse it twice, or never (reading 248).
#[test]
fn a_surplus_whose_orders_are_not_of_its_status_is_refused() {
    let world = World::new();
    let order = r#"{"norwegianBankAccount":{"accountNo":"86011117947"}}"#;
    let twice = format!("{order},{order}");
    for (status, balance, orders, refused) in [
        ("open", 1, "", false),
        ("open", 1, order, true),
        ("open", 0, order, true),
        ("pending-disbursement", 1, order, false),
        ("pending-disbursement", 1, "", true),
        ("pending-disbursement", 0, "", false),
        ("pending-disbursement", 1, &twice, true),
        ("pending-regulate", 1, "", false),
        ("pending-regulate", 1, &twice, true),
    ] {
        let record = format!(
            r#"{{"record":"surplus","ledgerNo":"100","customerNo":"9999","surplus":{{"surplusId":"s","balance":{balance},"currency":"SEK","date":"2023-01-01T00:00:00","status":"{status}"}},"activeDisbursementOrders":[{orders}]}}"#
        );
        let request = admin("POST", "/etalon/records", &record);
        if !refused {
            assert_eq!(world.answer(request).status, 200, "{record}");
            continue;
        }
        let problems = world.refuses(request).at("/Problems");
        let said = &problems["line 1.activeDisbursementOrders"][0];
        assert!(said.as_str().is_some_and(|said| said.contains("order")), "{record}: {problems}");
    }
}

/// A file in which a number stands twice has two customers in it, and whoever loads it would lose
/// one of them.
#[test]
fn a_customer_that_occurs_twice_in_one_load_is_refused() {
    let world = World::new();
    let customer = |ledger: &str, no: &str| {
        format!(
            r#"{{"record":"customer","ledgerNo":"{ledger}","customer":{{"customerNo":"{no}","name":"A"}}}}"#
        )
    };
    let once = [customer("100", "7001"), customer("200", "7001"), customer("100", "9999")];
    let twice = [&once[..], &[customer("100", "9999"), customer("100", "7001")]].concat();
    let refused = world.refuses(admin("POST", "/etalon/records", &twice.join("\n")));
    refused.blames(&["line 4.customer.customerNo", "line 5.customer.customerNo"]);
    // Two loads are another matter: the second adds to the first.
    for _ in 0..2 {
        let loaded = world.answer(admin("POST", "/etalon/records", &once.join("\n")));
        assert_eq!(loaded.status, 200, "{}", loaded.text());
    }
}

/// A wrong file may be wrong in every line: a thousand of them are listed, and how many more.
#[test]
fn the_refused_lines_of_a_load_are_a_thousand_at_most() {
    let world = World::new();
    for (lines, unlisted) in [(1_000, None), (1_001, Some("1 more")), (2_500, Some("1500 more"))] {
        let refused = world.refuses(admin("POST", "/etalon/records", &"{}\n".repeat(lines)));
        let problems = refused.at("/Problems");
        let listed = problems.as_object().unwrap().keys().filter(|key| key.starts_with("line "));
        assert_eq!(listed.count(), 1_000);
        assert!(problems.get("line 1000.record").is_some(), "the first are listed");
        let more = problems["body"][0].as_str();
        assert_eq!(more.is_some(), unlisted.is_some(), "{lines}");
        assert!(more.is_none_or(|more| more.contains(unlisted.unwrap())), "{more:?}");
    }
}
