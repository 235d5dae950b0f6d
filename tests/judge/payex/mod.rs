//! Servers of the PayEx APIs, customer and usage.

mod advised;
mod broken_addresses;
mod broken_customer;
mod broken_ledgers;
mod broken_look_alikes;
mod broken_problems;
mod broken_surpluses;
mod broken_usage;
mod lawful;
mod unique;

use crate::Broken;

pub(crate) use advised::ADVISED;
pub(crate) use lawful::LAWFUL;

pub(crate) const BROKEN: [&[Broken]; 7] = [
    broken_customer::BROKEN,
    broken_addresses::BROKEN,
    broken_surpluses::BROKEN,
    broken_problems::BROKEN,
    broken_ledgers::BROKEN,
    broken_look_alikes::BROKEN,
    broken_usage::BROKEN,
];
