//! The choices: each value does what it says, and a flag that says something else is refused with
//! what it may say.

use std::collections::BTreeSet;

use etalon::api::choices::{CHOICES, Choices};
use serde_json::Value;

use crate::world::{Reply, World, request, with_header};

/// What each choice changes; the file says how it is to be read.
const TABLE: &str = include_str!("choices.txt");

/// Records beside those of every test: what the choices need to be seen at.
fn records() -> String {
    let gateway = r#"{"record":"gatewayCustomer","customer":{"id":"1","code":"c1","accountId":"a","createDate":"2026-01-31 12:00:00","firstName":"Ada","lastName":"<Byron>"}}"#;
    let account = r#"{"record":"tmf","collection":"billingAccount","resource":{"id":"66","ratingType":"Prepaid","state":"Active"}}"#;
    let charge = r#"{"record":"tmf","collection":"appliedCustomerBillingCharge","resource":{"id":"26","type":"recurring","currencyCode":"EUR","taxExcludedAmount":2.50}}"#;
    let mut records = vec![include_str!("tmf.ndjson").trim_end().to_owned()];
    let grace = r#"{"record":"gatewayCustomer","customer":{"id":"2","code":"c2","accountId":"a","firstName":"Grace","lastName":"Hopper"}}"#;
    let listener =
        r#"{"record":"listener","listener":{"id":"1","callback":"http://localhost:9000/"}}"#;
    records.extend([gateway, grace, account, charge, listener].map(str::to_owned));
    records.extend((10..21).map(|no| {
        format!(
            r#"{{"record":"surplus","ledgerNo":"100","customerNo":"1001","surplus":{{"surplusId":"S{no}","balance":1.00,"currency":"SEK","date":"2023-01-{no}T00:00:00","status":"open"}}}}"#
        )
    }));
    records.join("\n")
}

fn world(flags: &[&str]) -> World {
    let mut world = World::with(&records());
    world.choose(flags);
    world
}

/// Asks as a row says: `METHOD PATH`, and perhaps `as TOKEN`, `accepting TYPE`, `sending TYPE`.
fn ask(world: &World, asked: &str, body: &str) -> Reply {
    let mut words = asked.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let mut request = with_header(request(method, path, body), "host", "host:81");
    while let (Some(how), Some(value)) = (words.next(), words.next()) {
        request = match how {
            "as" => with_header(request, "authorization", &format!("Bearer {value}")),
            "accepting" => with_header(request, "accept", value),
            "sending" => with_header(request, "content-type", value.trim_matches('-')),
            other => panic!("{asked}: {other}"),
        };
    }
    world.answer(request)
}

/// What stands in an answer at a place.
fn look(reply: &Reply, place: &str) -> String {
    let found = match place.trim_start_matches(['?', '#']) {
        "status" => Value::from(reply.status),
        "body" => Value::from(reply.text()),
        pointer if place == "?" || pointer.starts_with('/') => {
            let body: Value = serde_json::from_str(reply.text()).unwrap_or_default();
            match body.pointer(pointer) {
                Some(found) if !body.is_null() => found.clone(),
                _ => return "-".to_owned(),
            }
        }
        header if reply.header(header).is_empty() => return "-".to_owned(),
        header => Value::from(reply.header(header)),
    };
    match (&found, place.chars().next()) {
        (Value::Null, _) => "null".to_owned(),
        (Value::Array(_), Some('?')) => "array".to_owned(),
        (Value::Object(_), Some('?')) => "object".to_owned(),
        (Value::Number(_), Some('?')) => "number".to_owned(),
        (Value::String(_), Some('?')) => "text".to_owned(),
        (Value::String(text), Some('#')) => text.len().to_string(),
        (Value::String(text), _) => text.clone(),
        (other, _) => other.to_string(),
    }
}

/// The rows of the table, each of six cells.
fn rows() -> Vec<[String; 6]> {
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut rows = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(named) = line.strip_prefix('$') {
            names.push(named.split_once(" = ").unwrap());
            continue;
        }
        let mut line = line.to_owned();
        // The longest first, since one name may begin as another; twice, since one may hold another.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for _ in 0..2 {
            for (name, text) in &names {
                line = line.replace(&format!("${name}"), text);
            }
        }
        let cells: Vec<_> = line.split(" | ").map(|cell| cell.replace('·', " ")).collect();
        rows.push(cells.try_into().unwrap_or_else(|cells| panic!("six cells: {cells:?}")));
    }
    rows
}

