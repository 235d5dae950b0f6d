//! One change of one answer, and all that an answer can be given.

use std::fmt;

use serde_json::Value;

use crate::harness::api::Format;
use crate::harness::audit::other::{Listed, other, retyped};
use crate::harness::audit::shaped::Shaped;
use crate::harness::subject::Media;
use crate::harness::suite::pointer;
use crate::harness::wire::Answer;

/// The kinds of change that a fault makes, as the table has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// A member, or an element of an array, is missing.
    Removed,
    /// A member has another name.
    Renamed,
    /// A value has another type.
    Retyped,
    /// A value is another of the same type and form, or an element stands twice.
    Value,
    /// The status is another.
    Status,
    /// The media type is another.
    Media,
    /// A documented header is missing or another.
    Header,
    /// There is no body, or half of one.
    Body,
    /// The server behaves otherwise.
    Live,
}

impl Family {
    /// Every family, in the order of the table.
    pub const ALL: [Family; 9] = [
        Family::Removed,
        Family::Renamed,
        Family::Retyped,
        Family::Value,
        Family::Status,
        Family::Media,
        Family::Header,
        Family::Body,
        Family::Live,
    ];

    /// Returns the name as in the table.
    pub fn name(self) -> &'static str {
        match self {
            Family::Removed => "removed",
            Family::Renamed => "renamed",
            Family::Retyped => "retyped",
            Family::Value => "value",
            Family::Status => "status",
            Family::Media => "media",
            Family::Header => "header",
            Family::Body => "body",
            Family::Live => "live",
        }
    }
}

/// The changes of a member, of an element, or of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::harness::audit) enum Change {
    Removed,
    Renamed,
    Retyped,
    Value,
    Repeated,
}

/// One change of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::harness::audit) enum Mutation {
    Member { at: String, change: Change },
    Header { name: &'static str, change: Change },
    Status(u16),
    Media,
    Emptied,
    Halved,
}

/// The headers that a document prints or that a clause asks for, and another value of each.
const HEADERS: [(&str, &str); 4] = [
    ("location", "/elsewhere/1"),
    ("allow", "TRACE"),
    ("www-authenticate", "Negotiate"),
    ("last-modified", "yesterday"),
];

impl Mutation {
    pub(in crate::harness::audit) fn family(&self) -> Family {
        match self {
            Mutation::Header { .. } => Family::Header,
            Mutation::Status(_) => Family::Status,
            Mutation::Media => Family::Media,
            Mutation::Emptied | Mutation::Halved => Family::Body,
            Mutation::Member { change, .. } => match change {
                Change::Removed => Family::Removed,
                Change::Renamed => Family::Renamed,
                Change::Retyped => Family::Retyped,
                Change::Value | Change::Repeated => Family::Value,
            },
        }
    }

    /// Returns where the change is: the pointer of a member, the name of a header, or nothing.
    pub(in crate::harness::audit) fn at(&self) -> &str {
        match self {
            Mutation::Member { at, .. } => at,
            Mutation::Header { name, .. } => name,
            _ => "",
        }
    }

    /// Returns whether it changes what a target told a listener, or was asked for on reception: a call
    /// that is heard, its method or its body.
    pub(in crate::harness::audit) fn is_of_what_was_told(&self) -> bool {
        let Mutation::Member { at, .. } = self else { return false };
        let mut segments = at.split('/').skip(2);
        segments.next().is_none_or(|name| matches!(name, "method" | "body" | "asked"))
    }

