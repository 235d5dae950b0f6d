//! Servers that make use of what HTTP and JSON leave open, whatever the API.

use serde_json::{Value, json};

use crate::Lawful;
use crate::front::Server;
use crate::message::{Framing, Request, Response};
use crate::rewrite::{each_number, each_object, each_text};

/// What the server does, and how.
pub(crate) const LAWFUL: &[Lawful] = &[
    ("a charset beside the media type, in capitals", |request, server| {
        let mut response = server.pass(request);
        if let Some(media) = response.header("content-type") {
            *media = format!("{};Charset=\"UTF-8\"", media.to_uppercase());
        }
        response
    }),
    ("chunked bodies", |request, server| Response {
        framing: Framing::Chunked,
        ..server.pass(request)
    }),
    ("a connection for each request", |request, server| Response {
        framing: Framing::LengthAndClose,
        ..server.pass(request)
    }),
    ("a connection for each request, closed without a word", |request, server| Response {
        framing: Framing::LengthThenClosed,
        ..server.pass(request)
    }),
    ("interim answers before each answer", |request, server| Response {
        framing: Framing::LengthAfterInterim,
        ..server.pass(request)
    }),
    ("names of headers in capitals", |request, server| {
        let mut response = server.pass(request);
        response.headers.iter_mut().for_each(|(name, _)| name.make_ascii_uppercase());
        response
    }),
    ("amounts without zeros at the end", |request, server| {
        each_number(request, server, |text| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text.to_owned(),
        })
    }),
    ("amounts with an exponent", |request, server| {
        each_number(request, server, |text| match text.split_once('.') {
            Some((whole, rest)) => format!("{whole}{rest}e-{}", rest.len()),
            None => text.to_owned(),
        })
    }),
    ("whole numbers with a fraction of nothing", |request, server| {
        each_number(request, server, |text| match text.contains(['.', 'e']) {
            true => text.to_owned(),
            false => format!("{text}.0"),
        })
    }),
    ("whole numbers with an exponent", |request, server| {
        each_number(request, server, |text| {
            let digits = text.trim_start_matches('-');
            match digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                true => {
                    let first = text.len() - digits.len() + 1;
                    format!("{}.{}e{}", &text[..first], &text[first..], digits.len() - 1)
                }
                false => text.to_owned(),
            }
        })
    }),
    ("every character beyond ASCII escaped", |request, server| {
        let mut response = server.pass(request);
        if serde_json::from_slice::<Value>(&response.body).is_ok() {
            let unit = |unit: u16| match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
                _ => format!("\\u{unit:04x}"),
            };
            let text = String::from_utf8(response.body).unwrap();
            response.body = text.encode_utf16().map(unit).collect::<String>().into_bytes();
        }
        response
    }),
    ("members in another order", |request, server| {
        each_object(request, server, |members| {
            *members = std::mem::take(members).into_iter().rev().collect();
        })
    }),
    ("indented bodies", |request, server| {
        let mut response = server.pass(request);
        if let Ok(value) = serde_json::from_slice::<Value>(&response.body) {
            response.body = format!("\r\n{value:#}\n").into_bytes();
        }
        response
    }),
];

/// A proxy that serves everything below `/sandbox`: links carry the prefix.
pub(crate) const BEHIND_A_PREFIX: &[Lawful] = &[("behind a prefix", behind_a_prefix)];

fn behind_a_prefix(mut request: Request, server: &Server) -> Response {
    const PREFIX: &str = "/sandbox/billing";
    match request.path.strip_prefix(PREFIX) {
        Some(path) => request.path = path.to_owned(),
        None => return Response::of(404, "text/plain", &json!("nothing is here")),
    }
    let moved = |text: &mut String| {
        if text.starts_with("/ledger/") || text.starts_with("/billing/") {
            text.insert_str(0, PREFIX);
        } else if !text.contains(PREFIX) {
            *text = text.replace("/billingManagement/", &format!("{PREFIX}/billingManagement/"));
        }
    };
    each_text(request, server, |_, text| moved(text))
}
