//! The ledgers, and what else is here.

use maud::html;

use super::View;
use super::look::{Look, link};
use super::shell::refusal;
use crate::model::ledger::{CustomerNoMode, Grant};
use crate::store::ledgers;

/// Returns the ledgers that the credentials reach, or all where everybody reaches them.
pub(super) async fn view(look: &Look<'_>) -> View {
    let all = look.reader().and_then(|tx| ledgers::all(&*tx));
    let all = match all {
        Ok(all) => all,
        Err(error) => return View::new("Ledgers", refusal(&error.to_string())),
    };
    let known = all.len();
    let reached: Vec<_> =
        all.into_iter().filter(|ledger| look.reaches(&ledger.ledger_no)).collect();
    let main = html! {
        @if look.api.auth().is_open() {
            p { "Every ledger is open: the token of ledger N is " code { "etalon-N" } "." }
        } @else if reached.is_empty() && known > 0 {
            p { "The ledgers here have tokens. Give one above to look at its ledger; it stays in this tab." }
        }
        @if known == 0 {
            p {
                "There is no ledger. Records come in by " code { "etalon load" } ", by "
                code { "serve --load FILE" } " or by " code { "POST /etalon/records" } "."
            }
        }
        @if !reached.is_empty() {
            table {
                caption { "Ledgers" }
                thead { tr { th scope="col" { "Ledger" } th scope="col" { "Country" } th scope="col" { "Currency" }
                    th scope="col" { "Customer numbers" } th scope="col" { "Grants" } th scope="col" { "Look at" } } }
                tbody {
                    @for ledger in &reached {
                        tr {
                            th scope="row" { (ledger.ledger_no) }
                            td { (ledger.country) }
                            td { (ledger.currency) }
                            td { (numbers(ledger.customer_no_mode)) }
                            td { (ledger.grants.iter().map(|grant| name(*grant)).collect::<Vec<_>>().join(", ")) }
                            td {
                                a href=(link("/etalon/page/customers", &[("ledger", &ledger.ledger_no)])) { "customers" }
                                " "
                                a href=(link("/etalon/page/usage", &[("ledger", &ledger.ledger_no)])) { "usage" }
                            }
                        }
                    }
                }
            }
        }
    };
    View::new("Ledgers", main)
}

fn numbers(mode: CustomerNoMode) -> &'static str {
    match mode {
        CustomerNoMode::Assigned => "given by clients",
        CustomerNoMode::Generated => "given by the ledger",
    }
}

fn name(grant: Grant) -> &'static str {
    match grant {
        Grant::PopulationRegister => "population register",
        Grant::Disbursement => "disbursement",
    }
}
