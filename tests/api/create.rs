//! 002 › Create new customer; the formats of its members are in `constraints`.

use serde_json::{Value, json};

use crate::world::{World, request};

/// A body with every member that is required and none that is not.
pub(crate) fn least() -> Value {
    json!({
        "customerNo": "7001",
        "name": "A",
        "legalAddress": {"addressee": "A", "city": "C", "zipCode": "1", "countryCode": "SE"}
    })
}

/// The body of the document's examples, with numbers that exist (readings 48, 49).
pub(crate) fn printed() -> Value {
    json!({
        "customerNo": "7001",
        "nationalIdentifier": {"regNo": "19880320-0016", "countryCode": "SE"},
        "vatNo": "SE101010101001",
        "legalEntity": "consumer",
        "name": "Britt-Marie Axelstopp",
        "emailAddress": "britt@axelstopp.com",
        "msisdn": "+91485918841",
        "eDIAddressInfo":
            {"VAN": "ABCXYZ", "InterChangeRecipient": "Recipient_ID1", "BuyerId": "123456"},
        "legalAddress": {
            "addressee": "Britt-Marie Axelstopp",
            "streetAddress": "The street 18",
            "coAddress": "c/o Jansson",
            "city": "STOCKHOLM",
            "zipCode": "15961",
            "countryCode": "SE"
        },
        "distributionType": "postal"
    })
}

