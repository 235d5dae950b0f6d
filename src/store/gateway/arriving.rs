//! Customers of a load, gathered so that each table is opened once for many of them and the index
//! of names is written in its own order.

use std::rc::Rc;

use redb::{ReadableTable as _, WriteTransaction};

use super::{SEQUENCE, Tables, encode};
use crate::model::gateway_customer::{GatewayCustomer, Name};
use crate::model::record::Refused;
use crate::store::error::StoreError;
use crate::store::tables::{GATEWAY_CUSTOMERS_BY_NAME, open, pass_over};

/// The bytes of records that are gathered before they are written.
const BATCH_BYTES: usize = 4 << 20;

/// The place of a record: its source and line.
type Place = (String, u64);

/// Customers that are still to be written.
#[derive(Default)]
pub(in crate::store) struct Arriving {
    customers: Vec<(Place, GatewayCustomer)>,
    bytes: usize,
}

/// An entry of the index of names, and the value that is to stand there; none takes it away.
type Change = ((Name, String, u64), Option<Rc<[u8]>>);

impl Arriving {
    /// Takes a customer; the answer is whether it is time to write.
    pub(in crate::store) fn take(&mut self, place: &Place, customer: GatewayCustomer) -> bool {
        let texts: usize = customer.members().map(|(_, value)| value.len()).sum();
        self.bytes += texts + size_of::<(Place, GatewayCustomer)>() + place.0.len();
        self.customers.push((place.clone(), customer));
        self.bytes >= BATCH_BYTES
    }

    /// Writes what was taken. The answer is what is refused, and where that stands.
    pub(in crate::store) fn write(
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
        let mut changes: Vec<Change> = Vec::new();
        for (place, customer) in customers {
            let id = customer.id;
            let owner = tables.codes.get(customer.code.as_str())?.map(|owner| owner.value());
            if let Some(owner) = owner.filter(|owner| *owner != id) {
                let reason = format!("\"{}\" is the code of customer {owner}.", customer.code);
                refused.push((place, Refused::new("customer.code", reason)));
                continue;
            }
            let value: Rc<[u8]> = encode(&customer).into();
            let keys = tables.put(&customer, &value)?;
            changes.extend(keys.gone.into_iter().map(|(name, text)| ((name, text, id), None)));
            let due = keys.due.into_iter();
            changes.extend(due.map(|(name, text)| ((name, text, id), Some(value.clone()))));
        }
        // Stable, so that of several changes of one entry the last is made last.
        changes.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut names = open(tx, GATEWAY_CUSTOMERS_BY_NAME)?;
        for ((name, text, id), value) in changes {
            let key = (name as u8, text.as_str(), id);
            match value {
                Some(value) => names.insert(key, &*value)?,
                None => names.remove(key)?,
            };
        }
        Ok(refused)
    }
}
