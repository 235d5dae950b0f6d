//! Usage of a ledger: what invoices have billed and what customers have yet to be billed; of one
//! subscription a chart, the summaries and the details that they come from.

use maud::{Markup, html};
use serde_json::Value;

use super::look::{Look, Told, encoded, link};
use super::shell::refusal;
use super::value::{items_at, text_at};
use super::{View, chart};
use crate::model::usage::Tree;
use crate::store::usage;

/// So many numbers of each tree stand on a page.
const PAGE: usize = 100;

/// So many details stand under a chart.
const DETAILS: usize = 200;

/// The two trees: the tree, its name in paths, what it holds in words.
const TREES: [(Tree, &str, &str); 2] = [
    (Tree::Invoices, "invoices", "Billed: invoices"),
    (Tree::Customers, "customers", "Unbilled: customers"),
];

/// Returns the invoices and the customers of a ledger, or the subscriptions of one of them.
pub(super) async fn view(look: &Look<'_>) -> View {
    let ledger = look.text("ledger");
    let title = format!("Usage of ledger {ledger}");
    if !look.reaches(ledger) {
        return View::new(title, refusal("The token does not reach this ledger."));
    }
    if let (Some(tree), Some(no)) = (look.parameter("tree"), look.parameter("no")) {
        return owner(look, ledger, tree, no).await;
    }
    let mut trees = Vec::new();
    for (tree, path, words) in TREES {
        match numbers(look, ledger, tree, look.text(path)) {
            Ok((numbers, next)) => trees.push((path, words, numbers, next)),
            Err(sentence) => return View::new(title, refusal(&sentence)),
        }
    }
    let main = html! {
        div .beside {
            @for (path, words, numbers, next) in &trees {
                section {
                    h2 { (words) }
                    @if numbers.is_empty() { p { "There is none." } }
                    ul {
                        @for no in numbers {
                            li { a href=(link("/etalon/page/usage", &[("ledger", ledger), ("tree", path), ("no", no)])) { (no) } }
                        }
                    }
                    @if let Some(next) = next {
                        p { a rel="next" href=(link("/etalon/page/usage", &[("ledger", ledger), (path, next)])) { "More" } }
                    }
                }
            }
        }
    };
    View::new(title, main)
}

/// Returns the numbers of a tree from `start` on, and where the next page begins.
fn numbers(
    look: &Look,
    ledger: &str,
    tree: Tree,
    start: &str,
) -> Result<(Vec<String>, Option<String>), String> {
    let (mut numbers, mut next) = (Vec::new(), None);
    let reading = look.reader().and_then(|tx| {
        usage::owners_from(&*tx, ledger, tree, start, |no| {
            if numbers.len() == PAGE {
                next = Some(no.to_owned());
                return false;
            }
            numbers.push(no.to_owned());
            true
        })
    });
    reading.map(|()| (numbers, next)).map_err(|error| error.to_string())
}

/// Returns the subscriptions of an invoice or a customer.
async fn owner(look: &Look<'_>, ledger: &str, tree: &str, no: &str) -> View {
    let title = format!("{} {no} of ledger {ledger}", one_of(tree));
    let path = path(look, ledger, tree, no);
    let found = match look.ask_ledger(ledger, &format!("{path}/subscriptions")).await {
        Told::Value(found) => found,
        Told::Refused(sentence) => return View::new(title, refusal(&sentence)),
    };
    let main = html! {
        p { a href=(link("/etalon/page/usage", &[("ledger", ledger)])) { "All usage of ledger " (ledger) } }
        h2 { "Subscriptions" }
        ul {
            @for item in items_at(&found, "/items") {
                @let subscription = text_at(item, "/subscriptionNo");
                li { a href=(link("/etalon/page/subscription", &[("ledger", ledger), ("tree", tree), ("no", no), ("subscription", &subscription)])) { (subscription) } }
            }
        }
        @if items_at(&found, "/items").is_empty() { p { "There is none." } }
    };
    View::new(title, main)
}

/// Returns one subscription: its usage by day and type, the summaries, the details.
pub(super) async fn subscription(look: &Look<'_>) -> View {
    let (ledger, tree, no) = (look.text("ledger"), look.text("tree"), look.text("no"));
    let subscription = look.text("subscription");
    let title = format!("Subscription {subscription}");
    let path = format!("{}/subscriptions/{}", path(look, ledger, tree, no), encoded(subscription));
    let unbilled = if tree == "customers" { "unbilled-" } else { "" };
    let summaries = look.ask_ledger(ledger, &format!("{path}/{unbilled}usage-summaries")).await;
    let details = look.ask_ledger(ledger, &format!("{path}/{unbilled}usage-details")).await;
    let (summaries, details) = match (summaries, details) {
        (Told::Value(summaries), Told::Value(details)) => (summaries, details),
        (Told::Refused(sentence), _) | (_, Told::Refused(sentence)) => {
            return View::new(title, refusal(&sentence));
        }
    };
    let details = items_at(&details, "/items");
    let main = html! {
        p { a href=(link("/etalon/page/usage", &[("ledger", ledger), ("tree", tree), ("no", no)])) { (one_of(tree)) " " (no) " of ledger " (ledger) } }
        (chart::of(details))
        h2 { "Summaries" }
        (table("Summaries", &SUMMARY, items_at(&summaries, "/items")))
        h2 { "Details" }
        (table("Details", &DETAIL, details.get(..DETAILS).unwrap_or(details)))
        @if details.len() > DETAILS { p { "The first " (DETAILS) " of " (details.len()) "." } }
    };
    View::new(title, main)
}

const SUMMARY: [(&str, &str); 7] = [
    ("/type", "Type"),
    ("/typeName", "Name"),
    ("/usageCount", "Count"),
    ("/volume", "Volume"),
    ("/volumeUnit", "Unit"),
    ("/vatRate", "VAT rate"),
    ("/totalAmount", "Amount"),
];

const DETAIL: [(&str, &str); 7] = [
    ("/startDateTime", "Began"),
    ("/type", "Type"),
    ("/typeName", "Name"),
    ("/destination", "Destination"),
    ("/volume", "Volume"),
    ("/volumeUnit", "Unit"),
    ("/totalAmount", "Amount"),
];

/// Returns a table of some members of each item.
fn table(caption: &str, columns: &[(&str, &str)], items: &[Value]) -> Markup {
    html! {
        div .wide {
            table data-table=(caption) {
                caption { (caption) }
                thead { tr { @for (_, name) in columns { th scope="col" { (name) } } } }
                tbody { @for item in items { tr { @for (at, _) in columns { td { (text_at(item, at)) } } } } }
            }
        }
    }
}

/// Returns what the number of a tree numbers.
fn one_of(tree: &str) -> &'static str {
    if tree == "customers" { "Customer" } else { "Invoice" }
}

fn path(look: &Look, ledger: &str, tree: &str, no: &str) -> String {
    let tree = if tree == "customers" { "customers" } else { "invoices" };
    format!("{}/{ledger}/{tree}/{}", look.api.mount("usage"), encoded(no))
}
