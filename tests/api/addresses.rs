//! 002 › Legal-address and Billing-address.

use serde_json::{Value, json};

use crate::world::{World, request, with_header};

/// The address that 002 prints for PUT and POST.
fn printed() -> Value {
    json!({
        "addressee": "Kalle Axelstopp",
        "streetAddress": "Axelgatan 18",
        "city": "STOCKHOLM",
        "zipCode": "16872",
        "countryCode": "SE"
    })
}

/// An address as it is served: with the operations of its resource, each `rel method path`.
fn served(mut address: Value, operations: &[(&str, &str, &str)]) -> String {
    address["operations"] = operations
        .iter()
        .map(|(rel, method, href)| {
            let href = format!("/ledger/customer/v1/{href}");
            json!({"rel": rel, "href": href, "method": method})
        })
        .collect();
    address.to_string()
}

/// 002 › Get the legal address of the customer; the refresh is listed where it would work: where
/// it was agreed and the register knows the customer (readings 23, 87).
#[test]
fn a_legal_address_is_served_with_what_can_be_done() {
    let world = World::new();
    let path = "100/customers/9999/legal-address";
    let refresh = "update-legal-address-from-population-register";
    let address = json!({
        "addressee": "Britt-Marie Axelstopp",
        "streetAddress": "The street 18",
        "coAddress": "c/o Jansson",
        "city": "STOCKHOLM",
        "zipCode": "15961",
        "countryCode": "SE"
    });
    let long = format!("{path}/{refresh}");
    world.get(path).is(200, &served(address, &[("update", "PUT", path), (refresh, "POST", &long)]));
    for path in ["100/customers/1001/legal-address", "300/customers/9999/legal-address"] {
        let operations = world.get(path).at("/operations");
        assert_eq!(operations.as_array().unwrap().len(), 1, "{path}");
        assert_eq!(operations[0]["rel"], "update", "reading 201");
    }
    world.get("100/customers/1000/legal-address").is_problem(404, "legal-address-does-not-exists");
}

/// PUT replaces the legal address whole, and not the billing address, whatever the text says
/// (readings 74, 83, 84); an imported customer gets its first one (reading 195).
#[test]
fn put_replaces_the_legal_address_whole() {
    let world = World::new();
    let billing = world.get("100/customers/8888/billing-address").json();
    for no in ["8888", "1000"] {
        let path = format!("100/customers/{no}/legal-address");
        assert_eq!(world.ask("PUT", &path, printed()).status, 204);
        let mut found = world.get(&path).json();
        found.as_object_mut().unwrap().remove("operations");
        assert_eq!(found, printed(), "coAddress was not sent, so it is gone");
    }
    assert_eq!(world.get("100/customers/8888/billing-address").json(), billing);
    world
        .get("100/customers/1000/billing-address")
        .is_problem(404, "billing-address-does-not-exists");
}

/// 002 › update-legal-address-from-population-register: 200 with the new address, 404 where the
/// register does not know the customer, 403 where it was not agreed (readings 12, 88).
#[test]
fn the_register_replaces_the_legal_address() {
    let world = World::new();
    let path = |customer: &str| {
        format!("{customer}/legal-address/update-legal-address-from-population-register")
    };
    // The body is shown as an empty object.
    for body in ["{\n}", ""] {
        let reply = world.ask("POST", &path("100/customers/9999"), body);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.at("/streetAddress"), "Nya gatan 1");
        assert_eq!(reply.json(), world.get("100/customers/9999/legal-address").json());
    }
    for customer in ["100/customers/1000", "100/customers/1001"] {
        world.refuses(request("POST", &path(customer), "{}")).is_problem(404, "not-found");
    }
    let refused = world.refuses(request("POST", &path("300/customers/9999"), "{}"));
    refused.is_problem(403, "forbidden");
    // The short form stands in the $expand example alone (reading 87).
    let short = world.refuses(request("POST", "100/customers/9999/legal-address", "{}"));
    short.is_problem(405, "method-not-allowed");
}

