//! The tables of a target file in which a target names records of its own, to be filled in.

use serde_json::{Map, Value};

use super::Suite;

/// Comments are broken at this column.
const WIDTH: usize = 98;

impl Suite {
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
