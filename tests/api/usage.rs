//! Documents 000 and 001: the two trees of usage.

use crate::world::{World, request, with_header};

fn usage(world: &World, path: &str) -> crate::world::Reply {
    world.get(&format!("/billing/usage/v1/{path}"))
}

/// 001 › 1, 2, 5 and 6, as printed, with `@id` and `navigation` everywhere (readings 19, 32).
#[test]
fn owners_and_subscriptions_are_served_as_printed() {
    let world = World::new();
    let root = "/billing/usage/v1/100";
    let table = [
        (
            "100/invoices/123456",
            r#"{
                "@id": "ROOT/invoices/123456",
                "invoiceNo": "123456",
                "subscriptions": "ROOT/invoices/123456/subscriptions"
            }"#,
        ),
        (
            "100/invoices/123456/subscriptions",
            r#"{
                "items": [
                    {
                        "subscriptionNo": "12345680",
                        "usageDetails": "ROOT/invoices/123456/subscriptions/12345680/usage-details",
                        "usageSummaries": "ROOT/invoices/123456/subscriptions/12345680/usage-summaries",
                        "@id": "ROOT/invoices/123456/subscriptions/12345680"
                    },
                    {
                        "subscriptionNo": "12345690",
                        "usageDetails": "ROOT/invoices/123456/subscriptions/12345690/usage-details",
                        "usageSummaries": "ROOT/invoices/123456/subscriptions/12345690/usage-summaries",
                        "@id": "ROOT/invoices/123456/subscriptions/12345690"
                    }
                ],
                "navigation": {"@id": "ROOT/invoices/123456/subscriptions"}
            }"#,
        ),
        (
            "100/invoices/123456/subscriptions/12345680",
            r#"{
                "@id": "ROOT/invoices/123456/subscriptions/12345680",
                "subscriptionNo": "12345680",
                "usageDetails": "ROOT/invoices/123456/subscriptions/12345680/usage-details",
                "usageSummaries": "ROOT/invoices/123456/subscriptions/12345680/usage-summaries"
            }"#,
        ),
        (
            "100/customers/224455",
            r#"{
                "@id": "ROOT/customers/224455",
                "customerNo": "224455",
                "subscriptions": "ROOT/customers/224455/subscriptions"
            }"#,
        ),
        (
            "100/customers/224455/subscriptions",
            r#"{
                "items": [
                    {
                        "subscriptionNo": "12345680",
                        "unbilledUsageDetails": "ROOT/customers/224455/subscriptions/12345680/unbilled-usage-details",
                        "unbilledUsageSummaries": "ROOT/customers/224455/subscriptions/12345680/unbilled-usage-summaries",
                        "@id": "ROOT/customers/224455/subscriptions/12345680"
                    },
                    {
                        "subscriptionNo": "46 70/å",
                        "unbilledUsageDetails": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5/unbilled-usage-details",
                        "unbilledUsageSummaries": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5/unbilled-usage-summaries",
                        "@id": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5"
                    }
                ],
                "navigation": {"@id": "ROOT/customers/224455/subscriptions"}
            }"#,
        ),
        (
            "100/customers/224455/subscriptions/46%2070%2f%C3%A5",
            r#"{
                "@id": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5",
                "subscriptionNo": "46 70/å",
                "unbilledUsageDetails": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5/unbilled-usage-details",
                "unbilledUsageSummaries": "ROOT/customers/224455/subscriptions/46%2070%2F%C3%A5/unbilled-usage-summaries"
            }"#,
        ),
    ];
    for (path, expected) in table {
        usage(&world, path).is(200, &expected.replace("ROOT", root));
    }
}

