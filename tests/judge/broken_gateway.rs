//! Servers of the gateway API that break it: what each does, and the clause that must be named.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::Broken;
use crate::front::Server;
use crate::gateway::Format::{Form, Json, Xml};
use crate::gateway::{Format, answer, each, edit, latin1, members, misread};
use crate::message::{Request, Response};

const CREATE: &str = "PUT gateway";
const FIND: &str = "GET gateway";
const LOAD: &str = "GET gateway/*";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("an error for every create", "gateway/create/method", |request, server| {
        match request.is(CREATE) {
            true => answer(&request, 500, &error()),
            false => server.pass(request),
        }
    }),
    ("PUT is no method of the collection", "gateway/create/implicit", |request, server| {
        let plain = request.is(CREATE) && !request.path.contains('~');
        if plain { answer(&request, 405, &error()) } else { server.pass(request) }
    }),
    ("a created customer is not kept", "gateway/create/stored", |request, server| {
        match request.is(CREATE) {
            true => {
                let mut customer = request.members();
                customer.insert("id".to_owned(), json!("31337"));
                answer(&request, 200, &Value::Object(customer))
            }
            false => server.pass(request),
        }
    }),
    ("a create is answered with another name", "gateway/create/returns", |request, server| {
        edit(CREATE, request, server, |customer| customer["firstName"] = json!("Ida"))
    }),
    ("a create is answered without the names", "gateway/create/returns", |request, server| {
        edit(CREATE, request, server, |customer| *customer = json!({"id": customer["id"]}))
    }),
    ("first and last name are exchanged", "gateway/create/returns", |mut request, server| {
        request.rewrite(|customer| {
            let (first, last) = (customer.remove("firstName"), customer.remove("lastName"));
            customer.extend(first.map(|name| ("lastName".to_owned(), name)));
            customer.extend(last.map(|name| ("firstName".to_owned(), name)));
        });
        server.pass(request)
    }),
    ("names are kept in capitals", "gateway/create/represents", |request, server| {
        edit("GET gateway/**", request, server, |found| {
            each(found, |customer| {
                for name in customer.values_mut() {
                    *name = json!(name.as_str().unwrap_or_default().to_uppercase());
                }
            });
        })
    }),
    ("the organization is not kept", "gateway/create/stored", |request, server| {
        edit("GET gateway/**", request, server, |found| {
            each(found, |customer| drop(customer.remove("organizationName")));
        })
    }),
    // What is sent.
    ("JSON is taken for Latin-1", "gateway/create/consumes-json", |mut request, server| {
        request.retype(Json, misread);
        server.pass(request)
    }),
    ("XML is taken for Latin-1", "gateway/create/consumes-xml", |mut request, server| {
        request.retype(Xml, misread);
        server.pass(request)
    }),
    ("a form is taken for Latin-1", "gateway/create/consumes-form", |mut request, server| {
        if request.sent() == Some(Form) {
            request.rewrite(|customer| {
                for value in customer.values_mut() {
                    *value = json!(misread(value.as_str().unwrap_or_default()));
                }
            });
        }
        server.pass(request)
    }),
    ("XML is not consumed", "gateway/create/consumes-xml", |request, server| {
        refuse(request, server, Xml)
    }),
    ("forms are not consumed", "gateway/create/consumes-form", |request, server| {
        refuse(request, server, Form)
    }),
    ("JSON is not consumed", "gateway/create/consumes-json", |request, server| {
        refuse(request, server, Json)
    }),
    ("an attribute is dropped", "gateway/create/consumes-xml", |mut request, server| {
        if request.sent() == Some(Xml) {
            request.rewrite(|customer| drop(customer.remove("organizationName")));
        }
        server.pass(request)
    }),
    (
        "references in XML are left as they are",
        "gateway/create/consumes-xml",
        |mut request, server| {
            request.retype(Xml, |xml| xml.replace('&', "&amp;"));
            server.pass(request)
        },
    ),
    ("references by number are dropped", "gateway/create/consumes-xml", |mut request, server| {
        request.retype(Xml, |xml| xml.replace("&#xE4;", "").replace("&#248;", ""));
        server.pass(request)
    }),
    (
        "a form's escapes are left as they are",
        "gateway/create/consumes-form",
        |mut request, server| {
            request.retype(Form, |form| form.replace('%', "%25"));
            server.pass(request)
        },
    ),
    ("a plus in a form is left as it is", "gateway/create/consumes-form", |mut request, server| {
        request.retype(Form, |form| form.replace('+', "%2B"));
        server.pass(request)
    }),
    (
        "a form is split after it is decoded",
        "gateway/create/consumes-form",
        |mut request, server| {
            request.retype(Form, |form| form.replace("%26", "&").replace("%3D", "="));
            server.pass(request)
        },
    ),
    // What is answered.
    (
        "a create asked for as XML is answered as JSON",
        "gateway/create/produces-xml",
        |request, server| instead(CREATE, request, server, Xml, Json),
    ),
    (
        "a create asked for as a form is answered as XML",
        "gateway/create/produces-form",
        |request, server| instead(CREATE, request, server, Form, Xml),
    ),
    (
        "a create asked for as JSON is answered as XML",
        "gateway/create/produces-json",
        |request, server| instead(CREATE, request, server, Json, Xml),
    ),
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
    ("XML without escapes", "gateway/create/produces-xml", |request, server| {
        server.change(CREATE, request, |created| {
            created.restyle(Xml, |customer| {
                let attribute = |(name, text)| format!(" {name}=\"{text}\"");
                format!("<customer{}/>", members(customer).map(attribute).collect::<String>())
            })
        })
    }),
    ("XML escaped twice", "gateway/find/produces-xml", |request, server| {
        server.change(FIND, request, |found| {
            found.retype(Xml, |xml| xml.replace('&', "&amp;").into_bytes())
        })
    }),
    ("XML that ends too soon", "gateway/find/produces-xml", |request, server| {
        server.change(FIND, request, |found| {
            found.retype(Xml, |xml| xml.replace("</customers>", "").into_bytes())
        })
    }),
    ("two roots of one document", "gateway/create/produces-xml", |request, server| {
        server.change(CREATE, request, |created| {
            created.retype(Xml, |xml| format!("{xml}<status/>").into_bytes())
        })
    }),
    ("XML in Latin-1", "gateway/create/produces-xml", |request, server| {
        server.change(CREATE, request, |created| created.retype(Xml, latin1))
    }),
    ("XML in UTF-16", "gateway/create/produces-xml", |request, server| {
        let utf16 = |xml: &str| {
            format!("\u{feff}{xml}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        server.change(CREATE, request, |created| created.retype(Xml, utf16))
    }),
    ("every letter beyond ASCII lost in XML", "gateway/create/returns", |request, server| {
        let ascii = |xml: &str| xml.replace(|c: char| !c.is_ascii(), "?").into_bytes();
        server.change(CREATE, request, |created| created.retype(Xml, ascii))
    }),
    ("JSON with a comma too many", "gateway/create/produces-json", |request, server| {
        let comma = |json: &str| json.replacen('}', ",}", 1).into_bytes();
        server.change(CREATE, request, |created| created.retype(Json, comma))
    }),
    ("JSON in Latin-1", "gateway/find/produces-json", |request, server| {
        server.change(FIND, request, |found| found.retype(Json, latin1))
    }),
    ("a form without escapes", "gateway/create/produces-form", |request, server| {
        server.change(CREATE, request, |created| {
            created.restyle(Form, |customer| {
                let pair = |(name, text)| format!("{name}={text}");
                members(customer).map(pair).collect::<Vec<_>>().join("&")
            })
        })
    }),
    ("a form escaped twice", "gateway/create/returns", |request, server| {
        server.change(CREATE, request, |created| {
            created.retype(Form, |form| form.replace('%', "%25").into_bytes())
        })
    }),
    ("a form in Latin-1", "gateway/create/produces-form", |request, server| {
        server.change(CREATE, request, |created| {
            created.retype(Form, |form| {
                let byte = |c: char| u8::try_from(u32::from(c)).unwrap_or(b'?');
                let plain = crate::gateway::decoded(&form.replace('&', "\n"));
                let escaped = plain.chars().map(|c| match c {
                    '\n' => "&".to_owned(),
                    '=' => "=".to_owned(),
                    c => format!("%{:02X}", byte(c)),
                });
                escaped.collect::<String>().into_bytes()
            })
        })
    }),
    // What is found.
    ("an error for every find", "gateway/find/method", |request, server| match request.is(FIND) {
        true => answer(&request, 500, &error()),
        false => server.pass(request),
    }),
    ("GET is no method of the collection", "gateway/find/implicit", |request, server| {
        let plain = request.is(FIND) && !request.path.contains('~');
        if plain { answer(&request, 405, &error()) } else { server.pass(request) }
    }),
    ("a find is answered with ids alone", "gateway/find/returns", |request, server| {
        edit(FIND, request, server, |found| {
            each(found, |customer| customer.retain(|name, _| name == "id"));
        })
    }),
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
    ("a long criterion is refused", "gateway/find/longest-criterion", |request, server| {
        match request.pairs().iter().any(|(_, value)| value.chars().count() > 100) {
            true => answer(&request, 400, &error()),
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
    ("limit counts from nought", "gateway/find/property/limit", |request, server| {
        counted(request, server, "limit", |limit, _| limit + 1)
    }),
    ("limit is where a page ends", "gateway/find/property/offset", |request, server| {
        let offset = request.count("offset").unwrap_or(0);
        counted(request, server, "limit", |limit, _| limit.saturating_sub(offset))
    }),
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
    // The rest.
    ("one id for all", "gateway/customer/specified", |request, server| {
        edit(CREATE, request, server, |customer| customer["id"] = json!("9001"))
    }),
    ("every id loads the same customer", "gateway/customer/specified", |mut request, server| {
        if request.is(LOAD) {
            request.path = "/api/v01/customers/9001".to_owned();
        }
        server.pass(request)
    }),
    ("customers stand elsewhere", "gateway/route/base", |request, server| {
        match request.is("* gateway/**") {
            true => answer(&request, 404, &error()),
            false => server.pass(request),
        }
    }),
    ("a body that cannot be read ends the server", "gateway/error/goes-on", |request, server| {
        static DOWN: AtomicBool = AtomicBool::new(false);
        let sent = request.sent().is_some();
        let response = match DOWN.load(Ordering::Relaxed) {
            true => answer(&request, 500, &error()),
            false => server.pass(request),
        };
        if sent && response.status == 400 {
            DOWN.store(true, Ordering::Relaxed);
        }
        response
    }),
];

fn error() -> Value {
    json!({"code": "refused", "message": "It is refused."})
}

/// 415 for bodies of a format.
fn refuse(request: Request, server: &Server, format: Format) -> Response {
    match request.sent() == Some(format) {
        true => answer(&request, 415, &error()),
        false => server.pass(request),
    }
}

/// Another format than the one that is asked for.
fn instead(
    pattern: &str,
    mut request: Request,
    server: &Server,
    asked: Format,
    given: Format,
) -> Response {
    if request.is(pattern) && request.asked() == asked {
        request.set_header("accept", Some(given.media()));
    }
    server.pass(request)
}

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
