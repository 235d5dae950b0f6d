//! 002 › Find customer and Generate customer.

use serde_json::{Value, json};

use crate::world::{World, request};

fn identifier(reg_no: &str, country: &str) -> Value {
    json!({"nationalIdentifier": {"regNo": reg_no, "countryCode": country}})
}

/// 002 › Find customer: the oldest of several, with the dash or without, in its own ledger
/// (readings 43, 49, 69, 185).
#[test]
fn the_oldest_customer_with_the_identifier_is_found() {
    let world = World::new();
    let expected = r#"{"@id":"/ledger/customer/v1/100/customers/9999","customerNo":"9999"}"#;
    for body in [
        identifier("19900101-0017", "SE"),
        identifier("199001010017", "SE"),
        identifier("199001010017", "se"),
        json!({"NationalIdentifier": {"REGNO": "19900101-0017", "CountryCode": "SE", "x": 1}, "y": 2}),
    ] {
        let found = world.ask("POST", "100/find-customer", body);
        found.is(200, expected);
        assert_eq!(found.header("location"), "");
    }
    let id = world.ask("POST", "300/find-customer", identifier("19900101-0017", "SE")).at("/@id");
    assert_eq!(id, "/ledger/customer/v1/300/customers/9999");
}

/// Businesses are found by their own forms (reading 187), dash or none.
#[test]
fn a_business_is_found_too() {
    let world = World::new();
    for (no, country, reg_no) in [("1", "SE", "556016-0680"), ("2", "NO", "988077917")] {
        let mut body = identifier(reg_no, country);
        body["customerNo"] = json!(no);
        body["name"] = json!("A");
        body["legalEntity"] = json!("business");
        body["legalAddress"] =
            json!({"addressee": "A", "city": "C", "zipCode": "1", "countryCode": country});
        assert_eq!(world.ask("POST", "100/customers", body).status, 201);
        for reg_no in [reg_no, &reg_no.replace('-', "")] {
            let found = world.ask("POST", "100/find-customer", identifier(reg_no, country));
            assert_eq!(found.at("/customerNo"), no);
        }
    }
}

/// Reading 89: no hit is customer-not-found; a body that is none is a validation problem.
#[test]
fn a_miss_is_not_found_and_a_bad_body_is_refused() {
    let world = World::new();
    for (reg_no, country) in [("19880320-0016", "SE"), ("15108695088", "NO"), ("1", "DK")] {
        let body = identifier(reg_no, country);
        let missed = world.refuses(request("POST", "100/find-customer", body));
        missed.is_problem(404, "customer-not-found");
    }
    let table: Vec<(Value, &[&str])> = vec![
        (json!({}), &["nationalIdentifier"]),
        (json!({"nationalIdentifier": null}), &["nationalIdentifier"]),
        (
            json!({"nationalIdentifier": {}}),
            &["nationalIdentifier.regNo", "nationalIdentifier.countryCode"],
        ),
        (identifier("YYYYMMDD-NNNN", "SE"), &["nationalIdentifier.regNo"]),
        (identifier("19900101-0017", "Sweden"), &["nationalIdentifier.countryCode"]),
        (identifier("19900101-0017", "JJ"), &["nationalIdentifier.countryCode"]),
        (
            json!({"nationalIdentifier": {"regNo": "19900101-0017"}}),
            &["nationalIdentifier.countryCode"],
        ),
    ];
    for (body, parameters) in table {
        world.refuses(request("POST", "100/find-customer", body)).blames(parameters);
    }
}

/// 002 › Generate customer: 201, and then a consumer with the register's name and address and with
/// what was sent (readings 43, 46, 77, 91).
#[test]
fn a_consumer_is_generated_from_the_register() {
    let world = World::new();
    let path = "100/generate-consumer-customer-by-reg-no";
    let mut body = identifier("199001010017", "se");
    body["emailAddress"] = json!("britt@axelstopp.com");
    body["msisdn"] = json!("+91485918841");
    body["customerNo"] = json!("7001");
    // None of these is in the table of this resource, so each is ignored (reading 171).
    body["name"] = json!(7);
    body["legalEntity"] = json!("business");
    body["legalAddress"] = json!("elsewhere");
    let created = world.ask("POST", path, &body);
    let id = "/ledger/customer/v1/100/customers/7001";
    created.is(201, &json!({"@id": id, "customerNo": "7001"}).to_string());
    assert_eq!(created.header("location"), id);
    let customer = world.get("100/customers/7001?$expand=legaladdress").json();
    for (member, value) in [
        ("name", json!("Britt-Marie Axelstopp")),
        ("legalEntity", json!("consumer")),
        ("emailAddress", json!("britt@axelstopp.com")),
        ("msisdn", json!("+91485918841")),
        ("nationalIdentifier", json!({"regNo": "19900101-0017", "countryCode": "SE"})),
    ] {
        assert_eq!(customer[member], value);
    }
    assert_eq!(customer["legalAddress"]["streetAddress"], "Nya gatan 1");
    world.refuses(request("POST", path, &body)).is_problem(409, "customer-already-exists");

    let generated = world.ask(
        "POST",
        "400/generate-consumer-customer-by-reg-no",
        identifier("19900101-0017", "SE"),
    );
    assert_eq!(generated.status, 201);
    assert_eq!(world.get(generated.header("location")).at("/name"), "Britt-Marie Axelstopp");
}

/// 403 without the grant, 404 on a miss, 400 on the rest, nothing made (readings 12, 46, 91, 198).
#[test]
fn what_cannot_be_generated_is_refused() {
    let world = World::new();
    let with = |member: &str, value: Value| {
        let mut body = identifier("19900101-0017", "SE");
        body["customerNo"] = json!("7001");
        body[member] = value;
        body
    };
    let generate = |ledger: &str, body: &Value| {
        let path = format!("{ledger}/generate-consumer-customer-by-reg-no");
        world.refuses(request("POST", &path, body))
    };
    generate("300", &with("x", json!(1))).is_problem(403, "forbidden");
    for (reg_no, country) in [("19880320-0016", "SE"), ("15108695088", "NO")] {
        let mut body = identifier(reg_no, country);
        body["customerNo"] = json!("7001");
        generate("100", &body).is_problem(404, "not-found");
    }
    generate("100", &identifier("19900101-0017", "SE")).blames(&["customerNo"]);
    generate("100", &with("customerNo", json!(null))).blames(&["customerNo"]);
    generate("400", &with("x", json!(1))).blames(&["customerNo"]);
    let long = format!("{}@b.c", "x".repeat(251));
    for (member, value, parameter) in [
        ("customerNo", json!("1".repeat(16)), "customerNo"),
        ("customerNo", json!("07"), "customerNo"),
        ("emailAddress", json!("britt"), "emailAddress"),
        ("emailAddress", json!(long), "emailAddress"),
        ("msisdn", json!("46720000000"), "msisdn"),
        ("msisdn", json!("+123456789012345"), "msisdn"),
        (
            "nationalIdentifier",
            json!({"regNo": "556016-0680", "countryCode": "SE"}),
            "nationalIdentifier.regNo",
        ),
        ("nationalIdentifier", json!({"regNo": "1"}), "nationalIdentifier.countryCode"),
        ("nationalIdentifier", json!(null), "nationalIdentifier"),
    ] {
        generate("100", &with(member, value)).blames(&[parameter]);
    }
}