/// Readings 33, 67, 68 and 177: `subscriptions` and nothing else, in any case.
#[test]
fn subscriptions_can_be_expanded() {
    let world = World::new();
    for owner in ["100/invoices/123456", "100/customers/224455"] {
        let list = usage(&world, &format!("{owner}/subscriptions")).json();
        for query in ["$expand=subscriptions", "%24expand=Subscriptions,", "$expand=SUBSCRIPTIONS"]
        {
            let expanded = usage(&world, &format!("{owner}?{query}"));
            assert_eq!(expanded.at("/subscriptions"), list, "{query}");
        }
        for value in ["usageDetails", "subscriptions,x", "legaladdress", "%zz"] {
            usage(&world, &format!("{owner}?$expand={value}")).blames(&["$expand"]);
        }
    }
}

/// 001 › 3.1, as printed but for two decimals everywhere and the subscription of the path
/// (readings 27, 36, 37, 175).
#[test]
fn details_are_served_as_printed() {
    usage(&World::new(), "100/invoices/123456/subscriptions/12345680/usage-details").is(
        200,
        r#"{
        "items": [
            {
                "type": 250,
                "typeName": "Surf i hogkostnadszon",
                "startDateTime": "2023-09-01T01:08:25",
                "destination": "ROAM, SERVICES.COMPANY.COM",
                "destinationName": "APN Resterande",
                "subscriptionNo": "12345680",
                "totalAmount": 2.50,
                "volume": 4257793,
                "volumeUnit": "B",
                "chargeDetails": {
                    "vatRate": 25.00,
                    "price": 107.61,
                    "priceUnit": "MB",
                    "interval": 50000,
                    "intervalUnit": "B",
                    "startPrice": 0.00
                },
                "roamingDetails": {"countryCode": "NO", "operator": "Vodafone"}
            },
            {
                "type": 255,
                "typeName": "Styckpris, Betalformedling, Mobil",
                "startDateTime": "2023-09-01T01:08:25",
                "destination": "Bingolotto fargfemman",
                "destinationName": "Innehallstjanst, samtal",
                "subscriptionNo": "12345680",
                "totalAmount": 13.00,
                "volume": 1,
                "volumeUnit": "E",
                "chargeDetails": {
                    "vatRate": 0.00,
                    "price": 107.61,
                    "priceUnit": "E",
                    "interval": 1,
                    "intervalUnit": "E",
                    "startPrice": 0.00
                },
                "providerDetails": {
                    "name": "Folkspel",
                    "service": "Bingolotto fargfemman",
                    "serviceName": "Bingolotto",
                    "contact": "020-3334455, googleplay-support@google.com, play.google.com"
                }
            }
        ],
        "navigation": {
            "@id": "/billing/usage/v1/100/invoices/123456/subscriptions/12345680/usage-details"
        }
    }"#,
    );
}

/// 001 › 4 and 8: one summary a type, unit and VAT rate, summed exactly, first and last by time and
/// not by arrival (readings 39, 40, 41).
#[test]
fn summaries_are_exact_sums() {
    let world = World::new();
    usage(&world, "100/invoices/123456/subscriptions/12345690/usage-summaries").is(
        200,
        r#"{
        "items": [
            {
                "type": 310,
                "typeName": "Samtal",
                "usageCount": 2,
                "firstUsageDate": "2023-10-08T10:40:52",
                "lastUsageDate": "2023-10-19T12:20:52",
                "totalAmount": 0.30,
                "volume": 9007199254740994,
                "volumeUnit": "S",
                "vatRate": 0.00
            },
            {
                "type": 310,
                "typeName": "Samtal",
                "usageCount": 1,
                "firstUsageDate": "2023-10-09T10:40:52",
                "lastUsageDate": "2023-10-09T10:40:52",
                "totalAmount": 1.00,
                "volume": 1,
                "volumeUnit": "S",
                "vatRate": 25.00
            }
        ],
        "navigation": {
            "@id": "/billing/usage/v1/100/invoices/123456/subscriptions/12345690/usage-summaries"
        }
    }"#,
    );
    let unbilled = "100/customers/224455/subscriptions/12345680/unbilled-usage-summaries";
    assert_eq!(usage(&world, unbilled).at("/items/0/totalAmount").to_string(), "299.50");
}

