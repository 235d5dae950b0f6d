//! The notation of matchers, read.

use serde_json::{Map, Value};

use super::{Matcher, Matchers};
use crate::harness::suite::pointer::join;
use crate::harness::suite::variables::next_variable;
use crate::input::suggest::did_you_mean;

/// Every `$` object and its meaning.
pub(crate) const NOTATION: [(&str, &str); 18] = [
    ("$absent", "there is no value, or null"),
    ("$present", "there is a value other than null"),
    ("$nocase", "the text, without regard to case"),
    ("$spoken", "the text, by its letters and digits alone, without regard to case (reading 102)"),
    ("$text", "what the scalar says, whether written as text, number or boolean (reading 151)"),
    ("$trimmed", "the text; blanks around it break a recommendation alone (reading 43)"),
    (
        "$link",
        "a link, relative or absolute, that leads to the path below the API's root (reading 17)",
    ),
    ("$dateTime", "the time, however it is written (readings 26 and 157)"),
    ("$near", "a number at most 0.005 from this one, as amounts of money may be (reading 158)"),
    ("$schema", "a value of this JSON Schema"),
    ("$oneOf", "one of these"),
    ("$noneOf", "none of these"),
    ("$each", "an array, each element of which is so"),
    ("$contains", "an array with an element of its own for each of these"),
    ("$ordered", "an array of these elements in this order"),
    ("$optional", "so, or not there"),
    ("$should", "so; anything else breaks a recommendation alone"),
    ("$nocaseMembers", "an object whose members' names are read without regard to case"),
];

impl Matcher {
    /// Reads the notation.
    ///
    /// # Errors
    /// A sentence without a full stop: where what is no matcher stands, and why it is none.
    pub(crate) fn parse(written: &Value) -> Result<Matcher, String> {
        parse(written, "")
    }
}

fn parse(written: &Value, at: &str) -> Result<Matcher, String> {
    match written {
        Value::Object(members) => match members.iter().next() {
            Some((name, argument)) if members.len() == 1 && name.starts_with('$') => {
                special(name, argument, &join(at, name))
            }
            _ => Ok(Matcher::Members(named(members, at)?)),
        },
        Value::Array(items) => Ok(Matcher::Elements(each(items, at)?)),
        scalar => Ok(Matcher::Literal(scalar.clone())),
    }
}

fn special(name: &str, argument: &Value, at: &str) -> Result<Matcher, String> {
    let value = || argument.clone();
    let inner = || parse(argument, at).map(Box::new);
    let these = || match argument {
        Value::Array(items) => each(items, at).map(Matchers::These),
        Value::String(text) if next_variable(text).is_some() => Ok(Matchers::Captured(value())),
        _ => Err(format!("{at} takes a list")),
    };
    match name {
        "$absent" | "$present" if *argument != Value::Bool(true) => Err(format!("{at} takes true")),
        "$absent" => Ok(Matcher::Absent),
        "$present" => Ok(Matcher::Present),
        "$nocase" => Ok(Matcher::Nocase(value())),
        "$spoken" => Ok(Matcher::Spoken(value())),
        "$text" => Ok(Matcher::Text(value())),
        "$trimmed" => Ok(Matcher::Trimmed(value())),
        "$link" => Ok(Matcher::Link(value())),
        "$dateTime" => Ok(Matcher::DateTime(value())),
        "$near" => Ok(Matcher::Near(value())),
        "$schema" => Ok(Matcher::Schema(value())),
        "$oneOf" => these().map(Matcher::OneOf),
        "$noneOf" => these().map(Matcher::NoneOf),
        "$contains" => these().map(Matcher::Contains),
        "$ordered" => these().map(Matcher::Ordered),
        "$each" => inner().map(Matcher::Each),
        "$optional" => inner().map(Matcher::Optional),
        "$should" => inner().map(Matcher::Should),
        "$nocaseMembers" => match argument {
            Value::Object(members) => named(members, at).map(Matcher::NocaseMembers),
            _ => Err(format!("{at} takes an object")),
        },
        _ => {
            let meant = did_you_mean(name, NOTATION.iter().map(|(name, _)| *name));
            Err(format!("{at} is no matcher{meant}"))
        }
    }
}

fn named(members: &Map<String, Value>, at: &str) -> Result<Vec<(String, Matcher)>, String> {
    let parsed = members.iter().map(|(name, it)| Ok((name.clone(), parse(it, &join(at, name))?)));
    parsed.collect()
}

fn each(items: &[Value], at: &str) -> Result<Vec<Matcher>, String> {
    let parsed = items.iter().enumerate().map(|(index, it)| parse(it, &format!("{at}/{index}")));
    parsed.collect()
}
