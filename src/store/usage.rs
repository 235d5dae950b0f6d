//! Usage: owners (invoices and customers), their subscriptions, CDRs and summaries.
//!
//! A CDR's value is its JSON. A summary's value is the sums over its CDRs, kept whenever CDRs
//! enter, so that reading costs the number of types and not the number of CDRs.

use redb::{ReadableTable, Table, WriteTransaction};
use rust_decimal::Decimal;

use super::codec::{Decoder, Encoder, text_into};
use super::error::StoreError;
use super::ledgers;
use super::tables::{
    COUNTERS, Tx, USAGE_DETAILS, USAGE_OWNERS, USAGE_SUBSCRIPTIONS, USAGE_SUMMARIES, after, next,
    open, short,
};
use crate::model::amount::Amount;
use crate::model::date_time::DateTime;
use crate::model::usage::{SummaryKey, Sums, Tree, UsageDetail, UsageSummary};

/// An invoice or a customer of Usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner<'a> {
    /// The ledger.
    pub ledger: &'a str,
    /// Which of the two trees.
    pub tree: Tree,
    /// `invoiceNo` or `customerNo`.
    pub no: &'a str,
}

impl Owner<'_> {
    fn tree_key(&self) -> u8 {
        self.tree as u8
    }
}

/// The state of an owner in Usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerState {
    /// Nothing.
    Unknown,
    /// That it exists; it has no usage.
    WithoutUsage,
    /// It has usage.
    WithUsage,
}

/// Returns what Usage knows of `owner`.
///
/// # Errors
/// When the store fails.
pub fn owner_state(tx: &impl Tx, owner: Owner) -> Result<OwnerState, StoreError> {
    let key = (owner.ledger, owner.tree_key(), owner.no);
    if tx.table(USAGE_OWNERS)?.get(key)?.is_none() {
        return Ok(OwnerState::Unknown);
    }
    let mut state = OwnerState::WithoutUsage;
    subscriptions(tx, owner, None, |_| {
        state = OwnerState::WithUsage;
        false
    })?;
    Ok(state)
}

/// Reads the numbers of a tree's owners in order, from `start` on, until `read` has enough and says
/// no.
///
/// # Errors
/// When the store fails.
pub fn owners_from(
    tx: &impl Tx,
    ledger: &str,
    tree: Tree,
    start: &str,
    mut read: impl FnMut(&str) -> bool,
) -> Result<(), StoreError> {
    let tree = tree as u8;
    for entry in tx.table(USAGE_OWNERS)?.range((ledger, tree, start)..(ledger, tree + 1, ""))? {
        if !read(entry?.0.value().2) {
            break;
        }
    }
    Ok(())
}

/// Reads the subscriptions of `owner` in order, those after `cursor`, until `read` has enough and
/// says no. The last one read is the answer; nothing when there are no more.
///
/// # Errors
/// When the store fails.
pub fn subscriptions(
    tx: &impl Tx,
    owner: Owner,
    cursor: Option<&str>,
    mut read: impl FnMut(&str) -> bool,
) -> Result<Option<String>, StoreError> {
    let table = tx.table(USAGE_SUBSCRIPTIONS)?;
    let start = cursor.map(after).unwrap_or_default();
    let end = after(owner.no);
    let from = (owner.ledger, owner.tree_key(), owner.no, start.as_str());
    let to = (owner.ledger, owner.tree_key(), end.as_str(), "");
    for entry in table.range(from..to)? {
        let (key, _) = entry?;
        let subscription = key.value().3;
        if !read(subscription) {
            return Ok(Some(subscription.to_owned()));
        }
    }
    Ok(None)
}

/// A subscription of an owner, as short numbers that stand for four texts in the key of every CDR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subscription {
    ledger: u32,
    number: u32,
}

/// Returns the subscription of `owner` that is called so, if it has usage of one.
///
/// # Errors
/// When the store fails.
pub fn subscription(
    tx: &impl Tx,
    owner: Owner,
    no: &str,
) -> Result<Option<Subscription>, StoreError> {
    let subscriptions = tx.table(USAGE_SUBSCRIPTIONS)?;
    let found = subscriptions.get(subscription_key(owner, no))?;
    Ok(found.map(|found| found.value()).map(|(ledger, number)| Subscription { ledger, number }))
}

fn subscription_key<'a>(owner: Owner<'a>, no: &'a str) -> (&'a str, u8, &'a str, &'a str) {
    (owner.ledger, owner.tree_key(), owner.no, no)
}

/// The place where a reader of CDRs stands: when the last one began, and its arrival.
pub type Cursor = (u64, u64);

/// Reads CDRs of a subscription in order of time, those after `cursor`, until `read` has enough
/// and says no. Where it stopped is the answer; nothing when there are no more.
///
/// # Errors
/// When the store fails.
pub fn details(
    tx: &impl Tx,
    subscription: Subscription,
    cursor: Option<Cursor>,
    mut read: impl FnMut(&str) -> bool,
) -> Result<Option<Cursor>, StoreError> {
    let table = tx.table(USAGE_DETAILS)?;
    let Subscription { ledger, number } = subscription;
    let (time, arrival) = cursor.map_or((0, 0), |(time, arrival)| (time, arrival + 1));
    let from = (ledger, number, time, arrival);
    let to = (ledger, number, u64::MAX, u64::MAX);
    for entry in table.range(from..to)? {
        let (key, value) = entry?;
        let key = key.value();
        let mut decoder = Decoder::new(value.value(), "usage details", || format!("{key:?}"))?;
        if !read(decoder.some_text()?) {
            return Ok(Some((key.2, key.3)));
        }
    }
    Ok(None)
}

