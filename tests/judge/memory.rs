//! A memory beside the reference's.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::front::Server;
use crate::message::{Request, Response};

/// What a server keeps that the reference does not, by path.
pub(crate) struct Memory(Mutex<BTreeMap<String, Value>>);

impl Memory {
    pub(crate) const fn new() -> Memory {
        Memory(Mutex::new(BTreeMap::new()))
    }

    /// Passes, and serves with what is kept of the same path.
    pub(crate) fn pass(&self, request: Request, server: &Server) -> Response {
        let kept = self.0.lock().unwrap().get(&request.path).cloned();
        let response = server.pass(request);
        match kept.filter(|_| response.is_success()) {
            Some(kept) => response.edit(|body| merge(body, &kept)),
            None => response,
        }
    }

    /// Keeps members for a path.
    pub(crate) fn keep(&self, path: &str, members: &Value) {
        merge(self.0.lock().unwrap().entry(path.to_owned()).or_default(), members);
    }
}

/// Merges objects member by member; anything else, null too, takes the place of what was there.
pub(crate) fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (into, Value::Object(patch)) => {
            if !into.is_object() {
                *into = json!({});
            }
            for (name, value) in patch {
                merge(&mut into[name.as_str()], value);
            }
        }
        (into, value) => value.clone_into(into),
    }
}
