//! 002 › Active-Disbursement-Orders.

use serde_json::{Value, json};

use crate::world::{World, request};

const ORDERS: &str = "100/customers/9999/surpluses/123/active-disbursement-orders";

fn sus() -> Value {
    json!({"swedishSus": {
        "nationalIdentifier": {"regNo": "19880320-0016", "countryCode": "SE"},
        "address": {
            "addressee": "Kalle Axelstopp",
            "streetAddress": "Axelgatan 18",
            "coAddress": null,
            "city": "STOCKHOLM",
            "zipCode": "16872",
            "countryCode": "se"
        }
    }})
}

/// 002 › Get active disbursement orders, as printed.
#[test]
fn active_orders_are_listed() {
    let world = World::new();
    world.get("100/customers/9999/surpluses/456/active-disbursement-orders").is(
        200,
        r#"{
        "items": [{
            "operations": [],
            "swedishBankAccount": {"accountNo": "3300-1010101010", "accountType": "BKSE"}
        }],
        "navigation": {
            "@id": "/ledger/customer/v1/100/customers/9999/surpluses/456/active-disbursement-orders"
        }
    }"#,
    );
    assert_eq!(world.get(ORDERS).at("/items"), json!([]));
}

/// Every printed order and both forms of a Swedish account: 201 with the payee in documented
/// spelling, the surplus pending at once, the order listed (readings 102 to 108, 202).
#[test]
fn an_order_is_echoed_and_the_surplus_becomes_pending() {
    let table = [
        (
            json!({"SwedishBankAccount": {"AccountNo": "944-1049000", "AccountType": "BGSE"}}),
            json!({"swedishBankAccount": {"accountNo": "944-1049000", "accountType": "BGSE"}}),
        ),
        (
            json!({"swedishBankAccount": {"clearingNo": "3300", "accountNo": "1010101010"}}),
            json!({"swedishBankAccount": {"clearingNo": "3300", "accountNo": "1010101010"}}),
        ),
        (
            json!({"swedishBankAccount":
                {"clearingNo": null, "accountNo": "4-2", "accountType": "PGSE"}}),
            json!({"swedishBankAccount": {"accountNo": "4-2", "accountType": "PGSE"}}),
        ),
        (
            json!({"norwegianBankAccount": {"accountNo": "1234"}}),
            json!({"norwegianBankAccount": {"accountNo": "1234"}}),
        ),
        (
            json!({"international": {"iban": "123456", "bic": "SWED..."}}),
            json!({"international": {"iban": "123456", "bic": "SWED..."}}),
        ),
        (
            sus(),
            json!({"swedishSus": {
                "nationalIdentifier": {"regNo": "19880320-0016", "countryCode": "SE"},
                "address": {
                    "addressee": "Kalle Axelstopp",
                    "streetAddress": "Axelgatan 18",
                    "city": "STOCKHOLM",
                    "zipCode": "16872",
                    "countryCode": "SE"
                }
            }}),
        ),
        // Null is absent (reading 24), and what no document names is ignored (reading 171).
        (
            json!({"international": null, "x": 1.5,
                "norwegianBankAccount": {"accountNo": "1234", "y": {"z": [1.5]}}}),
            json!({"norwegianBankAccount": {"accountNo": "1234"}}),
        ),
    ];
    for (body, echoed) in table {
        let world = World::new();
        let mut order = json!({"operations": []});
        order.as_object_mut().unwrap().extend(echoed.as_object().unwrap().clone());
        world.ask("POST", ORDERS, &body).is(201, &order.to_string());
        assert_eq!(world.get(ORDERS).at("/items"), json!([order]));
        let surplus = world.get("100/customers/9999/surpluses/123");
        assert_eq!(surplus.at("/status"), "pending-disbursement");
        assert_eq!(surplus.at("/operations"), json!([]));
        assert_eq!(surplus.at("/balance").to_string(), "10.00", "the whole balance, undivided");
        let second = world.refuses(request("POST", ORDERS, &body));
        second.is_problem(409, "surplus-not-open");
    }
}

