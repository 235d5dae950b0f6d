//! The hub of 004, where listeners register (readings 240, 242), and what `/etalon/events` tells.

use etalon::api::events::Policy;
use etalon::model::callback::Reach;
use serde_json::{Value, json};

use crate::tmf::{Bills, ROOT};
use crate::world::{Reply, World, request, with_header};

fn ask(world: &World, method: &str, path: &str, body: impl ToString) -> Reply {
    let asked = request(method, &format!("{ROOT}/{path}"), body);
    world.answer(with_header(with_header(asked, "authorization", ""), "host", "localhost:81"))
}

fn admin(world: &World, method: &str, path: &str, body: &str) -> Reply {
    let asked = request(method, &format!("/etalon/{path}"), body);
    world.answer(with_header(asked, "authorization", "Bearer etalon-admin"))
}

const CALLBACK: &str = "http://localhost:9000/listener?of=us";

/// What a client does with a hub, as its users know it.
#[test]
fn a_listener_is_registered_found_and_deleted() {
    let world = Bills::new().world;
    assert_eq!(ask(&world, "GET", "hub", "").text(), "[]");
    let query = "eventType=BillingAccountStateChangeNotification&fields=event.billingAccount.state";
    let mut listeners = Vec::new();
    for (id, sent, query) in [
        ("1", json!({"callback": CALLBACK}), Value::Null),
        // TM Forum's own collections of requests send these; the same callback may be there twice.
        ("2", json!({"callback": CALLBACK, "query": null}), Value::Null),
        ("3", json!({"callback": CALLBACK, "query": ""}), json!("")),
        ("4", json!({"callback": CALLBACK, "query": query, "id": "9"}), json!(query)),
    ] {
        let made = ask(&world, "POST", "hub", &sent);
        let listener = json!({"id": id, "callback": CALLBACK, "query": query});
        assert_eq!((made.status, made.json()), (201, listener.clone()), "{sent}");
        assert_eq!(made.header("location"), format!("http://localhost:81{ROOT}/hub/{id}"));
        assert_eq!(ask(&world, "GET", &format!("hub/{id}"), "").json(), listener);
        listeners.push(listener);
    }
    assert_eq!(ask(&world, "GET", "hub/", "").json(), json!(listeners));

    assert_eq!(ask(&world, "DELETE", "hub/2", "").status, 204);
    for path in ["hub/2", "hub/0", "hub/01", "hub/+1", "hub/x", "hub/99999999999999999999999"] {
        for method in ["GET", "DELETE"] {
            ask(&world, method, path, "").fails(404, "not-found", "no listener");
        }
    }
    listeners.remove(1);
    assert_eq!(ask(&world, "GET", "hub", "").json(), json!(listeners));
    ask(&world, "GET", "hub?callback=x", "").fails(400, "validation", "callback");
    // An id that was given is not given again.
    assert_eq!(ask(&world, "POST", "hub", json!({"callback": CALLBACK})).at("/id"), "5");
}

/// Whoever registers what can never be told of anything learns it at once, and why.
#[test]
fn what_cannot_listen_is_refused_with_the_reason() {
    let bills = Bills::new();
    let refused = |body: &Value, part: &str| {
        bills.ask("POST", "hub", body).fails(400, "validation", part);
    };
    for (callback, part) in [
        (json!(null), "callback"),
        (json!(7), "callback"),
        (json!(""), "callback"),
        (json!("listener"), "no URL"),
        (json!("ftp://localhost/"), "http or https"),
        (json!("http://user:secret@localhost/"), "user"),
        (json!("http://localhost:0/"), "port"),
        (json!("http://0.0.0.0:9000/"), "no machine"),
        (json!("http://localhost/#x"), "fragment"),
        (json!(format!("http://localhost/{}", "x".repeat(2048))), "2048"),
        (json!("http://192.168.0.1/"), "--callbacks any"),
        (json!("http://listener.example/"), "--callbacks any"),
        (json!("http://localhost.example/"), "--callbacks any"),
    ] {
        refused(&json!({"callback": callback}), part);
    }
    for (query, part) in [
        (json!(7), "query"),
        (json!("x".repeat(2049)), "2048"),
        (json!("nonsense=1"), "eventId, eventTime, eventType, event"),
        (json!("eventType"), "no value"),
        (json!("eventType.like=x"), "eq, ne"),
        (json!("eventTime=yesterday"), "date-time"),
        (json!("event=1"), "no value"),
        (json!("billingAccount.state=Active"), "no attribute"),
        (json!("event.billingAccount.stat=Active"), "state"),
        (json!("event.appliedCustomerBillingCharge.id=1"), "billingAccount, settlementNoteAdvice"),
        (json!("fields=event.billingAccount.nonsense"), "nonsense"),
        (json!("eventType.regex=("), "regular expression"),
        (json!("limit=1"), "no list"),
        (json!("sort=eventTime"), "no list"),
    ] {
        refused(&json!({"callback": CALLBACK, "query": query}), part);
    }
    // Every fault at once.
    let both = bills.ask("POST", "hub", json!({"callback": "x", "query": "nonsense=1"}));
    both.fails(400, "validation", "no URL with a host");
    both.fails(400, "validation", "nonsense");
    refused(&json!([]), "");
    bills.ask("POST", "hub", "{").fails(400, "validation", "");
    assert_eq!(bills.get("hub").text(), "[]");
}

