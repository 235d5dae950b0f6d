//! Secrets: given, or found in the environment or a file; never printed.

use std::path::Path;
use std::{env, fmt};

use super::encoding::text;
use super::file;

/// The beginning of a ledger's token, which ends in its number, where nobody has given one.
pub const WELL_KNOWN: &str = "etalon-";

/// A token, a password or a key. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text of a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The place of a secret.
#[derive(Debug, Clone)]
pub enum Source {
    /// Here.
    Given(Secret),
    /// In the environment variable of this name.
    Env(String),
    /// In the file of this path.
    File(String),
}

impl Source {
    /// Reads a flag's value: `env:NAME`, `file:PATH`, or the secret itself.
    pub fn from_flag(value: &str) -> Self {
        if let Some(name) = value.strip_prefix("env:") {
            return Self::Env(name.to_owned());
        }
        match value.strip_prefix("file:") {
            Some(path) => Self::File(path.to_owned()),
            None => Self::Given(Secret::new(value)),
        }
    }

    /// Returns what may stand for the secret where nobody is shown it: itself, if it is here, or else
    /// what tells it from those of other places.
    pub fn unread(&self) -> Source {
        match self {
            Self::Given(secret) => Self::Given(secret.clone()),
            Self::Env(name) | Self::File(name) => {
                let bytes: Vec<_> = name.bytes().map(|byte| format!("{byte:02x}")).collect();
                Self::Given(Secret::new(format!("unread-{}", bytes.concat())))
            }
        }
    }

    /// Reads a secret of one line, without the blanks and line breaks around it; a relative path is
    /// relative to `folder`.
    ///
    /// # Errors
    /// A sentence that names the variable or the file: it cannot be read, or holds nothing, or more
    /// than one line.
    pub fn read(&self, folder: &Path) -> Result<Secret, String> {
        let secret = self.lines(folder)?;
        let text = secret.reveal().trim();
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(format!(
                "{self} holds no secret: one line of printable characters is expected."
            ));
        }
        Ok(Secret::new(text))
    }

    /// Reads a bearer token.
    ///
    /// # Errors
    /// As of [`Source::read`], or a sentence that says that no header can hold it.
    pub fn token(&self, folder: &Path) -> Result<Secret, String> {
        let token = self.read(folder)?;
        if !is_printable(token.reveal()) {
            return Err(format!(
                "{self} holds no secret that can be a token: no header can hold its characters \
                 beyond ASCII."
            ));
        }
        Ok(token)
    }

    /// Reads a secret that may have several lines, such as a key in PEM; without the byte-order
    /// mark that some editors put before them.
    ///
    /// # Errors
    /// A sentence that names the variable or the file, and says why it cannot be read.
    pub fn lines(&self, folder: &Path) -> Result<Secret, String> {
        let lines = match self {
            Self::Given(secret) => return Ok(secret.clone()),
            Self::Env(name) => env::var(name).map_err(|error| match error {
                env::VarError::NotPresent => format!("{self} is not set."),
                env::VarError::NotUnicode(_) => format!("{self} is not UTF-8."),
            })?,
            Self::File(path) => {
                let bytes = file::read(&folder.join(path), file::WRITTEN)
                    .map_err(|error| format!("{self} cannot be read: {error}."))?;
                text(&bytes)
                    .map_err(|encoding| format!("{self} is {encoding}; save it as UTF-8."))?
                    .to_owned()
            }
        };
        Ok(Secret::new(lines.trim_start_matches('\u{feff}')))
    }
}

/// Names where the secret is, as the subject of a sentence.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("The text that was given"),
            Self::Env(name) => write!(f, "The environment variable {name}"),
            Self::File(path) => write!(f, "The secret's file {path}"),
        }
    }
}

/// Returns whether a header can hold the text as it is.
pub fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What editors of three systems make of a file with a token in it.
    #[test]
    fn a_token_is_read_whatever_wrote_its_file_and_else_the_remedy_is_named() {
        let folder = env::temp_dir().join(format!("etalon-secret-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let source = Source::from_flag("file:token");
        for (bytes, read) in [
            (&b"s3cret"[..], Ok("s3cret")),
            (b"s3cret\n", Ok("s3cret")),
            (b"  s3cret\r\n\r\n", Ok("s3cret")),
            (b"\xef\xbb\xbfs3cret\r\n", Ok("s3cret")),
            (b"two words", Ok("two words")),
            (b"", Err("holds no secret")),
            (b"\xef\xbb\xbf\r\n", Err("holds no secret")),
            (b"one\ntwo", Err("one line")),
            (b"s\x00cret", Err("in UTF-16; save it as UTF-8")),
            ("sécret".as_bytes(), Err("no header can hold")),
            (b"\xff\xfes\x003\x00", Err("in UTF-16; save it as UTF-8")),
            (b"\xfe\xff\x00s\x003", Err("in UTF-16; save it as UTF-8")),
            (b"s\xe9cret", Err("not in UTF-8; save it as UTF-8")),
        ] {
            fs::write(folder.join("token"), bytes).unwrap();
            match (source.token(&folder), read) {
                (Ok(found), Ok(expected)) => assert_eq!(found.reveal(), expected),
                (Err(sentence), Err(part)) => {
                    assert!(
                        sentence.contains(part) && sentence.contains("file token"),
                        "{sentence}"
                    )
                }
                (found, expected) => unreachable!("{bytes:?}: {found:?}, not {expected:?}"),
            }
        }
        let key = "\u{feff}-----BEGIN\r\nkey\r\n";
        fs::write(folder.join("token"), key).unwrap();
        assert_eq!(source.lines(&folder).unwrap().reveal(), &key[3..]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_is_not_there_is_named_and_a_given_secret_is_never_shown() {
        let read = |flag| Source::from_flag(flag).read(Path::new(""));
        assert_eq!(read("plain").unwrap().reveal(), "plain");
        assert_eq!(read("pässword").unwrap().reveal(), "pässword");
        for (flag, part) in [
            ("env:ETALON_NOT_SET", "variable ETALON_NOT_SET is not set."),
            ("file:none.txt", "file none.txt cannot be read: "),
            ("  ", "The text that was given holds no secret"),
        ] {
            let sentence = read(flag).unwrap_err();
            assert!(sentence.contains(part) && sentence.ends_with('.'), "{sentence}");
        }
        assert!(!format!("{:?}", Source::from_flag("s3cret")).contains("s3cret"));
    }
}
