//! Probes: what is tried of a member, which is each boundary of its constraints, and one step past
//! it.

use serde_json::{Value, json};

use super::super::row::Constraint;
use super::member::Member;
use super::plan::{Drawn, Resource};

/// A value, or none, and what should come of it.
pub(super) struct Probe {
    /// The last part of the case's id.
    pub(super) what: String,
    /// The value in words, for the title: `of 73 characters, one too many`.
    pub(super) words: String,
    pub(super) sent: Sent,
    pub(super) outcome: Outcome,
}

/// The content of the member's place.
pub(super) enum Sent {
    Absent,
    Value(Value),
    /// What is drawn, of so many characters.
    Drawn(Drawn, usize),
}

/// The outcome that the clauses ask of a value.
pub(super) enum Outcome {
    Refused {
        clause: String,
        check: Check,
    },
    /// Refused or not, the member stays as it is.
    Kept {
        refused: String,
        kept: String,
    },
    /// Anything but a server error comes of it, and a refusal changes nothing.
    Borne {
        clause: String,
    },
    Accepted {
        taken: Cited,
        returned: Cited,
    },
}

/// The check by which a refusal is judged.
#[derive(Clone, PartialEq)]
pub(super) enum Check {
    /// By the expectation of the resource.
    Documented,
    /// By that expectation, or by one of these statuses.
    Or(Value),
    /// By the status alone: a value of another type may be refused before any member is looked at.
    Status,
}

/// A clause, and whether it is only a recommendation here.
pub(super) struct Cited {
    pub(super) clause: String,
    pub(super) advisory: bool,
}

/// Returns everything that is tried of `member`.
pub(super) fn probes(member: &Member, resource: &Resource) -> Vec<Probe> {
    let mut probes = Vec::new();
    lengths(member, &mut probes);
    listed(member, &mut probes);
    broken(member, &mut probes);
    mistyped(member, resource, &mut probes);
    missing(member, resource, &mut probes);
    left_out(member, resource, &mut probes);
    nulled(resource, &mut probes);
    changed(member, &mut probes);
    probes.retain(|probe| {
        let taken = matches!(probe.outcome, Outcome::Accepted { .. });
        !member.skips(&probe.what) && (resource.accepted.is_some() || !taken)
    });
    probes
}

