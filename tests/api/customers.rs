//! 002 › Get a specific customer, with and without $expand.

use serde_json::{Value, json};

use crate::world::{World, request};

/// 002 › Get a specific customer, as printed but for the placeholders (readings 24, 61, 64).
#[test]
fn a_customer_has_every_documented_member() {
    World::new().get("100/customers/9999").is(
        200,
        r#"{
        "@id": "/ledger/customer/v1/100/customers/9999",
        "customerNo": "9999",
        "nationalIdentifier": {"regNo": "19900101-0017", "countryCode": "SE"},
        "vatNo": "SE101010101001",
        "legalEntity": "consumer",
        "name": "Britt-Marie Axelstopp",
        "emailAddress": "britt@axelstopp.com",
        "protectedIdentity": false,
        "preferredLanguageCode": "SV",
        "legalStatus": "active",
        "msisdn": "+91485918841",
        "distributionType": "postal",
        "activeConsents": ["Betalingsservice", "Avtalegiro"],
        "eDIAddressInfo":
            {"VAN": "ABCXYZ", "InterChangeRecipient": "Recipient_ID1", "BuyerId": "123465"},
        "legalAddress": "/ledger/customer/v1/100/customers/9999/legal-address",
        "billingAddress": "/ledger/customer/v1/100/customers/9999/billing-address",
        "surpluses": "/ledger/customer/v1/100/customers/9999/surpluses",
        "operations": [{
            "rel": "add-billing-address",
            "href": "/ledger/customer/v1/100/customers/9999/billing-address",
            "method": "POST"
        }]
    }"#,
    );
}

/// 002 › Get a specific customer using $expand; the operations of the addresses are those of
/// their own sections, the countries upper case, add-billing-address gone (readings 65, 69, 87).
#[test]
fn expanded_addresses_are_objects_with_their_operations() {
    let reply = World::new().get("100/customers/8888?$expand=legaladdress,billingaddress");
    let legal = r#"{
        "addressee": "Britt-Marie Axelstopp",
        "streetAddress": "The street 18",
        "coAddress": "c/o Jansson",
        "city": "STOCKHOLM",
        "zipCode": "15961",
        "countryCode": "SE",
        "operations": [
            {
                "rel": "update",
                "href": "/ledger/customer/v1/100/customers/8888/legal-address",
                "method": "PUT"
            },
            {
                "rel": "update-legal-address-from-population-register",
                "href": "/ledger/customer/v1/100/customers/8888/legal-address/update-legal-address-from-population-register",
                "method": "POST"
            }
        ]
    }"#;
    let billing = r#"{
        "addressee": "Kalle Axelstopp",
        "streetAddress": "Axelgatan 18",
        "coAddress": "c/o Jansson",
        "city": "STOCKHOLM",
        "zipCode": "16872",
        "countryCode": "SE",
        "operations": [
            {
                "rel": "update",
                "href": "/ledger/customer/v1/100/customers/8888/billing-address",
                "method": "PUT"
            },
            {
                "rel": "delete",
                "href": "/ledger/customer/v1/100/customers/8888/billing-address",
                "method": "DELETE"
            }
        ]
    }"#;
    for (member, expected) in [("legalAddress", legal), ("billingAddress", billing)] {
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(reply.json()[member], expected);
    }
    assert_eq!(reply.at("/operations"), json!([]));
    assert_eq!(reply.at("/surpluses"), "/ledger/customer/v1/100/customers/8888/surpluses");
}

/// Readings 67, 68 and 200; what no document names is ignored (reading 20).
#[test]
fn expand_is_read_in_every_form() {
    let world = World::new();
    let table = [
        ("", ""),
        ("?", ""),
        ("?$expand=", ""),
        ("?$expand", ""),
        ("?expand=legaladdress", ""),
        ("?other=legaladdress&%zz=1&x=%zz", ""),
        ("?$expand=legaladdress", "L"),
        ("?$expand=billingaddress", "B"),
        ("?$expand=surpluses", "S"),
        ("?%24expand=legaladdress", "L"),
        ("?%24expand=%6Cegaladdress", "L"),
        ("?$expand=legalAddress", "L"),
        ("?$expand=LEGALADDRESS,BillingAddress", "LB"),
        ("?$expand=legaladdress%2Cbillingaddress", "LB"),
        ("?$expand=legaladdress,%20billingaddress", "LB"),
        ("?$expand=legaladdress,+billingaddress,", "LB"),
        ("?$expand=legaladdress&$expand=billingaddress", "LB"),
        ("?x=1&$expand=legaladdress,legaladdress&$expand=legaladdress", "L"),
        ("?$expand=legaladdress,billingaddress&%24expand=surpluses", "LBS"),
    ];
    for (query, expanded) in table {
        let reply = world.get(&format!("100/customers/8888{query}"));
        assert_eq!(reply.status, 200, "{query}");
        let found: String = [("L", "legalAddress"), ("B", "billingAddress"), ("S", "surpluses")]
            .into_iter()
            .filter(|(_, member)| reply.json()[member].is_object())
            .map(|(letter, _)| letter)
            .collect();
        assert_eq!(found, expanded, "{query}");
    }
}

