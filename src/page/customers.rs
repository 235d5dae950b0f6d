//! The customers of a ledger: searched, a page at a time.

use maud::html;
use serde_json::Value;

use super::look::{Look, link};
use super::shell::refusal;
use super::value::text_at;
use super::{View, documented, form};
use crate::store::customers;

/// So many customers stand on a page.
const PAGE: usize = 50;

/// So many are read for a page at most, where a name is sought that few have.
const READ: usize = 20_000;

/// Returns a page of the customers whose number begins as what is sought, or in whose name it stands.
pub(super) async fn view(look: &Look<'_>) -> View {
    let ledger = look.text("ledger");
    let title = format!("Customers of ledger {ledger}");
    if !look.reaches(ledger) {
        return View::new(title, refusal("The token does not reach this ledger."));
    }
    let sought = look.text("q");
    let mut found: Vec<(String, Value)> = Vec::new();
    let mut next = None;
    let mut read = 0;
    let folded = sought.to_lowercase();
    let reading = look.reader().and_then(|tx| {
        customers::each_from(&*tx, ledger, look.text("from"), |no, view| {
            if found.len() == PAGE || read == READ {
                next = Some(no.to_owned());
                return false;
            }
            read += 1;
            let customer: Value =
                serde_json::from_str(&format!("{{{}}}", view.members)).unwrap_or_default();
            let is_meant = no.starts_with(sought)
                || text_at(&customer, "/name").to_lowercase().contains(&folded);
            if is_meant {
                found.push((no.to_owned(), customer));
            }
            true
        })
    });
    if let Err(error) = reading {
        return View::new(title, refusal(&error.to_string()));
    }
    let create = format!("{}/{ledger}/customers", look.api.mount("customer"));
    let main = html! {
        form .search role="search" action="/etalon/page/customers" {
            input type="hidden" name="ledger" value=(ledger);
            label for="q" { "Number or part of a name" }
            input id="q" name="q" type="search" value=(sought);
            button { "Search" }
        }
        div id="found" data-view {
            table {
                caption { "Customers" }
                thead { tr { th scope="col" { "Number" } th scope="col" { "Name" } th scope="col" { "Kind" }
                    th scope="col" { "Status" } th scope="col" { "E-mail" } } }
                tbody {
                    @for (no, customer) in &found {
                        tr {
                            th scope="row" {
                                a href=(link("/etalon/page/customer", &[("ledger", ledger), ("no", no)])) { (no) }
                            }
                            td { (text_at(customer, "/name")) }
                            td { (text_at(customer, "/legalEntity")) }
                            td { (text_at(customer, "/legalStatus")) }
                            td { (text_at(customer, "/emailAddress")) }
                        }
                    }
                }
            }
            @if found.is_empty() { p { "No customer is found." } }
            @if let Some(from) = &next {
                p { a rel="next" href=(link("/etalon/page/customers", &[("ledger", ledger), ("q", sought), ("from", from)])) { "More" } }
            }
        }
        section {
            h2 { "Try" }
            (form::of(look, "ledger", "Create a customer", "POST", &create, documented::body("POST", &create)))
        }
    };
    View::new(title, main)
}
