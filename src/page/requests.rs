//! The last requests and their answers, how the server was told to misbehave, and its snapshots: for
//! the administrator.

use maud::{Markup, html};
use serde_json::Value;

use super::look::{Look, Told, link};
use super::shell::refusal;
use super::value::{items_at, text_at};
use super::{View, form};

/// So many requests are shown.
const PAGE: &str = "50";

/// What narrows them, by the names of the journal's parameters.
const FILTERS: &[(&str, &str)] =
    &[("api", "API"), ("method", "Method"), ("path", "Part of the path"), ("status", "Status")];

/// Returns the last requests. They are asked for again while they are looked at.
pub(super) async fn view(look: &Look<'_>) -> View {
    if !look.is_administrator() {
        let sentence = "What was asked and answered is for the administrator: give the admin token \
                        above, the one that the server printed when it started, or that \
                        --admin-token gave it.";
        return View::new("Requests", refusal(sentence));
    }
    let given = FILTERS.iter().filter_map(|(name, _)| Some((*name, look.parameter(name)?)));
    let query: Vec<_> = given.chain([("limit", PAGE)]).collect();
    let requests = look.ask(&link("/etalon/requests", &query)).await;
    let (rules, snapshots) =
        (look.ask("/etalon/behaviours").await, look.ask("/etalon/snapshots").await);
    let main = html! {
        form .search role="search" action=(look.path) {
            @for (name, label) in FILTERS {
                label for=(name) { (label) }
                input id=(name) name=(name) value=(look.text(name)) size="8";
            }
            button { "Show" }
        }
        div id="found" data-live {
            @match &requests {
                Told::Refused(sentence) => (refusal(sentence)),
                Told::Value(found) => {
                    @let found = items_at(found, "/requests");
                    @for one in found { (request(one)) }
                    @if found.is_empty() { p { "Nothing was asked yet." } }
                }
            }
        }
        section {
            h2 { "Misbehaviour" }
            div id="rules" data-view data-live {
                (listed(&rules, "/behaviours", "The server answers as the documents say.", |rule| html! {
                    code { (rule) }
                }))
            }
            (form::of(look, "admin", "Misbehave", "POST", "/etalon/behaviours", RULE.to_owned()))
            (form::of(look, "admin", "Behave again", "DELETE", "/etalon/behaviours", String::new()))
        }
        section {
            h2 { "Snapshots" }
            div id="snapshots" data-view data-live {
                (listed(&snapshots, "/snapshots", "There is none.", |one| html! {
                    (text_at(one, "/name")) " " (text_at(one, "/time"))
                }))
            }
            (form::of(look, "admin", "Keep the store as it is", "POST", "/etalon/snapshots/start", String::new()))
            (form::of(look, "admin", "Take it back", "POST", "/etalon/snapshots/start/restore", String::new()))
        }
    };
    View::new("Requests", main)
}

/// Returns the list at a pointer, or what is said where it is empty.
fn listed(told: &Told, at: &str, none: &str, one: fn(&Value) -> Markup) -> Markup {
    let found = match told {
        Told::Refused(sentence) => return refusal(sentence),
        Told::Value(found) => items_at(found, at),
    };
    html! {
        @if found.is_empty() { p { (none) } }
        @else { ul { @for item in found { li { (one(item)) } } } }
    }
}

/// The next request of a customer is refused.
const RULE: &str = "{\n  \"api\": \"customer\",\n  \"count\": 1,\n  \"status\": 503\n}";

/// Returns a request with its answer.
fn request(one: &Value) -> Markup {
    let query = one.pointer("/request/query").and_then(Value::as_str);
    let target = query.map_or_else(
        || text_at(one, "/request/path"),
        |query| format!("{}?{query}", text_at(one, "/request/path")),
    );
    html! {
        details id=(format!("r{}", text_at(one, "/id"))) {
            summary {
                span .method { (text_at(one, "/request/method")) } " " (target) " "
                span .state { (text_at(one, "/answer/status")) }
                " " time .quiet { (text_at(one, "/time")) }
            }
            p .quiet {
                (text_at(one, "/api")) ": " (text_at(one, "/operation")) ", "
                (text_at(one, "/microseconds")) " µs"
            }
            pre { (text_at(one, "/request/method")) " " (target) "\n" (side(one, "/request")) }
            pre .answer { (text_at(one, "/answer/status")) "\n" (side(one, "/answer")) }
        }
    }
}

/// Returns the fields and the body of one side, as far as they were kept.
fn side(one: &Value, side: &str) -> Markup {
    let side = one.pointer(side).unwrap_or(&Value::Null);
    html! {
        @for field in items_at(side, "/headers") { (text_at(field, "/name")) ": " (text_at(field, "/value")) "\n" }
        @if side.get("body").is_some() { "\n" (text_at(side, "/body")) }
        @if side.get("base64").is_some() { "\n" (text_at(side, "/base64")) }
        @if side.get("bytes").is_some() { "\n… of " (text_at(side, "/bytes")) " bytes" }
        @if side.get("streamed").is_some() { "\n(a long list, which is not kept)" }
    }
}
