//! Customers with their addresses.
//!
//! A value is: age, then the customer's JSON without its braces, then the members of the legal and
//! of the billing address likewise, each perhaps none. What is served around them (links,
//! operations) is computed.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::tables::{
    COUNTERS, CUSTOMERS, CUSTOMERS_BY_IDENTIFIER, Counters, Tx, after, next, open,
};
use crate::model::address::Address;
use crate::model::customer::{Customer, CustomerWithAddresses};
use crate::model::national_identifier::NationalIdentifier;

const TABLE: &str = "customers";

/// A customer's value, borrowed from the page that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct CustomerView<'a> {
    age: u64,
    /// The members of the customer as JSON, without braces.
    pub members: &'a str,
    /// The members of the legal address, likewise.
    pub legal_address: Option<&'a str>,
    /// The members of the billing address, likewise.
    pub billing_address: Option<&'a str>,
}

impl<'a> CustomerView<'a> {
    fn decode(bytes: &'a [u8], key: (&str, &str)) -> Result<Self, StoreError> {
        let mut decoder = Decoder::new(bytes, TABLE, || format!("{key:?}"))?;
        Ok(Self {
            age: decoder.number()?,
            members: decoder.some_text()?,
            legal_address: decoder.text()?,
            billing_address: decoder.text()?,
        })
    }

    /// Returns how old the customer is among those of its ledger: 1 is the oldest.
    pub fn age(self) -> u64 {
        self.age
    }

    /// Returns who the customer is to the state; nothing else of it is read.
    ///
    /// # Errors
    /// When the members are not a customer's.
    pub fn national_identifier(self) -> Result<Option<NationalIdentifier>, StoreError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Identified {
            #[serde(default)]
            national_identifier: Option<NationalIdentifier>,
        }
        let key = || self.members.chars().take(40).collect();
        parse::<Identified>(self.members, key).map(|found| found.national_identifier)
    }

    /// Returns the customer as a value that can be changed.
    ///
    /// # Errors
    /// When the members are not a customer's.
    pub fn to_owned(self) -> Result<StoredCustomer, StoreError> {
        let key = || self.members.chars().take(40).collect();
        Ok(StoredCustomer {
            age: self.age,
            customer: parse(self.members, key)?,
            legal_address: self.legal_address.map(|text| parse(text, key)).transpose()?,
            billing_address: self.billing_address.map(|text| parse(text, key)).transpose()?,
        })
    }
}

/// A customer that has been read to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCustomer {
    age: u64,
    /// The customer.
    pub customer: Customer,
    /// Where it is at home.
    pub legal_address: Option<Address>,
    /// Where its invoices go, if elsewhere.
    pub billing_address: Option<Address>,
}

impl StoredCustomer {
    fn new(age: u64, customer: CustomerWithAddresses) -> Self {
        let CustomerWithAddresses { customer, legal_address, billing_address } = customer;
        Self { age, customer, legal_address, billing_address }
    }
}

/// Reads a customer in place: `read` gets the view of it.
///
/// # Errors
/// When the store fails.
pub fn view<R>(
    tx: &impl Tx,
    ledger: &str,
    no: &str,
    read: impl FnOnce(CustomerView) -> R,
) -> Result<Option<R>, StoreError> {
    view_in(&*tx.table(CUSTOMERS)?, ledger, no, read)
}

