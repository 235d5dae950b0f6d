//! Surpluses with their active disbursement orders, in order of date, then id (reading 170).
//!
//! A value is: the surplusId as it is served, the surplus as JSON without its braces, whether it is
//! open, and the active orders as a JSON array.

use redb::{ReadableTable, WriteTransaction};
use serde_json::Value;

use super::codec::{Decoder, Encoder};
use super::customers::members;
use super::error::StoreError;
use super::tables::{SURPLUSES, SURPLUSES_BY_ID, Tx};
use crate::model::surplus::{Surplus, SurplusStatus};

const TABLE: &str = "surpluses";

/// A surplus's value, borrowed from the page that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct SurplusView<'a> {
    /// The id in the case that is served.
    pub id: &'a str,
    /// The members of the surplus as JSON, without braces.
    pub members: &'a str,
    /// Whether it is free to be disbursed.
    pub open: bool,
    /// The active orders as a JSON array.
    pub orders: &'a str,
}

impl<'a> SurplusView<'a> {
    fn decode(bytes: &'a [u8], key: impl Fn() -> String) -> Result<Self, StoreError> {
        let mut decoder = Decoder::new(bytes, TABLE, key)?;
        Ok(Self {
            id: decoder.some_text()?,
            members: decoder.some_text()?,
            open: decoder.number()? == 1,
            orders: decoder.some_text()?,
        })
    }

    /// Returns the surplus and its orders as values that can be changed.
    ///
    /// # Errors
    /// When the value is not a surplus's.
    pub fn to_owned(self) -> Result<(Surplus, Vec<Value>), StoreError> {
        let refuse = |_| StoreError::Undecodable {
            table: TABLE,
            key: self.members.chars().take(40).collect(),
        };
        let surplus = serde_json::from_str(&format!("{{{}}}", self.members)).map_err(refuse)?;
        Ok((surplus, serde_json::from_str(self.orders).map_err(refuse)?))
    }
}

/// Reads one surplus in place; `surplus_id` in any case (reading 97).
///
/// # Errors
/// When the store fails.
pub fn view<R>(
    tx: &impl Tx,
    ledger: &str,
    customer: &str,
    surplus_id: &str,
    read: impl FnOnce(SurplusView) -> R,
) -> Result<Option<R>, StoreError> {
    let id = Surplus::folded_id(surplus_id);
    let date = tx.table(SURPLUSES_BY_ID)?.get((ledger, customer, id.as_str()))?.map(|d| d.value());
    let Some(date) = date else { return Ok(None) };
    let key = (ledger, customer, date, id.as_str());
    let surpluses = tx.table(SURPLUSES)?;
    let Some(value) = surpluses.get(key)? else {
        return Ok(None);
    };
    Ok(Some(read(SurplusView::decode(value.value(), || format!("{key:?}"))?)))
}

/// Reads the surpluses of a customer in place, `skip` passed over and at most `take` read.
/// Whether more follow is the answer.
///
/// # Errors
/// When the store fails.
pub fn list(
    tx: &impl Tx,
    ledger: &str,
    customer: &str,
    skip: usize,
    take: usize,
    mut read: impl FnMut(SurplusView),
) -> Result<bool, StoreError> {
    let surpluses = tx.table(SURPLUSES)?;
    let end = super::tables::after(customer);
    let range = (ledger, customer, 0, "")..(ledger, end.as_str(), 0, "");
    for (index, entry) in surpluses.range(range)?.skip(skip).enumerate() {
        if index == take {
            return Ok(true);
        }
        let (key, value) = entry?;
        read(SurplusView::decode(value.value(), || format!("{:?}", key.value()))?);
    }
    Ok(false)
}

/// Stores a surplus in place of one with the same id. One without a balance is depleted: it is
/// removed (reading 99).
///
/// # Errors
/// When the store fails.
pub fn put(
    tx: &WriteTransaction,
    ledger: &str,
    customer: &str,
    surplus: &Surplus,
    orders: &[Value],
) -> Result<(), StoreError> {
    let id = Surplus::folded_id(&surplus.surplus_id);
    let mut by_id = tx.open_table(SURPLUSES_BY_ID)?;
    let mut surpluses = tx.open_table(SURPLUSES)?;
    let stood = by_id.remove((ledger, customer, id.as_str()))?.map(|date| date.value());
    if let Some(date) = stood {
        surpluses.remove((ledger, customer, date, id.as_str()))?;
    }
    if surplus.balance.0.is_zero() {
        return Ok(());
    }
    let value = Encoder::new()
        .text(Some(&surplus.surplus_id))
        .text(Some(&members(surplus)))
        .number(u64::from(surplus.status == SurplusStatus::Open))
        .text(Some(&Value::from(orders).to_string()))
        .finish();
    by_id.insert((ledger, customer, id.as_str()), surplus.date.0)?;
    surpluses.insert((ledger, customer, surplus.date.0, id.as_str()), value.as_slice())?;
    Ok(())
}