/// `body` with `value` at a JSON pointer; null takes nothing away, it is sent.
pub(crate) fn set(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

/// `body` without the member at a JSON pointer.
pub(crate) fn unset(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    body
}

/// Reading 250: whoever mends what is named has mended everything, be the rule the schema's, the
/// ledger's or the customer's.
#[test]
fn every_fault_of_a_request_is_named_in_one_answer() {
    let world = World::new();
    let order = "100/customers/9999/surpluses/123/active-disbursement-orders";
    let table: Vec<(&str, &str, Value, &[&str])> = vec![
        (
            "POST",
            "400/customers",
            json!({"customerNo": "1", "msisdn": "1", "legalAddress": {}}),
            &[
                "customerNo",
                "nationalIdentifier",
                "name",
                "msisdn",
                "legalAddress.addressee",
                "legalAddress.city",
                "legalAddress.zipCode",
                "legalAddress.countryCode",
            ],
        ),
        (
            "POST",
            "200/customers",
            json!({"name": 7, "protectedIdentity": true, "legalAddress": null}),
            &["customerNo", "name", "protectedIdentity", "legalAddress"],
        ),
        (
            "POST",
            "400/generate-consumer-customer-by-reg-no",
            json!({"customerNo": "1", "emailAddress": "x",
                "nationalIdentifier": {"regNo": "19900101-0017", "countryCode": "JJ"}}),
            &["customerNo", "emailAddress", "nationalIdentifier.countryCode"],
        ),
        (
            "PATCH",
            "100/customers/8888",
            json!({"name": "B", "msisdn": "1", "eDIAddressInfo": {"VAN": "x"}}),
            &["name", "msisdn", "eDIAddressInfo.BuyerId"],
        ),
        (
            "POST",
            order,
            json!({"norwegianBankAccount": {}, "international": {"iban": "1", "bic": "2"}}),
            &["norwegianBankAccount", "norwegianBankAccount.accountNo", "international"],
        ),
    ];
    for (method, path, body, parameters) in table {
        world.refuses(request(method, path, body)).blames(parameters);
    }
    world.get("100/customers/9999/surpluses?skip=-1&take=x").blames(&["skip", "take"]);
}

/// 002 › Standard create customer: 201, Location and the printed body (readings 43, 77), then GET
/// gives back what was sent and the defaults.
#[test]
fn a_new_customer_is_answered_with_its_identity_and_then_served() {
    let world = World::new();
    let created = world.ask("POST", "100/customers", printed());
    let id = "/ledger/customer/v1/100/customers/7001";
    created.is(201, &json!({"@id": id, "customerNo": "7001"}).to_string());
    assert_eq!(created.header("location"), id);

    let mut expected = printed();
    for (member, value) in [
        ("@id", json!(id)),
        ("protectedIdentity", json!(false)),
        ("preferredLanguageCode", json!("SV")),
        ("legalStatus", json!("active")),
        ("activeConsents", json!([])),
        ("legalAddress", json!(format!("{id}/legal-address"))),
        ("billingAddress", json!(format!("{id}/billing-address"))),
        ("surpluses", json!(format!("{id}/surpluses"))),
    ] {
        expected[member] = value;
    }
    let href = format!("{id}/billing-address");
    expected["operations"] =
        json!([{"rel": "add-billing-address", "href": href, "method": "POST"}]);
    world.get(id).is(200, &expected.to_string());
}

/// 002 › Create customer with billing-address.
#[test]
fn a_billing_address_can_come_with_the_customer() {
    let world = World::new();
    let billing = json!({
        "addressee": "Kalle Axelstopp",
        "streetAddress": "Axelgatan 18",
        "city": "STOCKHOLM",
        "zipCode": "16872",
        "countryCode": "SE"
    });
    let body = set(printed(), "/billingAddress", billing.clone());
    assert_eq!(world.ask("POST", "100/customers", body).status, 201);
    let mut served = world.get("100/customers/7001/billing-address").json();
    served.as_object_mut().unwrap().remove("operations");
    assert_eq!(served, billing);
    let legal = world.get("100/customers/7001/legal-address");
    assert_eq!(legal.at("/addressee"), "Britt-Marie Axelstopp");
    assert_eq!(world.get("100/customers/7001").at("/operations"), json!([]));
}

/// Null is absent, in every optional member (readings 24, 72), and the defaults are those of
/// readings 59, 60, 186 and 199.
#[test]
fn null_is_absent() {
    let world = World::new();
    let mut body = least();
    for member in [
        "nationalIdentifier",
        "vatNo",
        "legalEntity",
        "preferredLanguageCode",
        "emailAddress",
        "msisdn",
        "protectedIdentity",
        "distributionType",
        "eDIAddressInfo",
        "billingAddress",
    ] {
        body[member] = Value::Null;
    }
    body["legalAddress"]["streetAddress"] = Value::Null;
    body["legalAddress"]["coAddress"] = Value::Null;
    assert_eq!(world.ask("POST", "100/customers", body).status, 201);
    assert_eq!(
        world.ask("POST", "100/customers", set(least(), "/customerNo", json!("7002"))).status,
        201
    );
    let [nulls, absent] =
        ["7001", "7002"].map(|no| world.get(&format!("100/customers/{no}?$expand=legaladdress")));
    let absent = absent.json().to_string().replace("7002", "7001");
    nulls.is(200, &absent);
    for (member, value) in [
        ("legalEntity", json!("consumer")),
        ("preferredLanguageCode", json!("SV")),
        ("protectedIdentity", json!(false)),
        ("legalStatus", json!("active")),
        ("distributionType", json!("postal")),
    ] {
        assert_eq!(nulls.json()[member], value);
    }
    assert_eq!(nulls.at("/legalAddress/streetAddress"), Value::Null);

    let edi = json!({"VAN": null, "InterChangeRecipient": null, "BuyerId": "1"});
    let body = set(set(least(), "/eDIAddressInfo", edi), "/customerNo", json!("7003"));
    assert_eq!(world.ask("POST", "100/customers", body).status, 201);
    assert_eq!(world.get("100/customers/7003").at("/eDIAddressInfo"), json!({"BuyerId": "1"}));
}

/// The language follows the ledger's country where none was sent (reading 59).
#[test]
fn the_language_follows_the_country() {
    let ledger = |no: &str, country: &str| {
        format!(
            r#"{{"record":"ledger","ledgerNo":"{no}","country":"{country}","currency":"EUR","customerNoMode":"assigned"}}"#
        ) + "\n"
    };
    let world = World::with(&(ledger("501", "DK") + &ledger("502", "FI") + &ledger("503", "DE")));
    for (ledger, language) in
        [("100", "SV"), ("200", "NO"), ("501", "DA"), ("502", "FI"), ("503", "EN")]
    {
        assert_eq!(world.ask("POST", &format!("{ledger}/customers"), least()).status, 201);
        let found = world.get(&format!("{ledger}/customers/7001")).at("/preferredLanguageCode");
        assert_eq!(found, language);
    }
}

/// Member names are read without case, served in the spelling of the JSON examples (reading 51).
#[test]
fn member_names_have_no_case() {
    let world = World::new();
    let body = r#"{"CUSTOMERNO":"7001","Name":"A","EdiAddressInfo":{"van":"V","buyerid":"1",
        "interChangeRecipient":"R"},"legaladdress":{"ADDRESSEE":"A","City":"C","zipcode":"1",
        "CountryCode":"se"},"nationalidentifier":{"RegNo":"198803200016","countrycode":"se"}}"#;
    assert_eq!(world.ask("POST", "100/customers", body).status, 201);
    let customer = world.get("100/customers/7001?$expand=legaladdress");
    let edi = json!({"VAN": "V", "InterChangeRecipient": "R", "BuyerId": "1"});
    assert_eq!(customer.at("/eDIAddressInfo"), edi);
    let identifier = json!({"regNo": "19880320-0016", "countryCode": "SE"});
    assert_eq!(customer.at("/nationalIdentifier"), identifier, "readings 49 and 69");
    assert_eq!(customer.at("/legalAddress/countryCode"), "SE", "reading 69");
}

