//! Servers of the gateway API that make use of what document 003 leaves open.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::Format::{Form, Json, Xml};
use super::{arranged, each, edit, error, escaped, find, members};
use crate::Lawful;
use crate::front::Server;
use crate::message::{Request, Response};

const CREATE: &str = "PUT gateway";

/// What the server does, and how.
pub(crate) const LAWFUL: &[Lawful] = &[
    // What stands around the values.
    ("ids as numbers", |request, server| {
        edit("* gateway/**", request, server, |found| {
            each(found, |customer| {
                if let Some(id) = customer["id"].as_str().and_then(|id| id.parse::<u64>().ok()) {
                    customer.insert("id".to_owned(), json!(id));
                }
            });
        })
    }),
    ("a customer within an object", |request, server| {
        json(
            request,
            server,
            |customer| json!({"customer": customer}),
            |list| json!({"customers": list}),
        )
    }),
    ("a customer within a response", |request, server| {
        json(
            request,
            server,
            |customer| json!({"status": "ok", "response": {"object": customer}}),
            |list| json!({"response": {"total": 7, "limit": 100, "items": list}}),
        )
    }),
    ("each customer of a list within an object", |request, server| {
        json(request, server, Value::clone, |list| {
            list.as_array()
                .into_iter()
                .flatten()
                .map(|customer| json!({"customer": customer}))
                .collect()
        })
    }),
    ("a list as XML would be, with one customer no array", |request, server| {
        json(request, server, Value::clone, |list| match list.as_array().map(Vec::as_slice) {
            Some([]) => json!({"customers": null}),
            Some([one]) => json!({"customers": {"customer": one}}),
            _ => json!({"customers": {"customer": list}}),
        })
    }),
    ("customers by their ids", |request, server| {
        json(request, server, Value::clone, |list| {
            let customers = list.as_array().into_iter().flatten();
            let by_id =
                customers.map(|it| (it["id"].as_str().unwrap_or_default().to_owned(), it.clone()));
            Value::Object(by_id.collect())
        })
    }),
    ("more members, and null for what is unset", |request, server| {
        server.change("* gateway/**", request, |response| match response.format() {
            Some(Json) => response.edit(|found| {
                each(found, |customer| {
                    customer.entry("organizationName").or_insert(Value::Null);
                    customer.insert("email".to_owned(), Value::Null);
                    customer.insert("address".to_owned(), json!({"id": "7", "lines": ["a", "b"]}));
                });
            }),
            _ => response.rewrite(|found| {
                each(found, |customer| drop(customer.insert("balance".to_owned(), json!("0.00"))));
            }),
        })
    }),
    ("neither code nor account nor date", |request, server| {
        edit("* gateway/**", request, server, |found| {
            each(found, |customer| {
                customer.retain(|name, _| name == "id" || name.ends_with("Name"));
            });
        })
    }),
    ("elements instead of attributes", |request, server| {
        xml(request, server, |customer| {
            let element = |(name, text)| format!("<{name}>{}</{name}>", escaped(text));
            let elements: String = members(customer).map(element).collect();
            format!("<customer>{elements}<account/></customer>")
        })
    }),
    ("elements of character data", |request, server| {
        xml(request, server, |customer| {
            let element =
                |(name, text): (&str, &str)| format!("<{name}><![CDATA[{text}]]></{name}>");
            format!("<customer>{}</customer>", members(customer).map(element).collect::<String>())
        })
    }),
    ("the id as an attribute, the rest as elements", |request, server| {
        xml(request, server, |customer| {
            let id = customer["id"].as_str().unwrap_or_default();
            let element = |(name, text)| format!("<{name}>{}</{name}>", escaped(text));
            let rest: String = members(customer).filter(|it| it.0 != "id").map(element).collect();
            format!("<customer id=\"{id}\">{rest}</customer>")
        })
    }),
    ("other names of elements", |request, server| {
        xml_text(request, server, |xml| {
            let xml = xml.replace("<customers", "<result total=\"7\"><list");
            let xml = xml.replace("</customers>", "</list></result>");
            xml.replace("<customer ", "<Customer ")
        })
    }),
    ("a document around the customer", |request, server| {
        server.change(CREATE, request, |created| {
            created.restyle(Xml, |customer| {
                format!(
                    "<response code=\"A01\"><object>{}</object></response>",
                    Xml.write(customer)
                )
            })
        })
    }),
    ("namespaces", |request, server| {
        xml_text(request, server, |xml| {
            let mut xml =
                xml.replace("</customer", "</c:customer").replace("<customer", "<c:customer");
            let name = xml.find([' ', '>']).unwrap_or_default();
            xml.insert_str(name, " xmlns:c=\"urn:example:customers\" xmlns=\"urn:example:other\"");
            xml
        })
    }),
    ("a declaration, a comment and indents", |request, server| {
        xml_text(request, server, |xml| {
            let xml = xml.replace("><", ">\r\n\t<").replace(" firstName=", "\n\t\tfirstName=");
            format!(
                "\u{feff}<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- now -->\n{xml}\n"
            )
        })
    }),
    ("UTF-16", |request, server| {
        server.change("* gateway/**", request, |response| {
            response.retype(Xml, |xml| {
                let xml = xml.split_once("?>").map_or(xml, |(_, rest)| rest);
                let xml = format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n{xml}");
                xml.encode_utf16().flat_map(u16::to_le_bytes).collect()
            })
        })
    }),
    ("a document type that declares no entities", |request, server| {
        xml_text(request, server, |xml| {
            format!("<?xml version=\"1.0\"?>\n<!DOCTYPE customer SYSTEM \"customer.dtd\">\n{xml}")
        })
    }),
    ("references by number, quotes in the other way, an end of its own", |request, server| {
        xml_text(request, server, |xml| {
            let other = |c: char| match c {
                '"' => "'".to_owned(),
                '\'' => "&apos;".to_owned(),
                c if c.is_ascii() => c.to_string(),
                c => format!("&#x{:x};", u32::from(c)),
            };
            let xml: String = xml.chars().map(other).collect();
            xml.replace("/></customers>", "></customer></customers>")
        })
    }),
    ("names of a form with what they belong to", |request, server| {
        server.change(CREATE, request, |created| {
            created.restyle(Form, |customer| {
                let of = |(name, text): (&str, &str)| (format!("customer.{name}"), json!(text));
                Form.write(&members(customer).map(of).collect::<Map<_, _>>().into())
                    .replace("customer%2E", "customer.")
            })
        })
    }),
    ("blanks of a form escaped, escapes in lower case", |request, server| {
        server.change(CREATE, request, |created| {
            created.retype(Form, |form| {
                let mut digits = 0;
                let lower = |c: char| {
                    digits = if c == '%' { 3 } else { usize::saturating_sub(digits, 1) };
                    if digits > 0 { c.to_ascii_lowercase() } else { c }
                };
                form.replace('+', "%20").chars().map(lower).collect::<String>().into_bytes()
            })
        })
    }),
    // What is read.
    ("XML is read by its elements alone", |mut request, server| {
        let attributes = request.body.windows(5).any(|it| it == b"Name=");
        if request.sent() == Some(Xml) && attributes {
            request.rewrite(Map::clear);
        }
        server.pass(request)
    }),
    ("XML with an attribute in it is refused", |request, server| {
        let attributes = request.body.windows(5).any(|it| it == b"Name=");
        if request.sent() == Some(Xml) && attributes {
            return error(&request, 400);
        }
        server.pass(request)
    }),
    ("parameters of create in the URL's query, and no form as a body", |request, server| {
        in_the_query(request, server)
    }),
    ("JSON is read within an object called customer", |request, server| {
        within("customer", request, server)
    }),
    ("JSON is read within an object called object", |request, server| {
        within("object", request, server)
    }),
    // Status, media types and what there is at all.
    ("201 and a Location on create", |request, server| {
        let path = request.path.clone();
        server.change(CREATE, request, |mut created| {
            created.headers.push(("Location".to_owned(), format!("{path}/1")));
            created.with_status(201)
        })
    }),
    ("202 on create", |request, server| {
        server.change(CREATE, request, |created| created.with_status(202))
    }),
    ("text/xml, text/json and text/plain", |request, server| {
        let response = server.pass(request);
        match response.format() {
            Some(Xml) => response.with_media("text/xml"),
            Some(Json) => response.with_media("text/json"),
            _ => response.with_media("text/plain"),
        }
    }),
    ("no Content-Type", |request, server| {
        let response = server.pass(request);
        let mut response = response.without_header("content-type");
        response.headers.push(("Cache-Control".to_owned(), "no-store".to_owned()));
        response
    }),
    ("errors in another body", |request, server| {
        server.problem(request, |problem| {
            problem.rewrite(|body| {
                *body = json!({"responseType": "error", "responseCode": "E99", "message": "No."});
            })
        })
    }),
    ("errors as HTML", |request, server| {
        server.problem(request, |problem| {
            let html = b"<!doctype html><title>No</title><p>No &nbsp;<br>".to_vec();
            Response { body: html, ..problem.with_media("text/html") }
        })
    }),
    ("errors without a body", |request, server| {
        server.problem(request, |problem| Response::empty(problem.status))
    }),
    ("422 for every error", |request, server| {
        server.problem(request, |problem| problem.with_status(422))
    }),
    ("customers can only be created and found", |request, server| {
        match request.is("* gateway/*") || request.path.contains('~') {
            true => error(&request, 404),
            false => server.pass(request),
        }
    }),
    // What is found.
    ("an exact match with regard to case", |request, server| {
        find(request, server, |asked, has| asked == has, |agreed, of| agreed == of)
    }),
    ("a match of the beginning without regard to case", |request, server| {
        find(
            request,
            server,
            |asked, has| has.to_lowercase().starts_with(&asked.to_lowercase()),
            |agreed, of| agreed == of,
        )
    }),
    ("a match of any part", |request, server| {
        find(request, server, |asked, has| has.contains(asked), |agreed, of| agreed == of)
    }),
    ("one criterion of several is enough", |request, server| {
        find(request, server, |asked, has| asked == has, |agreed, of| agreed > 0 || of == 0)
    }),
    ("the last customer first", |request, server| {
        arranged(request, server, |found, _| found.reverse())
    }),
    ("no more than fifty at once", |mut request, server| {
        if request.count("limit").unwrap_or(100) > 50 {
            request.ask("limit", Some("50"));
        }
        server.pass(request)
    }),
    ("the same names a second time are refused", |request, server| {
        static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let names = Value::Object(request.members()).to_string();
        let new = !request.is(CREATE) || KNOWN.lock().unwrap().insert(names);
        match new {
            true => server.pass(request),
            false => error(&request, 409),
        }
    }),
    ("customers without an id to be seen", |request, server| {
        edit("* gateway/**", request, server, |found| {
            each(found, |customer| drop(customer.remove("id")));
        })
    }),
];

