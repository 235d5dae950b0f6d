//! A dump: every record, one JSON object a line, in an order that a load accepts. Loading a dump
//! into an empty store and dumping that gives the same bytes.

use std::io::{self, Write};

use redb::ReadableTable;
use serde_json::{Map, Value};

use super::snapshot::Snapshot;
use super::tables::{CUSTOMERS, LEDGERS, PERSONS, Tx as _, USAGE_OWNERS, after};
use super::usage::{self, Owner};
use super::{customers, gateway, ledgers, listeners, surpluses, tmf};
use crate::model::person::Person;
use crate::model::usage::Tree;

/// Writes every record that `tx` sees.
///
/// # Errors
/// What the store or `out` failed with.
pub fn dump(tx: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    each_ledger(tx, |_| true, out)?;
    gateway::dump(tx, out)?;
    tmf::dump(tx, out)?;
    listeners::dump(tx, out)?;
    out.flush()
}

/// Writes every record of these ledgers, in the order in which [`dump`] does; what belongs to no ledger
/// is left out.
///
/// # Errors
/// What the store or `out` failed with.
pub fn dump_ledgers(tx: &Snapshot, ledgers: &[String], out: &mut dyn Write) -> io::Result<()> {
    each_ledger(tx, |no| ledgers.iter().any(|wanted| wanted == no), out)?;
    out.flush()
}

/// Writes the records of the ledgers that are wanted.
fn each_ledger(
    tx: &Snapshot,
    is_wanted: impl Fn(&str) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    for ledger in tx.table(LEDGERS).map_err(io::Error::other)?.iter().map_err(io::Error::other)? {
        let (no, _) = ledger.map_err(io::Error::other)?;
        if is_wanted(no.value()) {
            ledger_records(tx, no.value(), out)?;
        }
    }
    Ok(())
}

fn ledger_records(tx: &Snapshot, no: &str, out: &mut dyn Write) -> io::Result<()> {
    let Some(ledger) = ledgers::ledger(tx, no).map_err(io::Error::other)? else {
        return Ok(());
    };
    let head = |record: &str| {
        let mut line = Map::new();
        line.insert("record".to_owned(), Value::from(record));
        line.insert("ledgerNo".to_owned(), Value::from(no));
        line
    };
    let mut line = head("ledger");
    line.extend(object(&ledger)?);
    write_line(out, &line)?;
    persons(tx, no, &mut |person| {
        let mut line = head("person");
        line.extend(object(person)?);
        write_line(out, &line)
    })?;
    customer_records(tx, no, &mut |customer| {
        let mut line = head("customer");
        line.insert("customer".to_owned(), customer);
        write_line(out, &line)
    })?;
    surplus_lines(tx, no, &head("surplus"), out)?;
    usage_lines(tx, no, out)
}

fn persons(
    tx: &Snapshot,
    no: &str,
    each: &mut dyn FnMut(&Person) -> io::Result<()>,
) -> io::Result<()> {
    let end = after(no);
    let persons = tx.table(PERSONS).map_err(io::Error::other)?;
    for entry in persons.range((no, "", "")..(&end, "", "")).map_err(io::Error::other)? {
        let (key, value) = entry.map_err(io::Error::other)?;
        let person = ledgers::decode(value.value(), "persons", || format!("{:?}", key.value()));
        each(&person.map_err(io::Error::other)?)?;
    }
    Ok(())
}

