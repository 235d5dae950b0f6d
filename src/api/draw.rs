//! What is drawn and shows in answers: the ids of problems and of requests.

use std::sync::{Mutex, OnceLock, PoisonError};

use fastrand::Rng;
use uuid::{Builder, Uuid};

/// What this process draws from, where it was given a seed.
static SEEDED: OnceLock<Mutex<Rng>> = OnceLock::new();

/// Has every id come from a seed from now on.
pub fn seed(seed: u64) {
    let _ = SEEDED.set(Mutex::new(Rng::with_seed(seed)));
}

/// Returns a fresh id.
pub fn uuid() -> Uuid {
    let Some(seeded) = SEEDED.get() else { return Uuid::new_v4() };
    let drawn = seeded.lock().unwrap_or_else(PoisonError::into_inner).u128(..);
    Builder::from_random_bytes(drawn.to_be_bytes()).into_uuid()
}
