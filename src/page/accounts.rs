//! What TM Forum's API holds: billing accounts with their states, and the other collections.

use maud::{Markup, html};
use serde_json::Value;

use super::look::{Look, Told, encoded, link};
use super::shell::refusal;
use super::value::{items_at, members, text_at};
use super::{View, documented, form};
use crate::model::tmf::collection::{COLLECTIONS, Operation};

/// So many resources stand on a page.
const PAGE: usize = 25;

/// The collection that is shown unless another is asked for.
const ACCOUNTS: &str = "billingAccount";

/// Returns a page of a collection. It is asked for again while it is looked at, so that a change shows.
pub(super) async fn view(look: &Look<'_>) -> View {
    let name = look.parameter("collection").unwrap_or(ACCOUNTS);
    let shown = COLLECTIONS.iter().filter(|collection| !collection.operations.is_empty());
    let Some(collection) = shown.clone().find(|collection| collection.name == name) else {
        return View::new("Billing accounts", refusal("There is no such collection."));
    };
    let path = format!("{}/{name}", look.api.mount("tmf"));
    let offset: usize = look.text("offset").parse().unwrap_or(0);
    let (from, limit) = (offset.to_string(), (PAGE + 1).to_string());
    let found = match look.ask(&link(&path, &[("offset", &from), ("limit", &limit)])).await {
        Told::Value(found) => found,
        Told::Refused(sentence) => return View::new("Billing accounts", refusal(&sentence)),
    };
    let found = items_at(&found, "");
    let main = html! {
        nav aria-label="Collections" {
            ul .inline {
                @for collection in shown {
                    li { a href=(link("/etalon/page/accounts", &[("collection", collection.name)]))
                        aria-current=[(collection.name == name).then_some("page")] { (collection.name) } }
                }
            }
        }
        div id="found" data-view data-live {
            @for resource in found.iter().take(PAGE) {
                details id=(format!("r{}", text_at(resource, "/id"))) {
                    summary {
                        (text_at(resource, "/id")) " " (text_at(resource, "/name"))
                        @if let Some(state) = resource.get("state").and_then(Value::as_str) {
                            " " span .state { (state) }
                        }
                    }
                    (members(resource))
                }
            }
            @if found.is_empty() { p { "There is nothing in it." } }
            @if found.len() > PAGE {
                p { a rel="next" href=(link("/etalon/page/accounts", &[("collection", name), ("offset", &(offset + PAGE).to_string())])) { "More" } }
            }
        }
        section {
            h2 { "Events" }
            div id="events" data-live { (events(look)) }
        }
        section {
            h2 { "Try" }
            @if collection.operations.contains(&Operation::Post) {
                (form::of(look, "tmf", "Create one", "POST", &path, created(name)))
            }
            (form::of(look, "tmf", "Have changes told", "POST", &format!("{}/hub", look.api.mount("tmf")),
                "{\n  \"callback\": \"http://127.0.0.1:9000/\"\n}".to_owned()))
            @if collection.operations.contains(&Operation::Patch) {
                @if let Some(first) = found.first() {
                    (form::of(look, "tmf", "Change one", "PATCH", &format!("{path}/{}", encoded(&text_at(first, "/id"))),
                        "{\n  \"state\": \"Suspended\"\n}".to_owned()))
                }
            }
        }
    };
    View::new(title(name), main)
}

/// Returns who is told of changes, and how far that has got.
fn events(look: &Look) -> Markup {
    let mut told = Vec::new();
    if let Err(error) = look.api.write_events(&mut told) {
        return refusal(&error.to_string());
    }
    let told: Value = serde_json::from_slice(&told).unwrap_or_default();
    let listeners = items_at(&told, "/listeners");
    html! {
        @if listeners.is_empty() { p { "Nobody listens: " code { "POST /hub" } " registers a callback." } }
        @else {
            table {
                caption { "Listeners" }
                thead { tr { th scope="col" { "Listener" } th scope="col" { "Callback" } th scope="col" { "Waiting" }
                    th scope="col" { "Next" } th scope="col" { "Given up" } } }
                tbody {
                    @for listener in listeners {
                        tr {
                            th scope="row" { (text_at(listener, "/id")) }
                            td { (text_at(listener, "/callback")) }
                            td { (text_at(listener, "/waiting")) }
                            td { (text_at(listener, "/next/eventType")) " " (text_at(listener, "/next/reason")) }
                            td { (items_at(listener, "/givenUp").len()) }
                        }
                    }
                }
            }
        }
    }
}

fn title(collection: &str) -> String {
    match collection {
        ACCOUNTS => "Billing accounts".to_owned(),
        other => other.to_owned(),
    }
}

/// Returns the body of the documented creation.
fn created(collection: &str) -> String {
    let example = match collection {
        ACCOUNTS => "tmf/create-billing-account",
        _ => "tmf/create-applied-customer-billing-charge",
    };
    let exchange = documented::exchanges().find(|each| each.example == example);
    exchange.map(|exchange| exchange.sendable()).unwrap_or_default()
}
