//! Servers that tell of events otherwise than the reference: what each does, the clause that must be
//! named, and how. The reference tells the front, and the front tells the judge, or does not.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use etalon::harness::Suite;
use serde_json::{Value, json};

use super::{ACCOUNT, error};
use crate::Broken;
use crate::front::{Behaviour, Server};
use crate::message::{Request, Response};
use crate::rewrite::{remove, set};
use crate::run::{Run, certify, clauses, executed, report};

/// The path of the front at which the reference tells of events; the query is the judge's callback.
const TOLD: &str = "/told";

/// What a server does, the clause that it breaks, and how.
const BROKEN: &[Broken] = &[
    ("events are lost", "tmf/events/told", |request, server| relay(request, server, |_, _| 201)),
    ("every event has the state of before", "tmf/events/told", |request, server| {
        changed(request, server, |event| {
            let account = &mut event["event"]["billingAccount"];
            let other = if account["state"] == "Active" { "Suspended" } else { "Active" };
            set(account, "state", json!(other));
        })
    }),
    ("what is told is not stored yet", "tmf/events/committed", |request, server| {
        static BEING_TOLD: Mutex<Option<String>> = Mutex::new(None);
        let is_told = BEING_TOLD.lock().unwrap().as_ref().is_some_and(|id| id == request.last());
        if request.item("GET", ACCOUNT) && is_told {
            return server.pass(request).edit(|account| set(account, "state", json!("Defined")));
        }
        if request.item("PATCH", ACCOUNT) {
            let response = server.pass(request);
            // Who is told meanwhile is told before the change is acknowledged.
            thread::sleep(Duration::from_millis(200));
            return response;
        }
        relay(request, server, |callback, event| {
            let id = event["event"]["billingAccount"]["id"].as_str().map(str::to_owned);
            *BEING_TOLD.lock().unwrap() = id;
            let status = post(callback, &event);
            *BEING_TOLD.lock().unwrap() = None;
            status
        })
    }),
    ("another account is told", "tmf/events/stored", |request, server| {
        changed(request, server, |event| {
            set(&mut event["event"]["billingAccount"], "name", json!("Another"));
        })
    }),
    ("a part of the account is told", "tmf/events/stored", |request, server| {
        changed(request, server, |event| {
            remove(&mut event["event"]["billingAccount"], "relatedParty");
        })
    }),
    ("a refused change is told", "tmf/events/nothing-else", |request, server| {
        tells_of(request, server, |response| !response.is_success())
    }),
    ("each change is told, whatever it changes", "tmf/events/nothing-else", |request, server| {
        tells_of(request, server, Response::is_success)
    }),
    ("a deleted listener is told", "tmf/events/deleted-listener", |request, server| match request
        .is("DELETE tmf/hub/*")
    {
        true => Response::empty(204),
        false => server.pass(request),
    }),
    ("one listener is told, and others are forgotten", "tmf/events/every-listener", {
        |request, server| {
            let others = |server: &Server, request: &Request| {
                let listed = server.pass(request.get()).json();
                listed.as_array().is_some_and(|all| !all.is_empty())
            };
            match request.is("POST tmf/hub") && others(server, &request) {
                true => {
                    let callback = request.json()["callback"].clone();
                    Response::json_of(201, &json!({"id": "31337", "callback": callback}))
                }
                false => server.pass(request),
            }
        }
    }),
    ("an event without an id", "tmf/events/id", |request, server| {
        changed(request, server, |event| remove(event, "eventId"))
    }),
    ("an event without a time", "tmf/events/time", |request, server| {
        changed(request, server, |event| set(event, "eventTime", json!("now")))
    }),
    ("a type of its own", "tmf/events/type", |request, server| {
        changed(request, server, |event| set(event, "eventType", json!("Changed")))
    }),
    ("the type of another resource", "tmf/events/type", |request, server| {
        changed(request, server, |event| {
            set(event, "eventType", json!("SettlementNoteAdviceNotification"));
        })
    }),
    ("the account under another name", "tmf/events/resource", |request, server| {
        changed(request, server, |event| {
            let account = event["event"]["billingAccount"].take();
            set(event, "event", json!({"settlementNoteAdvice": account}));
        })
    }),
    ("an event above the callback", "tmf/events/delivery", |request, server| {
        relay(request, server, |callback, event| {
            let (host, token) = callback.rsplit_once('/').unwrap_or_default();
            post(&format!("{host}/listener/{token}"), &event)
        })
    }),
    ("two events for each change", "tmf/events/nothing-else", |request, server| {
        relay(request, server, |callback, mut event| {
            post(callback, &event);
            let state = event["event"]["billingAccount"]["state"].clone();
            set(&mut event, "eventId", json!(format!("second, of {state}")));
            post(callback, &event)
        })
    }),
    ("the account in no envelope", "tmf/events/resource", |request, server| {
        changed(request, server, |event| *event = event["event"]["billingAccount"].take())
    }),
    ("a listener is answered 200", "tmf/hub/created", |request, server| {
        let is_hub = request.is("POST tmf/hub");
        let response = server.pass(request);
        if is_hub { response.with_status(200) } else { response }
    }),
    ("a listener comes without its callback", "tmf/hub/answer", |request, server| {
        server.edit("POST tmf/hub", request, |listener| remove(listener, "callback"))
    }),
    ("a second listener is refused with 400", "tmf/hub/second", |request, server| {
        match request.is("POST tmf/hub")
            && server.pass(request.get()).json().as_array().is_some_and(|all| !all.is_empty())
        {
            true => error(400),
            false => server.pass(request),
        }
    }),
    ("a deletion is answered 200", "tmf/hub/deleted", |request, server| {
        let is_deleted = request.is("DELETE tmf/hub/*");
        let response = server.pass(request);
        match is_deleted && response.is_success() {
            true => Response::json_of(200, &json!({})),
            false => response,
        }
    }),
    ("what is gone is deleted again", "tmf/hub/unknown", |request, server| {
        let is_deleted = request.is("DELETE tmf/hub/*");
        let response = server.pass(request);
        if is_deleted { Response::empty(204) } else { response }
    }),
];

