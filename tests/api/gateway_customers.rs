//! Document 003's customers: created, found, loaded, modified, and as records.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use etalon::api::Api;
use etalon::api::auth::Auth;
use etalon::api::message::{Body, Service as _};
use etalon::input::secret::Secret;
use etalon::store::tables::{GATEWAY_CUSTOMERS, GATEWAY_CUSTOMERS_BY_NAME};
use etalon::store::{Store, wait};

use crate::gateway::{Gate, JSON, ROOT, XML};
use crate::world::{World, request, with_header};

/// A record of a customer.
fn record(id: u64, first: &str, last: &str, organization: &str) -> String {
    let organization = match organization {
        "" => String::new(),
        name => format!(r#","organizationName":"{name}""#),
    };
    format!(
        r#"{{"record":"gatewayCustomer","customer":{{"id":"{id}","code":"C{id}","accountId":"a","createDate":"2026-01-31 12:00:00","firstName":"{first}","lastName":"{last}"{organization}}}}}{}"#,
        "\n"
    )
}

/// Readings 111, 117, 209: each create makes another customer; the server gives it what was not
/// sent.
#[test]
fn a_create_fills_in_what_was_not_sent() {
    let gate = Gate::new(&record(4, "A", "B", ""));
    let create = |members: &str| {
        let body = format!(r#"{{"firstName":"A","lastName":"B"{members}}}"#);
        gate.send("PUT", "", &body)
    };
    let first = create("").noun();
    assert_eq!((first["id"].as_str(), first["code"].as_str()), ("5", "5"));
    assert_eq!(first["accountId"], "etalon");
    let date = &first["createDate"];
    assert!(date.len() == 19 && date.starts_with("20"), "{date}");
    assert_eq!(create("").noun()["id"], "6", "the same once more is another");

    let all = create(r#","id":"4","code":"x","accountId":12,"createDate":"2020-02-29""#).noun();
    let expected = [
        ("id", "7"),
        ("code", "x"),
        ("accountId", "12"),
        ("createDate", "2020-02-29 00:00:00"),
        ("firstName", "A"),
        ("lastName", "B"),
    ];
    assert_eq!(all, expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    create(r#","code":"x""#).fails(409, "customer-already-exists", "Customer 7 has the code");
    create(r#","code":"C4""#).fails(409, "customer-already-exists", "Customer 4 has the code");
    for (member, part) in [
        (r#""createDate":"2023-02-29""#, "no moment"),
        (r#""createDate":"yesterday""#, "documented form"),
        (r#""code":true"#, "code has the wrong type"),
    ] {
        create(&format!(",{member}")).fails(400, "validation", part);
    }
    let long = "x".repeat(256);
    for name in ["code", "accountId", "organizationName"] {
        create(&format!(r#","{name}":"{long}""#)).fails(400, "validation", "at most 255");
    }
    // A code that somebody has chosen is given to nobody else.
    assert_eq!(create(r#","code":"9""#).noun()["id"], "8");
    let next = create("").noun();
    assert_eq!((next["id"].as_str(), next["code"].as_str()), ("10", "10"));
    assert_eq!(create(r#","code":"11""#).noun()["id"], "11", "one's own id may be one's code");
}

/// An id or a code that comes as a number is its digits, however the number is spelled.
#[test]
fn a_number_for_a_text_is_its_digits() {
    let gate = Gate::new("");
    for (code, kept) in [("7", "7"), ("8.0", "8"), ("1e3", "1000"), ("-0.5e1", "-5")] {
        let body = format!(r#"{{"firstName":"A","lastName":"B","id":1e2,"code":{code}}}"#);
        let created = gate.send("PUT", "", &body);
        assert_eq!((created.status, created.noun()["code"].as_str()), (200, kept), "{code}");
    }
    let half = r#"{"firstName":"A","lastName":"B","code":7.5}"#;
    gate.send("PUT", "", half).fails(400, "validation", "code has the wrong type");
}

/// Reading 124: HTTP Basic; the user is the account of customers that name none.
#[test]
fn credentials_are_asked_for_and_make_the_account() {
    let store = Arc::new(Store::in_memory().unwrap());
    let users = [("api-x", "s3cret"), ("api-y", "")];
    let users = users.map(|(user, password)| (user.to_owned(), Secret::new(password)));
    let auth = Auth { gateway_users: HashMap::from(users), ..Auth::default() };
    let api = Api::new(store, auth).unwrap();
    for (authorization, account) in [
        ("Basic YXBpLXg6czNjcmV0", Some("api-x")),
        ("basic YXBpLXk6", Some("api-y")),
        ("Basic YXBpLXg6", None),
        ("", None),
        ("Bearer etalon-100", None),
    ] {
        let request = request("PUT", ROOT, r#"{"firstName":"A","lastName":"B"}"#);
        let request = with_header(request, "authorization", authorization);
        let response = wait(api.answer(with_header(request, "accept", XML)));
        assert_eq!(response.headers["content-type"], XML);
        let Body::Whole(body) = response.body else { panic!("a customer comes in one piece") };
        let body = String::from_utf8(body.to_vec()).unwrap();
        match account {
            Some(account) => assert!(body.contains(&format!("accountId=\"{account}\"")), "{body}"),
            None => {
                assert_eq!(response.status, 401);
                let challenge = response.headers["www-authenticate"].to_str().unwrap();
                assert!(challenge.starts_with("Basic realm="), "{challenge}");
                assert!(body.contains("code=\"unauthorized\""), "{body}");
            }
        }
    }
}

/// Readings 125, 126: an action is selected by its method, and may be named; what is no action is
/// answered 405 with those there are.
#[test]
fn every_action_has_two_forms() {
    let gate = Gate::new(&record(1, "A", "B", ""));
    let new = r#"{"firstName":"N","lastName":"B"}"#;
    let actions = [
        ("PUT", "", new),
        ("PUT", "/", new),
        ("PUT", "/~create", new),
        ("GET", "", ""),
        ("GET", "/", ""),
        ("GET", "/~find", ""),
        ("GET", "/1", ""),
        ("GET", "/1/~load", ""),
        ("POST", "/1", r#"{"lastName":"C"}"#),
        ("POST", "/1/~modify", r#"{"lastName":"D"}"#),
    ];
    for (method, path, body) in actions {
        let reply = gate.send(method, path, body);
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert_eq!(gate.found("firstName=N").len(), 3);
    assert_eq!(gate.get("/1").noun()["lastName"], "D");
    assert_eq!(gate.get("/%7Efind").text(), gate.get("/~find").text(), "a tilde is a tilde");
    assert_eq!(gate.get("/1/%7eload").text(), gate.get("/1").text());
    let routes = ["", "/~find", "/~create", "/1", "/1/~load", "/1/~modify"];
    assert_eq!(routes.len(), gate.world.routes("gateway"), "every route is here");
    for path in routes.into_iter().chain(["/"]) {
        let mut allowed: Vec<&str> =
            actions.iter().filter(|action| action.1 == path).map(|action| action.0).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if !allowed.contains(&method) {
                let refused = gate.send(method, path, new);
                refused.fails(405, "method-not-allowed", method);
                let mut names: Vec<&str> = refused.header("allow").split(", ").collect();
                names.sort_unstable();
                assert_eq!(names, allowed, "{method} {path}");
            }
        }
    }
    for path in ["/1/", "/~find/", "/~load", "/2147483648", "/01", "/+1", "/-1", "/C1", "/0", "//"]
    {
        assert_eq!(gate.get(path).status, 404, "{path}");
    }
    gate.get("/99999999999999999999").fails(404, "customer-not-found", "99999999999999999999");
}

/// Reading 126: only what is sent changes, and a search finds the new value and no longer the old
/// one.
#[test]
fn a_modification_changes_what_it_sends() {
    let gate = Gate::new(&[record(1, "Ann", "Lee", "Acme"), record(2, "Ann", "Ray", "")].concat());
    let before = gate.get("/1").noun();
    for (sent, body, changes) in [
        (JSON, "{}", &[][..]),
        (JSON, r#"{"firstName":"Bo"}"#, &[("firstName", "Bo")]),
        (XML, "<customer lastName='Löw'/>", &[("firstName", "Bo"), ("lastName", "Löw")]),
        (XML, "<customer><organizationName/></customer>", &[("organizationName", "")]),
        (JSON, r#"{"organizationName":"Zed","lastName":"Low"}"#, &[("organizationName", "Zed")]),
        (JSON, r#"{"organizationName":null}"#, &[("organizationName", "")]),
    ] {
        let reply = gate.ask(("POST", "/1"), sent, "", body);
        assert_eq!(reply.status, 200, "{reply:?}");
        let now = reply.noun();
        assert_eq!(gate.get("/1").noun(), now);
        for (member, value) in changes {
            assert_eq!(now.get(*member).map_or("", String::as_str), *value, "{body}");
        }
    }
    let now = gate.get("/1").noun();
    assert_eq!(now["createDate"], before["createDate"]);
    for (query, ids) in [
        ("firstName=ann", &["2"][..]),
        ("firstName=bo", &["1"]),
        ("lastName=lee", &[]),
        ("lastName=l%C3%B6w", &[]),
        ("lastName=LOW", &["1"]),
        ("organizationName=acme", &[]),
        ("organizationName=zed", &[]),
    ] {
        assert_eq!(gate.found(query), ids, "{query}");
    }
    // The whole customer may be sent back; what cannot change must not be asked to.
    let back = serde_json::to_string(&now).unwrap();
    assert_eq!(gate.send("POST", "/1", &back).noun(), now);
    for (body, part) in [
        (r#"{"id":"2","firstName":"X"}"#, "id is \"1\" and cannot be changed."),
        (r#"{"code":"C2"}"#, "code is \"C1\""),
        (r#"{"accountId":"b","lastName":"X"}"#, "accountId is \"a\""),
        (r#"{"createDate":"2026-02-01"}"#, "createDate is \"2026-01-31 12:00:00\""),
        (r#"{"firstName":""}"#, "firstName is too short"),
        (r#"{"lastName":null}"#, "lastName has the wrong type"),
        (r#"{"lastName":"\u000b"}"#, "U+000B"),
    ] {
        gate.send("POST", "/1", body).fails(400, "validation", part);
    }
    gate.send("POST", "/3", "{}").fails(404, "customer-not-found", "3");
}

/// Readings 118 to 121, 206, 210: exact without case, all filters together, by id, paged.
#[test]
fn a_search_finds_by_every_filter_together() {
    let names = [
        ("Ann", "Lee", "Acme"),
        ("ANN", "lee", ""),
        ("Ann", "Leeds", "ACME"),
        ("Bo", "Lee", "acme"),
        ("Ånn", "Lee", "Acme & Co"),
        ("ann", "LEE", "Acme"),
        ("Bo", "Ray", "Ann"),
        ("An", "n", "Lee"),
    ];
    let records: String = names
        .iter()
        .zip([100, 2, 30, 4, 5, 6, 7, 18_446])
        .map(|((first, last, organization), id)| record(id, first, last, organization))
        .collect();
    let gate = Gate::new(&records);
    for (query, ids) in [
        ("", &["2", "4", "5", "6", "7", "30", "100", "18446"][..]),
        ("firstName=Ann", &["2", "6", "30", "100"]),
        ("firstName=%C3%A5NN", &["5"]),
        ("firstName=An", &["18446"]),
        ("firstName=Ann&lastName=Lee", &["2", "6", "100"]),
        ("lastName=Lee&firstName=Ann&organizationName=acme", &["6", "100"]),
        ("organizationName=ACME&lastName=lee", &["4", "6", "100"]),
        ("organizationName=Acme+%26%20Co", &["5"]),
        ("firstName=Bo&organizationName=Acme+%26+Co", &[]),
        ("firstName=nobody", &[]),
        // Whoever leaves a field of a form empty does not ask for it (reading 252).
        ("firstName=", &["2", "4", "5", "6", "7", "30", "100", "18446"]),
        ("firstName=Ann&lastName=&organizationName=", &["2", "6", "30", "100"]),
        ("firstName=Ann&unknown=x&LASTNAME=y&%24top=1", &["2", "6", "30", "100"]),
        ("limit=3", &["2", "4", "5"]),
        ("limit=0", &[]),
        ("offset=6", &["100", "18446"]),
        ("offset=8", &[]),
        ("offset=99999999999999999999999", &[]),
        ("limit=99999999999999999999999&offset=007", &["18446"]),
        ("firstName=Ann&offset=1&limit=2", &["6", "30"]),
        ("firstName=Ann&lastName=Lee&offset=2", &["100"]),
        ("firstName=Ann&lastName=Lee&offset=3", &[]),
    ] {
        assert_eq!(gate.found(query), ids, "{query}");
        let xml = gate.ask(("GET", &format!("/~find?{query}")), "", XML, "").nouns();
        assert_eq!(xml.iter().map(|noun| &noun["id"]).collect::<Vec<_>>(), ids, "{query}");
    }
    let long = "x".repeat(256);
    let fits = "\u{e5}".repeat(255);
    assert_eq!(gate.found(&format!("firstName={fits}")), [""; 0]);
    for (query, part) in [
        ("limit=-1", "limit is not of the documented form"),
        ("offset=-1", "offset is not of the documented form"),
        ("limit=ten", "limit is not of the documented form"),
        ("limit=", "limit is not of the documented form"),
        ("offset=1.5", "offset is not of the documented form"),
        ("offset=+1", "offset is not of the documented form"),
        ("limit=1&limit=1", "limit occurs twice."),
        ("offset=1&offset=2", "offset occurs twice."),
        ("firstName=a&firstName=b", "firstName occurs twice."),
        ("firstName=a&%66irstName=a", "firstName occurs twice."),
        ("firstName=%", "percent-encoding of firstName"),
        ("firstName=%e5", "UTF-8"),
        ("unknown=%zz", "percent-encoding of unknown"),
        ("%ff=1", "percent-encoding"),
        (&format!("lastName={long}"), "lastName has 256 characters"),
        (&"a=1&".repeat(2), "a occurs twice."),
    ] {
        gate.get(&format!("?{query}")).fails(400, "validation", part);
    }
    gate.get("?limit=x&offset=y").fails(400, "validation", "offset is not of the documented form");
}

/// Reading 120: 100 where no limit is asked for, 1,000 where more is; pages share nobody and hold
/// everybody.
#[test]
fn a_search_is_paged() {
    let records: String = (1..=1_205)
        .map(|id| record(id, "A", if id % 2 == 0 { "even" } else { "odd" }, ""))
        .collect();
    let gate = Gate::new(&records);
    for (query, length) in [
        ("", 100),
        ("limit=1000", 1_000),
        ("limit=1001", 1_000),
        ("offset=1200", 5),
        ("lastName=even&limit=1000", 602),
        ("lastName=odd&firstName=a", 100),
    ] {
        assert_eq!(gate.found(query).len(), length, "{query}");
    }
    for filter in ["", "firstName=A", "firstName=A&lastName=odd"] {
        let page = |offset: usize| gate.found(&format!("{filter}&limit=60&offset={offset}"));
        let ids: Vec<String> = (0..21).flat_map(|at| page(at * 60)).collect();
        let step = if filter.contains("odd") { 2 } else { 1 };
        let expected: Vec<String> = (1..=1_205).step_by(step).map(|id| id.to_string()).collect();
        assert_eq!(ids, expected, "{filter}");
    }
}

/// A search reads what stands in the index behind the names that it asks for, and nothing else:
/// the rest may as well not be there.
#[test]
fn a_search_reads_the_index_alone() {
    let records: String =
        (1..=500).map(|id| record(id, "A", if id % 5 == 0 { "B" } else { "C" }, "")).collect();
    let gate = Gate::new(&records);
    let removed = gate.world.store().write(|tx| {
        let tx = tx.transaction();
        tx.open_table(GATEWAY_CUSTOMERS)?.retain(|_, _| false)?;
        let mut names = tx.open_table(GATEWAY_CUSTOMERS_BY_NAME)?;
        Ok(names.retain(|(_, name, _), _| name == "a" || name == "b")?)
    });
    wait(removed).unwrap();
    let expected: Vec<String> = (455..=500).step_by(5).map(|id| id.to_string()).collect();
    for query in ["lastName=b&offset=90", "firstName=a&lastName=b&offset=90&limit=1000"] {
        assert_eq!(gate.found(query), expected, "{query}");
    }
    assert_eq!(gate.found("lastName=c"), [""; 0]);
}

/// Records replace by id, and a dump of them can be loaded.
#[test]
fn customers_go_out_and_in_as_records() {
    let load = |world: &World, records: &str| {
        let request = request("POST", "/etalon/records", records);
        world.answer(with_header(request, "authorization", "Bearer etalon-admin"))
    };
    let gate = Gate::new(&[record(10, "A", "B", ""), record(9, "Å\\n", "\\\"", "O")].concat());
    let world = &gate.world;
    gate.send("PUT", "", r#"{"firstName":"N","lastName":"\t<&>","code":"n"}"#);
    let customers = |world: &World| -> String {
        let records = world.records();
        let lines = records.lines().filter(|line| line.contains("\"gatewayCustomer\""));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let dumped = customers(world);
    assert!(
        dumped.starts_with(&[record(9, "Å\\n", "\\\"", "O"), record(10, "A", "B", "")].concat())
    );
    assert_eq!(dumped.lines().count(), 3, "{dumped}");
    let other = World::with(&dumped);
    assert_eq!(customers(&other), dumped);
    assert_eq!(load(&other, &dumped).status, 200);
    assert_eq!(customers(&other), dumped, "twice is once");

    // Codes may be exchanged as long as each is one customer's at a time; names are found anew.
    let minimal = |id: u64, members: &str| {
        format!(
            r#"{{"record":"gatewayCustomer","customer":{{"id":"{id}","firstName":"M","lastName":"B"{members}}}}}"#
        )
    };
    let records = [minimal(10, ""), minimal(12, r#","code":"C10""#), minimal(10, r#","code":"c""#)];
    assert_eq!(load(world, &records.join("\n")).status, 200);
    assert_eq!(gate.found("lastName=b"), ["10", "12"]);
    assert_eq!(gate.found("firstName=a"), [""; 0]);
    let replaced = gate.get("/10").noun();
    assert_eq!((replaced["code"].as_str(), replaced["accountId"].as_str()), ("c", "etalon"));
    assert!(!replaced.contains_key("createDate"), "a record without one has none");
    assert_eq!(gate.send("PUT", "", r#"{"firstName":"a","lastName":"b"}"#).noun()["id"], "13");

    let mut refused = String::new();
    for (line, part) in [
        (minimal(14, r#","code":"c""#), "line 1.customer.code"),
        (minimal(15, r#","name":"x""#), "line 2.customer"),
        (minimal(16, r#","createDate":"2026-02-30 00:00:00""#), "line 3.customer.createDate"),
        (minimal(17, r#","code":"\u0000""#), "line 4.customer.code"),
        (minimal(18, "").replace("\"18\"", "18"), "line 5.customer.id"),
        (minimal(19, "").replace("\"19\"", "\"019\""), "line 6.customer.id"),
        (minimal(20, "").replace("\"20\"", "\"99999999999999999999\""), "line 7.customer.id"),
        (
            minimal(21, "").replace(r#"{"record""#, r#"{"ledgerNo":"100","record""#),
            "line 8.ledgerNo",
        ),
        (r#"{"record":"gatewayCustomer"}"#.to_owned(), "line 9.customer"),
        (minimal(22, r#","code":"same""#), ""),
        (minimal(23, r#","code":"same""#), "line 11.customer.code"),
    ] {
        writeln!(refused, "{line}").unwrap();
        let before = world.records();
        if !part.is_empty() {
            let reply = load(world, &refused);
            assert!(reply.at("/Problems").get(part).is_some(), "{part}: {}", reply.text());
            assert!(before == world.records());
        }
    }
}
