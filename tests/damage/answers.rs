//! What is read of a store besides its dump: whatever an index leads to.

use etalon::model::gateway_customer::Name;
use etalon::model::national_identifier::NationalIdentifier;
use etalon::model::tmf::collection::COLLECTIONS;
use etalon::model::usage::Tree;
use etalon::store::error::StoreError;
use etalon::store::gateway::{Filter, Search};
use etalon::store::usage::Owner;
use etalon::store::{Store, customers, gateway, ledgers, surpluses, tmf, usage};
use serde_json::Value;

/// Asks a store for each of `records`, by the keys that its APIs look for it with; the answers are
/// one text.
///
/// # Errors
/// The first read that fails.
pub(crate) fn answers(store: &Store, records: &[Value]) -> Result<String, StoreError> {
    let tx = &*store.reader()?;
    let mut said = String::new();
    let mut say = |answer: &dyn std::fmt::Debug| said.push_str(&format!("{answer:?}\n"));
    for record in records {
        let text = |member: &str| record[member].as_str().unwrap_or_default();
        let ledger = text("ledgerNo");
        match text("record") {
            "ledger" => say(&ledgers::ledger(tx, ledger)?),
            "person" => {
                say(&ledgers::person(tx, ledger, &identifier(&record["nationalIdentifier"]))?);
            }
            "customer" => {
                let customer = &record["customer"];
                let no = customer["customerNo"].as_str().unwrap();
                say(&customers::customer(tx, ledger, no)?);
                if customer["nationalIdentifier"].is_object() {
                    let identifier = identifier(&customer["nationalIdentifier"]);
                    say(&customers::find(tx, ledger, &identifier)?);
                }
                surpluses::list(tx, ledger, no, 0, 3, |view| say(&view.members))?;
            }
            "surplus" => {
                let id = record["surplus"]["surplusId"].as_str().unwrap();
                let read = |view: surpluses::SurplusView| view.members.to_owned();
                say(&surpluses::view(tx, ledger, text("customerNo"), id, read)?);
            }
            "usage" | "invoice" | "usageCustomer" => {
                let (tree, no) = match record["invoiceNo"].as_str() {
                    Some(no) => (Tree::Invoices, no),
                    None => (Tree::Customers, text("customerNo")),
                };
                let owner = Owner { ledger, tree, no };
                say(&usage::owner_state(tx, owner)?);
                if let Some(of) = usage::subscription(tx, owner, text("subscriptionNo"))? {
                    usage::summaries(tx, of, |sums| say(&sums))?;
                }
            }
            "gatewayCustomer" => {
                let name = record["customer"]["lastName"].as_str().unwrap();
                let filters = vec![Filter::new(Name::Last, name)];
                let search = Search { filters, offset: 0, limit: 9 };
                gateway::find(tx, &search, usize::MAX, |found| say(&found))?;
                say(&gateway::with_code(tx, record["customer"]["code"].as_str().unwrap())?);
            }
            _ => {}
        }
    }
    for collection in COLLECTIONS {
        say(&tmf::count(tx, collection)?);
    }
    Ok(said)
}

fn identifier(value: &Value) -> NationalIdentifier {
    serde_json::from_value::<NationalIdentifier>(value.clone()).unwrap().canonical()
}
