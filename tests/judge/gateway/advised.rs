//! Servers of the gateway API that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::Format::{Form, Xml};
use super::{answer, arranged, each, edit, error, find};
use crate::Broken;
use crate::front::Server;
use crate::memory::Memory;
use crate::message::{Request, Response};

const FIND: &str = "GET gateway";
const ITEM: &str = "* gateway/*";
const LOAD: &str = "GET gateway/*";
const MODIFY: &str = "POST gateway/*";
const CREATE: &str = "PUT gateway";

/// What the server does, the clause that it neglects, and how.
pub(crate) const ADVISED: &[Broken] = &[
    ("one criterion of several is enough", "gateway/find/all-criteria", |request, server| {
        find(request, server, |asked, has| asked == has, |agreed, of| agreed > 0 || of == 0)
    }),
    ("% and _ stand for other letters", "gateway/find/no-wildcards", |request, server| {
        find(request, server, like, |agreed, of| agreed == of)
    }),
    ("the beginning of a name is enough", "gateway/find/exact", |request, server| {
        find(request, server, |asked, has| has.starts_with(asked), |agreed, of| agreed == of)
    }),
    ("a modification is acknowledged and forgotten", "gateway/modify/stored", |request, server| {
        let read = request.get();
        match request.is(MODIFY) {
            true => server.pass(read),
            false => server.pass(request),
        }
    }),
    ("a modification empties the rest", "gateway/modify/only-what-is-sent", |request, server| {
        static EMPTIED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let mut emptied = EMPTIED.lock().unwrap();
        if request.is(MODIFY) {
            emptied.insert(request.path.clone());
        }
        let hit = emptied.contains(&request.path);
        let sent = request.members();
        edit(ITEM, request, server, |customer| {
            each(customer, |customer| {
                customer.retain(|name, _| !hit || name == "id" || sent.contains_key(name));
            });
        })
    }),
    ("an unknown customer is nobody", "gateway/load/unknown", |request, server| {
        let hit = request.is(LOAD);
        let response = server.pass(request);
        if hit && response.status == 404 { Response::json_of(200, &json!({})) } else { response }
    }),
    ("errors are JSON whatever is asked for", "gateway/error/format", |request, server| {
        server.problem(request, |problem| {
            problem.restyle(Xml, Value::to_string).with_media("application/json")
        })
    }),
    ("errors without a code", "gateway/error/form", |request, server| {
        server
            .problem(request, |problem| problem.rewrite(|error| *error = json!({"message": "No."})))
    }),
    ("~create is unknown", "gateway/create/explicit", |request, server| {
        if request.path.ends_with("/~create") { Response::empty(404) } else { server.pass(request) }
    }),
    ("names are cut", "gateway/create/property/lastName", |mut request, server| {
        request.rewrite(|customer| {
            for value in customer.values_mut().filter(|value| value.is_string()) {
                *value =
                    value.as_str().unwrap_or_default().chars().take(255).collect::<String>().into();
            }
        });
        server.pass(request)
    }),
    ("limit 0 is no limit", "gateway/find/limit-zero", |mut request, server| {
        if request.count("limit") == Some(0) {
            request.ask("limit", None);
        }
        server.pass(request)
    }),
    (
        "a limit that is no number is ignored",
        "gateway/find/limit-refused",
        |mut request, server| {
            if request.asks("limit") && request.count("limit").is_none() {
                request.ask("limit", None);
            }
            server.pass(request)
        },
    ),
    ("a find as a form is answered as JSON", "gateway/find/no-form", |mut request, server| {
        if request.is(FIND) && request.asked() == Form {
            request.set_header("accept", None);
        }
        server.pass(request)
    }),
    ("whatever is asked for is accepted", "gateway/create/other-accept", |mut request, server| {
        let known = request.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("accept")
                && (value.contains("json") || value.contains("xml") || value.contains("form"))
        });
        if !known {
            request.set_header("accept", None);
        }
        server.pass(request)
    }),
    ("customers cannot be loaded", "gateway/load/answered", |request, server| {
        unless(request.is(LOAD), 405, request, server)
    }),
    ("customers are loaded as JSON alone", "gateway/load/xml", |mut request, server| {
        if request.is(LOAD) {
            request.set_header("accept", None);
        }
        server.pass(request)
    }),
    ("customers cannot be modified", "gateway/modify/answered", |request, server| {
        unless(request.is(MODIFY), 405, request, server)
    }),
    ("modifications are not read as XML", "gateway/modify/xml", |request, server| {
        unless(request.is(MODIFY) && request.sent() == Some(Xml), 415, request, server)
    }),
    ("modifications are not read as forms", "gateway/modify/form", |request, server| {
        unless(request.is(MODIFY) && request.sent() == Some(Form), 415, request, server)
    }),
    ("an unknown customer is modified", "gateway/modify/unknown", |request, server| {
        done(MODIFY, 404, request, server)
    }),
    ("a create is answered without an id", "gateway/create/identified", |request, server| {
        edit(CREATE, request, server, |customer| {
            each(customer, |customer| drop(customer.remove("id")));
        })
    }),
    ("whatever comes is created", "gateway/create/property/firstName", |request, server| {
        done(CREATE, 400, request, server)
    }),
    ("two customers may have one code", "gateway/create/duplicate-code", |request, server| {
        done(CREATE, 409, request, server)
    }),
    ("any body is a customer", "gateway/create/other-media", |request, server| {
        done(CREATE, 415, request, server)
    }),
    (
        "names have a hundred letters at most",
        "gateway/create/property/organizationName",
        |request, server| {
            unless(request.is(CREATE) && request.body.len() > 300, 400, request, server)
        },
    ),
    ("the same customer again breaks the server", "gateway/create/repeat", |request, server| {
        static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let names = Value::Object(request.members()).to_string();
        let new = !request.is(CREATE) || KNOWN.lock().unwrap().insert(names);
        unless(!new, 500, request, server)
    }),
    ("~find is unknown", "gateway/find/explicit", |request, server| {
        unless(request.path.ends_with("/~find"), 404, request, server)
    }),
    ("a plus in the query is a plus", "gateway/find/plus-is-blank", |mut request, server| {
        request.query = request.query.map(|query| query.replace('+', "%2B"));
        server.pass(request)
    }),
    ("a limit of thousands is refused", "gateway/find/limit-above-maximum", |request, server| {
        unless(request.count("limit") > Some(1000), 400, request, server)
    }),
    ("a negative offset is none", "gateway/find/offset-refused", |mut request, server| {
        if request.count("offset").is_none() {
            request.ask("offset", None);
        }
        server.pass(request)
    }),
    ("404 past the end", "gateway/find/past-the-end", |request, server| {
        let page = request.count("offset") > Some(0);
        let found = server.pass(request.clone());
        if page && found.value() == Some(json!([])) { error(&request, 404) } else { found }
    }),
    ("404 where nothing is found", "gateway/find/nothing-found", |request, server| {
        let found = server.pass(request.clone());
        if found.value() == Some(json!([])) { error(&request, 404) } else { found }
    }),
    ("pages in another order each", "gateway/find/pages-apart", |request, server| {
        arranged(request, server, |found, offset| {
            if offset > 0 {
                found.reverse();
            }
        })
    }),
    ("a find needs a criterion", "gateway/find/no-criteria", |request, server| {
        let criteria = request.pairs().iter().any(|(name, _)| name.ends_with("Name"));
        unless(request.is(FIND) && !criteria, 400, request, server)
    }),
    ("a loaded customer has no id", "gateway/load/form", |request, server| {
        edit(LOAD, request, server, |customer| {
            each(customer, |customer| drop(customer.remove("id")));
        })
    }),
    ("a customer is younger at each load", "gateway/load/repeatable", |request, server| {
        static LOADS: AtomicUsize = AtomicUsize::new(10);
        let date = format!("2026-01-31 12:00:{}", LOADS.fetch_add(1, Ordering::Relaxed));
        edit(LOAD, request, server, |customer| customer["createDate"] = json!(date))
    }),
    ("a modified customer is not found", "gateway/modify/found-anew", |request, server| {
        static MODIFIED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let mut modified = MODIFIED.lock().unwrap();
        if request.is(MODIFY) {
            modified.insert(request.last().to_owned());
        }
        edit(FIND, request, server, |found| {
            let known = |id: &Value| modified.contains(id.as_str().unwrap_or_default());
            found.as_array_mut().unwrap().retain(|customer| !known(&customer["id"]));
        })
    }),
    ("a modification gives another id", "gateway/modify/read-only-id", |request, server| {
        static MEMORY: Memory = Memory::new();
        if request.is(MODIFY) && request.members().contains_key("id") {
            MEMORY.keep(&request.path, &json!({"id": request.members()["id"]}));
        }
        MEMORY.pass(request, server)
    }),
    (
        "a refused modification is stored",
        "gateway/modify/refused-changes-nothing",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            let response = MEMORY.pass(request.clone(), server);
            if request.is(MODIFY) && !response.is_success() {
                MEMORY.keep(&request.path, &request.members().into());
            }
            response
        },
    ),
    ("a create without a body is one", "gateway/create/object", |request, server| {
        if request.body.is_empty() {
            done(CREATE, 400, request, server)
        } else {
            server.pass(request)
        }
    }),
    ("what cannot be read is a customer", "gateway/error/bad-body", |request, server| {
        let broken = request.sent().is_some() && request.members().is_empty();
        if broken { done(CREATE, 400, request, server) } else { server.pass(request) }
    }),
    (
        "one id for all, of which there is nothing",
        "gateway/create/each-its-own",
        |request, server| match request.is(ITEM) {
            true => error(&request, 404),
            false => edit("* gateway", request, server, |found| {
                each(found, |customer| drop(customer.insert("id".to_owned(), json!("7"))));
            }),
        },
    ),
    ("the id that is sent is taken", "gateway/create/id-not-taken", |mut request, server| {
        let id = request.members().get("id").and_then(Value::as_str).map(str::to_owned);
        if let (true, Some(id)) = (request.is(CREATE), id) {
            request.method = "POST".to_owned();
            request.path = format!("/api/v01/customers/{id}");
        }
        server.pass(request)
    }),
    ("a list without ids", "gateway/find/form", |request, server| {
        edit(FIND, request, server, |found| {
            each(found, |customer| drop(customer.remove("id")));
        })
    }),
    ("too long a criterion finds nothing", "gateway/find/too-long", |request, server| {
        let found = server.pass(request.clone());
        let long = request.pairs().iter().any(|(_, value)| value.chars().count() > 255);
        if found.status == 400 && long { answer(&request, 200, &json!([])) } else { found }
    }),
    ("a page is one short", "gateway/find/limit-reached", |mut request, server| {
        if let Some(limit) = request.count("limit").filter(|limit| *limit > 1) {
            request.ask("limit", Some(&(limit - 1).to_string()));
        }
        server.pass(request)
    }),
];

/// Refuses, if it is such a request.
fn unless(such: bool, status: u16, request: Request, server: &Server) -> Response {
    if such { error(&request, status) } else { server.pass(request) }
}

/// Answers what the reference refuses as if it were done.
fn done(pattern: &str, refused: u16, request: Request, server: &Server) -> Response {
    let response = server.pass(request.clone());
    match request.is(pattern) && response.status == refused {
        true => {
            let mut customer = request.members();
            customer.insert("id".to_owned(), json!("31337"));
            answer(&request, 200, &customer.into())
        }
        false => response,
    }
}

/// Whether a name is as a pattern of SQL says.
fn like(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = &pattern[first.len_utf8()..];
    let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
    match (first, name.chars().next()) {
        ('%', _) => ends.any(|at| like(rest, &name[at..])),
        (_, None) => false,
        (first, Some(letter)) => {
            (first == '_' || first == letter) && like(rest, &name[letter.len_utf8()..])
        }
    }
}