/// Details come in order of time, and many of them are one whole list (reading 170).
#[test]
fn a_long_list_is_whole_and_in_order_of_time() {
    let many: String = (0..2000)
        .map(|n| {
            let (minute, second) = ((n * 7) % 60, (n * 13) % 60);
            format!(
                r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"1","subscriptionNo":"2","usage":{{"type":1,"typeName":"T","startDateTime":"2023-09-01T01:{minute:02}:{second:02}","totalAmount":0.01,"volume":{n},"volumeUnit":"E"}}}}"#
            ) + "\n"
        })
        .collect();
    let world = World::with(&many);
    let details = usage(&world, "100/invoices/1/subscriptions/2/usage-details").json();
    let items = details["items"].as_array().unwrap();
    let times: Vec<&str> =
        items.iter().map(|item| item["startDateTime"].as_str().unwrap()).collect();
    assert!(items.len() == 2000 && times.is_sorted());
    let mut volumes: Vec<u64> = items.iter().map(|item| item["volume"].as_u64().unwrap()).collect();
    volumes.sort_unstable();
    assert!(volumes.into_iter().eq(0..2000));
    let id = "/billing/usage/v1/100/invoices/1/subscriptions/2/usage-details";
    assert_eq!(details["navigation"]["@id"], id);
    let summary = usage(&world, "100/invoices/1/subscriptions/2/usage-summaries");
    assert_eq!(summary.at("/items/0/totalAmount").to_string(), "20.00");
}

/// 000 › Problem types: the four that are 404, on every path under the owner (readings 5, 28, 29).
#[test]
fn every_not_found_has_its_code() {
    let world = World::new();
    let billed = ["usage-details", "usage-summaries"];
    let unbilled = ["unbilled-usage-details", "unbilled-usage-summaries"];
    for (owner, lists, code) in [
        ("100/invoices/1", billed, "invoice-not-found"),
        ("300/invoices/123456", billed, "invoice-not-found"),
        ("100/invoices/555", billed, "invoice-has-no-usage"),
        ("100/customers/1", unbilled, "customer-not-found"),
        ("100/customers/777", unbilled, "customer-not-found"),
        ("100/customers/9999", unbilled, "customer-not-found"),
    ] {
        usage(&world, owner).is_problem(404, code);
        usage(&world, &format!("{owner}/subscriptions")).is_problem(404, code);
        let one = format!("{owner}/subscriptions/12345680");
        usage(&world, &one).is_problem(404, code);
        for list in lists {
            usage(&world, &format!("{one}/{list}")).is_problem(404, code);
        }
    }
    for (owner, lists) in [("100/invoices/123456", billed), ("100/customers/224455", unbilled)] {
        for subscription in ["1", "4671000000223344", "12345680%20"] {
            let one = format!("{owner}/subscriptions/{subscription}");
            usage(&world, &one).is_problem(404, "subscription-not-found");
            for list in lists {
                usage(&world, &format!("{one}/{list}")).is_problem(404, "subscription-not-found");
            }
        }
    }
}

/// Reading 183: over 50 characters, control characters or broken encoding are 400, all else 404.
#[test]
fn what_cannot_be_an_identifier_is_a_validation_problem() {
    let world = World::new();
    let fifty = "9".repeat(50);
    let long = "%C3%A5".repeat(51);
    for bad in ["%00", "1%0A", "%7F", "%C2%85", "%zz", "%", "%ff", &"9".repeat(51), &long] {
        usage(&world, &format!("100/invoices/{bad}")).blames(&["invoiceNo"]);
        usage(&world, &format!("100/customers/{bad}/subscriptions")).blames(&["customerNo"]);
        let path = format!("100/invoices/123456/subscriptions/{bad}/usage-details");
        usage(&world, &path).blames(&["subscriptionNo"]);
    }
    for good in [&*fifty, &"%C3%A5".repeat(50), "%20", "a%2Fb", "%25", "%F0%9F%A6%8A"] {
        usage(&world, &format!("100/invoices/{good}")).is_problem(404, "invoice-not-found");
    }
}

