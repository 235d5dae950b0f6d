//! The valid request of a resource, with one member of it as it is tried.

use serde_json::{Map, Value, json};

use super::plan::{ControlPlan, Request, Resource};

/// A request as a step has it: the way and what it sends.
pub(super) type Written = (&'static str, Value);

/// Returns the parts of `path` as the valid body spells them: the tables of 002 write some members
/// otherwise than its examples (reading 51).
pub(super) fn spelled(body: Option<&Value>, path: &str) -> Vec<String> {
    let mut within = body;
    path.split('.')
        .map(|part| {
            let mut members = within.and_then(Value::as_object).into_iter().flatten();
            let known = members.find(|(name, _)| name.eq_ignore_ascii_case(part));
            within = known.map(|(_, value)| value);
            known.map_or(part, |(name, _)| name).to_owned()
        })
        .collect()
}

impl Resource {
    /// Returns the valid request with `value` at `path`, or with nothing there, in whichever format is
    /// accepted.
    pub(super) fn accepted_with(
        &self,
        path: &str,
        value: Option<Value>,
        beside: Option<&Map<String, Value>>,
    ) -> Written {
        self.with(self.in_any_format(), path, value, beside)
    }

    /// Returns the same in the plainest format: each would be tried of what is to be refused.
    pub(super) fn refused_with(
        &self,
        path: &str,
        value: Option<Value>,
        beside: Option<&Map<String, Value>>,
    ) -> Written {
        self.with(self.in_plainest_format(), path, value, beside)
    }

    fn with(
        &self,
        (way, mut send): (&'static str, Map<String, Value>),
        path: &str,
        value: Option<Value>,
        beside: Option<&Map<String, Value>>,
    ) -> Written {
        match send.get_mut("body") {
            Some(body) => self.place(body, path, value, beside),
            None => {
                let text = value
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                let query = text.map(|text| format!("{path}={text}"));
                send.extend(query.map(|query| ("query".to_owned(), query.into())));
            }
        }
        (way, Value::Object(send))
    }

    /// The request that has to be accepted for a refusal of `path` to count, in the same form, and the
    /// member that it varies, if it holds no other.
    pub(super) fn control(&self, path: &str) -> (Written, Option<String>) {
        let (way, mut send) = self.in_plainest_format();
        if let Some(ControlPlan::Body(body)) = &self.control {
            send.insert("body".to_owned(), body.clone());
        }
        let mut varied = None;
        if let (true, Some(Value::Object(members))) = (self.alone, send.get_mut("body")) {
            let at = spelled(self.request.body(), path);
            if let Some(name) = at.into_iter().next().filter(|name| members.contains_key(name)) {
                members.retain(|other, _| *other == name);
                varied = Some(name);
            }
        }
        ((way, Value::Object(send)), varied)
    }

    /// Returns the valid request with those outermost members of its body that are named, and no
    /// others.
    pub(super) fn with_only(&self, names: &[&str]) -> Written {
        let (way, mut send) = self.in_plainest_format();
        if let Some(Value::Object(members)) = send.get_mut("body") {
            members.retain(|name, _| names.contains(&name.as_str()));
        }
        (way, Value::Object(send))
    }

    fn in_any_format(&self) -> (&'static str, Map<String, Value>) {
        match &self.request {
            Request::Send(send) => ("send", send.clone()),
            Request::AnyFormat(send) => ("anyFormat", send.clone()),
        }
    }

    fn in_plainest_format(&self) -> (&'static str, Map<String, Value>) {
        match &self.request {
            Request::Send(send) => ("send", send.clone()),
            Request::AnyFormat(send) => {
                let mut send = send.clone();
                send.insert("accept".to_owned(), "json".into());
                if send.contains_key("body") {
                    send.insert("format".to_owned(), "json".into());
                }
                ("send", send)
            }
        }
    }

    fn place(
        &self,
        body: &mut Value,
        path: &str,
        value: Option<Value>,
        beside: Option<&Map<String, Value>>,
    ) {
        let at = spelled(Some(body), path);
        if let (true, Value::Object(members)) = (self.alone, &mut *body) {
            members.retain(|name, _| Some(name) == at.first());
        }
        let at: Vec<&str> = at.iter().map(String::as_str).collect();
        set(body, &at, value);
        let parent = at.split_last().map_or(&[][..], |(_, parent)| parent);
        for (name, value) in beside.into_iter().flatten() {
            set(body, &[parent, &[name.as_str()]].concat(), Some(value.clone()));
        }
    }
}

/// Puts `value` at the end of the path `at`, or takes away what is there.
fn set(within: &mut Value, at: &[&str], value: Option<Value>) {
    let ([first, rest @ ..], Value::Object(members)) = (at, within) else { return };
    match (rest, value) {
        ([], Some(value)) => drop(members.insert((*first).to_owned(), value)),
        ([], None) => drop(members.shift_remove(*first)),
        (rest, value) => {
            set(members.entry(*first).or_insert_with(|| json!({})), rest, value);
        }
    }
}
