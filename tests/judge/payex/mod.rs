//! Servers of the PayEx APIs, customer and usage.

mod advised;
mod broken_customer;
mod broken_usage;
mod lawful;

use crate::Broken;

pub(crate) use advised::ADVISED;
pub(crate) use lawful::LAWFUL;

pub(crate) const BROKEN: [&[Broken]; 2] = [broken_customer::BROKEN, broken_usage::BROKEN];
