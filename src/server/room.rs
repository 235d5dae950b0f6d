//! The memory that the bodies of all requests have together.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Limits;
use crate::api::message::Refusal;

/// The bytes of a body that every connection has for itself: what is no longer than this, as nearly
/// all are, waits for nobody.
const OWN: usize = 16 << 10;

/// How long a body that grows waits for others to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bytes that all bodies share, beside what each connection has for itself.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        let owned = OWN * limits.connections as usize;
        Self(Arc::new(Semaphore::new(limits.bodies.saturating_sub(owned))))
    }

    /// Returns the part of a body that has not begun.
    pub(super) fn part(&self) -> Part {
        Part { room: Arc::clone(&self.0), taken: None }
    }
}

/// The part of the room that one body has; dropping it gives it back.
pub(super) struct Part {
    room: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Part {
    /// Grows until `bytes` have a place, and waits for it a little. What came slowly holds no more
    /// than what came.
    ///
    /// # Errors
    /// Others have it all, or there is not so much.
    pub(super) async fn cover(&mut self, bytes: usize) -> Result<(), Refusal> {
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Some(more) = bytes.checked_sub(OWN + has).filter(|more| *more > 0) else {
            return Ok(());
        };
        let more = u32::try_from(more).map_err(|_| Refusal::NoRoom)?;
        let room = Arc::clone(&self.room).acquire_many_owned(more);
        let Ok(Ok(more)) = timeout(PATIENCE, room).await else { return Err(Refusal::NoRoom) };
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            taken => *taken = Some(more),
        }
        Ok(())
    }
}
