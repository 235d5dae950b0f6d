//! The documented exchanges: each as printed, and sent here beside it.

use http::StatusCode;
use maud::{Markup, html};

use super::documented::{Exchange, Message, exchanges};
use super::look::{Look, link};
use super::shell::refusal;
use super::{View, form};

/// Returns the list of them.
pub(super) fn view(_: &Look) -> View {
    let mut all: Vec<Exchange> = exchanges().collect();
    all.sort_by(|a, b| (&a.document, &a.example).cmp(&(&b.document, &b.example)));
    let main = html! {
        table {
            caption { "Documented exchanges" }
            thead { tr { th scope="col" { "Exchange" } th scope="col" { "Document" } th scope="col" { "Heading" } th scope="col" { "Request" } } }
            tbody {
                @for exchange in &all {
                    tr {
                        th scope="row" { a href=(link("/etalon/page/exchange", &[("name", &exchange.example)])) { (exchange.example) } }
                        td { (exchange.document) }
                        td { (exchange.heading) }
                        td { @if let Some(request) = &exchange.request { (request.method) " " (request.path) } }
                    }
                }
            }
        }
    };
    View::new("Documented exchanges", main)
}

/// Returns one as printed, with a form that sends it here.
pub(super) fn one(look: &Look) -> View {
    let name = look.text("name");
    let Some(exchange) = exchanges().find(|exchange| exchange.example == name) else {
        let main = refusal("There is no documented exchange of that name.");
        return View { status: StatusCode::NOT_FOUND, ..View::new("Documented exchanges", main) };
    };
    let api = name.split('/').next().unwrap_or_default();
    let main = html! {
        p { "Document " (exchange.document) " › " (exchange.heading) }
        div .beside {
            section {
                h2 { "As printed" }
                @if let Some(request) = &exchange.request { pre { (request.method) " " (request.path) (query(request)) "\n" (printed(request)) } }
                @if let Some(response) = &exchange.response { pre .answer { (response.status) "\n" (printed(response)) } }
            }
            section {
                h2 { "Sent here" }
                @if let Some(request) = &exchange.request {
                    p { "Identifiers are placeholders in print: put one of this server's in the path." }
                    (form::with_media(look, kind(api), "Send it", &request.method,
                        &format!("{}{}", request.path.replace("XXX", "100"), query(request)), exchange.sendable(), request.media()))
                } @else { p { "The document prints no request." } }
            }
        }
    };
    View::new(name, main)
}

/// Returns of what kind the credentials of an API are.
fn kind(api: &str) -> &str {
    match api {
        "gateway" | "tmf" => api,
        _ => "ledger",
    }
}

fn query(request: &Message) -> String {
    request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default()
}

fn printed(message: &Message) -> Markup {
    html! {
        @for (name, value) in &message.headers { (name) ": " (value.as_str().unwrap_or_default()) "\n" }
        "\n" (message.body())
    }
}