/// Passes, and writes a customer and a list of them in JSON otherwise.
fn json(
    request: Request,
    server: &Server,
    one: fn(&Value) -> Value,
    list: fn(&Value) -> Value,
) -> Response {
    server.change("* gateway/**", request, |response| match response.format() {
        Some(Json) => {
            response.edit(|body| *body = if body.is_array() { list(body) } else { one(body) })
        }
        _ => response,
    })
}

/// Passes, and writes each customer in XML otherwise.
fn xml(request: Request, server: &Server, one: fn(&Value) -> String) -> Response {
    server.change("* gateway/**", request, |response| {
        response.restyle(Xml, |body| match body.as_array() {
            Some(list) => {
                format!("<customers>{}</customers>", list.iter().map(one).collect::<String>())
            }
            None => one(body),
        })
    })
}

/// Passes, and changes the text of XML, which is without a declaration.
fn xml_text(request: Request, server: &Server, change: fn(&str) -> String) -> Response {
    server.change("* gateway/**", request, |response| {
        response.restyle(Xml, |body| change(&Xml.write(body)))
    })
}

/// Takes the parameters of a create from the URL's query, where it has any, and no form.
fn in_the_query(mut request: Request, server: &Server) -> Response {
    if request.is(CREATE) {
        if request.sent() == Some(Form) {
            return error(&request, 415);
        }
        if let Some(query) = request.query.take() {
            request.body = query.into_bytes();
            request.set_header("content-type", Some(Form.media()));
        }
    }
    server.pass(request)
}

/// Lets JSON in only as a member of an object.
fn within(name: &str, mut request: Request, server: &Server) -> Response {
    if request.sent() == Some(Json) {
        request.edit(|body| {
            if let Some(Value::Object(inner)) = body.remove(name) {
                *body = inner;
            } else if !body.is_empty() {
                *body = Map::new();
            }
        });
    }
    server.pass(request)
}
