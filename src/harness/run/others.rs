//! What the cases of a run have made in lists that other cases read: each judges its own records, and
//! nobody else's. A case may have made one by a request that no document shows, or have been broken
//! off halfway.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Condvar, Mutex, PoisonError};

use serde_json::Value;

use crate::harness::outcome::names_of;
use crate::harness::wire::Request;

/// The records that cases made, by list and name, and who made each.
#[derive(Debug, Default)]
pub(crate) struct Others {
    made: Mutex<HashMap<String, String>>,
    under_way: Mutex<UnderWay>,
    /// Told whenever what a request made is known.
    known: Condvar,
}

/// The requests that make a record and whose record is not known yet, in the order of their sending.
#[derive(Debug, Default)]
struct UnderWay {
    next: u64,
    requests: BTreeSet<u64>,
}

/// A request that makes a record, until that is known.
pub(crate) struct Making<'a> {
    others: &'a Others,
    number: u64,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        let mut under_way = self.others.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.requests.remove(&self.number);
        self.others.known.notify_all();
    }
}

/// The owner of a record that is known to be another case's.
const SOMEBODY: &str = "";

impl Others {
    /// Begins to make a record.
    pub(crate) fn make(&self) -> Making<'_> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let number = under_way.next;
        under_way.next += 1;
        under_way.requests.insert(number);
        Making { others: self, number }
    }

    /// Waits until it is known what was made by every request that has been sent. What is sent from
    /// now on cannot stand in an answer that is there already, and is not waited for: on a slow
    /// network something always is under way.
    pub(crate) fn settle(&self) {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = under_way.next;
        let is_open = |under_way: &mut UnderWay| {
            under_way.requests.first().is_some_and(|oldest| *oldest < sent)
        };
        drop(self.known.wait_while(under_way, is_open).unwrap_or_else(PoisonError::into_inner));
    }

    /// Keeps who made the record that `names` name, by this request.
    pub(crate) fn note(&self, request: &Request, names: &[String], owner: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.extend(names.iter().map(|name| (key(request, name), owner.to_owned())));
    }

    /// Returns the key of an element of the list that a request was answered with, if another than
    /// `owner` is known to have made it.
    pub(crate) fn foreign(&self, request: &Request, item: &Value, owner: &str) -> Option<String> {
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
        Others { made: Mutex::new(made), ..Others::default() }
    }
}

/// One list, and one record in it; no server tells two lists apart by the case of their letters.
fn key(request: &Request, name: &str) -> String {
    let list = request.url.split('?').next().unwrap_or_default();
    format!("{} {name}", list.trim_end_matches('/').to_lowercase())
}