/// Readings 30, 249: a subscription that was never used is known, and still is after a dump and a
/// load.
#[test]
fn a_subscription_without_calls_is_kept_and_served_empty() {
    let records = r#"{"record":"usage","ledgerNo":"100","invoiceNo":"700","subscriptionNo":"1"}
{"record":"usage","ledgerNo":"100","customerNo":"700","subscriptionNo":"1"}
{"record":"usage","ledgerNo":"100","invoiceNo":"123456","subscriptionNo":"12345699","usage":null}
{"record":"usage","ledgerNo":"100","invoiceNo":"123456","subscriptionNo":"12345680"}
"#;
    let world = World::with(records);
    for (owner, unbilled) in [("invoices/700", ""), ("customers/700", "unbilled-")] {
        let listed = usage(&world, &format!("100/{owner}/subscriptions"));
        assert_eq!(listed.at("/items/0/subscriptionNo"), "1", "{owner}");
        for list in ["usage-details", "usage-summaries"] {
            let path = format!("100/{owner}/subscriptions/1/{unbilled}{list}");
            let empty = usage(&world, &path);
            assert_eq!((empty.status, empty.at("/items")), (200, serde_json::json!([])), "{path}");
        }
    }
    let used = usage(&world, "100/invoices/123456/subscriptions/12345680/usage-details");
    assert_eq!(used.at("/items").as_array().unwrap().len(), 2, "its calls are still there");
    let dumped = world.records();
    let empty = dumped
        .lines()
        .filter(|line| line.contains(r#""record":"usage""#) && !line.contains(r#""usage":"#));
    assert_eq!(empty.count(), 3, "{dumped}");
    assert_eq!(World::of(&dumped).records(), dumped);
}

/// JSON has no integers, only numbers: 1e3 and 1000.0 are the 1000 that the table calls int64. What
/// does not fit is refused for what it is.
#[test]
fn an_integer_is_read_however_it_is_spelled() {
    let record = |volume: &str, kind: &str, interval: &str, amount: &str| {
        format!(
            r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"700","subscriptionNo":"1","usage":{{"type":{kind},"typeName":"T","startDateTime":"2023-09-01T00:00:00","totalAmount":{amount},"volume":{volume},"volumeUnit":"S","chargeDetails":{{"interval":{interval}}}}}}}"#
        )
    };
    let world = World::with(&record("1e3", "250.0", "6.0e1", "1e-2"));
    let details = usage(&world, "100/invoices/700/subscriptions/1/usage-details");
    for (member, value) in [
        ("volume", "1000"),
        ("type", "250"),
        ("chargeDetails/interval", "60"),
        ("totalAmount", "0.01"),
    ] {
        assert_eq!(details.at(&format!("/items/0/{member}")).to_string(), value, "{member}");
    }
    for (record, member, reason) in [
        (record("1.5", "1", "1", "1"), "volume", "1.5 is no integer of 64 bits"),
        (record("1e19", "1", "1", "1"), "volume", "1e19 is no integer of 64 bits"),
        (record("1", "3000000000", "1", "1"), "type", "3000000000 is no integer of 32 bits"),
        (record("1", "1", "\"1\"", "1"), "chargeDetails.interval", "is no integer of 32 bits"),
        (record("1", "1", "1", "1e-400"), "totalAmount", "1e-400 has more than 28 digits after"),
        (record("1", "1", "1", "1e400"), "totalAmount", "1e400 is larger than 79228162514264"),
    ] {
        let request = request("POST", "/etalon/records", record);
        let request = with_header(request, "authorization", "Bearer etalon-admin");
        let problems = world.refuses(request).at("/Problems");
        let said = &problems[format!("line 1.usage.{member}")][0];
        assert!(said.as_str().is_some_and(|said| said.contains(reason)), "{problems}");
    }
}
