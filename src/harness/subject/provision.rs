//! How the suite's records reach the target, and what of that may be shown.

use crate::input::secret::Secret;

/// How the fixtures reach the target.
#[derive(Debug, Clone)]
pub(crate) enum Provision {
    /// Nobody said anything of a target with ledgers of its own, or of one that a file describes:
    /// they are looked for before the first case, and where they cannot be, they are not there.
    None,
    /// Nobody said anything at all: they are looked for, and where they cannot be, they are there.
    Assumed,
    Preloaded,
    Url {
        url: String,
        token: Option<Secret>,
    },
    Command(String),
}

/// The presence of the suite's records in the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fixtures {
    Loaded,
    Missing,
}

impl Provision {
    /// Returns the name as in reports.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Provision::None => "none",
            Provision::Assumed => "assumed",
            Provision::Preloaded => "preloaded",
            Provision::Url { .. } => "url",
            Provision::Command(_) => "command",
        }
    }
}

/// Returns as much of the URL as may be shown: its query may hold what lets in.
pub(crate) fn shown_url(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// Returns as much of a command as may be shown: its program and no more, for a token may stand
/// behind it, or before it as the value of a variable.
pub(crate) fn shown_command(command: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./\\:".contains(&byte);
    match command.split_whitespace().next() {
        Some(program) if program.bytes().all(plain) => format!("`{program} …`"),
        _ => "the command of `provision`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown_command;

    #[test]
    fn no_more_of_a_command_is_shown_than_its_program() {
        for (command, said) in [
            ("curl -H 'Authorization: Bearer s3cret' -d @- https://h", "`curl …`"),
            ("./load.sh", "`./load.sh …`"),
            ("TOKEN=s3cret ./load.sh", "the command of `provision`"),
            ("TOKEN=\"a s3cret\" ./load.sh", "the command of `provision`"),
            ("$(cat s3cret)", "the command of `provision`"),
            ("", "the command of `provision`"),
        ] {
            assert_eq!(shown_command(command), said, "{command}");
        }
    }
}
