//! What is said against what is found.

use serde_json::Value;

use crate::harness::evidence::marks::Marks;

/// Something that the bundle says and that its exchanges do not.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// The case, or nothing for the run as a whole.
    pub case: Option<String>,
    /// The difference: what is said and what is found, as a sentence without a full stop.
    pub what: String,
}

/// What is said of a case beside what is found.
pub(super) enum Compared {
    Same,
    /// The difference may lie in what was redacted.
    ButForRedaction,
    /// The differences, a sentence each.
    Different(Vec<String>),
}

/// Compares all that is said of a case with what is found.
pub(super) fn compare(said: &Value, found: &Value, marks: Marks) -> Compared {
    if said == found {
        return Compared::Same;
    }
    if may_be(said, found, marks) {
        return Compared::ButForRedaction;
    }
    let members = found.as_object().into_iter().flatten();
    let differing = members.filter(|(name, found)| said[name.as_str()] != **found);
    Compared::Different(differing.map(|(name, found)| told(name, &said[name], found)).collect())
}

/// Returns a sentence on a member that is said otherwise than it is found.
pub(super) fn told(member: &str, said: &Value, found: &Value) -> String {
    format!("{member}: said is {}, found is {}", short(said), short(found))
}

/// Returns whether all that is said may be found, but for what was redacted in its texts.
fn may_be(said: &Value, found: &Value, marks: Marks) -> bool {
    match (said, found) {
        (Value::String(said), Value::String(found)) => {
            said == found
                || (marks.are_in(said.as_bytes())
                    && marks.may_stand_for(said.as_bytes(), found.as_bytes()))
        }
        (Value::Array(said), Value::Array(found)) => {
            said.len() == found.len() && said.iter().zip(found).all(|(s, f)| may_be(s, f, marks))
        }
        (Value::Object(said), Value::Object(found)) => {
            let same = |(name, said)| found.get(name).is_some_and(|f| may_be(said, f, marks));
            said.len() == found.len() && said.iter().all(same)
        }
        _ => said == found,
    }
}

fn short(value: &Value) -> String {
    const LONGEST: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