#[test]
fn each_value_changes_what_it_says() {
    let (mut proved, mut wrong) = (BTreeSet::new(), Vec::new());
    // What is only read is read from one world.
    let mut read = world(&[]);
    for [flag, asked, body, place, by_default, then] in rows() {
        let body = if body == "-" { "" } else { &body };
        let mut looked = |flags: &[&str]| {
            let answer = if asked.starts_with("GET ") {
                read.choose(flags);
                ask(&read, &asked, body)
            } else {
                ask(&world(flags), &asked, body)
            };
            look(&answer, &place)
        };
        let found = (looked(&[]), looked(&[&flag]));
        if found != (by_default.clone(), then.clone()) {
            wrong
                .push(format!("{flag}: {asked}, {place}: {found:?}, not {:?}", (by_default, then)));
        } else if found.0 != found.1 {
            proved.insert(flag);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let values = CHOICES.iter().flat_map(|choice| {
        choice.values.iter().skip(1).map(|value| format!("{}={}", choice.name, value.name))
    });
    // These show where a listener hears them: tests/events.rs.
    let heard = |value: &String| value.starts_with("tmf-event-");
    let values: BTreeSet<String> = values.filter(|value| !heard(value)).collect();
    assert_eq!(proved, values, "every value but the defaults has a row that it changes");
}

/// The names and the values are what people type: they are unique, and a default is a value too.
#[test]
fn each_choice_has_a_name_of_its_own_a_reading_and_two_values() {
    let names: BTreeSet<_> = CHOICES.iter().map(|choice| choice.name).collect();
    assert_eq!(names.len(), CHOICES.len());
    for choice in CHOICES {
        let values: BTreeSet<_> = choice.values.iter().map(|value| value.name).collect();
        assert!(values.len() == choice.values.len() && values.len() > 1, "{}", choice.name);
        assert!(!choice.apis.is_empty() && !choice.readings.is_empty(), "{}", choice.name);
        assert!(choice.readings.iter().all(|no| (1..=253).contains(no)), "{}", choice.name);
        for value in values {
            Choices::from_flags(&[format!("{}={value}", choice.name)]).unwrap();
        }
    }
}

#[test]
fn a_flag_that_chooses_nothing_is_refused_with_what_can_be_chosen() {
    for (flags, parts) in [
        (&["patch"][..], &["NAME=VALUE"][..]),
        (&["patsh=200"], &["patsh", "did you mean patch?", "etalon choices"]),
        (&["patch=201"], &["patch=201", "204, 200"]),
        (&["problem-members=Lower"], &["pascal, lower", "did you mean lower?"]),
        (&["patch=200", "patch=204"], &["twice"]),
        (&["=200"], &["no such choice"]),
    ] {
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        let Err(refused) = Choices::from_flags(&flags) else { panic!("{flags:?}") };
        for part in parts {
            assert!(refused.contains(part), "{flags:?}: {refused}");
        }
    }
}

/// A long list is read whole where a choice must see it, and is the same list.
#[test]
fn a_list_of_many_pages_is_rewritten_whole() {
    let usage = (0..3_000).map(|second| {
        format!(
            r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"9","subscriptionNo":"1","usage":{{"type":1,"typeName":"T","startDateTime":"2023-09-01T{:02}:{:02}:{:02}","totalAmount":1,"volume":1,"volumeUnit":"S"}}}}"#,
            second / 3600, second / 60 % 60, second % 60
        )
    });
    let usage = usage.collect::<Vec<_>>().join("\n");
    let path = "/billing/usage/v1/100/invoices/9/subscriptions/1/usage-details";
    let mut world = World::with(&usage);
    let plain = world.get(path);
    world.choose(&["usage-dates=fraction"]);
    let chosen = world.get(path);
    assert!(plain.text().len() > 200_000, "more than a page");
    assert!(
        chosen.text() == plain.text().replace("\",\"subscription", ".0000000\",\"subscription")
    );
}
