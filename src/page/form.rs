//! A form that really sends a request, and shows it, its curl line and the answer.

use maud::{Markup, html};

use super::look::Look;

/// Returns the form of a request: of what kind the credentials are (`ledger`, `gateway`, `tmf`, `admin`), what
/// it does, and as what it is sent unless it is changed.
pub(super) fn of(
    look: &Look,
    kind: &str,
    does: &str,
    method: &str,
    path: &str,
    body: String,
) -> Markup {
    with_media(look, kind, does, method, path, body, media(method))
}

/// The same with the media type of the body.
pub(super) fn with_media(
    look: &Look,
    kind: &str,
    does: &str,
    method: &str,
    path: &str,
    body: String,
    media: &str,
) -> Markup {
    let sends_body = !matches!(method, "GET" | "DELETE");
    html! {
        details .request {
            summary { (does) " " span .method { (method) } }
            form data-send data-kind=(kind) data-ledger=[look.parameter("ledger")] {
                label { "Method" input name="method" value=(method) required size="7"; }
                label { "Path" input name="path" value=(path) required .wide; }
                @if sends_body {
                    label { "Content-Type" input name="media" value=(media) .wide; }
                    label { "Body" textarea name="body" rows=(body.lines().count().clamp(3, 24)) spellcheck="false" { (body) } }
                }
                button { "Send" }
                noscript { p { "Sending needs script. By hand:" } pre { (curl(look, kind, method, path, &body, media)) } }
                output aria-live="polite" {}
            }
        }
    }
}

fn media(method: &str) -> &'static str {
    match method {
        "PATCH" => "application/merge-patch+json",
        _ => "application/json",
    }
}

/// Returns the line that sends the same from a shell; a token is named, never printed.
fn curl(look: &Look, kind: &str, method: &str, path: &str, body: &str, media: &str) -> String {
    let credentials = match kind {
        "gateway" => " -u \"$GATEWAY_USER\"".to_owned(),
        "tmf" => " -H \"Authorization: Bearer $TMF_TOKEN\"".to_owned(),
        "admin" => " -H \"Authorization: Bearer $ETALON_ADMIN_TOKEN\"".to_owned(),
        _ => format!(" -H \"Authorization: Bearer $TOKEN_{}\"", look.text("ledger")),
    };
    let sent = match body.is_empty() {
        true => String::new(),
        false => {
            format!(" -H 'Content-Type: {media}' --data-binary '{}'", body.replace('\'', "'\\''"))
        }
    };
    format!("curl -i -X {method}{credentials}{sent} '{}{path}'", look.origin())
}
