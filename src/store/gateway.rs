//! The gateway's customers.
//!
//! A value is the customer's texts without its id, which is the key: code, accountId, createDate,
//! firstName, lastName, organizationName. They are served in three formats, so none of these is
//! what is stored. Each name is indexed in lower case with the id behind it: a search reads the
//! index alone, and of the customers only those that it answers with.

use std::io::{self, Write};

use redb::{Range, ReadTransaction, ReadableTable, Table, WriteTransaction};
use serde_json::{Map, Value};

use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::tables::{
    GATEWAY_CUSTOMERS, GATEWAY_CUSTOMERS_BY_CODE, GATEWAY_CUSTOMERS_BY_NAME, Tx, next_in, pass_over,
};
use crate::model::gateway_customer::{GatewayCustomer, Name};
use crate::model::record::Refused;

const TABLE: &str = "gateway customers";

/// The sequence of the ids.
const SEQUENCE: &str = "gateway customer id";

/// How many bytes of records are gathered before they are written.
const BATCH_BYTES: usize = 8 << 20;

/// A key of the index of names.
type NameKey = (u8, &'static str, u64);

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

/// Whose code this is.
///
/// # Errors
/// When the store fails.
pub fn with_code(tx: &impl Tx, code: &str) -> Result<Option<u64>, StoreError> {
    Ok(tx.table(GATEWAY_CUSTOMERS_BY_CODE)?.get(code)?.map(|id| id.value()))
}

/// The id of a new customer, the code of which may be `code`. Without one the id is the code too,
/// so an id is passed over whose digits somebody has chosen for a code.
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
    let mut names = tx.open_table(GATEWAY_CUSTOMERS_BY_NAME)?;
    Tables::open(tx)?.put(customer, |name, value, present| set(&mut names, name, value, present))
}

/// The index entry of a name: made, or taken away.
fn set(
    names: &mut Table<NameKey, ()>,
    (name, id): (Name, u64),
    value: &str,
    present: bool,
) -> Result<(), StoreError> {
    let key = (name as u8, value, id);
    if present {
        names.insert(key, ())?;
    } else {
        names.remove(key)?;
    }
    Ok(())
}

struct Tables<'tx> {
    customers: Table<'tx, u64, &'static [u8]>,
    codes: Table<'tx, &'static str, u64>,
}

impl<'tx> Tables<'tx> {
    fn open(tx: &'tx WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            customers: tx.open_table(GATEWAY_CUSTOMERS)?,
            codes: tx.open_table(GATEWAY_CUSTOMERS_BY_CODE)?,
        })
    }

    /// Stores a customer; `set` is told how the index of names is to change.
    fn put(
        &mut self,
        customer: &GatewayCustomer,
        mut set: impl FnMut((Name, u64), &str, bool) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let id = customer.id;
        let old = self.customers.insert(id, encode(customer).as_slice())?;
        let old = old.map(|value| decode(id, value.value()).map(GatewayCustomer::to_owned));
        let old = old.transpose()?;
        let code_of = |customer: &GatewayCustomer| customer.code.clone();
        if old.as_ref().map(code_of).as_ref() != Some(&customer.code) {
            if let Some(old) = &old {
                self.codes.remove(old.code.as_str())?;
            }
            self.codes.insert(customer.code.as_str(), id)?;
        }
        let before = old.as_ref().map(folded).unwrap_or_default();
        let after = folded(customer);
        for (name, value) in before.iter().filter(|entry| !after.contains(entry)) {
            set((*name, id), value, false)?;
        }
        for (name, value) in after.iter().filter(|entry| !before.contains(entry)) {
            set((*name, id), value, true)?;
        }
        Ok(())
    }
}

fn folded(customer: &GatewayCustomer) -> Vec<(Name, String)> {
    customer.names().map(|(name, value)| (name, fold(value))).collect()
}

/// A name as it is indexed and asked for: case does not count (reading 119).
fn fold(value: &str) -> String {
    value.to_lowercase()
}

/// A name that customers must have, whatever its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    name: Name,
    value: String,
}

impl Filter {
    /// Those whose `name` is `value`.
    pub fn new(name: Name, value: &str) -> Self {
        Self { name, value: fold(value) }
    }
}

/// Reads, in order of id, the customers that pass all of `filters`, at most `limit` after the first
/// `offset`.
///
/// # Errors
/// When the store fails.
pub fn find(
    tx: &impl Tx,
    filters: &[Filter],
    offset: usize,
    limit: usize,
    mut read: impl FnMut(GatewayCustomer<&str>),
) -> Result<(), StoreError> {
    let customers = tx.table(GATEWAY_CUSTOMERS)?;
    if filters.is_empty() {
        for entry in customers.iter()?.skip(offset).take(limit) {
            let (id, value) = entry?;
            read(decode(id.value(), value.value())?);
        }
        return Ok(());
    }
    let names = tx.table(GATEWAY_CUSTOMERS_BY_NAME)?;
    let mut found = Intersection::new(&names, filters)?;
    for _ in 0..offset {
        if found.next()?.is_none() {
            return Ok(());
        }
    }
    for _ in 0..limit {
        let Some(id) = found.next()? else {
            break;
        };
        let undecodable = || StoreError::Undecodable { table: TABLE, key: id.to_string() };
        let value = customers.get(id)?.ok_or_else(undecodable)?;
        read(decode(id, value.value())?);
    }
    Ok(())
}

