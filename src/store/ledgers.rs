//! Ledgers, and the population register of each.

use redb::{ReadableTable, WriteTransaction};

use super::codec::VERSION;
use super::error::StoreError;
use super::tables::{LEDGER_NUMBERS, LEDGERS, PERSONS, Tx, next_short_in, open, remove_ledger};
use crate::model::ledger::Ledger;
use crate::model::national_identifier::NationalIdentifier;
use crate::model::person::Person;

/// Returns the ledger of that number.
///
/// # Errors
/// When the store fails.
pub fn ledger(tx: &impl Tx, no: &str) -> Result<Option<Ledger>, StoreError> {
    let ledgers = tx.table(LEDGERS)?;
    let Some(value) = ledgers.get(no)? else {
        return Ok(None);
    };
    decode(value.value(), "ledgers", || no.to_owned()).map(Some)
}

/// Returns every ledger, in the order of their numbers.
///
/// # Errors
/// When the store fails.
pub fn all(tx: &impl Tx) -> Result<Vec<Ledger>, StoreError> {
    let mut all = Vec::new();
    for entry in tx.table(LEDGERS)?.iter()? {
        let (no, value) = entry?;
        all.push(decode(value.value(), "ledgers", || no.value().to_owned())?);
    }
    Ok(all)
}

/// Writes a ledger in place of whatever it held.
///
/// # Errors
/// When the store fails.
pub fn replace(tx: &WriteTransaction, ledger: &Ledger) -> Result<(), StoreError> {
    remove_ledger(tx, &ledger.ledger_no)?;
    let (no, value) = (ledger.ledger_no.as_str(), encode(ledger));
    open(tx, LEDGERS)?.insert(no, value.as_slice())?;
    let number = next_short_in(tx, "ledger")?;
    open(tx, LEDGER_NUMBERS)?.insert(no, number)?;
    Ok(())
}

/// Returns the short number of a ledger.
///
/// # Errors
/// When the store fails, or has no such ledger.
pub(super) fn number(tx: &impl Tx, no: &str) -> Result<u32, StoreError> {
    let number = tx.table(LEDGER_NUMBERS)?.get(no)?.map(|number| number.value());
    number.ok_or_else(|| StoreError::Undecodable { table: "ledger numbers", key: no.to_owned() })
}

/// Returns the person whom the register of `ledger` has under `identifier`, in canonical spelling.
///
/// # Errors
/// When the store fails.
pub fn person(
    tx: &impl Tx,
    ledger: &str,
    identifier: &NationalIdentifier,
) -> Result<Option<Person>, StoreError> {
    let persons = tx.table(PERSONS)?;
    let key = (ledger, identifier.country_code.as_str(), identifier.reg_no.as_str());
    let Some(value) = persons.get(key)? else {
        return Ok(None);
    };
    decode(value.value(), "persons", || format!("{key:?}")).map(Some)
}

/// Returns whether the register of `ledger` has anybody under `identifier`, in canonical spelling.
///
/// # Errors
/// When the store fails.
pub fn has_person(
    tx: &impl Tx,
    ledger: &str,
    identifier: &NationalIdentifier,
) -> Result<bool, StoreError> {
    let key = (ledger, identifier.country_code.as_str(), identifier.reg_no.as_str());
    Ok(tx.table(PERSONS)?.get(key)?.is_some())
}

/// Enters a person in the register, in place of an entry of the same identifier.
///
/// # Errors
/// When the store fails.
pub fn put_person(tx: &WriteTransaction, ledger: &str, person: &Person) -> Result<(), StoreError> {
    let identifier = &person.national_identifier;
    let key = (ledger, identifier.country_code.as_str(), identifier.reg_no.as_str());
    open(tx, PERSONS)?.insert(key, encode(person).as_slice())?;
    Ok(())
}

/// Ledgers and persons are few and read whole, so their values are plain JSON after the version.
fn encode(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    // Serialising structs of text into memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, value);
    bytes
}

pub(super) fn decode<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    table: &'static str,
    key: impl Fn() -> String,
) -> Result<T, StoreError> {
    match bytes {
        [VERSION, json @ ..] => serde_json::from_slice(json).ok(),
        _ => None,
    }
    .ok_or_else(|| StoreError::Undecodable { table, key: key() })
}
