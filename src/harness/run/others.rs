//! What the cases of a run have made in lists that other cases read: each judges its own records, and
//! nobody else's. A case may have made one by a request that no document shows, or have been broken
//! off halfway.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use serde_json::Value;

use crate::harness::outcome::names_of;
use crate::harness::wire::Request;

/// The records that cases made, by list and name, and who made each.
#[derive(Debug, Default)]
pub(crate) struct Others {
    made: Mutex<HashMap<String, String>>,
    /// Held by each request that makes a record, until that is known.
    making: RwLock<()>,
}

/// The owner of a record that is known to be another case's.
const SOMEBODY: &str = "";

impl Others {
    /// Begins to make a record: nobody is told of another's records until it is known.
    pub(crate) fn make(&self) -> RwLockReadGuard<'_, ()> {
        self.making.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps who made the record that `names` name, by this request.
    pub(crate) fn note(&self, request: &Request, names: &[String], owner: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.extend(names.iter().map(|name| (key(request, name), owner.to_owned())));
    }

    /// Returns the key of an element of the list that a request was answered with, if another than
    /// `owner` made it. Waits for what is being made just now.
    pub(crate) fn foreign(&self, request: &Request, item: &Value, owner: &str) -> Option<String> {
        let _nobody_makes = self.making.write().unwrap_or_else(PoisonError::into_inner);
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = names_of(item).into_iter().map(|name| key(request, &name));
        keys.find(|key| made.get(key).is_some_and(|other| other != owner))
    }

    /// Returns the keys of what was made here.
    pub(crate) fn made(&self) -> Vec<String> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let here = made.iter().filter(|(_, owner)| *owner != SOMEBODY);
        here.map(|(key, _)| key.clone()).collect()
    }

    /// As if other cases had made these.
    pub(crate) fn of(keys: &[String]) -> Others {
        let made = keys.iter().map(|key| (key.clone(), SOMEBODY.to_owned())).collect();
        Others { made: Mutex::new(made), making: RwLock::default() }
    }
}

/// One list, and one record in it; no server tells two lists apart by the case of their letters.
fn key(request: &Request, name: &str) -> String {
    let list = request.url.split('?').next().unwrap_or_default();
    format!("{} {name}", list.trim_end_matches('/').to_lowercase())
}
