//! 002 › Customer resource properties: what each member may hold, asked of a new customer.

use serde_json::{Value, json};

use crate::create::{least, printed, set, unset};
use crate::world::{World, request};

/// (readings 2, 9), and nothing is stored.
#[test]
fn every_constraint_is_enforced() {
    let world = World::new();
    let text = |length: usize| json!("x".repeat(length));
    let email = |length: usize| json!(format!("{}@b.c", "x".repeat(length - 4)));
    let table: Vec<(&str, Vec<Value>)> = vec![
        // 1 to 15 digits without a leading zero (readings 44, 45).
        (
            "/customerNo",
            vec![
                json!(""),
                json!("0"),
                json!("07"),
                json!("1a"),
                json!(" 7"),
                json!(7),
                json!("1".repeat(16)),
                json!("-7"),
                json!("١"),
                json!(["7"]),
            ],
        ),
        // A required text without a letter or a digit is missing (reading 246).
        (
            "/name",
            vec![
                text(73),
                json!(7),
                json!(null),
                json!("å".repeat(73)),
                json!({}),
                json!(""),
                json!(" \u{a0}"),
                json!("-"),
            ],
        ),
        // 7 to 17 characters, two capitals in front (reading 55).
        (
            "/vatNo",
            vec![
                json!("12"),
                json!("SE1234"),
                json!("se101010101001"),
                json!("1SE2345"),
                json!(format!("SE{}", "1".repeat(16))),
                json!("S1234567"),
                json!(12345678),
            ],
        ),
        ("/legalEntity", vec![json!("consumer|business"), json!("Consumer"), json!(""), json!(1)]),
        (
            "/emailAddress",
            vec![
                json!("britt"),
                json!("@b.c"),
                json!("a@bc"),
                json!("a@.c"),
                json!("a@b."),
                email(255),
                json!(false),
            ],
        ),
        ("/protectedIdentity", vec![json!("true"), json!(0)]),
        ("/preferredLanguageCode", vec![json!("sv"), json!("NB"), json!("DE"), json!("")]),
        // 5 to 15 characters, the plus is one of them (reading 58).
        (
            "/msisdn",
            vec![
                json!("46720000000"),
                json!("+123"),
                json!("+123456789012345"),
                json!("+46 720000"),
                json!("+abcdef"),
                json!("0046720000"),
            ],
        ),
        ("/distributionType", vec![json!("EInvoiceB2B"), json!("Postal"), json!(1)]),
        ("/eDIAddressInfo/VAN", vec![text(256), json!(1)]),
        ("/eDIAddressInfo/InterChangeRecipient", vec![text(14), json!([])]),
        ("/eDIAddressInfo/BuyerId", vec![text(14), json!(1), json!(null), json!(" ")]),
        ("/eDIAddressInfo", vec![json!("x"), json!([])]),
        ("/nationalIdentifier/regNo", vec![json!(null), json!("letters"), json!(198803200016u64)]),
        (
            "/nationalIdentifier/countryCode",
            vec![json!(null), json!("SWE"), json!("S"), json!("1A"), json!("ÅÄ"), json!("JJ")],
        ),
        ("/nationalIdentifier", vec![json!("19880320-0016"), json!([])]),
        ("/legalAddress/addressee", vec![text(73), json!(null), json!(1), json!("")]),
        ("/legalAddress/streetAddress", vec![text(73), json!(1)]),
        ("/legalAddress/coAddress", vec![text(73), json!({})]),
        ("/legalAddress/city", vec![text(28), json!(null), json!(" . ")]),
        // At most 9, "without whitespaces" (reading 71).
        (
            "/legalAddress/zipCode",
            vec![
                text(10),
                json!("159 61"),
                json!(" 15961"),
                json!(""),
                json!("159\u{a0}61"),
                json!(15961),
                json!(null),
            ],
        ),
        // What ISO 3166-1 neither assigns nor reserves is no country (reading 69).
        (
            "/legalAddress/countryCode",
            vec![json!("SWE"), json!("S"), json!("S1"), json!(null), json!("JJ"), json!("jj")],
        ),
        ("/legalAddress", vec![json!(null), json!("/a/link"), json!([])]),
        ("/billingAddress", vec![json!("/a/link"), json!([])]),
    ];
    for (pointer, values) in table {
        let parameter = pointer[1..].replace('/', ".");
        for value in values {
            let body = set(printed(), pointer, value);
            world.refuses(request("POST", "100/customers", body)).blames(&[&parameter]);
        }
    }
}

/// The create table's column Required (readings 52, 70, 197).
#[test]
fn what_is_required_is_missed() {
    let world = World::new();
    let address = least()["legalAddress"].clone();
    let full = set(printed(), "/billingAddress", address);
    for pointer in [
        "/customerNo",
        "/name",
        "/legalAddress",
        "/nationalIdentifier/regNo",
        "/nationalIdentifier/countryCode",
        "/eDIAddressInfo/BuyerId",
        "/legalAddress/addressee",
        "/legalAddress/city",
        "/legalAddress/zipCode",
        "/legalAddress/countryCode",
        "/billingAddress/addressee",
        "/billingAddress/city",
        "/billingAddress/zipCode",
        "/billingAddress/countryCode",
    ] {
        let parameter = pointer[1..].replace('/', ".");
        let body = unset(full.clone(), pointer);
        world.refuses(request("POST", "100/customers", body)).blames(&[&parameter]);
    }
    let several = r#"{"customerNo":"7001","msisdn":"1","legalAddress":{"city":"C"}}"#;
    world.refuses(request("POST", "100/customers", several)).blames(&[
        "name",
        "msisdn",
        "legalAddress.addressee",
        "legalAddress.zipCode",
        "legalAddress.countryCode",
    ]);
}

