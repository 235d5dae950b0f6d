//! The tables of a target file in which a target names records of its own: how they are to be filled
//! in, and where the records are that they name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Contents, Variables};

/// Comments are broken at this column.
const WIDTH: usize = 98;

impl Contents {
    /// Returns the tables of `[known]` that cases of an API can use, in the order of their names.
    pub fn known_tables(&self, api: &str) -> Vec<String> {
        let is_of = |name: &&String| name.split('/').next() == Some(api);
        self.states.keys().filter(is_of).filter_map(|name| self.known_table(name)).collect()
    }

    /// Returns the table of a state as TOML, each name empty and behind it what it must be; none, if
    /// there is no such state.
    pub fn known_table(&self, name: &str) -> Option<String> {
        let state = self.states.get(name)?;
        let mut text = format!("{}[known.\"{name}\"]\n", comment(&state.means));
        if state.ledger.is_some() {
            text.push_str("ledger = \"\"  # the number of the ledger that is asked\n");
        }
        for (variable, value) in &state.variables {
            let value = toml::Value::try_from(emptied(value)).ok()?;
            let what = self.names.get(variable).map(|name| format!("  # {}", name.what));
            text.push_str(&format!("{variable} = {value}{}\n", what.unwrap_or_default()));
        }
        Some(text)
    }

    /// Returns the paths below its API's root at which GET finds the record that a variable of a state
    /// names, where its variables have these values; none, if the state has it nowhere.
    pub(crate) fn places(
        &self,
        name: &str,
        variable: &str,
        values: &BTreeMap<String, Value>,
    ) -> Vec<String> {
        filled(self.patterns(name, variable).filter(|(_, lacks)| !lacks), values)
    }

    /// Returns the same of a record that the state says its ledger has not: it is another ledger's.
    pub(crate) fn places_elsewhere(
        &self,
        name: &str,
        variable: &str,
        values: &BTreeMap<String, Value>,
    ) -> Vec<String> {
        filled(self.patterns(name, variable).filter(|(_, lacks)| *lacks), values)
    }

    /// Returns the paths of a record with the names of variables in them, and of each whether the state
    /// says that nothing is there.
    fn patterns(&self, name: &str, variable: &str) -> impl Iterator<Item = (&String, bool)> {
        let api = name.split('/').next().unwrap_or_default();
        let places = self.names.get(variable).and_then(|name| name.at.get(api));
        let lacks = self.states.get(name).map(|state| state.lacks.as_slice()).unwrap_or_default();
        let is_lacked = |place: &String| lacks.iter().any(|lack| covers(lack, place));
        places.into_iter().flatten().map(move |place| (place, is_lacked(place)))
    }

    /// Returns the paths at which a state says that nothing is, where its variables have these values.
    pub(crate) fn lacks(&self, name: &str, values: &BTreeMap<String, Value>) -> Vec<String> {
        let lacks = self.states.get(name).map(|state| &state.lacks);
        filled(lacks.into_iter().flatten().map(|lack| (lack, true)), values)
    }
}

/// Returns whether a path at which nothing is says so of another one.
pub(crate) fn covers(lack: &str, path: &str) -> bool {
    match lack.strip_suffix('*') {
        Some(above) => path.starts_with(above),
        None => {
            path.strip_prefix(lack).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    }
}

/// Returns the paths of which every variable has a value, with their values.
fn filled<'p>(
    paths: impl Iterator<Item = (&'p String, bool)>,
    values: &BTreeMap<String, Value>,
) -> Vec<String> {
    let mut variables = Variables::default();
    for (name, value) in values {
        variables.bind(name, value.clone());
    }
    paths.filter_map(|(path, _)| variables.fill_text(path).ok()).collect()
}

/// Returns a value of the same form that says nothing: its texts are empty, and a list shows one
/// element.
fn emptied(value: &Value) -> Value {
    match value {
        Value::Array(elements) => elements.iter().take(1).map(emptied).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), emptied(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        _ => Value::String(String::new()),
    }
}

/// Returns a text as lines of a comment.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut().filter(|line| line.len() + word.len() < WIDTH) {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("# {word}"));
        }
    }
    lines.join("\n") + "\n"
}
