//! The clock that dates what is written.

use std::time::SystemTime;

/// Returns the time in microseconds since 1970.
pub fn micros() -> u64 {
    let elapsed = SystemTime::UNIX_EPOCH.elapsed().map(|elapsed| elapsed.as_micros());
    elapsed.map_or(0, |micros| u64::try_from(micros).unwrap_or(u64::MAX))
}

/// Returns the time in seconds since 1970.
pub fn now() -> u64 {
    micros() / 1_000_000
}