/// One and only one payee (reading 110), with what its table requires; the SUS example as printed
/// does not parse (reading 109).
#[test]
fn what_is_no_order_is_refused() {
    let world = World::new();
    let with = |pointer: &str, value: Value| {
        let mut body = sus();
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string()
    };
    let norwegian = json!({"accountNo": "1234"});
    let table: Vec<(String, &[&str])> = vec![
        ("{}".to_owned(), &["body"]),
        (json!({"norwegianBankAccount": null}).to_string(), &["body"]),
        (json!({"x": {}}).to_string(), &["body"]),
        (
            json!({"norwegianBankAccount": norwegian,
                "international": {"iban": "1", "bic": "2"}}).to_string(),
            &["norwegianBankAccount", "international"],
        ),
        (json!({"norwegianBankAccount": {}}).to_string(), &["norwegianBankAccount.accountNo"]),
        (json!({"norwegianBankAccount": {"accountNo": 1234}}).to_string(),
            &["norwegianBankAccount.accountNo"]),
        // An order to account "" would disburse to nobody (reading 246).
        (json!({"norwegianBankAccount": {"accountNo": ""}}).to_string(),
            &["norwegianBankAccount.accountNo"]),
        (json!({"swedishBankAccount": {"accountNo": " ", "accountType": "BGSE"}}).to_string(),
            &["swedishBankAccount.accountNo"]),
        (json!({"international": {"iban": "-", "bic": " "}}).to_string(),
            &["international.iban", "international.bic"]),
        (with("/swedishSus/address/countryCode", json!("JJ")),
            &["swedishSus.address.countryCode"]),
        (with("/swedishSus/nationalIdentifier/countryCode", json!("jj")),
            &["swedishSus.nationalIdentifier.countryCode"]),
        (json!({"norwegianBankAccount": "1234"}).to_string(), &["norwegianBankAccount"]),
        (json!({"international": {}}).to_string(), &["international.iban", "international.bic"]),
        (json!({"international": {"iban": null, "bic": "1"}}).to_string(),
            &["international.iban"]),
        (json!({"swedishBankAccount": {"accountNo": "1"}}).to_string(),
            &["swedishBankAccount.clearingNo"]),
        (json!({"swedishBankAccount": {"clearingNo": "3300"}}).to_string(),
            &["swedishBankAccount.accountNo"]),
        (json!({"swedishBankAccount": {"accountNo": "1", "accountType": "XXSE"}}).to_string(),
            &["swedishBankAccount.accountType"]),
        (json!({"swedishSus": {}}).to_string(),
            &["swedishSus.nationalIdentifier", "swedishSus.address"]),
        (with("/swedishSus/nationalIdentifier/regNo", json!("letters")),
            &["swedishSus.nationalIdentifier.regNo"]),
        (with("/swedishSus/address/zipCode", json!("168 72")), &["swedishSus.address.zipCode"]),
        (with("/swedishSus/address/city", json!(null)), &["swedishSus.address.city"]),
        (sus().to_string().replace("\"se\"", "\"se\","), &["body"]),
        (r#"{"international":{"iban":"1","IBAN":"2","bic":"3"}}"#.to_owned(),
            &["international.iban"]),
        (r#"{"norwegianBankAccount":{"accountNo":"1"},"NorwegianBankAccount":{"accountNo":"1"}}"#
            .to_owned(), &["norwegianBankAccount"]),
    ];
    for (body, parameters) in table {
        world.refuses(request("POST", ORDERS, body)).blames(parameters);
    }
}

/// 403 where it was not agreed, whatever is sent (reading 12); 409 in another status (reading 103).
#[test]
fn an_order_needs_an_agreement_and_an_open_surplus() {
    let world = World::new();
    for body in ["{}", r#"{"norwegianBankAccount":{"accountNo":"1234"}}"#] {
        let path = "300/customers/9999/surpluses/123/active-disbursement-orders";
        world.refuses(request("POST", path, body)).is_problem(403, "forbidden");
    }
    for id in ["456", "789"] {
        let path = format!("100/customers/9999/surpluses/{id}/active-disbursement-orders");
        world.refuses(request("POST", &path, sus())).is_problem(409, "surplus-not-open");
    }
}