/// Customers in order of age, so that a load gives them the same ages again.
fn customer_records(
    tx: &Snapshot,
    no: &str,
    each: &mut dyn FnMut(Value) -> io::Result<()>,
) -> io::Result<()> {
    let end = after(no);
    let table = tx.table(CUSTOMERS).map_err(io::Error::other)?;
    let mut ages = Vec::new();
    for entry in table.range((no, "")..(&end, "")).map_err(io::Error::other)? {
        let (key, _) = entry.map_err(io::Error::other)?;
        let customer_no = key.value().1.to_owned();
        let age = customers::view(tx, no, &customer_no, |view| view.age());
        ages.extend(age.map_err(io::Error::other)?.map(|age| (age, customer_no)));
    }
    ages.sort_unstable();
    for (_, customer_no) in ages {
        let json = customers::view(tx, no, &customer_no, |view| {
            let mut json = format!("{{{}", view.members);
            for (name, address) in
                [("legalAddress", view.legal_address), ("billingAddress", view.billing_address)]
            {
                if let Some(members) = address {
                    json.push_str(&format!(",\"{name}\":{{{members}}}"));
                }
            }
            json.push('}');
            json
        });
        if let Some(json) = json.map_err(io::Error::other)? {
            each(serde_json::from_str(&json)?)?;
        }
    }
    Ok(())
}

/// Surpluses and usage hold amounts, whose digits are copied and never read.
fn surplus_lines(
    tx: &Snapshot,
    no: &str,
    head: &Map<String, Value>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut written = Ok(());
    surpluses::each(tx, no, |customer_no, view| {
        let orders = match view.orders {
            "[]" => String::new(),
            orders => format!(",\"activeDisbursementOrders\":{orders}"),
        };
        let mut line = head.clone();
        line.insert("customerNo".to_owned(), Value::from(customer_no));
        let mut line = Value::Object(line).to_string();
        line.pop();
        written = writeln!(out, "{line},\"surplus\":{{{}}}{orders}}}", view.members);
        written.is_ok()
    })
    .map_err(io::Error::other)?;
    written
}

/// Writes every known owner, then its CDRs.
fn usage_lines(tx: &Snapshot, ledger: &str, out: &mut dyn Write) -> io::Result<()> {
    let owners = tx.table(USAGE_OWNERS).map_err(io::Error::other)?;
    for (tree, record) in [(Tree::Invoices, "invoice"), (Tree::Customers, "usageCustomer")] {
        let range = (ledger, tree as u8, "")..(ledger, tree as u8 + 1, "");
        for entry in owners.range(range).map_err(io::Error::other)? {
            let (key, ()) = {
                let (key, value) = entry.map_err(io::Error::other)?;
                (key.value().2.to_owned(), value.value())
            };
            let owner = Owner { ledger, tree, no: &key };
            let mut line = Map::new();
            line.insert("record".to_owned(), Value::from(record));
            line.insert("ledgerNo".to_owned(), Value::from(ledger));
            line.insert(tree.number_member().to_owned(), Value::from(owner.no));
            write_line(out, &line)?;
            line.insert("record".to_owned(), Value::from("usage"));
            let mut written = Ok(());
            usage::subscriptions(tx, owner, None, |subscription| {
                written = subscription_lines(tx, owner, subscription, &mut line, out);
                written.is_ok()
            })
            .map_err(io::Error::other)?;
            written?;
        }
    }
    Ok(())
}

fn subscription_lines(
    tx: &Snapshot,
    owner: Owner,
    subscription: &str,
    line: &mut Map<String, Value>,
    out: &mut dyn Write,
) -> io::Result<()> {
    line.insert("subscriptionNo".to_owned(), Value::from(subscription));
    let mut head = serde_json::to_string(line)?;
    head.pop();
    let (mut written, mut is_unused) = (Ok(()), true);
    let found = usage::subscription(tx, owner, subscription).map_err(io::Error::other)?;
    // The one that is being listed, in the same view.
    let Some(found) = found else { return Ok(()) };
    usage::details(tx, found, None, |json| {
        is_unused = false;
        written = writeln!(out, "{head},\"usage\":{json}}}");
        written.is_ok()
    })
    .map_err(io::Error::other)?;
    if is_unused { writeln!(out, "{head}}}") } else { written }
}

fn object(value: &impl serde::Serialize) -> io::Result<Map<String, Value>> {
    match serde_json::to_value(value)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

fn write_line(out: &mut dyn Write, line: &Map<String, Value>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
