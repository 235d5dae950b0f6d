//! What is asked, as the choices see it.

use http::Method;
use serde_json::Value;

use crate::api::message::Request;
use crate::api::mount;
use crate::api::query;
use crate::model::json;

/// A request to one of the APIs.
pub(in crate::api) struct Asked<'a> {
    /// Where the API stands.
    pub(super) mount: &'a str,
    /// What came, or what a choice made of it.
    pub(super) request: Request,
}

impl Asked<'_> {
    /// Returns whether this is a `METHOD /path` below the mount, where `*` stands for any one
    /// segment. HEAD is a GET, and the gateway's explicit forms are their plain ones (reading 125).
    pub(super) fn is(&self, pattern: &str) -> bool {
        let (wanted, path) = pattern.split_once(' ').unwrap_or((pattern, ""));
        let method = match &self.request.method {
            head if head == Method::HEAD => "GET",
            method => method.as_str(),
        };
        let rest = mount::rest(self.mount, &self.request.path).unwrap_or_default();
        let mut asked = segments(rest).filter(|segment| !is_action(segment));
        let fits = |wanted: &str| asked.next().is_some_and(|it| wanted == "*" || wanted == it);
        method == wanted && segments(path).all(fits) && asked.next().is_none()
    }

    /// Returns whether the path ends in the name of an action (003 › Implicit).
    pub(super) fn names_action(&self) -> bool {
        self.request.path.rsplit('/').next().is_some_and(is_action)
    }

    /// Returns a member of a sound JSON body, whatever the case of its name.
    pub(super) fn member(&self, name: &str) -> Option<Value> {
        let Ok(Value::Object(members)) = json::read(&self.request.body) else { return None };
        members.into_iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns how many segments follow the mount.
    pub(super) fn depth(&self) -> usize {
        segments(mount::rest(self.mount, &self.request.path).unwrap_or_default()).count()
    }

    /// Adds a parameter to the query, unless one of that name is there.
    pub(super) fn add_parameter(&mut self, name: &str, value: &str) {
        let there = query::values(self.request.query.as_deref(), name);
        if there.is_ok_and(|values| values.is_empty()) {
            let query = self.request.query.get_or_insert_default();
            let more = if query.is_empty() { "" } else { "&" };
            query.push_str(&format!("{more}{name}={value}"));
        }
    }

    /// Takes members out of a body that is an object. One that is not sound is left for the API to
    /// refuse.
    pub(super) fn without_members(&mut self, named: impl Fn(&str) -> bool) {
        let Ok(mut body) = json::read(&self.request.body) else { return };
        let Some(members) = body.as_object_mut() else { return };
        let before = members.len();
        members.retain(|name, _| !named(name));
        if members.len() < before {
            self.request.body = body.to_string().into();
        }
    }
}

fn is_action(segment: &str) -> bool {
    ["~", "%7E", "%7e"].iter().any(|tilde| segment.starts_with(tilde))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}
