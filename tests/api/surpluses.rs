//! 002 › Surpluses.

use serde_json::json;

use crate::world::{World, request};

/// 002 › Get specified Surplus information; `invoice` or `account` and never both, the balance a
/// number, and the order on the surplus while it is open and agreed (readings 93, 94, 95, 101).
#[test]
fn a_surplus_has_every_documented_member() {
    let world = World::new();
    world.get("100/customers/9999/surpluses/123").is(
        200,
        r#"{
        "surplusId": "123",
        "balance": 10.00,
        "currency": "SEK",
        "date": "2023-01-01T00:00:00",
        "status": "open",
        "invoice": "/ledger/invoice/v1/100/invoices/AAA",
        "operations": [{
            "rel": "add-disbursement-orders",
            "href": "/ledger/customer/v1/100/customers/9999/surpluses/123/active-disbursement-orders",
            "method": "POST"
        }],
        "@id": "/ledger/customer/v1/100/customers/9999/surpluses/123"
    }"#,
    );
    // Not open; not agreed.
    for path in ["100/customers/9999/surpluses/456", "300/customers/9999/surpluses/123"] {
        assert_eq!(world.get(path).at("/operations"), json!([]), "{path}");
    }
}

/// 002 › Get list of Surpluses Information, but for a navigation without pages (readings 18, 170).
#[test]
fn surpluses_are_listed_by_date() {
    let world = World::new();
    world.get("100/customers/9999/surpluses").is(
        200,
        r#"{
        "items": [
            {
                "surplusId": "123",
                "balance": 10.00,
                "currency": "SEK",
                "date": "2023-01-01T00:00:00",
                "status": "open",
                "invoice": "/ledger/invoice/v1/100/invoices/AAA",
                "operations": [{
                    "rel": "add-disbursement-orders",
                    "href": "/ledger/customer/v1/100/customers/9999/surpluses/123/active-disbursement-orders",
                    "method": "POST"
                }],
                "@id": "/ledger/customer/v1/100/customers/9999/surpluses/123"
            },
            {
                "surplusId": "456",
                "balance": 20.00,
                "currency": "SEK",
                "date": "2023-01-02T00:00:00",
                "status": "pending-disbursement",
                "account": "/ledger/account/v1/100/accounts/BBB",
                "operations": [],
                "@id": "/ledger/customer/v1/100/customers/9999/surpluses/456"
            },
            {
                "surplusId": "789",
                "balance": 30.00,
                "currency": "SEK",
                "date": "2023-01-03T00:00:00",
                "status": "pending-regulate",
                "invoice": "/ledger/invoice/v1/100/invoices/AAA",
                "operations": [],
                "@id": "/ledger/customer/v1/100/customers/9999/surpluses/789"
            }
        ],
        "navigation": {"@id": "/ledger/customer/v1/100/customers/9999/surpluses"}
    }"#,
    );
    world.get("100/customers/1000/surpluses").is(
        200,
        r#"{"items":[],"navigation":{"@id":"/ledger/customer/v1/100/customers/1000/surpluses"}}"#,
    );
}

/// skip and take (readings 18, 20, 21): which ids a page has, and which links. A link is told by
/// what follows the list's path.
#[test]
fn a_page_links_to_the_pages_around_it() {
    let world = World::new();
    let list = "/ledger/customer/v1/100/customers/9999/surpluses";
    let huge = "9".repeat(30);
    let table = [
        ("", "123 456 789", "", "", ""),
        ("?skip=0", "123 456 789", "", "", ""),
        ("?take=3", "123 456 789", "", "", ""),
        ("?take=2", "123 456", "?skip=0&take=2", "", "?skip=2&take=2"),
        ("?skip=2&take=2", "789", "?skip=0&take=2", "?skip=0&take=2", ""),
        ("?skip=1&take=1", "456", "?skip=0&take=1", "?skip=0&take=1", "?skip=2&take=1"),
        ("?skip=1", "456 789", "?skip=0", "?skip=0", ""),
        ("?%73kip=2", "789", "?skip=0", "?skip=0", ""),
        ("?skip=2&unknown=x&$top=1", "789", "?skip=0", "?skip=0", ""),
        ("?skip=3&take=2", "", "?skip=0&take=2", "?skip=1&take=2", ""),
        ("?take=1000", "123 456 789", "", "", ""),
        (&format!("?take={huge}"), "123 456 789", "", "", ""),
    ];
    for (query, ids, first, previous, next) in table {
        let reply = world.get(&format!("{list}{query}"));
        assert_eq!(reply.status, 200, "{query}");
        let found: Vec<String> = reply
            .at("/items")
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["surplusId"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found.join(" "), ids, "{query}");
        let mut navigation = json!({"@id": list});
        for (name, link) in [("first", first), ("previous", previous), ("next", next)] {
            if !link.is_empty() {
                navigation[name] = json!(format!("{list}{link}"));
            }
        }
        assert_eq!(reply.at("/navigation"), navigation, "{query}");
    }
    for query in ["?skip=3", "?skip=100", "?skip=18446744073709551615", &format!("?skip={huge}")] {
        let reply = world.get(&format!("{list}{query}"));
        assert_eq!((reply.status, reply.at("/items")), (200, json!([])), "{query} is past the end");
    }
    let none = world.get(&format!("{list}?take=0"));
    assert_eq!(none.at("/items"), json!([]));
    assert_eq!(none.at("/navigation").get("next"), None, "it would lead nowhere for ever");
}