/// The same in a table that is open.
fn view_in<R>(
    customers: &(impl ReadableTable<(&'static str, &'static str), &'static [u8]> + ?Sized),
    ledger: &str,
    no: &str,
    read: impl FnOnce(CustomerView) -> R,
) -> Result<Option<R>, StoreError> {
    let Some(value) = customers.get((ledger, no))? else {
        return Ok(None);
    };
    Ok(Some(read(CustomerView::decode(value.value(), (ledger, no))?)))
}

/// Reads the customers of a ledger in the order of their numbers, from `start` on, until `read` has
/// enough and says no.
///
/// # Errors
/// When the store fails.
pub fn each_from(
    tx: &impl Tx,
    ledger: &str,
    start: &str,
    mut read: impl FnMut(&str, CustomerView) -> bool,
) -> Result<(), StoreError> {
    let end = after(ledger);
    for entry in tx.table(CUSTOMERS)?.range((ledger, start)..(end.as_str(), ""))? {
        let (key, value) = entry?;
        let (_, no) = key.value();
        if !read(no, CustomerView::decode(value.value(), (ledger, no))?) {
            break;
        }
    }
    Ok(())
}

/// Returns a customer that can be changed.
///
/// # Errors
/// When the store fails.
pub fn customer(
    tx: &impl Tx,
    ledger: &str,
    no: &str,
) -> Result<Option<StoredCustomer>, StoreError> {
    view(tx, ledger, no, |view| view.to_owned())?.transpose()
}

/// Returns whether the ledger has that customer.
///
/// # Errors
/// When the store fails.
pub fn exists(tx: &impl Tx, ledger: &str, no: &str) -> Result<bool, StoreError> {
    Ok(tx.table(CUSTOMERS)?.get((ledger, no))?.is_some())
}

/// Returns the number of the oldest customer with `identifier`, in canonical spelling (reading
/// 185).
///
/// # Errors
/// When the store fails.
pub fn find(
    tx: &impl Tx,
    ledger: &str,
    identifier: &NationalIdentifier,
) -> Result<Option<String>, StoreError> {
    let index = tx.table(CUSTOMERS_BY_IDENTIFIER)?;
    let (country, reg_no) = (identifier.country_code.as_str(), identifier.reg_no.as_str());
    let range = (ledger, country, reg_no, 0)..=(ledger, country, reg_no, u64::MAX);
    Ok(index.range(range)?.next().transpose()?.map(|(_, no)| no.value().to_owned()))
}

/// The tables of customers in a transaction that writes, each open once it was asked for.
pub struct Customers<'tx> {
    tx: &'tx WriteTransaction,
    customers: Option<Table<'tx, (&'static str, &'static str), &'static [u8]>>,
    by_identifier: Option<ByIdentifier<'tx>>,
    counters: Option<Counters<'tx>>,
}

