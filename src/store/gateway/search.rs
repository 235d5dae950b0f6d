//! Finding customers: 003 › find.

use redb::{AccessGuard, Range, ReadableTable};

use super::{decode, fold};
use crate::model::gateway_customer::{GatewayCustomer, Name};
use crate::store::error::StoreError;
use crate::store::tables::{GATEWAY_CUSTOMERS, GATEWAY_CUSTOMERS_BY_NAME, Tx};

/// A search for customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// What customers must have; without any, all are found.
    pub filters: Vec<Filter>,
    /// How many of those found are passed over.
    pub offset: usize,
    /// The most that are wanted.
    pub limit: usize,
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

    fn passes(&self, customer: &GatewayCustomer<&str>) -> bool {
        customer.names().any(|(name, value)| name == self.name && fold(value) == self.value)
    }
}

/// Reads, in order of id, the customers that are looked for. The answer is whether all were read:
/// it gives up when more than `patience` have been passed over.
///
/// Of several filters one leads. A customer behind it who does not pass another makes that one lead
/// from there on. So a rare name soon leads among common ones, and stays ahead.
///
/// # Errors
/// When the store fails.
pub fn find(
    tx: &impl Tx,
    search: &Search,
    mut patience: usize,
    mut read: impl FnMut(GatewayCustomer<&str>),
) -> Result<bool, StoreError> {
    let (customers, names) = (tx.table(GATEWAY_CUSTOMERS)?, tx.table(GATEWAY_CUSTOMERS_BY_NAME)?);
    let mut entries = match search.filters.first() {
        None => Entries::All(customers.iter()?),
        Some(filter) => Entries::behind(&*names, filter, 0)?,
    };
    let (mut offset, mut wanted) = (search.offset, search.limit);
    while wanted > 0
        && let Some((id, value)) = entries.next()?
    {
        let customer = decode(id, value.value())?;
        let unmet = search.filters.iter().find(|filter| !filter.passes(&customer));
        if let Some(filter) = unmet {
            entries = Entries::behind(&*names, filter, id.saturating_add(1))?;
        } else if offset > 0 {
            offset -= 1;
        } else {
            read(customer);
            wanted -= 1;
            continue;
        }
        let Some(rest) = patience.checked_sub(1) else {
            return Ok(false);
        };
        patience = rest;
    }
    Ok(true)
}

/// A key of the index of names.
type NameKey = (u8, &'static str, u64);

/// Customers in order of id: all, or those behind a name.
enum Entries<'t> {
    All(Range<'t, u64, &'static [u8]>),
    Named(Range<'t, NameKey, &'static [u8]>),
}

impl<'t> Entries<'t> {
    fn behind(
        names: &'t (impl ReadableTable<NameKey, &'static [u8]> + ?Sized),
        filter: &Filter,
        from: u64,
    ) -> Result<Self, StoreError> {
        let (name, value) = (filter.name as u8, filter.value.as_str());
        let range = names.range((name, value, from)..=(name, value, u64::MAX))?;
        Ok(Self::Named(range))
    }

    fn next(&mut self) -> Result<Option<(u64, AccessGuard<'t, &'static [u8]>)>, StoreError> {
        Ok(match self {
            Self::All(range) => range.next().transpose()?.map(|(id, value)| (id.value(), value)),
            Self::Named(range) => {
                range.next().transpose()?.map(|(key, value)| (key.value().2, value))
            }
        })
    }
}
