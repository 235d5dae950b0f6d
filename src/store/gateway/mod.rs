//! The gateway's customers.
//!
//! A value is the customer's texts without its id, which is the key: code, accountId, createDate,
//! firstName, lastName, organizationName. They are served in three formats, so none of these is
//! what is stored. The index of names holds the whole value again: those of one name stand side by
//! side there, and a search reads nothing else. Looked up one by one among a million, ten customers
//! would cost ten reads of the file instead of two.

mod arriving;
mod search;

use std::io::{self, Write};

use redb::{ReadableTable, Table, WriteTransaction};
use serde_json::{Map, Value};

use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::tables::{
    GATEWAY_CUSTOMERS, GATEWAY_CUSTOMERS_BY_CODE, GATEWAY_CUSTOMERS_BY_NAME, Tx, next_in, open,
};
use crate::model::gateway_customer::{GatewayCustomer, Name};
use crate::store::snapshot::Snapshot;

pub(super) use arriving::Arriving;
pub use search::{Filter, Search, find};

const TABLE: &str = "gateway customers";

/// The sequence of the ids.
const SEQUENCE: &str = "gateway customer id";

fn decode(id: u64, bytes: &[u8]) -> Result<GatewayCustomer<&str>, StoreError> {
    let mut texts = Decoder::new(bytes, TABLE, || id.to_string())?;
    Ok(GatewayCustomer {
        id,
        code: texts.some_text()?,
        account_id: texts.some_text()?,
        create_date: texts.text()?,
        first_name: texts.some_text()?,
        last_name: texts.some_text()?,
        organization_name: texts.text()?,
    })
}

fn encode(customer: &GatewayCustomer) -> Vec<u8> {
    Encoder::new()
        .text(Some(&customer.code))
        .text(Some(&customer.account_id))
        .text(customer.create_date.as_deref())
        .text(Some(&customer.first_name))
        .text(Some(&customer.last_name))
        .text(customer.organization_name.as_deref())
        .finish()
}

/// Returns a name as it is indexed and asked for: case does not count (reading 119).
fn fold(value: &str) -> String {
    value.to_lowercase()
}

/// Reads a customer in place: `read` gets the view of it.
///
/// # Errors
/// When the store fails.
pub fn view<R>(
    tx: &impl Tx,
    id: u64,
    read: impl FnOnce(GatewayCustomer<&str>) -> R,
) -> Result<Option<R>, StoreError> {
    let customers = tx.table(GATEWAY_CUSTOMERS)?;
    let Some(value) = customers.get(id)? else {
        return Ok(None);
    };
    Ok(Some(read(decode(id, value.value())?)))
}

/// Reads the customers in the order of their ids, from `start` on, until `read` has enough and says
/// no.
///
/// # Errors
/// When the store fails.
pub fn each_from(
    tx: &impl Tx,
    start: u64,
    mut read: impl FnMut(GatewayCustomer<&str>) -> bool,
) -> Result<(), StoreError> {
    for entry in tx.table(GATEWAY_CUSTOMERS)?.range(start..)? {
        let (id, value) = entry?;
        if !read(decode(id.value(), value.value())?) {
            break;
        }
    }
    Ok(())
}

/// Returns whose code this is.
///
/// # Errors
/// When the store fails.
pub fn with_code(tx: &impl Tx, code: &str) -> Result<Option<u64>, StoreError> {
    Ok(tx.table(GATEWAY_CUSTOMERS_BY_CODE)?.get(code)?.map(|id| id.value()))
}

/// Returns the id of a new customer, the code of which may be `code`. Without one the id is the
/// code too, so an id is passed over whose digits somebody has chosen for a code.
///
/// # Errors
/// When the store fails.
pub fn next_id(tx: &WriteTransaction, code: Option<&str>) -> Result<u64, StoreError> {
    loop {
        let id = next_in(tx, SEQUENCE)?;
        if code.is_some() || with_code(tx, &id.to_string())?.is_none() {
            return Ok(id);
        }
    }
}

/// Stores a customer under its id, in place of the one that stands there. Its code is nobody
/// else's.
///
/// # Errors
/// When the store fails.
pub fn put(tx: &WriteTransaction, customer: &GatewayCustomer) -> Result<(), StoreError> {
    let value = encode(customer);
    let keys = Tables::open(tx)?.put(customer, &value)?;
    let mut names = open(tx, GATEWAY_CUSTOMERS_BY_NAME)?;
    for (name, folded) in keys.gone {
        names.remove((name as u8, folded.as_str(), customer.id))?;
    }
    for (name, folded) in keys.due {
        names.insert((name as u8, folded.as_str(), customer.id), value.as_slice())?;
    }
    Ok(())
}

/// The tables that a write of customers reads.
struct Tables<'tx> {
    customers: Table<'tx, u64, &'static [u8]>,
    codes: Table<'tx, &'static str, u64>,
}

/// Names, folded.
type Folded = Vec<(Name, String)>;

/// The changes that a stored customer makes in the index of names.
struct Keys {
    /// The names that it no longer has.
    gone: Folded,
    /// The names behind which its value is to stand.
    due: Folded,
}

impl<'tx> Tables<'tx> {
    fn open(tx: &'tx WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            customers: open(tx, GATEWAY_CUSTOMERS)?,
            codes: open(tx, GATEWAY_CUSTOMERS_BY_CODE)?,
        })
    }

    /// Stores a customer, the value of which is `value`; the index of names is left to the caller.
    fn put(&mut self, customer: &GatewayCustomer, value: &[u8]) -> Result<Keys, StoreError> {
        let id = customer.id;
        let due = folded(customer);
        let old = self.customers.insert(id, value)?;
        let (code, gone) = match &old {
            None => (None, Vec::new()),
            Some(old) => {
                let old = decode(id, old.value())?;
                let mut gone = folded(&old);
                gone.retain(|entry| !due.contains(entry));
                (Some(old.code), gone)
            }
        };
        if code != Some(&customer.code) {
            if let Some(code) = code {
                self.codes.remove(code)?;
            }
            self.codes.insert(customer.code.as_str(), id)?;
        }
        Ok(Keys { gone, due })
    }
}

fn folded(customer: &GatewayCustomer<impl AsRef<str>>) -> Folded {
    customer.names().map(|(name, value)| (name, fold(value))).collect()
}

/// Writes every customer as a record, in order of id.
///
/// # Errors
/// What the store or `out` failed with.
pub(super) fn dump(tx: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let customers = tx.table(GATEWAY_CUSTOMERS).map_err(io::Error::other)?;
    for entry in customers.iter().map_err(io::Error::other)? {
        let (id, value) = entry.map_err(io::Error::other)?;
        let customer = decode(id.value(), value.value()).map_err(io::Error::other)?;
        let members: Map<String, Value> = customer
            .members()
            .map(|(member, value)| (member.to_owned(), Value::from(value)))
            .collect();
        out.write_all(b"{\"record\":\"gatewayCustomer\",\"customer\":")?;
        serde_json::to_writer(&mut *out, &members)?;
        out.write_all(b"}\n")?;
    }
    Ok(())
}
