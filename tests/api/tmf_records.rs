//! Records of 004: in, out, and in place of one another.

use crate::tmf::{Bills, received};
use crate::world::{Reply, request, with_header};

fn load(bills: &Bills, records: &str) -> Reply {
    let request = request("POST", "/etalon/records", records);
    bills.world.answer(with_header(request, "authorization", "Bearer etalon-admin"))
}

fn record(collection: &str, resource: &str) -> String {
    format!(r#"{{"record":"tmf","collection":"{collection}","resource":{resource}}}"#)
}

/// Load ∘ dump is the identity, byte for byte, digits and order of members and all.
#[test]
fn what_is_dumped_can_be_loaded_and_is_the_same() {
    let odd = [
        r#"{"id":"å/ä %","name":"a\"b\\c\n\u0000"}"#,
        r#"{"id":"2","billingAccountBalance":[{"amount":1.2300}],"name":""}"#,
        r#"{"id":"10","validFor":{},"customerAccount":{"id":"never heard of"}}"#,
    ];
    let bills =
        Bills::with(&odd.map(|resource| record("billingAccount", resource) + "\n").concat());
    bills.ask("POST", "billingAccount", received(r#"{"customerBillFormat":{"id":"23"}}"#));
    let dump = bills.world.records();
    let tmf = |dump: &str| {
        let lines = dump.lines().filter(|line| line.contains(r#""record":"tmf""#));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(tmf(&dump).len(), 14);
    let again = Bills::of(&(tmf(&dump).join("\n") + "\n"));
    assert!(again.world.records() == dump);
    // Twice is once: records replace by id.
    assert_eq!(load(&again, &tmf(&dump).join("\n")).status, 200);
    assert!(again.world.records() == dump);
    assert_eq!(bills.get("billingAccount").text(), again.get("billingAccount").text());
}

/// A dump is a backup only if a load takes it: what no line can hold is refused before it is stored,
/// be it sent at once, by and by, or written shorter than it is dumped.
#[test]
fn no_resource_grows_beyond_what_a_record_holds() {
    let bills = Bills::of("");
    let text = |length: usize| "x".repeat(length);
    let account = |length| received(&format!(r#"{{"name":"{}"}}"#, text(length)));
    let longer = "longer than one record";
    bills.ask("POST", "billingAccount", account(1 << 20)).fails(400, "validation", longer);
    assert_eq!(bills.ask("POST", "billingAccount", account(900_000)).status, 201);
    let more =
        format!(r#"{{"relatedParty":[{{"href":"{}","role":"bill receiver"}}]}}"#, text(200_000));
    bills.ask("PATCH", "billingAccount/1", more).fails(400, "validation", longer);
    // Half of what a number takes here is the sign of its exponent there.
    let numbers = r#"{"amount":1e9},"#.repeat(69_000);
    let grown = format!(r#"{{"id":"9","billingAccountBalance":[{}]}}"#, numbers.trim_matches(','));
    load(&bills, &record("billingAccount", &grown)).blames(&["line 1.resource"]);
    let dump = bills.world.records();
    assert_eq!(load(&bills, &dump).status, 200);
    assert!(bills.world.records() == dump);
}

/// What a record may say, and what becomes of it.
#[test]
fn a_record_is_a_resource_without_its_link() {
    let bills = Bills::new();
    for (collection, resource, served) in [
        ("customerBillFormat", r#"{"id":7}"#, r#"{"id":"7","href":"…/7"}"#),
        ("customerBillFormat", r#"{"id":"23","name":null}"#, r#"{"id":"23","href":"…/23"}"#),
        (
            "billingAccount",
            r#"{"id":"65","state":"pending closed","validFor":{"endPeriod":"2014-01-01T00:00:00Z"}}"#,
            r#"{"id":"65","href":"…/65","state":"Pending_Closed","validFor":{"endDateTime":"2014-01-01T00:00:00Z"}}"#,
        ),
        (
            "settlementNoteAdvice",
            r#"{"id":"1","settlementNoteItem":[{"itemNumber":"1","taxItem":null,"period":{"startDateTime":"2014-01-01T00:00:00Z"}}]}"#,
            r#"{"id":"1","href":"…/1","settlementNoteItem":[{"itemNumber":"1","period":{"startPeriod":"2014-01-01T00:00:00Z"}}]}"#,
        ),
        (
            "appliedCustomerBillingCharge",
            r#"{"id":"25","type":"x"}"#,
            r#"{"id":"25","href":"…/25","type":"x"}"#,
        ),
    ] {
        let loaded = load(&bills, &record(collection, resource));
        assert_eq!(loaded.status, 200, "{}", loaded.text());
        let path = serde_json::from_str::<serde_json::Value>(served).unwrap()["href"].to_string();
        let id = path.trim_matches('"').trim_start_matches("…/").to_owned();
        let served = served.replace('…', &format!("/billingManagement/{collection}"));
        bills.get(&format!("{collection}/{id}")).is(200, &served);
    }
}

/// Everything that is wrong with a load is told by line and member, and nothing is loaded.
#[test]
fn a_record_that_is_none_is_refused_with_its_reason() {
    let bills = Bills::new();
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(51));
    let of_account = |resource: &str| record("billingAccount", resource);
    for (line, parameter) in [
        (r#"{"record":"tmf"}"#.to_owned(), "line 1.collection"),
        (record("paymentMean", r#"{"id":"1"}"#), "line 1.collection"),
        (record("billingaccount", r#"{"id":"1"}"#), "line 1.collection"),
        (r#"{"record":"tmf","collection":"billingAccount"}"#.to_owned(), "line 1.resource"),
        (of_account("7"), "line 1.resource"),
        (of_account(r#"{"id":"1"},"ledgerNo":"100""#), "line 1.ledgerNo"),
        (of_account(r#"{"name":"a"}"#), "line 1.resource.id"),
        (of_account(r#"{"id":""}"#), "line 1.resource.id"),
        (of_account(&long), "line 1.resource.id"),
        (of_account(r#"{"id":"a\u0007"}"#), "line 1.resource.id"),
        (of_account(r#"{"id":"1","href":"http://h/1"}"#), "line 1.resource"),
        (of_account(r#"{"id":"1","NAME":"a"}"#), "line 1.resource"),
        (of_account(r#"{"id":"1","name":7}"#), "line 1.resource.name"),
        (of_account(r#"{"id":"1","state":"Gone"}"#), "line 1.resource.state"),
        (
            of_account(r#"{"id":"1","validFor":{"startDateTime":"x"}}"#),
            "line 1.resource.validFor.startDateTime",
        ),
        (of_account(r#"{"id":"1","relatedParty":[]}"#), "line 1.resource.relatedParty"),
        (record("settlementNoteAdvice", r#"{"id":"1","taxDate":"x"}"#), "line 1.resource.taxDate"),
        (
            record(
                "settlementNoteAdvice",
                r#"{"id":"1","settlementNoteItem":[{"period":{"startPeriod":"2014-01-02T00:00:00Z","endPeriod":"2014-01-01T00:00:00Z"}}]}"#,
            ),
            "line 1.resource.settlementNoteItem.period.endPeriod",
        ),
    ] {
        let before = bills.world.records();
        load(&bills, &line).blames(&[parameter]);
        assert!(before == bills.world.records());
    }
}

/// Ids that are numbers stand in the order of numbers, in a list and in a dump.
#[test]
fn ids_are_in_order() {
    let ids = ["100", "9", "10", "a", "1", "bb", "2"];
    let line = |id| record("customerBillPresentationMedia", &format!(r#"{{"id":"{id}"}}"#)) + "\n";
    let bills = Bills::of(&ids.map(line).concat());
    let found = bills.found("customerBillPresentationMedia");
    assert_eq!(found, ["1", "2", "9", "a", "10", "bb", "100"]);
}
