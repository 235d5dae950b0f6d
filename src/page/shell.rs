//! What stands around every view.

use maud::{DOCTYPE, Markup, html};

use super::View;
use super::look::Look;

/// The views that are reached from everywhere.
const VIEWS: &[(&str, &str)] = &[
    ("/", "Ledgers"),
    ("/etalon/page/gateway", "Gateway customers"),
    ("/etalon/page/accounts", "Billing accounts"),
    ("/etalon/page/exchanges", "Documented exchanges"),
    ("/etalon/page/requests", "Requests"),
    ("/etalon/page/verdict", "Verdict"),
    ("/etalon/docs", "OpenAPI"),
];

/// Returns a view as a document.
pub(super) fn document(look: &Look, view: &View) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (view.title) " · Etalon" }
                link rel="stylesheet" href="/etalon/page/style.css";
                link rel="icon" href="data:,";
                script src="/etalon/page/script.js" defer {}
            }
            body {
                a .skip href="#main" { "Skip to the content" }
                header {
                    p .name { a href="/" { "Etalon" } }
                    nav aria-label="Views" {
                        ul {
                            @for (path, name) in VIEWS {
                                li {
                                    a href=(path) aria-current=[(*path == look.path).then_some("page")] {
                                        (name)
                                    }
                                }
                            }
                        }
                    }
                    (token(look))
                }
                main id="main" tabindex="-1" {
                    h1 { (view.title) }
                    (view.main)
                }
            }
        }
    }
}

/// Returns the form for a token. Where there is no script it is sent for one look.
fn token(look: &Look) -> Markup {
    let (kind, label) = match look.path.as_str() {
        "/etalon/page/gateway" => ("gateway", "User and password, with a colon between".to_owned()),
        "/etalon/page/accounts" => ("tmf", "Token of the TM Forum API".to_owned()),
        "/etalon/page/requests" | "/etalon/page/verdict" => ("admin", "Admin token".to_owned()),
        _ => match look.parameter("ledger") {
            Some(ledger) => ("ledger", format!("Token of ledger {ledger}")),
            None => ("ledger", "Token of a ledger".to_owned()),
        },
    };
    html! {
        form .token method="post" action=(look.own_link()) data-token=(kind) {
            label for="token" { (label) }
            input id="token" name="token" type="password" autocomplete="off" spellcheck="false";
            button { "Look" }
        }
    }
}

/// Returns the sentence of a refusal.
pub(super) fn refusal(sentence: &str) -> Markup {
    html! { p .refused role="status" { (sentence) } }
}
