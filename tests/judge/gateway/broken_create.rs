//! Servers of the gateway that break how customers are created, read and written: what each does,
//! and the clause that must be named.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::Format::{Form, Json, Xml};
use super::{Format, answer, decoded, each, edit, error, instead, latin1, members, misread};
use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};

const CREATE: &str = "PUT gateway";
const FIND: &str = "GET gateway";
const LOAD: &str = "GET gateway/*";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("an error for every create", "gateway/create/method", |request, server| {
        match request.is(CREATE) {
            true => error(&request, 500),
            false => server.pass(request),
        }
    }),
    ("PUT is no method of the collection", "gateway/create/implicit", |request, server| {
        let plain = request.is(CREATE) && !request.path.contains('~');
        if plain { error(&request, 405) } else { server.pass(request) }
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
    (
        "names are cut after a hundred letters",
        "gateway/create/represents",
        |mut request, server| {
            request.rewrite(|customer| {
                for value in customer.values_mut().filter(|value| value.is_string()) {
                    let text = value.as_str().unwrap_or_default();
                    *value = text.chars().take(100).collect::<String>().into();
                }
            });
            server.pass(request)
        },
    ),
    ("names are kept in Latin-1", "gateway/create/consumes-json", |request, server| {
        cut(request, server, |text| {
            text.chars().map(|letter| if letter > 'ÿ' { '?' } else { letter }).collect()
        })
    }),
    ("a name ends at a semicolon", "gateway/create/consumes-xml", |request, server| {
        cut(request, server, |text| text.split(';').next().unwrap_or_default().to_owned())
    }),
    ("backslashes are lost", "gateway/create/consumes-form", |request, server| {
        cut(request, server, |text| text.replace('\\', ""))
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
    ("XML that is called JSON", "gateway/create/returns", |request, server| {
        server.change(CREATE, request, |created| match created.format() {
            Some(Xml) => created.with_media("application/json"),
            _ => created,
        })
    }),
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
    ("XML in UTF-16, half a letter short", "gateway/create/produces-xml", |request, server| {
        let utf16 = |xml: &str| {
            let mut bytes: Vec<_> =
                format!("\u{feff}{xml}").encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.pop();
            bytes
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
                let plain = decoded(&form.replace('&', "\n"));
                let escaped = plain.chars().map(|c| match c {
                    '\n' => "&".to_owned(),
                    '=' => "=".to_owned(),
                    c => format!("%{:02X}", byte(c)),
                });
                escaped.collect::<String>().into_bytes()
            })
        })
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
    (
        "customers stand elsewhere, and one is shown here",
        "gateway/route/base",
        |request, server| {
            let shown = request.query.as_deref() == Some("limit=1");
            match request.is("* gateway/**") && !shown {
                true => error(&request, 404),
                false => server.pass(request),
            }
        },
    ),
    ("the first error ends the server", "gateway/create/method", |request, server| {
        static DOWN: AtomicBool = AtomicBool::new(false);
        let response = match DOWN.load(Ordering::Relaxed) {
            true => error(&request, 500),
            false => server.pass(request),
        };
        DOWN.fetch_or(response.status >= 400, Ordering::Relaxed);
        response
    }),
];

/// Passes with other names.
fn cut(mut request: Request, server: &Server, other: fn(&str) -> String) -> Response {
    if request.is(CREATE) {
        request.rewrite(|customer| {
            for value in customer.values_mut().filter(|value| value.is_string()) {
                *value = other(value.as_str().unwrap_or_default()).into();
            }
        });
    }
    server.pass(request)
}

/// 415 for bodies of a format.
fn refuse(request: Request, server: &Server, format: Format) -> Response {
    match request.sent() == Some(format) {
        true => error(&request, 415),
        false => server.pass(request),
    }
}