fn lengths(member: &Member, probes: &mut Vec<Probe>) {
    let mut add = |what: &str, length: usize, words: String, outcome| {
        let sent = match member.value(|values| values.fill.as_ref()) {
            Some(fill) => Sent::Value(fill.text(length).into()),
            None => Sent::Drawn(member.value(|values| values.drawn).unwrap_or_default(), length),
        };
        probes.push(Probe { what: what.to_owned(), words, sent, outcome });
    };
    if let Some((least, clause)) = member.says(|row| row.min_length) {
        let words = format!("of {}, as few as may be,", characters(least));
        add("shortest", least, words, accepted(member, clause));
        if let Some(fewer) = least.checked_sub(1) {
            let words = format!("of {}, one too few,", characters(fewer));
            add("one-too-short", fewer, words, refused(member, Constraint::MinLength, clause));
        }
    }
    if let Some((most, clause)) = member.says(|row| row.max_length) {
        let words = format!("of {}, as many as may be,", characters(most));
        add("longest", most, words, accepted(member, clause));
        let words = format!("of {}, one too many,", characters(most + 1));
        add("one-too-long", most + 1, words, refused(member, Constraint::MaxLength, clause));
    }
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

fn listed(member: &Member, probes: &mut Vec<Probe>) {
    let list = member.says(|row| Some(&row.listed).filter(|listed| !listed.is_empty()));
    let Some((list, clause)) = list else { return };
    for value in list {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        probes.push(Probe {
            what: format!("listed-{text}"),
            words: format!("`{text}`, which is listed,"),
            sent: Sent::Value(value.clone()),
            outcome: accepted(member, clause),
        });
    }
    if let Some(unlisted) = member.value(|values| values.unlisted.as_ref()) {
        probes.push(Probe {
            what: "unlisted".to_owned(),
            words: format!("`{}`, which is not listed,", unlisted.as_str().unwrap_or_default()),
            sent: Sent::Value(unlisted.clone()),
            outcome: refused(member, Constraint::Enum, clause),
        });
    }
}

fn broken(member: &Member, probes: &mut Vec<Probe>) {
    // A form that is no pattern, such as that of a country's identifiers, is broken by the plan
    // alone; its clause is that of the row that gives the type.
    let ruled = member.says(|row| row.pattern.as_ref().map(drop));
    let Some(((), own)) = ruled.or_else(|| member.says(|row| row.kind.as_ref().map(drop))) else {
        return;
    };
    for broken in member
        .value(|values| Some(&values.broken).filter(|all| !all.is_empty()))
        .into_iter()
        .flatten()
    {
        let clause = broken.clause.clone();
        let clause = clause.unwrap_or_else(|| judged(member, Constraint::Pattern, own));
        let check = broken.otherwise.clone().map_or(Check::Documented, Check::Or);
        probes.push(Probe {
            what: broken.what.clone(),
            words: format!("({})", broken.what.replace('-', " ")),
            sent: Sent::Value(broken.value.clone()),
            outcome: Outcome::Refused { clause, check },
        });
    }
}

/// Adds a value of another type. No document says more than a type's name, so that the clause is
/// the resource's own, which is a recommendation (reading 25).
fn mistyped(member: &Member, resource: &Resource, probes: &mut Vec<Probe>) {
    let types = member.judged_by(Constraint::Type).or(resource.types.as_deref());
    let Some(types) = types else { return };
    let kind = member.says(|row| row.kind.as_deref()).map(|(kind, _)| kind);
    let value = member.value(|values| values.mistyped.clone()).or_else(|| match kind? {
        "string" => Some(json!(4711)),
        "uri" | "object" | "array" | "boolean" => Some(json!("perhaps")),
        "number" | "integer" => Some(json!("many")),
        _ => None,
    });
    let Some(value) = value else { return };
    let words = match &value {
        Value::Number(_) => "as a number",
        Value::String(_) => "as a text",
        _ => "of another type",
    };
    probes.push(Probe {
        what: "wrong-type".to_owned(),
        words: words.to_owned(),
        sent: Sent::Value(value),
        outcome: Outcome::Refused { clause: types.to_owned(), check: Check::Status },
    });
}

/// Adds a required member that is not there, and one that is null, which is no value (002 › Update
/// customer deletes by it).
fn missing(member: &Member, resource: &Resource, probes: &mut Vec<Probe>) {
    let Some((true, clause)) = member.says(|row| row.required) else { return };
    if resource.alone && !member.path.contains('.') {
        return;
    }
    for (what, words, sent) in [
        ("absent", "that is left out", Sent::Absent),
        ("null", "that is null", Sent::Value(Value::Null)),
    ] {
        probes.push(Probe {
            what: what.to_owned(),
            words: words.to_owned(),
            sent,
            outcome: refused(member, Constraint::Required, clause),
        });
    }
}

/// Adds that a member which need not be there is left out: what is asked for without it is documented as well.
fn left_out(member: &Member, resource: &Resource, probes: &mut Vec<Probe>) {
    let Some((false, clause)) = member.says(|row| row.required) else { return };
    // A search without its one criterion is another question, which may be refused (reading 210).
    if resource.alone || resource.request.body().is_none() {
        return;
    }
    let cited = || Cited { clause: clause.to_owned(), advisory: false };
    probes.push(Probe {
        what: "left-out".to_owned(),
        words: "that is left out, as it may be,".to_owned(),
        sent: Sent::Absent,
        outcome: Outcome::Accepted { taken: cited(), returned: cited() },
    });
}

/// Adds null for a member that may be sent (readings 78, 81).
fn nulled(resource: &Resource, probes: &mut Vec<Probe>) {
    let Some(clause) = resource.nulls.clone() else { return };
    probes.push(Probe {
        what: "nulled".to_owned(),
        words: "with null".to_owned(),
        sent: Sent::Value(Value::Null),
        outcome: Outcome::Borne { clause },
    });
}

/// Adds a new value, of what a PATCH may change and of what it may not.
fn changed(member: &Member, probes: &mut Vec<Probe>) {
    let Some((patchable, clause)) = member.says(|row| row.patchable) else { return };
    let Some(value) = member.value(|values| values.change.clone()) else { return };
    let (words, outcome) = match patchable {
        true => ("with a new value", accepted(member, clause)),
        false => {
            let refused = judged(member, Constraint::Patchable, clause);
            ("with a new value", Outcome::Kept { refused, kept: clause.to_owned() })
        }
    };
    probes.push(Probe {
        what: "changed".to_owned(),
        words: words.to_owned(),
        sent: Sent::Value(value),
        outcome,
    });
}

fn judged(member: &Member, constraint: Constraint, own: &str) -> String {
    member.judged_by(constraint).unwrap_or(own).to_owned()
}

fn refused(member: &Member, constraint: Constraint, own: &str) -> Outcome {
    Outcome::Refused { clause: judged(member, constraint, own), check: Check::Documented }
}

/// Returns the outcome of a value that keeps to the rows. Only free text, and lists of which a
/// reading says so, must be taken; the rest should be, for an implementation may know more of a
/// value than its length.
fn accepted(member: &Member, own: &str) -> Outcome {
    let required = member.says(|row| row.accepted.then_some(())).is_some();
    let taken = match member.judged_by(Constraint::Accepted) {
        Some(clause) => Cited { clause: clause.to_owned(), advisory: false },
        None => Cited { clause: own.to_owned(), advisory: !required },
    };
    // Whatever was taken after all is kept, as the row's clause says.
    let clause = member.judged_by(Constraint::Returned).unwrap_or(own);
    let returned = Cited { clause: clause.to_owned(), advisory: false };
    Outcome::Accepted { taken, returned }
}
