//! Servers of the gateway that break what is found, and how much of it: what each does, and the
//! clause that must be named.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::Format::{Json, Xml};
use super::{arranged, each, edit, error, instead, misread};
use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};

const CREATE: &str = "PUT gateway";
const FIND: &str = "GET gateway";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("an error for every find", "gateway/find/method", |request, server| match request.is(FIND) {
        true => error(&request, 500),
        false => server.pass(request),
    }),
    ("GET is no method of the collection", "gateway/find/implicit", |request, server| {
        let plain = request.is(FIND) && !request.path.contains('~');
        if plain { error(&request, 405) } else { server.pass(request) }
    }),
    ("a find is answered with ids alone", "gateway/find/returns", |request, server| {
        edit(FIND, request, server, |found| {
            each(found, |customer| customer.retain(|name, _| name == "id"));
        })
    }),
    (
        "a find that meets nobody finds everybody",
        "gateway/find/nothing-shared-absent",
        |request, server| {
            let mut all = request.clone();
            for name in ["firstName", "lastName", "organizationName"] {
                all.ask(name, None);
            }
            let is_find = request.is(FIND);
            let found = server.pass(request.clone());
            let nobody = is_find
                && found.is_success()
                && request
                    .asked()
                    .read(&found.body)
                    .is_none_or(|found| found.as_array().is_some_and(Vec::is_empty));
            if nobody { server.pass(all) } else { found }
        },
    ),
    ("nothing is found", "gateway/route/registered", |request, server| {
        edit(FIND, request, server, |found| *found = json!([]))
    }),
    ("nothing new is found", "gateway/create/stored", |request, server| {
        edit(FIND, request, server, |found| {
            let old = ["9001", "9002", "9003", "9004"];
            let old = |customer: &Value| old.iter().any(|id| customer["id"] == *id);
            found.as_array_mut().unwrap().retain(old);
        })
    }),
    ("a customer replaces the one before", "gateway/find/property/firstName", |request, server| {
        static LAST: Mutex<Option<Value>> = Mutex::new(None);
        let mut last = LAST.lock().unwrap();
        let is_create = request.is(CREATE);
        edit("* gateway", request, server, |found| {
            if is_create {
                *last = Some(found["id"].clone());
            } else if let (Some(found), Some(last)) = (found.as_array_mut(), &*last) {
                found.retain(|customer| customer["id"] == *last);
            }
        })
    }),
    ("firstName is ignored", "gateway/find/criteria-decide", |request, server| {
        ignored(request, server, "firstName")
    }),
    ("lastName is ignored", "gateway/find/criteria-decide", |request, server| {
        ignored(request, server, "lastName")
    }),
    ("organizationName is ignored", "gateway/find/criteria-decide", |request, server| {
        ignored(request, server, "organizationName")
    }),
    (
        "firstName is sought among last names",
        "gateway/find/property/firstName",
        |request, server| mistaken(request, server, "firstName", "lastName"),
    ),
    (
        "lastName is sought among first names",
        "gateway/find/property/lastName",
        |request, server| mistaken(request, server, "lastName", "firstName"),
    ),
    (
        "organizationName is sought among last names",
        "gateway/find/property/organizationName",
        |request, server| mistaken(request, server, "organizationName", "lastName"),
    ),
    ("two criteria never agree", "gateway/find/several-criteria", |request, server| {
        let two = request.asks("firstName") && request.asks("lastName");
        edit(FIND, request, server, |found| {
            if two {
                *found = json!([]);
            }
        })
    }),
    (
        "escapes in the query are left as they are",
        "gateway/find/consumes-query",
        |mut request, server| {
            request.query = request.query.map(|query| query.replace('%', "%25"));
            server.pass(request)
        },
    ),
    ("the query is taken for Latin-1", "gateway/find/consumes-query", |mut request, server| {
        for name in ["firstName", "lastName", "organizationName"] {
            if let Some((_, value)) = request.pairs().into_iter().find(|(known, _)| known == name) {
                request.ask(name, Some(&misread(&value)));
            }
        }
        server.pass(request)
    }),
    (
        "nothing is found by a long name",
        "gateway/find/property/organizationName",
        |request, server| {
            let long = request.pairs().iter().any(|(_, value)| value.chars().count() > 100);
            edit(FIND, request, server, |found| {
                if long {
                    *found = json!([]);
                }
            })
        },
    ),
    (
        "only the first hundred customers are searched",
        "gateway/find/property/lastName",
        |request, server| {
            let mut first = request.clone();
            first.query = None;
            let first = server.pass(first).value().unwrap_or_default();
            let is_first = |customer: &Value| {
                let items = first.as_array().into_iter().flatten();
                items.into_iter().any(|item| item["id"] == customer["id"])
            };
            edit(FIND, request, server, |found| found.as_array_mut().unwrap().retain(is_first))
        },
    ),
    ("a long criterion is refused", "gateway/find/longest-criterion", |request, server| {
        match request.pairs().iter().any(|(_, value)| value.chars().count() > 100) {
            true => error(&request, 400),
            false => server.pass(request),
        }
    }),
    // How much of it.
    ("the default limit is ignored", "gateway/find/limit-default", |mut request, server| {
        if !request.asks("limit") {
            request.ask("limit", Some("1000"));
        }
        server.pass(request)
    }),
    ("the default limit is one too many", "gateway/find/limit-default", |mut request, server| {
        if !request.asks("limit") {
            request.ask("limit", Some("101"));
        }
        server.pass(request)
    }),
    ("limit is ignored", "gateway/find/property/limit", |mut request, server| {
        request.ask("limit", Some("1000"));
        server.pass(request)
    }),
    ("a limit is read up to its first digit", "gateway/find/property/offset", |request, server| {
        counted(request, server, "limit", |limit, _| {
            let first = limit.to_string().chars().next().and_then(|digit| digit.to_digit(10));
            first.map_or(limit, |digit| digit as usize)
        })
    }),
    ("limit counts from nought", "gateway/find/property/limit", |request, server| {
        counted(request, server, "limit", |limit, _| limit + 1)
    }),
    ("limit is where a page ends", "gateway/find/property/offset", |request, server| {
        let offset = request.count("offset").unwrap_or(0);
        counted(request, server, "limit", |limit, _| limit.saturating_sub(offset))
    }),
    ("every customer is found twice", "gateway/find/property/offset", |request, server| {
        arranged(request, server, |found, _| {
            *found =
                found.iter().flat_map(|customer| [customer.clone(), customer.clone()]).collect();
        })
    }),
    ("limit is ignored for XML", "gateway/find/property/limit", |mut request, server| {
        if request.asked() == Xml {
            request.ask("limit", Some("1000"));
        }
        server.pass(request)
    }),
    ("offset is ignored for XML", "gateway/find/property/offset", |mut request, server| {
        if request.asked() == Xml {
            request.ask("offset", None);
        }
        server.pass(request)
    }),
    (
        "limit is ignored on the second page",
        "gateway/find/property/limit",
        |mut request, server| {
            if request.count("offset").is_some_and(|offset| offset > 0) {
                request.ask("limit", Some("1000"));
            }
            server.pass(request)
        },
    ),
    ("offset is ignored", "gateway/find/property/offset", |mut request, server| {
        request.ask("offset", None);
        server.pass(request)
    }),
    ("offset is one too far", "gateway/find/property/offset", |request, server| {
        counted(request, server, "offset", |offset, _| offset + 1)
    }),
    ("offset counts from one", "gateway/find/property/offset", |request, server| {
        counted(request, server, "offset", |offset, _| offset.saturating_sub(1))
    }),
    ("offset counts pages", "gateway/find/property/offset", |request, server| {
        counted(request, server, "offset", |offset, limit| offset * limit)
    }),
    ("the first record is passed over", "gateway/find/offset-default", |mut request, server| {
        if !request.asks("offset") {
            request.ask("offset", Some("1"));
        }
        server.pass(request)
    }),
    (
        "a find asked for as XML is answered as JSON",
        "gateway/find/produces-xml",
        |request, server| instead(FIND, request, server, Xml, Json),
    ),
    (
        "a find asked for as JSON is answered as XML",
        "gateway/find/produces-json",
        |request, server| instead(FIND, request, server, Json, Xml),
    ),
];

/// Passes without a criterion.
fn ignored(mut request: Request, server: &Server, criterion: &str) -> Response {
    request.ask(criterion, None);
    server.pass(request)
}

/// Passes one criterion as another.
fn mistaken(mut request: Request, server: &Server, criterion: &str, other: &str) -> Response {
    let pair = format!("{criterion}=");
    request.query = request.query.map(|query| query.replace(&pair, &format!("{other}=")));
    server.pass(request)
}

/// Passes with another limit or offset, computed from its value and the limit.
fn counted(
    mut request: Request,
    server: &Server,
    name: &str,
    other: impl Fn(usize, usize) -> usize,
) -> Response {
    let limit = request.count("limit").unwrap_or(100);
    if let Some(count) = request.count(name) {
        request.ask(name, Some(&other(count, limit).to_string()));
    }
    server.pass(request)
}