/// Reads the summaries of a subscription, in order of type, unit and rate.
///
/// # Errors
/// When the store fails.
pub fn summaries(
    tx: &impl Tx,
    subscription: Subscription,
    mut read: impl FnMut(UsageSummary),
) -> Result<(), StoreError> {
    let table = tx.table(USAGE_SUMMARIES)?;
    let Subscription { ledger, number } = subscription;
    let from = (ledger, number, i32::MIN, "", "");
    let to = (ledger, number + 1, i32::MIN, "", "");
    for entry in table.range(from..to)? {
        let (key, value) = entry?;
        let key = key.value();
        let undecodable =
            || StoreError::Undecodable { table: "usage summaries", key: format!("{key:?}") };
        let sums = decode(value.value(), || format!("{key:?}"))?;
        read(UsageSummary {
            usage_type: key.2,
            type_name: &sums.type_name,
            usage_count: sums.usage_count,
            first_usage_date: sums.first,
            last_usage_date: sums.last,
            total_amount: sums.total_amount,
            volume: sums.volume,
            volume_unit: key.3,
            vat_rate: Amount::parse(key.4).ok_or_else(undecodable)?,
        });
    }
    Ok(())
}

/// Makes an owner known.
///
/// # Errors
/// When the store fails.
pub fn put_owner(tx: &WriteTransaction, owner: Owner) -> Result<(), StoreError> {
    open(tx, USAGE_OWNERS)?.insert((owner.ledger, owner.tree_key(), owner.no), ())?;
    Ok(())
}

/// Makes a subscription of an owner known, and the owner with it.
///
/// # Errors
/// When the store fails, or has no such ledger.
pub(super) fn put_subscription(
    tx: &WriteTransaction,
    owner: Owner,
    no: &str,
) -> Result<Subscription, StoreError> {
    if let Some(known) = subscription(tx, owner, no)? {
        return Ok(known);
    }
    put_owner(tx, owner)?;
    let ledger = ledgers::number(tx, owner.ledger)?;
    let number = short(next(&mut open(tx, COUNTERS)?, owner.ledger, "usage subscription", 0)?)?;
    open(tx, USAGE_SUBSCRIPTIONS)?.insert(subscription_key(owner, no), (ledger, number))?;
    Ok(Subscription { ledger, number })
}

/// The place of a CDR among all: its subscription as two numbers, when it began, its arrival.
pub(super) type DetailKey = (u32, u32, u64, u64);

/// Returns the place of a CDR.
pub(super) fn detail_key(of: Subscription, time: DateTime, arrival: u64) -> DetailKey {
    (of.ledger, of.number, time.0, arrival)
}

/// Writes CDRs. Rising keys are several times faster than others.
pub(super) struct Details<'tx>(Table<'tx, DetailKey, &'static [u8]>);

impl<'tx> Details<'tx> {
    pub(super) fn open(tx: &'tx WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self(open(tx, USAGE_DETAILS)?))
    }

    /// Writes one, as [`detail_into`] has written it.
    pub(super) fn put(&mut self, key: DetailKey, value: &[u8]) -> Result<(), StoreError> {
        self.0.insert(key, value)?;
        Ok(())
    }
}

/// Writes the value of a CDR at the end of `out`.
pub(super) fn detail_into(out: &mut Vec<u8>, detail: &UsageDetail) {
    text_into(out, |out| {
        // Serialising numbers and text into memory cannot fail.
        let _ = serde_json::to_writer(out, detail);
    });
}

/// Adds sums to what stands.
pub(super) struct Summaries<'tx>(Table<'tx, SummaryRow, &'static [u8]>);

type SummaryRow = (u32, u32, i32, &'static str, &'static str);

impl<'tx> Summaries<'tx> {
    pub(super) fn open(tx: &'tx WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self(open(tx, USAGE_SUMMARIES)?))
    }

    /// Adds `new`; the answer is whether the sum is exact.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn add(
        &mut self,
        of: Subscription,
        summary: &SummaryKey,
        new: &Sums,
    ) -> Result<bool, StoreError> {
        let rate = summary.vat_rate.to_string();
        let key = (of.ledger, of.number, summary.usage_type, summary.unit, rate.as_str());
        let stands = match self.0.get(key)? {
            Some(value) => Some(decode(value.value(), || format!("{key:?}"))?),
            None => None,
        };
        let sum = match &stands {
            Some(sums) => sums.plus(new),
            None => Some(new.clone()),
        };
        let Some(sum) = sum else { return Ok(false) };
        self.0.insert(key, encode(&sum).as_slice())?;
        Ok(true)
    }
}

fn encode(sums: &Sums) -> Vec<u8> {
    Encoder::new()
        .text(Some(&sums.type_name))
        .number(sums.usage_count)
        .number(sums.first.0)
        .number(sums.last.0)
        .bytes(sums.total_amount.0.serialize())
        .number(sums.volume.cast_unsigned())
        .finish()
}

fn decode(bytes: &[u8], key: impl Fn() -> String) -> Result<Sums, StoreError> {
    let mut decoder = Decoder::new(bytes, "usage summaries", key)?;
    Ok(Sums {
        type_name: decoder.some_text()?.into(),
        usage_count: decoder.number()?,
        first: DateTime(decoder.number()?),
        last: DateTime(decoder.number()?),
        total_amount: Amount(Decimal::deserialize(decoder.bytes()?)),
        volume: decoder.number()?.cast_signed(),
    })
}