/// Reading 21: 400 that names the parameter.
#[test]
fn what_is_no_count_is_refused() {
    let world = World::new();
    for name in ["skip", "take"] {
        for value in ["-1", "-0", "x", "1.5", "", "1e3", "0x1", "+1", "%zz", "1&skip=x&take=x", "١"]
        {
            let path = format!("100/customers/9999/surpluses?{name}={value}");
            let reply = world.get(&path);
            reply.is_problem(400, "validation");
            let named = reply.at("/Problems");
            assert!(named.get("skip").or(named.get("take")).is_some(), "{path}");
        }
        world.get(&format!("100/customers/9999/surpluses?{name}=-1")).blames(&[name]);
    }
}

/// A page has 100 (reading 20), and following `next` visits each surplus once, in order of date
/// (reading 170); every link answers 200.
#[test]
fn following_next_visits_every_surplus_once() {
    let more: String = (0..250)
        .map(|n| {
            let day = 1 + (n * 7) % 28;
            format!(
                r#"{{"record":"surplus","ledgerNo":"100","customerNo":"1000","surplus":{{"surplusId":"s{n}","balance":1,"currency":"SEK","date":"2023-02-{day:02}T00:00:00","status":"open"}}}}"#
            ) + "\n"
        })
        .collect();
    let world = World::with(&more);
    let mut next = Some("100/customers/1000/surpluses".to_owned());
    let (mut sizes, mut seen) = (Vec::new(), Vec::new());
    while let Some(path) = next {
        let page = world.get(&path).json();
        let items = page["items"].as_array().unwrap().clone();
        sizes.push(items.len());
        seen.extend(items.iter().map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("date"), text("surplusId"))
        }));
        for link in ["@id", "first", "previous"] {
            if let Some(link) = page["navigation"][link].as_str() {
                assert_eq!(world.get(link).status, 200, "{link}");
            }
        }
        next = page["navigation"]["next"].as_str().map(str::to_owned);
    }
    assert_eq!(sizes, [100, 100, 50]);
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), sorted.len()), (250, 250));
    assert!(seen.is_sorted());
    let expanded = world.get("100/customers/1000?$expand=surpluses");
    assert_eq!(
        expanded.at("/surpluses/navigation/next"),
        "/ledger/customer/v1/100/customers/1000/surpluses?skip=100"
    );
}

/// Reading 97: the path may have another case, the stored one is served; odd characters are
/// percent-encoded in links, and the links work.
#[test]
fn a_surplus_id_has_no_case_and_may_hold_anything() {
    let world = World::new();
    let id = "/ledger/customer/v1/100/customers/8888/surpluses/%C3%85b%2Fc%20d%23%25%3F";
    for path in [id, &id.replace("%C3%85b%2Fc%20d", "%c3%a5B%2fC%20D")] {
        let reply = world.get(path);
        assert_eq!(reply.at("/surplusId"), "Åb/c d#%?");
        assert_eq!(reply.at("/@id"), id);
        assert_eq!(reply.at("/currency"), "SEK", "reading 98");
        assert_eq!(reply.at("/balance").to_string(), "1.50", "reading 27");
        let href = reply.at("/operations/0/href");
        assert_eq!(href, format!("{id}/active-disbursement-orders"));
        let orders = world.get(&format!("{path}/active-disbursement-orders"));
        assert_eq!(orders.at("/navigation/@id"), href);
    }
    assert_eq!(world.get("100/customers/8888/surpluses").at("/items/0/@id"), id);
}

/// A surplus that never was, is another customer's or another ledger's, or is depleted: 404
/// not-found (reading 99).
#[test]
fn what_is_depleted_or_unknown_is_not_found() {
    let depleted = r#"{"record":"surplus","ledgerNo":"100","customerNo":"9999","surplus":{"surplusId":"456","balance":0.00,"currency":"SEK","date":"2023-01-02T00:00:00","status":"open"}}"#;
    let world = World::with(depleted);
    for id in ["456", "nope", "1234", "%20123", "%00", "s1", &"x".repeat(60)] {
        let path = format!("100/customers/9999/surpluses/{id}");
        world.get(&path).is_problem(404, "not-found");
        let orders = format!("{path}/active-disbursement-orders");
        world.get(&orders).is_problem(404, "not-found");
        let order = r#"{"norwegianBankAccount":{"accountNo":"86011117947"}}"#;
        world.refuses(request("POST", &orders, order)).is_problem(404, "not-found");
    }
    world.get("100/customers/1000/surpluses/123").is_problem(404, "not-found");
    let page = world.get("100/customers/9999/surpluses?skip=1&take=1");
    assert_eq!(page.at("/items/0/surplusId"), "789", "what is depleted counts on no page");
    let left = world.get("100/customers/9999/surpluses").at("/items");
    assert_eq!(left.as_array().unwrap().len(), 2);
    let dumped = world.records();
    assert!(dumped.contains(depleted), "whoever loads a dump has every record again: {dumped}");
    let again = World::of(&dumped);
    assert_eq!(again.records(), dumped);
}
