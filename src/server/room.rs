//! The memory that the bodies of all requests have together, and what is read ahead for answers.

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

/// So many pages of a list are read at once where there is room: each time costs the way to another
/// thread and back, which for one page was a third of all the work.
const AT_ONCE: u32 = 4;

/// So many lists have more than one page waiting.
const LISTS_AHEAD: u32 = 8;

/// What all requests and answers share, beside what each connection has for itself.
#[derive(Clone)]
pub(super) struct Room {
    /// Bytes of requests' bodies.
    bodies: Arc<Semaphore>,
    /// Pages that are read before they can be sent.
    pages: Arc<Semaphore>,
}

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        let owned = OWN * limits.connections as usize;
        let pages = (AT_ONCE - 1) * LISTS_AHEAD;
        Self {
            bodies: Arc::new(Semaphore::new(limits.bodies.saturating_sub(owned))),
            pages: Arc::new(Semaphore::new(pages as usize)),
        }
    }

    /// Returns the part of a body that has not begun.
    pub(super) fn part(&self) -> Part {
        Part { room: Arc::clone(&self.bodies), taken: None }
    }

    /// Returns the room of a list that has nothing waiting.
    pub(super) fn ahead(&self) -> Ahead {
        Ahead { room: Arc::clone(&self.pages), taken: None }
    }
}

/// The room for the pages of one list that wait; dropping it gives it back. Where others have all of
/// it, because their clients do not read, one page is read at a time.
pub(super) struct Ahead {
    room: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Ahead {
    /// Returns how many pages may be read now.
    pub(super) fn pages(&mut self) -> usize {
        if self.taken.is_none() {
            self.taken = Arc::clone(&self.room).try_acquire_many_owned(AT_ONCE - 1).ok();
        }
        if self.taken.is_some() { AT_ONCE as usize } else { 1 }
    }

    /// Gives the room back: nothing waits.
    pub(super) fn leave(&mut self) {
        self.taken = None;
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