    /// Returns the answer with this change; none, if it would be the same.
    pub(in crate::harness::audit) fn of(
        &self,
        original: &Original,
        listed: &Listed,
    ) -> Option<Answer> {
        let Original { answer, body } = original;
        if let Mutation::Member { at, change } = self {
            let before = body.as_ref()?;
            let mut after = before.clone();
            apply(&mut after.value, at, *change, listed)?;
            let body = after.written().filter(|_| after.value != before.value)?;
            let Answer { status, headers, waits, .. } = answer;
            let (status, headers, waits) = (*status, headers.clone(), waits.clone());
            return Some(Answer { status, headers, body, waits, ..Answer::default() });
        }
        let mut changed = Answer::clone(answer);
        match self {
            Mutation::Status(status) => changed.status = *status,
            Mutation::Media => {
                let header = changed.headers.iter_mut().find(|(name, _)| name == "content-type")?;
                header.1 = "text/html".to_owned();
            }
            Mutation::Emptied => changed.body = Vec::new(),
            Mutation::Halved => changed.body.truncate(answer.body.len() / 2),
            Mutation::Header { name, change } => {
                let at = changed.headers.iter().position(|(known, _)| known == name)?;
                match change {
                    Change::Removed => drop(changed.headers.remove(at)),
                    _ => {
                        let (_, value) = HEADERS.iter().find(|(known, _)| known == name)?;
                        changed.headers[at].1 = (*value).to_owned();
                    }
                }
            }
            Mutation::Member { .. } => return None,
        }
        let same = changed.status == answer.status
            && changed.headers == answer.headers
            && changed.body == answer.body;
        (!same).then_some(changed)
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mutation::Status(status) => write!(f, "status-{status}"),
            Mutation::Media => f.write_str("media"),
            Mutation::Emptied => f.write_str("emptied"),
            Mutation::Halved => f.write_str("halved"),
            Mutation::Member { change, .. } | Mutation::Header { change, .. } => {
                f.write_str(match change {
                    Change::Removed => "removed",
                    Change::Renamed => "renamed",
                    Change::Retyped => "retyped",
                    Change::Value => "value",
                    Change::Repeated => "repeated",
                })
            }
        }
    }
}

fn apply(body: &mut Value, at: &str, change: Change, listed: &Listed) -> Option<()> {
    let (parent, last) = at.rsplit_once('/')?;
    let name = last.replace("~1", "/").replace("~0", "~");
    // An element of a list is called as the list is.
    let called = match name.parse::<usize>() {
        Ok(_) => parent.rsplit('/').next().unwrap_or_default().to_owned(),
        Err(_) => name.clone(),
    };
    match (change, body.pointer_mut(parent)?) {
        (Change::Removed, Value::Object(members)) => drop(members.shift_remove(&name)?),
        (Change::Removed, Value::Array(items)) => {
            let index = name.parse().ok().filter(|index| *index < items.len())?;
            items.remove(index);
        }
        (Change::Renamed, Value::Object(members)) => {
            let old = std::mem::take(members);
            members.extend(old.into_iter().map(|(key, value)| match key == name {
                true => (format!("{key}Renamed"), value),
                false => (key, value),
            }));
        }
        (Change::Repeated, Value::Array(items)) => {
            let item = items.get(name.parse::<usize>().ok()?)?.clone();
            items.push(item);
        }
        (Change::Retyped, _) => {
            let value = body.pointer_mut(at)?;
            *value = retyped(value)?;
        }
        (Change::Value, _) => {
            let value = body.pointer_mut(at)?;
            *value = other(&called, value, listed)?;
        }
        _ => return None,
    }
    Some(())
}

/// An answer, read once for all its changes.
pub(in crate::harness::audit) struct Original<'a> {
    answer: &'a Answer,
    body: Option<Shaped>,
}

