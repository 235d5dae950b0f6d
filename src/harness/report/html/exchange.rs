//! An exchange: the request and what came of it, as they passed, beside each other.

use super::body::shown;
use super::markup::{Markup, put};
use crate::harness::outcome::SafeExchange;
use crate::harness::suite::Listen;

/// Writes both halves of an exchange.
pub(super) fn exchange(page: &mut Markup, exchange: &SafeExchange) {
    let sent = &exchange.request;
    let (asked, answered) = match sent.method == Listen::METHOD {
        true => ("Asked of the run's listener", "Heard"),
        false => ("Request", "Answer"),
    };
    put!(page, "<div class=\"exchange\">\n<div><p class=\"label\">" (asked) "</p>"
        "<pre tabindex=\"0\"><b>" (sent.method) " " (sent.url) "</b>\n");
    headers(page, &sent.headers);
    if let Some(scheme) = &sent.authorization {
        put!(page, "<span class=\"key\">Authorization:</span> " (scheme) " [redacted]\n");
    }
    body(page, sent.body.as_deref().unwrap_or_default());
    put!(page, "</pre></div>\n<div><p class=\"label\">" (answered) " <span>after "
        (format!("{:.1} ms", exchange.took.as_secs_f64() * 1000.0)) "</span></p>");
    match &exchange.answer {
        Ok(answer) => {
            put!(page, "<pre tabindex=\"0\"><b>" (answer.status) "</b>\n");
            headers(page, &answer.headers);
            body(page, &answer.body);
            put!(page, "</pre>");
            if let Some(length) = answer.cut_from() {
                put!(page, "<p class=\"reason\">Of its " (length) " bytes only the beginning was kept.</p>");
            }
            for wait in &answer.waits {
                put!(page, "<p class=\"reason\">" (wait) "</p>");
            }
        }
        Err(unanswered) => put!(page, "<p class=\"reason\">None: " (unanswered.reason()) "</p>"),
    }
    put!(page, "</div>\n</div>\n");
}

fn headers(page: &mut Markup, headers: &[(String, String)]) {
    for (name, value) in headers {
        put!(page, "<span class=\"key\">" (name) ":</span> " (value) "\n");
    }
}

fn body(page: &mut Markup, bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let body = shown(bytes);
    put!(page, "\n"(body.text));
    if let Some(note) = body.note {
        put!(page, "\n<span class=\"note\">… " (note) "</span>");
    }
}
