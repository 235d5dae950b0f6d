//! The clock that dates what is written and answered. It is the system's, or stands still where it was
//! told to: then nothing that is answered depends on when it was asked.

use std::sync::OnceLock;
use std::time::SystemTime;

/// Where the clock of this process stands, in microseconds since 1970; it goes unless this is set.
static STANDING: OnceLock<u64> = OnceLock::new();

/// Has the clock stand at so many seconds since 1970 from now on.
pub fn stand_at(seconds: u64) {
    let _ = STANDING.set(seconds.saturating_mul(1_000_000));
}

/// Returns the time in seconds since 1970 of a clock that stands.
pub fn standing() -> Option<u64> {
    STANDING.get().map(|micros| micros / 1_000_000)
}

/// Returns the time in microseconds since 1970.
pub fn micros() -> u64 {
    if let Some(micros) = STANDING.get() {
        return *micros;
    }
    let elapsed = SystemTime::UNIX_EPOCH.elapsed().map(|elapsed| elapsed.as_micros());
    elapsed.map_or(0, |micros| u64::try_from(micros).unwrap_or(u64::MAX))
}

/// Returns the time in seconds since 1970.
pub fn now() -> u64 {
    micros() / 1_000_000
}
