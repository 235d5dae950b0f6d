//! Secrets as a target file writes them: a text, `{ env = "NAME" }` or `{ file = "PATH" }`.

use serde::{Deserialize, Deserializer, de};

use crate::input::secret::{Secret, Source};

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wrong = || {
            de::Error::custom(
                "a secret is a text, { env = \"NAME\" } or { file = \"PATH\" }, and nothing else",
            )
        };
        match toml::Value::deserialize(from)? {
            toml::Value::String(text) => Ok(Source::Given(Secret::new(text))),
            toml::Value::Table(table) if table.len() == 1 => match table.into_iter().next() {
                Some((key, toml::Value::String(text))) if key == "env" => Ok(Source::Env(text)),
                Some((key, toml::Value::String(text))) if key == "file" => Ok(Source::File(text)),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }
}