impl<'a> Original<'a> {
    pub(in crate::harness::audit) fn new(answer: &'a Answer, media: &Media) -> Original<'a> {
        Original { answer, body: Shaped::of(answer, media) }
    }
}

/// Returns every change that is made of an answer, one at a time. `own` are the identifiers that
/// its case drew.
pub(in crate::harness::audit) fn mutations(original: &Original, own: &[String]) -> Vec<Mutation> {
    let answer = original.answer;
    let mut all: Vec<Mutation> =
        other_statuses(answer.status).into_iter().map(Mutation::Status).collect();
    if !answer.body.is_empty() {
        all.extend([Mutation::Media, Mutation::Emptied, Mutation::Halved]);
    }
    for (name, _) in HEADERS {
        if answer.header(name).is_some() {
            all.extend(
                [Change::Removed, Change::Value].map(|c| Mutation::Header { name, change: c }),
            );
        }
    }
    if let Some(body) = &original.body {
        members(&body.value, "", body.format, own, &mut all);
    }
    all
}

/// Returns the statuses that are tried in place of one: mostly another of its class, and those of
/// other classes.
fn other_statuses(status: u16) -> [u16; 3] {
    match status {
        200 => [201, 404, 500],
        201..=299 => [200, 404, 500],
        404 => [400, 200, 500],
        401 => [403, 200, 500],
        _ => [404, 200, 500],
    }
}

/// Returns the indices of a long list that are tried: the first, one in the middle and the last.
pub(in crate::harness::audit) fn chosen(length: usize) -> Vec<usize> {
    let mut chosen = vec![0, length / 2, length.saturating_sub(1)];
    chosen.dedup();
    chosen.retain(|index| *index < length);
    chosen
}

/// Returns the indices of the elements of a list that are changed: if it holds what the case made
/// and what others made beside it, those of the case, since nobody knows what the others should be.
fn elements(items: &[Value], own: &[String]) -> Vec<usize> {
    let is_own = |item: &Value| {
        let text = item.to_string();
        own.iter().any(|drawn| text.contains(drawn.as_str()))
    };
    let own: Vec<_> = (0..items.len()).filter(|index| is_own(&items[*index])).collect();
    match own.is_empty() {
        true => chosen(items.len()),
        false => chosen(own.len()).into_iter().map(|at| own[at]).collect(),
    }
}

fn members(value: &Value, at: &str, format: Format, own: &[String], all: &mut Vec<Mutation>) {
    let mut add = |at: &str, change| all.push(Mutation::Member { at: at.to_owned(), change });
    let mut below = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = pointer::join(at, name);
                if !member.is_null() {
                    add(&at, Change::Removed);
                    add(&at, Change::Renamed);
                }
                below.push((at, member));
            }
        }
        Value::Array(items) => {
            for index in elements(items, own) {
                let at = format!("{at}/{index}");
                add(&at, Change::Removed);
                add(&at, Change::Repeated);
                below.push((at, &items[index]));
            }
        }
        _ => {}
    }
    for (at, value) in &below {
        // Everything is text in the other formats.
        if format == Format::Json && retyped(value).is_some() {
            add(at, Change::Retyped);
        }
        if !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
            add(at, Change::Value);
        }
    }
    for (at, value) in below {
        members(value, &at, format, own, all);
    }
}

#[cfg(test)]
mod tests {
    use super::{Mutation, Original, chosen, mutations};
    use crate::harness::api::Api;
    use crate::harness::audit::other::Listed;
    use crate::harness::subject::Media;
    use crate::harness::wire::Answer;

    fn answer(media: &str, body: &str) -> Answer {
        let headers = [("content-type", media), ("location", "/customers/1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Answer {
            status: 201,
            headers: headers.into(),
            body: body.as_bytes().to_vec(),
            ..Answer::default()
        }
    }

    #[test]
    fn every_change_of_an_answer_makes_another_answer() {
        let media = Media::documented(Api::named("gateway").unwrap());
        for (kind, body, expected) in [
            ("application/json", r#"{"id":"1","tags":["a","b"],"none":null,"in":{"n":1.50}}"#, 30),
            ("application/xml", r#"<customer id="1" name="a"/>"#, 14),
            ("application/x-www-form-urlencoded", "id=1&name=a", 14),
        ] {
            let answer = answer(kind, body);
            let original = Original::new(&answer, &media);
            let all = mutations(&original, &[]);
            assert_eq!(all.len(), expected, "{kind}: {all:?}");
            for mutation in &all {
                let changed = mutation.of(&original, &Listed::default());
                assert!(changed.is_some(), "{kind}: {mutation} {}", mutation.at());
            }
        }
    }

    #[test]
    fn a_member_that_is_not_there_cannot_be_changed() {
        let media = Media::documented(Api::named("tmf").unwrap());
        let change = super::Change::Removed;
        let removed = Mutation::Member { at: "/name".to_owned(), change };
        let answer = answer("application/json", "{}");
        assert!(removed.of(&Original::new(&answer, &media), &Listed::default()).is_none());
    }

    #[test]
    fn of_a_long_list_three_elements_stand_for_all() {
        for (length, indices) in
            [(0, &[][..]), (1, &[0]), (2, &[0, 1]), (3, &[0, 1, 2]), (9, &[0, 4, 8])]
        {
            assert_eq!(chosen(length), indices);
        }
    }
}