/// 002 › Billing-address: POST, GET, PUT, DELETE, and what each answers where the address is
/// there or is not (readings 75, 76, 85, 86).
#[test]
fn a_billing_address_comes_changes_and_goes() {
    let world = World::new();
    let path = "100/customers/9999/billing-address";
    let operations = [("update", "PUT", path), ("delete", "DELETE", path)];
    for (method, body) in [("GET", ""), ("PUT", &*printed().to_string()), ("DELETE", "{}")] {
        let refused = world.refuses(request(method, path, body));
        refused.is_problem(404, "billing-address-does-not-exists");
    }
    let added = world.ask("POST", path, printed());
    added.is(201, &served(printed(), &operations));
    assert_eq!(added.header("location"), format!("/ledger/customer/v1/{path}"));
    world.get(path).is(200, &served(printed(), &operations));
    assert_eq!(world.get("100/customers/9999").at("/operations"), json!([]), "reading 65");
    let refused = world.refuses(request("POST", path, printed()));
    refused.is_problem(409, "billing-address-already-exists");

    let mut other = printed();
    other["coAddress"] = json!("c/o Jansson");
    assert_eq!(world.ask("PUT", path, &other).status, 204);
    world.get(path).is(200, &served(other, &operations));
    assert_eq!(world.ask("PUT", path, printed()).status, 204);
    world.get(path).is(200, &served(printed(), &operations));
    assert_eq!(world.get("100/customers/9999/legal-address").at("/city"), "STOCKHOLM");

    assert_eq!(world.ask("DELETE", path, "{\n}").status, 204);
    world.get(path).is_problem(404, "billing-address-does-not-exists");
    let rel = world.get("100/customers/9999").at("/operations/0/rel");
    assert_eq!(rel, "add-billing-address");
}

/// The address tables, for every way an address comes in alone (readings 69, 70, 71, 72, 171).
#[test]
fn every_address_keeps_the_table() {
    let world = World::new();
    let ways = [
        ("PUT", "100/customers/8888/legal-address"),
        ("PUT", "100/customers/8888/billing-address"),
        ("POST", "100/customers/9999/billing-address"),
    ];
    for (method, path) in ways {
        let text = |length: usize| json!("å".repeat(length));
        for (member, values) in [
            ("addressee", vec![text(73), json!(null), json!(1), json!(" ")]),
            ("streetAddress", vec![text(73), json!(1)]),
            ("coAddress", vec![text(73), json!([])]),
            ("city", vec![text(28), json!(null), json!("")]),
            ("zipCode", vec![text(10), json!("168 72"), json!("\t"), json!(16872), json!(null)]),
            ("countryCode", vec![json!("S"), json!("SWE"), json!("s3"), json!("JJ"), json!(null)]),
        ] {
            for value in values {
                let mut body = printed();
                body[member] = value;
                world.refuses(request(method, path, body)).blames(&[member]);
            }
        }
        for member in ["addressee", "city", "zipCode", "countryCode"] {
            let mut body = printed();
            body.as_object_mut().unwrap().remove(member);
            world.refuses(request(method, path, body)).blames(&[member]);
        }
        let body = json!({
            "ADDRESSEE": "å".repeat(72),
            "streetaddress": null,
            "coAddress": "å".repeat(72),
            "City": "å".repeat(27),
            "zipCode": "å".repeat(9),
            "countryCode": "se",
            "x": {"y": 1.5},
            "@id": 1,
            "operations": "ignored"
        });
        let reply = world.ask(method, path, body);
        assert!(reply.status == 204 || reply.status == 201, "{method} {path}");
        let mut found = world.get(path).json();
        found.as_object_mut().unwrap().remove("operations");
        let expected = json!({
            "addressee": "å".repeat(72),
            "coAddress": "å".repeat(72),
            "city": "å".repeat(27),
            "zipCode": "å".repeat(9),
            "countryCode": "SE"
        });
        assert_eq!(found, expected);
    }
}

/// Reading 251: the operation takes nothing, so whoever sends something learns that it is not read.
#[test]
fn the_refresh_takes_an_empty_object_or_nothing() {
    let world = World::new();
    let path = "100/customers/9999/legal-address/update-legal-address-from-population-register";
    for body in ["", "{}", " { } "] {
        assert_eq!(world.ask("POST", path, body).status, 200, "{body}");
    }
    for body in [r#"{"city":"LUND"}"#, "[]", "null", "{", "x"] {
        let refused = world.refuses(request("POST", path, body));
        refused.is_problem(400, "validation");
    }
    let two = world.refuses(request("POST", path, r#"{"city":"LUND","x":1}"#));
    two.blames(&["city", "x"]);
    let xml = with_header(request("POST", path, "<x/>"), "content-type", "application/xml");
    world.refuses(xml).is_problem(415, "unsupported-media-type");
    let none = with_header(request("POST", path, ""), "content-type", "text/plain");
    assert_eq!(world.answer(none).status, 200, "of no body the type says nothing (reading 14)");
}