type ByIdentifier<'tx> = Table<'tx, (&'static str, &'static str, &'static str, u64), &'static str>;

impl<'tx> Customers<'tx> {
    pub(super) fn new(tx: &'tx WriteTransaction) -> Self {
        Self { tx, customers: None, by_identifier: None, counters: None }
    }

    /// Closes the tables that are open: another can open one alone.
    pub(super) fn close(&mut self) {
        *self = Self::new(self.tx);
    }

    /// Returns whether the ledger has that customer.
    ///
    /// # Errors
    /// When the store fails.
    pub fn exists(&mut self, ledger: &str, no: &str) -> Result<bool, StoreError> {
        let customers = opened(&mut self.customers, self.tx, CUSTOMERS)?;
        Ok(customers.get((ledger, no))?.is_some())
    }

    /// Returns a customer that can be changed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get(&mut self, ledger: &str, no: &str) -> Result<Option<StoredCustomer>, StoreError> {
        let customers = opened(&mut self.customers, self.tx, CUSTOMERS)?;
        view_in(customers, ledger, no, |view| view.to_owned())?.transpose()
    }

    /// Returns a number that no customer has, in a ledger that makes its own: seven digits, rising, as
    /// is usual in Norway and Denmark (002 › Create new customer).
    ///
    /// # Errors
    /// When the store fails.
    pub fn generate_no(&mut self, ledger: &str) -> Result<String, StoreError> {
        loop {
            let no = self.next(ledger, "customerNo", 1_000_000)?.to_string();
            if !self.exists(ledger, &no)? {
                return Ok(no);
            }
        }
    }

    /// Stores a new customer under its number; the answer is whether that was free.
    ///
    /// # Errors
    /// When the store fails.
    pub fn create(
        &mut self,
        ledger: &str,
        customer: CustomerWithAddresses,
    ) -> Result<bool, StoreError> {
        if self.exists(ledger, &customer.customer.customer_no)? {
            return Ok(false);
        }
        let new = StoredCustomer::new(self.next(ledger, AGE, 0)?, customer);
        self.index(ledger, &new)?;
        self.update(ledger, &new)?;
        Ok(true)
    }

    /// Stores a customer under its number. One that stands there is replaced and keeps its age.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put(&mut self, ledger: &str, customer: CustomerWithAddresses) -> Result<(), StoreError> {
        let age = match self.get(ledger, &customer.customer.customer_no)? {
            None => self.next(ledger, AGE, 0)?,
            Some(old) => {
                if let Some(old_id) = &old.customer.national_identifier {
                    let index = opened(&mut self.by_identifier, self.tx, CUSTOMERS_BY_IDENTIFIER)?;
                    index.remove(index_key(ledger, old_id, old.age))?;
                }
                old.age
            }
        };
        let new = StoredCustomer::new(age, customer);
        self.index(ledger, &new)?;
        self.update(ledger, &new)
    }

    /// Stores a customer that was read in this transaction, with its number and identifier unchanged.
    ///
    /// # Errors
    /// When the store fails.
    pub fn update(&mut self, ledger: &str, stored: &StoredCustomer) -> Result<(), StoreError> {
        let address = |address: &Option<Address>| address.as_ref().map(members);
        let value = Encoder::new()
            .number(stored.age)
            .text(Some(&members(&stored.customer)))
            .text(address(&stored.legal_address).as_deref())
            .text(address(&stored.billing_address).as_deref())
            .finish();
        let key = (ledger, stored.customer.customer_no.as_str());
        opened(&mut self.customers, self.tx, CUSTOMERS)?.insert(key, value.as_slice())?;
        Ok(())
    }

    /// Enters a customer in the index of identifiers, if it has one.
    fn index(&mut self, ledger: &str, new: &StoredCustomer) -> Result<(), StoreError> {
        if let Some(identifier) = &new.customer.national_identifier {
            let index = opened(&mut self.by_identifier, self.tx, CUSTOMERS_BY_IDENTIFIER)?;
            let key = index_key(ledger, identifier, new.age);
            index.insert(key, new.customer.customer_no.as_str())?;
        }
        Ok(())
    }

    fn next(&mut self, ledger: &str, counter: &str, start: u64) -> Result<u64, StoreError> {
        next(opened(&mut self.counters, self.tx, COUNTERS)?, ledger, counter, start)
    }
}

/// The counter that orders the customers of a ledger by age.
const AGE: &str = "customer age";

/// Returns the table in `slot`, opened if it is not.
fn opened<'s, 'tx, K: redb::Key + 'static, V: redb::Value + 'static>(
    slot: &'s mut Option<Table<'tx, K, V>>,
    tx: &'tx WriteTransaction,
    table: TableDefinition<K, V>,
) -> Result<&'s mut Table<'tx, K, V>, StoreError> {
    match slot {
        Some(table) => Ok(table),
        closed => Ok(closed.insert(open(tx, table)?)),
    }
}

fn index_key<'a>(
    ledger: &'a str,
    identifier: &'a NationalIdentifier,
    age: u64,
) -> (&'a str, &'a str, &'a str, u64) {
    (ledger, &identifier.country_code, &identifier.reg_no, age)
}

/// Returns the JSON of an object without its braces.
pub fn members(object: &impl Serialize) -> String {
    let mut json = Vec::with_capacity(512);
    // Serialising structs of text into memory cannot fail, nor is it anything but UTF-8.
    let _ = serde_json::to_writer(&mut json, object);
    let json = String::from_utf8(json).unwrap_or_default();
    json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

fn parse<T: DeserializeOwned>(members: &str, key: impl Fn() -> String) -> Result<T, StoreError> {
    serde_json::from_str(&format!("{{{members}}}"))
        .map_err(|_| StoreError::Undecodable { table: TABLE, key: key() })
}
