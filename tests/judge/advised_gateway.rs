//! Servers of the gateway API that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::Broken;
use crate::gateway::Format::{Form, Xml};
use crate::gateway::{each, edit};
use crate::message::Response;

const FIND: &str = "GET gateway";
const ITEM: &str = "* gateway/*";

/// What the server does, the clause that it neglects, and how.
pub(crate) const ADVISED: &[Broken] = &[
    ("a modification is acknowledged and forgotten", "gateway/modify/stored", |request, server| {
        let read = request.get();
        match request.is("POST gateway/*") {
            true => server.pass(read),
            false => server.pass(request),
        }
    }),
    ("a modification empties the rest", "gateway/modify/only-what-is-sent", |request, server| {
        static EMPTIED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let mut emptied = EMPTIED.lock().unwrap();
        if request.is("POST gateway/*") {
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
        let hit = request.is("GET gateway/*");
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
    ("names are cut", "gateway/create/too-long", |mut request, server| {
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
];