/// The ids that stand behind each of several names. Whoever is behind leaps to where the others
/// are, so what is read is bounded by the rarest name.
struct Intersection<'a, T> {
    names: &'a T,
    each: Vec<Ids<'a>>,
}

/// The ids behind one name, from some id on.
struct Ids<'a> {
    filter: &'a Filter,
    range: Range<'a, NameKey, ()>,
}

impl<'a> Ids<'a> {
    fn from(
        names: &'a impl ReadableTable<NameKey, ()>,
        filter: &'a Filter,
        from: u64,
    ) -> Result<Self, StoreError> {
        let (name, value) = (filter.name as u8, filter.value.as_str());
        Ok(Self { filter, range: names.range((name, value, from)..=(name, value, u64::MAX))? })
    }

    fn next(&mut self) -> Result<Option<u64>, StoreError> {
        Ok(self.range.next().transpose()?.map(|(key, _)| key.value().2))
    }

    /// The first id from `from` on. It is often the next one, and then costs no new search.
    fn seek(
        &mut self,
        names: &'a impl ReadableTable<NameKey, ()>,
        from: u64,
    ) -> Result<Option<u64>, StoreError> {
        match self.next()? {
            Some(id) if id < from => {
                *self = Self::from(names, self.filter, from)?;
                self.next()
            }
            id => Ok(id),
        }
    }
}

impl<'a, T: ReadableTable<NameKey, ()>> Intersection<'a, T> {
    fn new(names: &'a T, filters: &'a [Filter]) -> Result<Self, StoreError> {
        let each = filters.iter().map(|filter| Ids::from(names, filter, 0));
        Ok(Self { names, each: each.collect::<Result<_, _>>()? })
    }

    /// The next id that all have.
    fn next(&mut self) -> Result<Option<u64>, StoreError> {
        let Some(mut candidate) = self.each.first_mut().map(Ids::next).transpose()?.flatten()
        else {
            return Ok(None);
        };
        // How many, up to the one at hand, are known to have the candidate.
        let mut agreed = 1;
        for at in (0..self.each.len()).cycle().skip(1) {
            if agreed == self.each.len() {
                break;
            }
            match self.each[at].seek(self.names, candidate)? {
                None => return Ok(None),
                Some(id) if id == candidate => agreed += 1,
                Some(id) => (candidate, agreed) = (id, 1),
            }
        }
        Ok(Some(candidate))
    }
}

/// Where a record stands: its source and line.
type Place = (String, u64);

/// Customers of a load, gathered so that each table is opened once for many and the index of names
/// is written in its own order.
#[derive(Default)]
pub(super) struct Arriving {
    customers: Vec<(Place, GatewayCustomer)>,
    bytes: usize,
}

impl Arriving {
    /// Takes a customer; the answer is whether it is time to write.
    pub(super) fn take(&mut self, place: &Place, customer: GatewayCustomer) -> bool {
        let texts: usize = customer.members().map(|(_, value)| value.len()).sum();
        self.bytes += texts + size_of::<(Place, GatewayCustomer)>() + place.0.len();
        self.customers.push((place.clone(), customer));
        self.bytes >= BATCH_BYTES
    }

    /// Writes what was taken. The answer is what is refused, and where that stands.
    pub(super) fn write(
        &mut self,
        tx: &WriteTransaction,
    ) -> Result<Vec<(Place, Refused)>, StoreError> {
        let Self { customers, .. } = std::mem::take(self);
        let Some(largest) = customers.iter().map(|(_, customer)| customer.id).max() else {
            return Ok(Vec::new());
        };
        pass_over(tx, SEQUENCE, largest)?;
        let mut refused = Vec::new();
        let mut tables = Tables::open(tx)?;
        let mut changes = Vec::new();
        for (place, customer) in customers {
            let owner = tables.codes.get(customer.code.as_str())?.map(|id| id.value());
            if let Some(owner) = owner.filter(|owner| *owner != customer.id) {
                let reason = format!("\"{}\" is the code of customer {owner}.", customer.code);
                refused.push((place, Refused::new("customer.code", reason)));
                continue;
            }
            tables.put(&customer, |name, value, present| {
                changes.push((name, value.to_owned(), present));
                Ok(())
            })?;
        }
        // Stable, so that of several changes of one entry the last is made last.
        changes.sort_by(|((a, id_a), value_a, _), ((b, id_b), value_b, _)| {
            (a, value_a, id_a).cmp(&(b, value_b, id_b))
        });
        let mut names = tx.open_table(GATEWAY_CUSTOMERS_BY_NAME)?;
        for (key, value, present) in changes {
            set(&mut names, key, &value, present)?;
        }
        Ok(refused)
    }
}

/// Writes every customer as a record, in order of id.
///
/// # Errors
/// What the store or `out` failed with.
pub(super) fn dump(tx: &ReadTransaction, out: &mut dyn Write) -> io::Result<()> {
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
