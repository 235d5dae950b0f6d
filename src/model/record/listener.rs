//! Records of listeners.

use serde_json::Value;

use super::{Record, RecordReader, Refused, no_other, object, within};
use crate::model::callback::Callback;
use crate::model::listener::Listener;
use crate::model::violation::Violation;

impl RecordReader {
    /// Returns a listener. Whether its callback may be called is asked when it is: another server may
    /// have been allowed what this one is not.
    pub(super) fn listener(&self, text: &str) -> Result<Record, Vec<Refused>> {
        let mut members = object(text)?;
        let listener = members.shift_remove("listener").unwrap_or_default();
        members.shift_remove("record");
        no_other("listener", &members)?;
        let of_listener = |found| within("listener", found);
        let members = self.listener.check(listener).map_err(of_listener)?;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let callback = text("callback").unwrap_or_default();
        Callback::parse(callback)
            .map_err(|sentence| of_listener(vec![Violation::new("callback", sentence)]))?;
        // The schema has its digits.
        let id = text("id").and_then(|id| id.parse().ok()).unwrap_or_default();
        let query = text("query").map(str::to_owned);
        Ok(Record::Listener(Listener { id, callback: callback.to_owned(), query }))
    }
}
