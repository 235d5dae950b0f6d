//! The controls that the cases of a run share, each sent once for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a target answered to a control: nothing if it was accepted, else what it said.
pub(crate) type Refused = Option<String>;

/// What is known of one control; whoever sends it keeps the others waiting.
pub(crate) type Cell = Arc<Mutex<Option<Refused>>>;

/// Every control that was sent or is being sent.
#[derive(Debug, Default)]
pub(crate) struct Controls(Mutex<HashMap<String, Cell>>);

impl Controls {
    /// Returns what is known of a control.
    pub(crate) fn cell(&self, key: &str) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(key.to_owned()).or_default())
    }

    /// Returns what is known of each control that was answered.
    pub(crate) fn answered(&self) -> Vec<(String, Refused)> {
        let cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |(key, cell): (&String, &Cell)| {
            let known = cell.lock().unwrap_or_else(PoisonError::into_inner);
            Some((key.clone(), known.clone()?))
        };
        cells.iter().filter_map(known).collect()
    }

    /// As if each of `answered` had been sent.
    pub(crate) fn of(answered: &[(String, Refused)]) -> Controls {
        let cell = |(key, refused): &(String, Refused)| {
            (key.clone(), Arc::new(Mutex::new(Some(refused.clone()))))
        };
        Controls(Mutex::new(answered.iter().map(cell).collect()))
    }
}
