//! One customer: what the API shows of it, its surpluses with their orders, and what may be done.

use maud::{Markup, html};
use serde_json::Value;

use super::look::{Look, Told, encoded, link};
use super::shell::refusal;
use super::value::{members, plain, text_at};
use super::{View, documented, form};

/// Returns a customer with its addresses, its surpluses and the operations that are open to it.
pub(super) async fn view(look: &Look<'_>) -> View {
    let (ledger, no) = (look.text("ledger"), look.text("no"));
    let title = format!("Customer {no} of ledger {ledger}");
    let path = format!("{}/{ledger}/customers/{}", look.api.mount("customer"), encoded(no));
    let expanded = format!("{path}?$expand=legalAddress,billingAddress");
    let customer = match look.ask_ledger(ledger, &expanded).await {
        Told::Value(customer) => customer,
        Told::Refused(sentence) => return View::new(title, refusal(&sentence)),
    };
    let surpluses = look.ask_ledger(ledger, &format!("{path}/surpluses")).await;
    let mut open = Vec::new();
    operations(&customer, &mut open);
    let surpluses = match surpluses {
        Told::Value(surpluses) => {
            operations(&surpluses, &mut open);
            shown(look, ledger, &surpluses).await
        }
        Told::Refused(sentence) => refusal(&sentence),
    };
    let main = html! {
        p { a href=(link("/etalon/page/customers", &[("ledger", ledger)])) { "All customers of ledger " (ledger) } }
        div id="customer" data-view {
            (members(&without(&customer, &["operations", "surpluses", "legalAddress", "billingAddress"])))
            @for (member, name) in [("legalAddress", "Legal address"), ("billingAddress", "Billing address")] {
                @if let Some(address) = customer.get(member).filter(|address| address.is_object()) {
                    h2 { (name) }
                    (members(&without(address, &["operations"])))
                }
            }
            h2 { "Surpluses" }
            (surpluses)
        }
        section {
            h2 { "Try" }
            (form::of(look, "ledger", "Change the customer", "PATCH", &path, documented::body("PATCH", &path)))
            @for (rel, method, href) in &open {
                (form::of(look, "ledger", rel, method, href, documented::body(method, href)))
            }
        }
    };
    View::new(title, main)
}

/// Returns surpluses with the orders of each.
async fn shown(look: &Look<'_>, ledger: &str, surpluses: &Value) -> Markup {
    let items = surpluses.get("items").and_then(Value::as_array);
    let items = items.or_else(|| surpluses.as_array()).map(Vec::as_slice).unwrap_or_default();
    let mut rows = Vec::new();
    for surplus in items {
        let orders = match surplus.get("activeDisbursementOrders") {
            Some(Value::String(link)) => match look.ask_ledger(ledger, link).await {
                Told::Value(orders) => orders,
                Told::Refused(_) => Value::Null,
            },
            other => other.cloned().unwrap_or_default(),
        };
        let orders = orders.get("items").cloned().unwrap_or(orders);
        rows.push((surplus, orders.as_array().cloned().unwrap_or_default()));
    }
    html! {
        @if rows.is_empty() { p { "There is none." } } @else {
            table {
                caption { "Surpluses" }
                thead { tr { th scope="col" { "Surplus" } th scope="col" { "Date" } th scope="col" .number { "Balance" }
                    th scope="col" { "Status" } th scope="col" { "Orders" } } }
                tbody {
                    @for (surplus, orders) in &rows {
                        tr {
                            th scope="row" { (text_at(surplus, "/surplusId")) }
                            td { (text_at(surplus, "/date")) }
                            td .number { (text_at(surplus, "/balance")) " " (text_at(surplus, "/currency")) }
                            td { (text_at(surplus, "/status")) }
                            td { @for order in orders { (members(&without(order, &["operations"]))) } }
                        }
                    }
                }
            }
        }
    }
}

/// Adds the operations that stand anywhere in an answer: what each is called, its method, its path.
fn operations(value: &Value, open: &mut Vec<(String, String, String)>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(listed)) = members.get("operations") {
                open.extend(listed.iter().map(|operation| {
                    let of = |name| operation.get(name).map(plain).unwrap_or_default();
                    (of("rel").replace('-', " "), of("method"), of("href"))
                }));
            }
            members.values().for_each(|member| operations(member, open));
        }
        Value::Array(items) => items.iter().for_each(|item| operations(item, open)),
        _ => {}
    }
}

/// Returns an object without some of its members.
fn without(value: &Value, names: &[&str]) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let kept = members.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}