/// Lengths count characters, and the longest that is documented is accepted.
#[test]
fn the_longest_and_the_shortest_are_accepted_and_kept() {
    let world = World::new();
    let long = |length: usize| "🦊".repeat(length);
    let wide = json!({
        "customerNo": "123456789012345",
        "name": long(72),
        "vatNo": format!("SE{}", long(15)),
        "emailAddress": format!("{}@b.c", long(250)),
        "msisdn": "+12345678901234",
        "eDIAddressInfo":
            {"VAN": long(255), "InterChangeRecipient": long(13), "BuyerId": long(13)},
        "legalAddress": {
            "addressee": long(72),
            "streetAddress": long(72),
            "coAddress": long(72),
            "city": long(27),
            "zipCode": long(9),
            "countryCode": "SE"
        }
    });
    let narrow = json!({
        "customerNo": "1",
        "name": "A",
        "vatNo": "SE12345",
        "emailAddress": "a@b.c",
        "msisdn": "+1234",
        "legalAddress": {"addressee": "A", "city": "C", "zipCode": "1", "countryCode": "SE"}
    });
    for body in [wide, narrow] {
        let created = world.ask("POST", "100/customers", &body);
        assert_eq!(created.status, 201, "{}", created.json());
        let id = created.at("/@id");
        let served = world.get(&format!("{}?$expand=legaladdress", id.as_str().unwrap())).json();
        for (member, value) in body.as_object().unwrap() {
            match value.as_object() {
                None => assert_eq!(&served[member], value),
                Some(inner) => {
                    inner.iter().for_each(|(name, value)| assert_eq!(&served[member][name], value));
                }
            }
        }
    }
}

/// Every listed value is accepted and read back (readings 53, 59, 61).
#[test]
fn every_listed_value_is_accepted() {
    let world = World::new();
    let table = [
        ("legalEntity", &["consumer", "business"][..]),
        ("preferredLanguageCode", &["SV", "NO", "DA", "FI", "EN"]),
        ("distributionType", &["postal", "noDistribution"]),
    ];
    let mut no = 7000;
    for (member, values) in table {
        for value in values {
            no += 1;
            let mut body = set(least(), "/customerNo", json!(no.to_string()));
            body[member] = json!(value);
            assert_eq!(world.ask("POST", "100/customers", body).status, 201, "{value}");
            assert_eq!(&world.get(&format!("100/customers/{no}")).json()[member], value);
        }
    }
}

/// The form of regNo by entity and country (readings 49, 50, 69, 187): what is stored, or a 400.
#[test]
fn reg_no_has_the_form_of_its_country() {
    let world = World::new();
    let table = [
        ("consumer", "SE", "19880320-0016", Some("19880320-0016")),
        ("consumer", "SE", "198803200016", Some("19880320-0016")),
        ("consumer", "se", "198803200016", Some("19880320-0016")),
        ("consumer", "Se", "19880320-0016", Some("19880320-0016")),
        ("consumer", "SE", "19880320-0017", Some("19880320-0017")),
        ("consumer", "SE", "19880380-0016", Some("19880380-0016")),
        ("consumer", "SE", "880320-0016", None),
        ("consumer", "SE", "YYYYMMDD-NNNN", None),
        ("consumer", "se", "YYYYMMDD-NNNN", None),
        ("consumer", "SE", "19881320-0016", None),
        ("consumer", "SE", "19880320 0016", None),
        ("consumer", "SE", "19880320-00160", None),
        ("consumer", "SE", "556016-0680", None),
        ("business", "SE", "556016-0680", Some("556016-0680")),
        ("business", "SE", "5560160680", Some("556016-0680")),
        ("business", "SE", "19880320-0016", Some("19880320-0016")),
        ("business", "SE", "letters", None),
        ("consumer", "NO", "15108695088", Some("15108695088")),
        ("consumer", "no", "15108695088", Some("15108695088")),
        ("consumer", "NO", "151086-95088", None),
        ("consumer", "NO", "988077917", None),
        ("business", "NO", "988077917", Some("988077917")),
        ("consumer", "DK", "211062-5629", Some("211062-5629")),
        ("consumer", "FI", "131052-308T", Some("131052-308T")),
        ("business", "DE", "HRB 12345 B", Some("HRB 12345 B")),
        ("consumer", "DK", "123456789012345678901", None),
        ("consumer", "DK", "", None),
    ];
    for (index, (entity, country, reg_no, stored)) in table.into_iter().enumerate() {
        let no = (7000 + index).to_string();
        let mut body = set(least(), "/customerNo", json!(no));
        body["legalEntity"] = json!(entity);
        body["nationalIdentifier"] = json!({"regNo": reg_no, "countryCode": country});
        let Some(stored) = stored else {
            let refused = world.refuses(request("POST", "100/customers", body));
            refused.blames(&["nationalIdentifier.regNo"]);
            continue;
        };
        assert_eq!(world.ask("POST", "100/customers", body).status, 201, "{country} {reg_no}");
        let expected = json!({"regNo": stored, "countryCode": country.to_uppercase()});
        assert_eq!(world.get(&format!("100/customers/{no}")).at("/nationalIdentifier"), expected);
    }
}
