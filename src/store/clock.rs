//! The clock that dates what is written.

use std::time::SystemTime;

/// Returns the time in seconds since 1970.
pub fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs())
}
