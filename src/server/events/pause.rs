//! The pauses between tries.

use std::time::Duration;

/// The first.
const FIRST: Duration = Duration::from_millis(250);

/// The longest.
const LONGEST: Duration = Duration::from_secs(60);

/// Returns the pause after so many failures in a row: each twice as long as the one before, up to a
/// minute, and up to half of it shorter by chance, so that those who failed together do not come back
/// together.
pub(super) fn after(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let pause = FIRST.saturating_mul(doubled).min(LONGEST);
    // The last bits of a random UUID are all random.
    let chance = uuid::Uuid::new_v4().as_u128() as u16;
    pause / 2 + pause / 2 * u32::from(chance) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LONGEST, after};

    #[test]
    fn pauses_grow_to_a_minute_and_differ() {
        for (failures, longest) in [
            (0, FIRST),
            (1, FIRST),
            (2, FIRST * 2),
            (5, FIRST * 16),
            (9, LONGEST),
            (u32::MAX, LONGEST),
        ] {
            let pauses: Vec<_> = (0..64).map(|_| after(failures)).collect();
            assert!(
                pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)),
                "{pauses:?}"
            );
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
    }
}
