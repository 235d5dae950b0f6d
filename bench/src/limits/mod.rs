//! What limits the product: the parts it stands on, doing the same work with nothing of ours.

pub mod details;
pub mod http;
pub mod hurl;
pub mod puts;

use redb::{Database, WriteTransaction};

use crate::Outcome;

/// Begins a write with the sync policy of the product: its commit is synced, and leaves what opening
/// after a crash needs, which takes a second sync.
///
/// # Errors
/// When the store fails.
pub fn begin(database: &Database) -> Outcome<WriteTransaction> {
    let mut tx = database.begin_write()?;
    tx.set_quick_repair(true);
    Ok(tx)
}