/// Callbacks that may leave the machine are registered; none that leads nowhere is.
#[test]
fn callbacks_leave_the_machine_where_they_may() {
    let mut world = Bills::new().world;
    world.deliver(Policy { callbacks: Reach::Any, ..Policy::default() });
    for callback in ["http://192.168.0.1/", "https://listener.example/events", CALLBACK] {
        let made = ask(&world, "POST", "hub", json!({"callback": callback}));
        assert_eq!((made.status, made.at("/callback")), (201, json!(callback)));
    }
    ask(&world, "POST", "hub", json!({"callback": "http://224.0.0.1/"})).fails(
        400,
        "validation",
        "no machine",
    );
}

/// A hub that is full says so, and takes another once one is gone.
#[test]
fn a_hub_takes_a_hundred_listeners_or_as_many_as_were_chosen() {
    for (choice, most) in [(&[][..], 100), (&["tmf-listeners=one"][..], 1)] {
        let mut world = Bills::new().world;
        world.choose(choice);
        let register = || ask(&world, "POST", "hub", json!({"callback": CALLBACK}));
        for _ in 0..most {
            assert_eq!(register().status, 201);
        }
        register().fails(409, "too-many-listeners", &most.to_string());
        assert_eq!(ask(&world, "DELETE", "hub/1", "").status, 204);
        assert_eq!(register().status, 201);
    }
}

/// Listeners are records: what a server held, another that loads its dump holds too.
#[test]
fn listeners_are_dumped_and_loaded() {
    let world = Bills::new().world;
    let query = "eventType.ne=x&fields=event.billingAccount.name";
    ask(&world, "POST", "hub", json!({"callback": CALLBACK}));
    ask(
        &world,
        "POST",
        "hub",
        json!({"callback": "http://[::1]/ü".replace('ü', "%C3%BC"), "query": query}),
    );
    let records = world.records();
    assert!(records.ends_with(&format!("\"query\":\"{query}\"}}}}\n")), "{records}");
    let other = World::of(&records);
    assert_eq!(other.records(), records);
    assert_eq!(ask(&other, "GET", "hub", "").text(), ask(&world, "GET", "hub", "").text());
    assert_eq!(ask(&other, "POST", "hub", json!({"callback": CALLBACK})).at("/id"), "3");

    let listener = |listener: Value| json!({"record": "listener", "listener": listener});
    for (record, part) in [
        (json!({"record": "listener"}), "line 1.listener"),
        (listener(json!({"id": "1"})), "line 1.listener.callback"),
        (listener(json!({"id": "0", "callback": CALLBACK})), "line 1.listener.id"),
        (listener(json!({"id": 1, "callback": CALLBACK})), "line 1.listener.id"),
        (listener(json!({"id": "1", "callback": "x"})), "line 1.listener.callback"),
        (listener(json!({"id": "1", "callback": CALLBACK, "x": 1})), "not known here: x"),
    ] {
        let refused = admin(&world, "POST", "records", &record.to_string());
        assert!(refused.text().contains(part) && refused.status == 400, "{record}: {refused:?}");
    }
    let many = (3..=101)
        .map(|id| listener(json!({"id": id.to_string(), "callback": CALLBACK})).to_string() + "\n");
    let refused = admin(&world, "POST", "records", &many.collect::<String>());
    assert!(refused.text().contains("more than 100"), "{refused:?}");
    assert_eq!(world.records(), records);
    // One with the same id takes its place, and what comes from elsewhere may lead elsewhere.
    let elsewhere = listener(json!({"id": "1", "callback": "http://listener.example/"}));
    assert_eq!(admin(&world, "POST", "records", &elsewhere.to_string()).status, 200);
    assert_eq!(ask(&world, "GET", "hub/1", "").at("/callback"), "http://listener.example/");
    assert_eq!(admin(&world, "DELETE", "records", "").status, 204);
    assert_eq!(ask(&world, "GET", "hub", "").text(), "[]");
}

