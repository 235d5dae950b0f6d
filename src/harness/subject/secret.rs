//! Secrets: given, or found in the environment or a file; never printed.

use std::path::Path;
use std::{env, fmt, fs};

use serde::Deserialize;

/// A token or a password. It shows itself to nobody but the client.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where a secret is.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Value")]
pub(crate) enum Source {
    Given(Secret),
    Env(String),
    File(String),
}

impl Source {
    /// A flag's value: `env:NAME`, `file:PATH`, or the secret itself.
    pub(crate) fn from_flag(value: &str) -> Self {
        if let Some(name) = value.strip_prefix("env:") {
            return Source::Env(name.to_owned());
        }
        match value.strip_prefix("file:") {
            Some(path) => Source::File(path.to_owned()),
            None => Source::Given(Secret::new(value)),
        }
    }

    /// Reads the secret; a relative path is relative to `folder`.
    ///
    /// # Errors
    /// A sentence: the variable or file that cannot be read, or holds nothing.
    pub(crate) fn read(&self, folder: &Path) -> Result<Secret, String> {
        let place = match self {
            Source::Given(secret) => return Ok(secret.clone()),
            Source::Env(name) => format!("the environment variable {name}"),
            Source::File(path) => format!("the secret's file {path}"),
        };
        let secret = self.lines(folder)?;
        let text = secret.reveal().trim();
        if text.is_empty() || !is_printable(text) {
            return Err(format!("{place} holds no secret of printable characters"));
        }
        Ok(Secret::new(text))
    }

    /// Reads a secret that may have several lines, such as a key in PEM.
    ///
    /// # Errors
    /// A sentence: the variable or file that cannot be read.
    pub(crate) fn lines(&self, folder: &Path) -> Result<Secret, String> {
        match self {
            Source::Given(secret) => Ok(secret.clone()),
            Source::Env(name) => env::var(name)
                .map(Secret)
                .map_err(|_| format!("the environment has no variable {name} for a secret")),
            Source::File(path) => fs::read_to_string(folder.join(path))
                .map(Secret)
                .map_err(|error| format!("the secret's file {path} cannot be read: {error}")),
        }
    }
}

impl Source {
    /// Reads a bearer token.
    ///
    /// # Errors
    /// As of [`Source::read`]; or no header can hold what is given.
    pub(crate) fn token(&self, folder: &Path) -> Result<Secret, String> {
        let token = self.read(folder)?;
        if token.reveal().is_empty() || !is_printable(token.reveal()) {
            return Err("a token is empty or has characters that no header can hold".to_owned());
        }
        Ok(token)
    }
}

/// Whether a header can hold the text as it is.
pub(super) fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

impl TryFrom<toml::Value> for Source {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let wrong = || {
            "a secret is a text, { env = \"NAME\" } or { file = \"PATH\" }, and nothing else"
                .to_owned()
        };
        match value {
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
