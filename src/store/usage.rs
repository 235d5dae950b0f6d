//! Usage: owners (invoices and customers), their subscriptions, CDRs and summaries.
//!
//! A CDR's value is its JSON. A summary's value is the sums over its CDRs, kept whenever CDRs
//! enter, so that reading costs the number of types and not the number of CDRs.

use std::collections::BTreeMap;

use redb::{ReadableTable, WriteTransaction};
use rust_decimal::Decimal;

use super::codec::{Decoder, Encoder};
use super::error::StoreError;
use super::tables::{Tx, USAGE_DETAILS, USAGE_OWNERS, USAGE_SUBSCRIPTIONS, USAGE_SUMMARIES, after};
use crate::model::amount::Amount;
use crate::model::date_time::DateTime;
use crate::model::usage::{SummaryKey, Sums, Tree, UsageSummary};

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

/// Returns whether `owner` has usage of `subscription`.
///
/// # Errors
/// When the store fails.
pub fn has_subscription(
    tx: &impl Tx,
    owner: Owner,
    subscription: &str,
) -> Result<bool, StoreError> {
    let key = (owner.ledger, owner.tree_key(), owner.no, subscription);
    Ok(tx.table(USAGE_SUBSCRIPTIONS)?.get(key)?.is_some())
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
    owner: Owner,
    subscription: &str,
    cursor: Option<Cursor>,
    mut read: impl FnMut(&str) -> bool,
) -> Result<Option<Cursor>, StoreError> {
    let table = tx.table(USAGE_DETAILS)?;
    let (ledger, tree, no) = (owner.ledger, owner.tree_key(), owner.no);
    let (time, arrival) = cursor.map_or((0, 0), |(time, arrival)| (time, arrival + 1));
    let from = (ledger, tree, no, subscription, time, arrival);
    let to = (ledger, tree, no, subscription, u64::MAX, u64::MAX);
    for entry in table.range(from..to)? {
        let (key, value) = entry?;
        let key = key.value();
        let mut decoder = Decoder::new(value.value(), "usage details", || format!("{key:?}"))?;
        if !read(decoder.some_text()?) {
            return Ok(Some((key.4, key.5)));
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
    owner: Owner,
    subscription: &str,
    mut read: impl FnMut(UsageSummary),
) -> Result<(), StoreError> {
    let table = tx.table(USAGE_SUMMARIES)?;
    let (ledger, tree, no) = (owner.ledger, owner.tree_key(), owner.no);
    let end = after(subscription);
    let from = (ledger, tree, no, subscription, i32::MIN, "", "");
    let to = (ledger, tree, no, end.as_str(), i32::MIN, "", "");
    for entry in table.range(from..to)? {
        let (key, value) = entry?;
        let key = key.value();
        let undecodable =
            || StoreError::Undecodable { table: "usage summaries", key: format!("{key:?}") };
        let sums = decode(value.value(), || format!("{key:?}"))?;
        read(UsageSummary {
            usage_type: key.4,
            type_name: &sums.type_name,
            usage_count: sums.usage_count,
            first_usage_date: sums.first,
            last_usage_date: sums.last,
            total_amount: sums.total_amount,
            volume: sums.volume,
            volume_unit: key.5,
            vat_rate: Amount::parse(key.6).ok_or_else(undecodable)?,
        });
    }
    Ok(())
}

/// Makes an owner known.
///
/// # Errors
/// When the store fails.
pub fn put_owner(tx: &WriteTransaction, owner: Owner) -> Result<(), StoreError> {
    tx.open_table(USAGE_OWNERS)?.insert((owner.ledger, owner.tree_key(), owner.no), ())?;
    Ok(())
}

/// Makes a subscription of an owner known, and the owner with it.
///
/// # Errors
/// When the store fails.
pub(super) fn put_subscription(
    tx: &WriteTransaction,
    owner: Owner,
    subscription: &str,
) -> Result<(), StoreError> {
    put_owner(tx, owner)?;
    let key = (owner.ledger, owner.tree_key(), owner.no, subscription);
    tx.open_table(USAGE_SUBSCRIPTIONS)?.insert(key, ())?;
    Ok(())
}

/// Which subscription of which owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SubscriptionKey {
    pub(super) ledger: Box<str>,
    pub(super) tree: Tree,
    pub(super) no: Box<str>,
    pub(super) subscription: Box<str>,
}

/// One CDR on its way into the store.
pub(super) struct Arriving {
    pub(super) of: std::rc::Rc<SubscriptionKey>,
    pub(super) time: DateTime,
    pub(super) arrival: u64,
    pub(super) json: String,
}

/// Writes CDRs, sorted here because redb takes rising keys several times faster, and adds `sums` to
/// what stands.
///
/// # Errors
/// When the store fails. A sum that can no longer be exact is the inner error: the subscription.
pub(super) fn add(
    tx: &WriteTransaction,
    mut arriving: Vec<Arriving>,
    sums: BTreeMap<(std::rc::Rc<SubscriptionKey>, SummaryKey), Sums>,
) -> Result<Result<(), std::rc::Rc<SubscriptionKey>>, StoreError> {
    arriving.sort_unstable_by(|a, b| (&a.of, a.time, a.arrival).cmp(&(&b.of, b.time, b.arrival)));
    let mut details = tx.open_table(USAGE_DETAILS)?;
    for detail in &arriving {
        let of = &*detail.of;
        let key =
            (&*of.ledger, of.tree as u8, &*of.no, &*of.subscription, detail.time.0, detail.arrival);
        let value = Encoder::new().text(Some(&detail.json)).finish();
        details.insert(key, value.as_slice())?;
    }
    let mut owners = tx.open_table(USAGE_OWNERS)?;
    let mut subscriptions = tx.open_table(USAGE_SUBSCRIPTIONS)?;
    let mut summaries = tx.open_table(USAGE_SUMMARIES)?;
    let mut last = None;
    for ((of, summary), new) in &sums {
        if last != Some(of) {
            owners.insert((&*of.ledger, of.tree as u8, &*of.no), ())?;
            let key = (&*of.ledger, of.tree as u8, &*of.no, &*of.subscription);
            subscriptions.insert(key, ())?;
            last = Some(of);
        }
        let rate = summary.vat_rate.to_string();
        let key = (
            &*of.ledger,
            of.tree as u8,
            &*of.no,
            &*of.subscription,
            summary.usage_type,
            summary.unit,
            rate.as_str(),
        );
        let stands = match summaries.get(key)? {
            Some(value) => Some(decode(value.value(), || format!("{key:?}"))?),
            None => None,
        };
        let sum = match stands {
            Some(sums) => sums.plus(new),
            None => Some(new.clone()),
        };
        let Some(sum) = sum else {
            return Ok(Err(of.clone()));
        };
        summaries.insert(key, encode(&sum).as_slice())?;
    }
    Ok(Ok(()))
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
        type_name: decoder.some_text()?.to_owned(),
        usage_count: decoder.number()?,
        first: DateTime(decoder.number()?),
        last: DateTime(decoder.number()?),
        total_amount: Amount(Decimal::deserialize(decoder.bytes()?)),
        volume: decoder.number()?.cast_signed(),
    })
}
