//! Bringing the fixtures into the target, once, before the first case.

use std::io::Write;
use std::process::{Command, Stdio};

use super::client::{Connection, Request};
use super::refusal::Refusal;
use super::target::{Credential, Provision, Secret};
use super::transport::Transport;

/// Returns each time that the target was waited for, in a sentence.
///
/// # Errors
/// The target or the command did not accept the records.
pub(super) fn provision(
    client: &dyn Transport,
    provision: &Provision,
    records: &[u8],
) -> Result<Vec<String>, Refusal> {
    match provision {
        Provision::None | Provision::Assumed | Provision::Preloaded => Ok(Vec::new()),
        Provision::Url { url, token } => post(client, url, token.as_ref(), records),
        Provision::Command(command) => run(command, records).map(|()| Vec::new()),
    }
}

fn post(
    client: &dyn Transport,
    url: &str,
    token: Option<&Secret>,
    records: &[u8],
) -> Result<Vec<String>, Refusal> {
    let request = Request {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/x-ndjson".to_owned())],
        credential: token.cloned().map(Credential::Bearer),
        body: Some(records.to_vec()),
    };
    let shown = shown_url(url);
    let failed = |reason| {
        Refusal::inconclusive(format!("the fixtures cannot be loaded at {shown}: {reason}"))
    };
    match client.send(&request, Connection::Pooled) {
        Ok(answer) if answer.is_success() => {
            Ok(answer.waits.iter().map(|wait| wait.replace(url, shown)).collect())
        }
        Ok(answer) => Err(failed(format!("answered {}", answer.status))),
        Err(error) => Err(failed(error.reason())),
    }
}

/// Runs the command in the shell, the records on its standard input, its output where ours goes.
fn run(command: &str, records: &[u8]) -> Result<(), Refusal> {
    let shown = shown_command(command);
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| Refusal::usage(format!("{shown} cannot be started: {error}")))?;
    // A command that does not read its input to the end is judged by its exit alone.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(records);
    }
    let failed = |reason: String| {
        Refusal::inconclusive(format!("the fixtures cannot be loaded by {shown}: {reason}"))
    };
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// What may be shown of the URL: its query may hold what lets in.
pub(super) fn shown_url(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// What may be shown of a command: its program and no more, for a token may stand behind it, or
/// before it as the value of a variable.
pub(super) fn shown_command(command: &str) -> String {
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
