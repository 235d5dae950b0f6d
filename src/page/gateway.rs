//! The gateway's customers.

use maud::html;

use super::look::{Look, Told, link};
use super::shell::refusal;
use super::value::{items_at, text_at};
use super::{View, documented, form};

/// So many stand on a page.
const PAGE: usize = 50;

/// Returns a page of the gateway's customers, or of those who have a name.
pub(super) async fn view(look: &Look<'_>) -> View {
    let title = "Gateway customers";
    let mount = look.api.mount("gateway");
    let offset: usize = look.text("offset").parse().unwrap_or(0);
    let (offset_text, limit) = (offset.to_string(), (PAGE + 1).to_string());
    let mut pairs = vec![("offset", offset_text.as_str()), ("limit", limit.as_str())];
    let sought = look.text("lastName");
    if !sought.is_empty() {
        pairs.push(("lastName", sought));
    }
    let found = match look.ask(&link(mount, &pairs)).await {
        Told::Value(found) => found,
        Told::Refused(sentence) => return View::new(title, refusal(&sentence)),
    };
    let found = items_at(&found, "");
    let (more, create) = (found.len() > PAGE, mount.to_owned());
    let main = html! {
        form .search role="search" action="/etalon/page/gateway" {
            label for="lastName" { "Last name" }
            input id="lastName" name="lastName" type="search" value=(sought);
            button { "Search" }
        }
        div id="found" data-view {
            table {
                caption { "Customers of the gateway" }
                thead { tr { th scope="col" { "Id" } th scope="col" { "Code" } th scope="col" { "First name" }
                    th scope="col" { "Last name" } th scope="col" { "Organization" } th scope="col" { "Created" } } }
                tbody {
                    @for customer in found.iter().take(PAGE) {
                        tr {
                            th scope="row" { (text_at(customer, "/id")) }
                            @for member in ["/code", "/firstName", "/lastName", "/organizationName", "/createDate"] {
                                td { (text_at(customer, member)) }
                            }
                        }
                    }
                }
            }
            @if found.is_empty() { p { "No customer is found." } }
            @if more {
                p { a rel="next" href=(link("/etalon/page/gateway", &[("lastName", sought), ("offset", &(offset + PAGE).to_string())])) { "More" } }
            }
        }
        section {
            h2 { "Try" }
            (form::of(look, "gateway", "Create a customer", "PUT", &create, create_body()))
        }
    };
    View::new(title, main)
}

/// Returns the body of the documented creation in JSON.
fn create_body() -> String {
    let exchange = documented::exchanges().find(|each| each.example == "gateway/create-json-json");
    exchange.map(|exchange| exchange.sendable()).unwrap_or_default()
}