/// What each listener of a world waits for.
fn waiting(world: &World) -> Vec<u64> {
    let told = admin(world, "GET", "events", "").json();
    let listeners = told["listeners"].as_array().unwrap();
    listeners.iter().map(|listener| listener["waiting"].as_u64().unwrap()).collect()
}

/// Reading 243: what makes an event, and for whom; nobody else's and nothing else waits.
#[test]
fn an_event_waits_for_each_listener_that_wants_it() {
    let world = Bills::new().world;
    for query in [
        Value::Null,
        json!("eventType=BillingAccountStateChangeNotification"),
        json!("eventType=SettlementNoteAdviceNotification"),
        json!("event.billingAccount.state=suspended&event.billingAccount.id=65"),
        json!("event.billingAccount.relatedParty.role=payer"),
        json!("event.settlementNoteAdvice.id=27,28"),
        json!("eventTime.gt=2020-01-01T00:00:00Z&eventId.gt=1"),
        json!("eventType=BillingAccountStateChangedNotification"),
    ] {
        let made = ask(&world, "POST", "hub", json!({"callback": CALLBACK, "query": query}));
        assert_eq!(made.status, 201, "{made:?}");
    }
    let patch = |body: &str, status| {
        assert_eq!(ask(&world, "PATCH", "billingAccount/65", body).status, status, "{body}");
    };
    let account = |id: &str, state: &str| {
        format!(
            r#"{{"record":"tmf","collection":"billingAccount","resource":{{"id":"{id}","state":"{state}"}}}}"#
        )
    };
    let note = |id: &str| {
        format!(
            r#"{{"record":"tmf","collection":"settlementNoteAdvice","resource":{{"id":"{id}"}}}}"#
        )
    };
    let load = |records: &[String]| {
        assert_eq!(admin(&world, "POST", "records", &records.join("\n")).status, 200);
    };
    let none = [0; 8].to_vec();
    // None of these is a change of state, nor a new note.
    patch(r#"{"name":"another"}"#, 201);
    patch(r#"{"state":"active"}"#, 201);
    patch(r#"{"state":"Nowhere"}"#, 400);
    patch(r#"{"state":"Closed"}"#, 400);
    patch(r#"{"state":"Suspended","ratingType":"prepaid"}"#, 400);
    let new = r#"{"name":"n","relatedParty":[{"id":"1","role":"bill receiver"}]}"#;
    assert_eq!(ask(&world, "POST", "billingAccount", new).status, 201);
    load(&[account("65", "Closed"), account("99", "Active"), note("26")]);
    assert_eq!(waiting(&world), none);
    load(&[account("65", "Active")]);

    patch(r#"{"state":"suspended","name":"third"}"#, 201);
    assert_eq!(waiting(&world), [1, 1, 0, 1, 0, 0, 1, 0]);
    patch(r#"{"state":"Active"}"#, 201);
    assert_eq!(waiting(&world), [2, 2, 0, 1, 0, 0, 2, 0]);
    // A note that comes twice is one, and who comes with it has got it.
    let listener =
        format!(r#"{{"record":"listener","listener":{{"id":"9","callback":"{CALLBACK}"}}}}"#);
    load(&[listener, note("27"), note("27"), note("29"), note("26")]);
    assert_eq!(waiting(&world), [4, 2, 2, 1, 0, 1, 4, 0, 0]);

    // A refused load tells of nothing.
    let refused = admin(&world, "POST", "records", &[note("30"), "x".to_owned()].join("\n"));
    assert_eq!((refused.status, waiting(&world)[0]), (400, 4));
    // With a listener goes what waits for it, and with all of them everything.
    for id in 1..=8 {
        assert_eq!(ask(&world, "DELETE", &format!("hub/{id}"), "").status, 204);
    }
    assert_eq!(waiting(&world), [0]);
    assert_eq!(world.events(), 0, "nobody waits for anything");
}

/// Events are told of to administrators alone.
#[test]
fn events_need_the_admin_token() {
    let world = World::new();
    for token in ["", "Bearer etalon-100"] {
        let asked = with_header(request("GET", "/etalon/events", ""), "authorization", token);
        world.refuses(asked).is_problem(401, "unauthorized");
    }
    let refused = admin(&world, "POST", "events", "");
    assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"));
    assert_eq!(admin(&world, "GET", "events", "").text(), r#"{"listeners":[]}"#);
}
