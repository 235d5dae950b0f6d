//! Surpluses with their active disbursement orders, in order of date, then id (reading 170).
//!
//! A value is: the surplusId as it is served, the surplus as JSON without its braces, its state, and
//! the active orders as a JSON array. One that is depleted is a record like any other, which is
//! dumped, and is shown to nobody (reading 99).

use redb::{ReadableTable, WriteTransaction};
use serde_json::Value;

use super::codec::{Decoder, Encoder};
use super::customers::members;
use super::error::StoreError;
use super::tables::{SURPLUSES, SURPLUSES_BY_ID, Tx, open};
use crate::model::surplus::{Surplus, SurplusStatus};

const TABLE: &str = "surpluses";

/// The state of a surplus, which is read without reading the surplus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending = 0,
    Open = 1,
    Depleted = 2,
}

impl State {
    fn of(surplus: &Surplus) -> Self {
        match surplus.status {
            _ if surplus.balance.0.is_zero() => Self::Depleted,
            SurplusStatus::Open => Self::Open,
            SurplusStatus::PendingDisbursement | SurplusStatus::PendingRegulate => Self::Pending,
        }
    }
}

/// A surplus's value, borrowed from the page that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct SurplusView<'a> {
    /// The id in the case that is served.
    pub id: &'a str,
    /// The members of the surplus as JSON, without braces.
    pub members: &'a str,
    state: State,
    /// The active orders as a JSON array.
    pub orders: &'a str,
}

impl<'a> SurplusView<'a> {
    fn decode(bytes: &'a [u8], key: impl Fn() -> String) -> Result<Self, StoreError> {
        let mut decoder = Decoder::new(bytes, TABLE, key)?;
        let (id, members) = (decoder.some_text()?, decoder.some_text()?);
        let state = match decoder.number()? {
            0 => State::Pending,
            1 => State::Open,
            2 => State::Depleted,
            _ => return Err(decoder.refuse()),
        };
        Ok(Self { id, members, state, orders: decoder.some_text()? })
    }

    /// Returns whether it is free to be disbursed.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    fn is_depleted(&self) -> bool {
        self.state == State::Depleted
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
    let view = SurplusView::decode(value.value(), || format!("{key:?}"))?;
    Ok((!view.is_depleted()).then(|| read(view)))
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
    let mut passed = 0;
    for entry in surpluses.range(range)? {
        let (key, value) = entry?;
        let view = SurplusView::decode(value.value(), || format!("{:?}", key.value()))?;
        if view.is_depleted() {
            continue;
        }
        if passed == skip.saturating_add(take) {
            return Ok(true);
        }
        if passed >= skip {
            read(view);
        }
        passed += 1;
    }
    Ok(false)
}

/// Reads every surplus of a ledger with its customer's number, the depleted ones too, until `read`
/// has enough and says no.
///
/// # Errors
/// When the store fails.
pub(super) fn each(
    tx: &impl Tx,
    ledger: &str,
    mut read: impl FnMut(&str, SurplusView) -> bool,
) -> Result<(), StoreError> {
    let surpluses = tx.table(SURPLUSES)?;
    let end = super::tables::after(ledger);
    for entry in surpluses.range((ledger, "", 0, "")..(end.as_str(), "", 0, ""))? {
        let (key, value) = entry?;
        let key = key.value();
        if !read(key.1, SurplusView::decode(value.value(), || format!("{key:?}"))?) {
            break;
        }
    }
    Ok(())
}

/// Stores a surplus in place of one with the same id.
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
    let mut by_id = open(tx, SURPLUSES_BY_ID)?;
    let mut surpluses = open(tx, SURPLUSES)?;
    let stood = by_id.remove((ledger, customer, id.as_str()))?.map(|date| date.value());
    if let Some(date) = stood {
        surpluses.remove((ledger, customer, date, id.as_str()))?;
    }
    let value = Encoder::new()
        .text(Some(&surplus.surplus_id))
        .text(Some(&members(surplus)))
        .number(State::of(surplus) as u64)
        .text(Some(&Value::from(orders).to_string()))
        .finish();
    by_id.insert((ledger, customer, id.as_str()), surplus.date.0)?;
    surpluses.insert((ledger, customer, surplus.date.0, id.as_str()), value.as_slice())?;
    Ok(())
}
