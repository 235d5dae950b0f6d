//! New charges: 004 › POST API/bILLING Management/AppliedCustomerbillingcharge.

use etalon::model::tmf::instant::Instant;
use serde_json::{Value, json};

use crate::tmf::{Bills, ROOT};

const PATH: &str = "appliedCustomerBillingCharge";

const DOCUMENTED: &str = r#"{"date":"2013-04-19T16:42:23.0Z","description":"Partner Premium monthly fee","type":"recurring",
    "currencyCode":"USD","taxIncludedAmount":2.4,"taxExcludedAmount":2,
    "appliedCustomerBillingTaxRate":[{"amount":0.4,"taxCategory":"VAT"}],
    "serviceId":[{"id":"0601020304","type":"Mobile number"}],
    "productSpecification":[{"name":"Partner Premium","productNumber":"P001"}],
    "period":[{"startPeriod":"2013-10-01T00:00:00.0Z","endPeriod":"2013-10-31T00:00:00.0Z"}]}"#;

/// The exchange as printed (reading 129): 201 with everything as sent, id, href and Location.
#[test]
fn the_documented_charge_is_made() {
    let bills = Bills::new();
    let created = bills.ask("POST", PATH, DOCUMENTED);
    let mut expected: Value = serde_json::from_str(DOCUMENTED).unwrap();
    expected["id"] = "26".into();
    expected["href"] = format!("{ROOT}/{PATH}/26").into();
    assert_eq!((created.status, created.json()), (201, expected));
    assert_eq!(created.header("location"), format!("{ROOT}/{PATH}/26"));
    assert_eq!(bills.get(&format!("{PATH}/26")).text(), created.text());
}

/// The documented charge with other members; null takes one away.
fn with(changes: &Value) -> String {
    let mut charge: Value = serde_json::from_str(DOCUMENTED).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        charge[name.as_str()] = value.clone();
    }
    charge.to_string()
}

/// Readings 143, 154, 155, 157, 222.
#[test]
fn a_charge_is_what_it_must_be() {
    let bills = Bills::new();
    let period = |start: &str, end: &str| json!({"period":[{"startPeriod":start,"endPeriod":end}]});
    let (june, july) = ("2013-06-01T00:00:00Z", "2013-07-01T00:00:00Z");
    for (changes, fault) in [
        (json!({}), ""),
        (json!({"date":null,"description":null,"taxIncludedAmount":null}), ""),
        (json!({"serviceId":null,"productSpecification":null,"period":null}), ""),
        (json!({"serviceId":[],"productSpecification":[],"period":[]}), ""),
        (json!({"appliedCustomerBillingTaxRate":null}), ""),
        (json!({"type":"oneTimeCharge","period":[{"startPeriod":june}]}), ""),
        (json!({"type":"recurring","period":[{"startPeriod":june}]}), "endPeriod"),
        (json!({"type":"Recurring","period":[{"endPeriod":june}]}), "startPeriod"),
        (
            json!({"type":"recurringCharge","period":[{"startPeriod":june,"endPeriod":null}]}),
            "endPeriod",
        ),
        (json!({"period":[{"startDateTime":june,"endDateTime":july}]}), ""),
        (
            json!({"period":[{"startDateTime":june,"startPeriod":july,"endPeriod":july}]}),
            "two values",
        ),
        (json!({"period":{"startPeriod":june,"endPeriod":july}}), "period"),
        (period(june, july), ""),
        (period(june, june), ""),
        (period(july, june), "after startPeriod"),
        (period("1 June", july), "1 June"),
        (json!({"type":null}), "type"),
        (json!({"type":""}), "type"),
        (json!({"type":7}), "type"),
        (json!({"currencyCode":null}), "currencyCode"),
        (json!({"taxExcludedAmount":null}), "taxExcludedAmount"),
        (json!({"taxExcludedAmount":"2"}), "taxExcludedAmount"),
        (json!({"date":"2013-04-19"}), "2013-04-19"),
        (json!({"serviceId":[{"type":"Mobile number"}]}), "serviceId[0].id"),
        (json!({"serviceId":[{"id":601020304}]}), ""),
        (json!({"serviceId":{"id":"1"}}), "serviceId"),
        (
            json!({"productSpecification":[{"productNumber":"P001"}]}),
            "productSpecification[0].name",
        ),
        (json!({"productSpecification":[{"name":""}]}), "productSpecification[0].name"),
    ] {
        let reply = bills.ask("POST", PATH, with(&changes));
        match fault {
            "" => assert_eq!(reply.status, 201, "{changes}: {}", reply.text()),
            named => reply.fails(400, "validation", named),
        }
    }
}

/// Reading 143: a charge without a date is one of now, and none is too old.
#[test]
fn a_charge_is_of_now_or_of_when_it_says() {
    let bills = Bills::new();
    let date = |changes: Value| bills.ask("POST", PATH, with(&changes)).at("/date");
    let moment = |text: &str| Instant::parse(text).unwrap();
    let now = date(json!({"date":null}));
    assert!(moment(now.as_str().unwrap()) > moment("2025-01-01T00:00:00Z"), "{now}");
    assert_eq!(date(json!({"date":"1970-01-01T00:00:00Z"})), "1970-01-01T00:00:00Z");
}

/// No floating point touches an amount (reading 158): the digits that come are the digits that go.
#[test]
fn amounts_keep_their_digits() {
    let bills = Bills::new();
    for digits in ["2", "2.40", "0.10000000000000000001", "9007199254740993.07", "-0.0"] {
        let body = format!(r#"{{"type":"x","currencyCode":"EUR","taxExcludedAmount":{digits}}}"#);
        let created = bills.ask("POST", PATH, body);
        let served = bills.get(&format!("{PATH}/{}", created.at("/id").as_str().unwrap()));
        for reply in [created, served] {
            assert!(reply.text().contains(&format!("\"taxExcludedAmount\":{digits}")), "{digits}");
        }
    }
}