/// Reading 68: an unknown value is a 400 that names the parameter.
#[test]
fn what_cannot_be_expanded_is_refused() {
    let world = World::new();
    for value in [
        "bogus",
        "legaladdress,bogus",
        "surpluses.items",
        "legaladdress;billingaddress",
        "legaladdress%20billingaddress",
        "operations",
        "%zz",
        "%ff",
        "legaladdress&$expand=x",
        // A blank beside a name is none of it; what is no more than that is no name.
        "legaladdress,%20",
        "%09legaladdress",
    ] {
        world.get(&format!("100/customers/9999?$expand={value}")).blames(&["$expand"]);
    }
}

/// An absent address expands to null (reading 66), an imported legal one too (reading 195), and
/// expanded surpluses are the list itself (reading 63).
#[test]
fn what_is_absent_expands_to_null() {
    let world = World::new();
    let reply = world.get("100/customers/1000?$expand=legaladdress,billingaddress,surpluses");
    let (list, customer) = (world.get("100/customers/1000/surpluses").json(), reply.json());
    assert_eq!(customer.get("legalAddress"), Some(&Value::Null));
    assert_eq!(customer.get("billingAddress"), Some(&Value::Null));
    assert_eq!(customer["surpluses"], list);
    assert_eq!(customer["operations"][0]["rel"], "add-billing-address");
    let list = world.get("100/customers/9999/surpluses").json();
    assert_eq!(world.get("100/customers/9999?$expand=surpluses").at("/surpluses"), list);
}

/// What was never set is omitted, what has a default is served (readings 24, 59, 60, 186, 199).
#[test]
fn an_imported_customer_shows_defaults_and_nothing_else() {
    World::new().get("100/customers/1000").is(
        200,
        r#"{
        "@id": "/ledger/customer/v1/100/customers/1000",
        "customerNo": "1000",
        "legalEntity": "consumer",
        "name": "Imported",
        "protectedIdentity": false,
        "preferredLanguageCode": "SV",
        "legalStatus": "active",
        "distributionType": "postal",
        "activeConsents": [],
        "legalAddress": "/ledger/customer/v1/100/customers/1000/legal-address",
        "billingAddress": "/ledger/customer/v1/100/customers/1000/billing-address",
        "surpluses": "/ledger/customer/v1/100/customers/1000/surpluses",
        "operations": [{
            "rel": "add-billing-address",
            "href": "/ledger/customer/v1/100/customers/1000/billing-address",
            "method": "POST"
        }]
    }"#,
    );
}

/// A ledger's customers are its own: the same number is another customer elsewhere.
#[test]
fn a_ledger_serves_its_own_customers() {
    let world = World::new();
    assert_eq!(world.get("300/customers/9999").at("/name"), "Of another ledger");
    world.get("200/customers/9999").is_problem(404, "customer-not-found");
    assert_eq!(world.get("%31%30%30/customers/9999").status, 401, "the token is of %31%30%30");
}

/// 002 › Problem types: customer-not-found on the customer and all that stands under it
/// (reading 90), whatever the number looks like.
#[test]
fn an_unknown_customer_is_not_found_anywhere() {
    let world = World::new();
    let address = r#"{"addressee":"A","city":"C","zipCode":"1","countryCode":"SE"}"#;
    let order = r#"{"norwegianBankAccount":{"accountNo":"86011117947"}}"#;
    let refresh = "/legal-address/update-legal-address-from-population-register";
    let long = "9".repeat(60);
    for no in ["777", "09999", "9999%20", "99%2F99", "letters", "%C3%A5", "%00", "..", &long] {
        for (method, rest, body) in [
            ("GET", "", ""),
            ("GET", "?$expand=legaladdress", ""),
            ("PATCH", "", "{}"),
            ("GET", "/legal-address", ""),
            ("PUT", "/legal-address", address),
            ("POST", refresh, "{}"),
            ("GET", "/billing-address", ""),
            ("POST", "/billing-address", address),
            ("PUT", "/billing-address", address),
            ("DELETE", "/billing-address", "{}"),
            ("GET", "/surpluses", ""),
            ("GET", "/surpluses/123", ""),
            ("GET", "/surpluses/123/active-disbursement-orders", ""),
            ("POST", "/surpluses/123/active-disbursement-orders", order),
        ] {
            let path = format!("100/customers/{no}{rest}");
            world.refuses(request(method, &path, body)).is_problem(404, "customer-not-found");
        }
    }
}
