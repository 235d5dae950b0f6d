//! Whose turn it is: a case that would wait for another's state lets those behind it go first.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The cases that are still to be judged, in their order.
pub(crate) struct Queue<'a> {
    places: &'a [Option<Place<'a>>],
    now: Mutex<Now<'a>>,
}

/// The state that a case starts from, and what it does there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// It reads, beside others that read.
    Among(&'a str),
    /// It writes, alone.
    Alone(&'a str),
}

struct Now<'a> {
    /// Indexes of cases.
    waiting: Vec<usize>,
    /// How many cases there are in each state, and whether one is alone there.
    held: HashMap<&'a str, (usize, bool)>,
}

impl<'a> Queue<'a> {
    /// Returns the queue of the cases of an order; `places` are those of all cases.
    pub(crate) fn new(order: &[usize], places: &'a [Option<Place<'a>>]) -> Self {
        let now = Now { waiting: order.to_vec(), held: HashMap::new() };
        Self { places, now: Mutex::new(now) }
    }

    /// Takes the first case that need not wait; where all must, the first. `None` at the end.
    pub(crate) fn take(&self) -> Option<usize> {
        let mut now = self.now();
        let is_free = |index: &usize| match self.place(*index) {
            None => true,
            Some(Place::Alone(state)) => !now.held.contains_key(state),
            Some(Place::Among(state)) => !now.held.get(state).is_some_and(|(_, alone)| *alone),
        };
        let at = now.waiting.iter().position(is_free).unwrap_or(0);
        let index = (at < now.waiting.len()).then(|| now.waiting.remove(at))?;
        if let Some(place) = self.place(index) {
            let (state, alone) = place.parts();
            let held = now.held.entry(state).or_default();
            *held = (held.0 + 1, held.1 || alone);
        }
        Some(index)
    }

    /// Notes that a case that was taken is judged.
    pub(crate) fn leave(&self, index: usize) {
        let Some(place) = self.place(index) else { return };
        let (state, _) = place.parts();
        let mut now = self.now();
        match now.held.get_mut(state) {
            Some((cases, _)) if *cases > 1 => *cases -= 1,
            _ => drop(now.held.remove(state)),
        }
    }

    fn place(&self, index: usize) -> Option<Place<'a>> {
        self.places.get(index).copied().flatten()
    }

    fn now(&self) -> MutexGuard<'_, Now<'a>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Place<'a> {
    fn parts(self) -> (&'a str, bool) {
        match self {
            Self::Among(state) => (state, false),
            Self::Alone(state) => (state, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a slow network every thread but one stood still where many cases write to one state.
    #[test]
    fn who_would_wait_lets_others_go_first_and_nobody_is_forgotten() {
        use Place::{Alone, Among};

        let places = [Some(Alone("s")), Some(Alone("s")), None, Some(Among("t")), Some(Among("t"))];
        let queue = Queue::new(&[0, 1, 2, 3, 4], &places);
        let mut taken: Vec<_> = (0..4).map(|_| queue.take().unwrap()).collect();
        assert_eq!(taken, [0, 2, 3, 4], "the second waits for the first alone");
        queue.leave(0);
        taken.extend(queue.take());
        assert_eq!(taken.last(), Some(&1));
        assert_eq!(queue.take(), None);

        // Where all would wait, the first does.
        let places = [Some(Alone("s")), Some(Among("s"))];
        let queue = Queue::new(&[1, 0], &places);
        assert_eq!((queue.take(), queue.take(), queue.take()), (Some(1), Some(0), None));
    }
}