/// What no document names is ignored, at any depth and of any type (reading 171); so are the
/// members that GET has and the create table has not (readings 60, 62, 190).
#[test]
fn what_the_create_table_lacks_is_ignored() {
    let world = World::new();
    world.ask("POST", "100/customers", set(printed(), "/customerNo", json!("7002")));
    let mut body = printed();
    let deep = json!({"a": [1.5, {"b": null}], "c": {"d": 1e3}});
    for member in [
        "x",
        "$serde_json::private::Number",
        "Operations",
        "@id",
        "surpluses",
        "legalStatus",
        "activeConsents",
    ] {
        body[member] = deep.clone();
    }
    body["LegalStatus"] = json!("deceased");
    for object in ["nationalIdentifier", "eDIAddressInfo", "legalAddress"] {
        body[object]["x"] = deep.clone();
        body[object]["@id"] = json!(7);
    }
    let created = world.ask("POST", "100/customers", body);
    assert_eq!(created.status, 201, "{}", created.json());
    let expand = "?$expand=legaladdress,billingaddress";
    let plain = world.get(&format!("100/customers/7002{expand}")).json().to_string();
    let expected = plain.replace("7002", "7001");
    world.get(&format!("100/customers/7001{expand}")).is(200, &expected);
}

/// Every row of the property tables: what breaks it is refused with the parameter's dotted path
/// Both number modes, and the wrong one (readings 45, 46).
#[test]
fn who_gives_out_numbers_decides_what_is_required() {
    let world = World::new();
    let without = unset(printed(), "/customerNo");
    let null = set(printed(), "/customerNo", Value::Null);
    for body in [&without, &null] {
        world.refuses(request("POST", "100/customers", body)).blames(&["customerNo"]);
    }
    world.refuses(request("POST", "400/customers", printed())).blames(&["customerNo"]);
    let nameless = unset(without.clone(), "/nationalIdentifier");
    world.refuses(request("POST", "400/customers", &nameless)).blames(&["nationalIdentifier"]);
    let both = unset(printed(), "/nationalIdentifier");
    let refused = world.refuses(request("POST", "400/customers", both));
    refused.blames(&["customerNo", "nationalIdentifier"]);

    let mut numbers = Vec::new();
    for body in [&without, &null, &without] {
        let created = world.ask("POST", "400/customers", body);
        assert_eq!(created.status, 201);
        let no = created.at("/customerNo").as_str().unwrap().to_owned();
        assert!((1..=15).contains(&no.len()) && !no.starts_with('0'), "{no}");
        assert!(no.bytes().all(|byte| byte.is_ascii_digit()), "{no}");
        assert_eq!(created.header("location"), format!("/ledger/customer/v1/400/customers/{no}"));
        assert_eq!(world.get(created.header("location")).at("/customerNo"), no);
        numbers.push(no);
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "a number is given out once");
}

/// A number that is taken: 409, and the first customer stays as it was (reading 47). The same
/// person may be a customer twice (reading 185), and another ledger has its own numbers.
#[test]
fn a_number_is_taken_once() {
    let world = World::new();
    let body = set(printed(), "/customerNo", json!("9999"));
    let refused = world.refuses(request("POST", "100/customers", &body));
    refused.is_problem(409, "customer-already-exists");
    assert_eq!(world.ask("POST", "200/customers", &body).status, 201);
    for no in ["7001", "7002"] {
        let again = set(printed(), "/customerNo", json!(no));
        assert_eq!(world.ask("POST", "100/customers", again).status, 201);
    }
}

/// protectedIdentity is "only supported in Sweden" (reading 191).
#[test]
fn identities_are_protected_in_sweden() {
    let world = World::new();
    for (ledger, value, status) in [("100", true, 201), ("200", true, 400), ("200", false, 201)] {
        let body = set(least(), "/protectedIdentity", json!(value));
        let reply = world.ask("POST", &format!("{ledger}/customers"), body);
        assert_eq!(reply.status, status, "{ledger} {value}");
        if status == 400 {
            reply.blames(&["protectedIdentity"]);
        }
    }
    assert_eq!(world.get("100/customers/7001").at("/protectedIdentity"), true);
}