/// The same where the clause is recommended under every profile.
const ADVISED: &[Broken] = &[
    ("events are told twice", "tmf/events/once", |request, server| {
        relay(request, server, |callback, event| {
            post(callback, &event);
            post(callback, &event)
        })
    }),
    ("what a listener refused is not told again", "tmf/events/again", |request, server| {
        relay(request, server, |callback, event| {
            post(callback, &event);
            201
        })
    }),
    ("every other event is late", "tmf/events/order", |request, server| {
        relay(request, server, |callback, event| {
            let is_back = event["event"]["billingAccount"]["state"] == "Active";
            let callback = callback.to_owned();
            let late = move || {
                thread::sleep(Duration::from_millis(if is_back { 0 } else { 300 }));
                post(&callback, &event)
            };
            drop(thread::spawn(late));
            201
        })
    }),
    ("a listener without a Location", "tmf/hub/location", |request, server| {
        server.pass(request).without_header("location")
    }),
    ("the query of a listener is passed over", "tmf/hub/query", |mut request, server| {
        if request.is("POST tmf/hub") {
            request.edit(|listener| drop(listener.remove("query")));
        }
        server.pass(request)
    }),
];

/// What a server does that the section allows.
const LAWFUL: &[(&str, Behaviour)] = &[
    ("events below the callback", |request, server| {
        relay(request, server, |callback, event| {
            post(&format!("{callback}/listener/BillingAccountStateChangeNotification"), &event)
        })
    }),
    ("events after a while", |request, server| {
        relay(request, server, |callback, event| {
            thread::sleep(Duration::from_millis(200));
            post(callback, &event)
        })
    }),
    ("a settlement note of the same id beside each event", |request, server| {
        relay(request, server, |callback, event| {
            let mut note = event.clone();
            let account = note["event"]["billingAccount"].take();
            set(&mut note, "eventId", json!(format!("note {}", event["eventId"])));
            set(&mut note, "eventType", json!("SettlementNoteAdviceNotification"));
            set(&mut note, "event", json!({"settlementNoteAdvice": {"id": account["id"]}}));
            match post(callback, &event) {
                201 => post(callback, &note),
                refused => refused,
            }
        })
    }),
    ("an id that is a number, and a time of another spelling", |request, server| {
        changed(request, server, |event| {
            let account = &mut event["event"]["billingAccount"];
            let id = account["id"].as_str().and_then(|id| id.parse::<u64>().ok());
            id.into_iter().for_each(|id| set(account, "id", json!(id)));
            set(&mut account["validFor"], "startDateTime", json!("2031-04-19T18:42:23.000+02:00"));
        })
    }),
    ("a look whether anybody listens, before a listener is taken", |request, server| {
        if request.is("POST tmf/hub") {
            let callback = request.json()["callback"].as_str().unwrap_or_default().to_owned();
            for method in ["GET", "HEAD", "OPTIONS"] {
                send(method, &callback, Vec::new());
            }
            send("POST", &callback, br#"{"eventType":"HubTest"}"#.to_vec());
        }
        relay(request, server, |callback, event| post(callback, &event))
    }),
    ("accounts that begin as Defined, and events after a while", |request, server| {
        let is_new = request.is("POST tmf/billingAccount");
        if is_new && request.json()["state"].as_str() == Some("Active") {
            return error(400);
        }
        relay(request, server, |callback, event| {
            thread::sleep(Duration::from_millis(200));
            post(callback, &event)
        })
    }),
    ("one thing told at a time, to listeners that cannot be deleted", |request, server| {
        static ONE: Mutex<()> = Mutex::new(());
        match request.is("GET tmf/hub") {
            true => return error(405),
            false if request.is("POST tmf/hub") => {
                let response = relay(request, server, |_, _| 201);
                return if response.is_success() { Response::empty(204) } else { response };
            }
            false => {}
        }
        relay(request, server, |callback, event| {
            let _one = ONE.lock().unwrap();
            // It is given up in the end.
            for _ in 0..50 {
                if post(callback, &event) < 300 {
                    break;
                }
                thread::sleep(Duration::from_millis(200));
            }
            201
        })
    }),
    ("an event as a list of its members, in another order", |request, server| {
        changed(request, server, |event| {
            let members = event.as_object().unwrap().iter().rev();
            *event = members.map(|(name, value)| (name.clone(), value.clone())).collect();
        })
    }),
];

/// Lets the front be told in the judge's place, by the callback that the judge gave, and lets `tell`
/// make of an event what it may. It returns what the reference is answered.
fn relay(mut request: Request, server: &Server, tell: impl FnOnce(&str, Value) -> u16) -> Response {
    if request.path == TOLD {
        let callback = request.query.clone().unwrap_or_default();
        return Response::empty(tell(&callback, request.json()));
    }
    let is_hub = request.is("POST tmf/hub");
    if !is_hub {
        return server.pass(request);
    }
    let host = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let front = host.map(|(_, host)| host.clone()).unwrap_or_default();
    let callback = request.json()["callback"].clone();
    request.edit(|listener| {
        let own = format!("http://{front}{TOLD}?{}", callback.as_str().unwrap_or_default());
        drop(listener.insert("callback".to_owned(), json!(own)));
    });
    let response = server.pass(request);
    match response.is_success() {
        true => response.edit(|listener| set(listener, "callback", callback)),
        false => response,
    }
}

/// The same, with each event changed.
fn changed(request: Request, server: &Server, change: impl FnOnce(&mut Value)) -> Response {
    relay(request, server, |callback, mut event| {
        change(&mut event);
        post(callback, &event)
    })
}

/// Tells all listeners of a PATCH of an account, by the account as it is then, if it is answered so.
fn tells_of(request: Request, server: &Server, is_told: fn(&Response) -> bool) -> Response {
    let is_patch = request.item("PATCH", ACCOUNT);
    let (read, mut hub) = (request.get(), request.get());
    let response = server.pass(request);
    // The reference tells of changes of the state itself.
    if is_patch && is_told(&response) {
        hub.path = "/billingManagement/hub".to_owned();
        let account = server.pass(read).json();
        let event = json!({
            "eventId": "31337",
            "eventTime": "2031-04-19T16:42:23.0Z",
            "eventType": "BillingAccountStateChangeNotification",
            "event": {"billingAccount": account},
        });
        for listener in server.pass(hub).json().as_array().into_iter().flatten() {
            post(listener["callback"].as_str().unwrap_or_default(), &event);
        }
    }
    response
}

/// Posts to a callback, and returns the status of the answer.
fn post(callback: &str, event: &Value) -> u16 {
    send("POST", callback, event.to_string().into_bytes())
}

/// Sends to a callback, and returns the status of the answer.
fn send(method: &str, callback: &str, body: Vec<u8>) -> u16 {
    let (host, path) = callback.trim_start_matches("http://").split_once('/').unwrap();
    let request = Request {
        method: method.to_owned(),
        path: format!("/{path}"),
        query: None,
        headers: vec![
            ("Host".to_owned(), host.to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body,
    };
    // The run may be over, and then nobody listens any more.
    let answer = TcpStream::connect(host).and_then(|mut socket| {
        request.write(&mut socket)?;
        socket.flush()?;
        Response::read(&mut BufReader::new(socket), method == "HEAD")
    });
    answer.map_or(503, |answer| answer.status)
}

/// A run of the cases of events.
struct Judged {
    run: Run,
    report: Value,
    changed: bool,
}

/// Judges by the cases whose ids have these parts; `wait` is how long an event is waited for, in
/// seconds.
fn judge(behaviour: Behaviour, profile: &str, wait: f64, cases: &[&str]) -> Judged {
    let front = crate::front::Front::start(behaviour);
    let folder = tempfile::tempdir().unwrap();
    let [target, json] = ["target.toml", "report.json"].map(|name| folder.path().join(name));
    let text = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\n{profile}\n[api.tmf]\n[limits]\n\
         eventTimeout = {wait:?}\n[listen]\naddress = \"127.0.0.1:0\"\n",
        front.url()
    );
    std::fs::write(&target, text).unwrap();
    let flag = format!("json={}", json.display());
    let target = target.display().to_string();
    let run = certify(&[&["--target", &target, "--report", &flag], cases].concat());
    Judged { run, report: report(&json), changed: front.changed() }
}

const PROFILE: &str = "profile = \"tmf636\"";

impl Judged {
    /// A complaint, unless the clause is named at this level, with this exit.
    fn unnamed(&self, does: &str, clause: &str, level: &str, exit: i32) -> Option<String> {
        let Judged { run, report, changed } = self;
        let named = clauses(report, level);
        let good = named.contains(&clause) && run.code == Some(exit) && *changed;
        (!good).then(|| {
            let (code, told) = (run.code, &run.stdout);
            format!("{does}: exit {code:?}, {clause} is not among {named:?}\n{told}{}", run.stderr)
        })
    }
}

/// The cases that judge a clause; what every call is held to is seen where any is expected.
fn cases_of(clause: &str) -> Vec<&'static str> {
    static SUITE: LazyLock<Arc<Suite>> = LazyLock::new(|| Suite::embedded().unwrap());
    let cases = SUITE.cases_of(SUITE.clause(clause).unwrap());
    match cases.is_empty() {
        true => vec!["tmf/events/told"],
        false => cases.into_iter().map(|case| case.id()).collect(),
    }
}

/// Whoever lost events, or told of what had never happened, was told that all was well.
#[test]
fn every_broken_teller_is_found_and_the_clause_is_named() {
    // What never comes is waited for.
    let judged = |behaviour, profile, clause| judge(behaviour, profile, 0.7, &cases_of(clause));
    let complaints = crate::complaints(BROKEN, |(does, clause, behaviour)| {
        let advised = judged(*behaviour, "", clause).unnamed(does, clause, "should", 0);
        advised.or_else(|| judged(*behaviour, PROFILE, clause).unnamed(does, clause, "must", 1))
    });
    assert!(complaints.is_empty(), "\n{complaints}");
    let complaints = crate::complaints(ADVISED, |(does, clause, behaviour)| {
        // All that is required comes in the end.
        let wait = if *clause == "tmf/events/again" { 1.0 } else { 20.0 };
        let judged = judge(*behaviour, PROFILE, wait, &cases_of(clause));
        judged.unnamed(does, clause, "should", 0)
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}

#[test]
fn every_lawful_teller_passes_and_no_case_is_lost() {
    let judge = |behaviour| judge(behaviour, PROFILE, 20.0, &["tmf/events/", "tmf/hub/"]);
    let reference = judge(|request, server| server.pass(request));
    let all = executed(&reference.report);
    assert!(all >= 10 && reference.run.code == Some(0), "{}", reference.run.stdout);
    let complaints = crate::complaints(LAWFUL, |(does, behaviour)| {
        let Judged { run, report, changed } = judge(*behaviour);
        let good = run.code == Some(0) && executed(&report) == all && changed;
        let broken = (clauses(&report, "must"), clauses(&report, "should"));
        (!(good && broken.0.is_empty() && broken.1.is_empty()))
            .then(|| format!("{does}: {broken:?}\n{}{}", run.stdout, run.stderr))
    });
    assert!(complaints.is_empty(), "\n{complaints}");
}
