//! Bringing the fixtures into the target, once, before the first case.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::harness::outcome::Refusal;
use crate::harness::subject::{Credential, Provision, shown_command, shown_url};
use crate::harness::wire::{Connection, Request, Room, Transport};
use crate::input::secret::Secret;

/// Brings the records into the target. Returns each time that the target was waited for, in a
/// sentence.
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

/// Brings the records into a target again whose exchanges are kept. What a command did then is no
/// exchange, and nothing that stands in a file is run.
///
/// # Errors
/// The target did not accept the records.
pub(super) fn provision_again(
    kept: &dyn Transport,
    how: &Provision,
    records: &[u8],
) -> Result<Vec<String>, Refusal> {
    match how {
        Provision::Command(_) => Ok(Vec::new()),
        how => provision(kept, how, records),
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
        room: Room::Thing,
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
        Err(error) => Err(failed(error.reason().to_owned())),
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
