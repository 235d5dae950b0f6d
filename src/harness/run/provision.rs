//! Bringing the fixtures into the target, once, before the first case.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::process::{ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::excerpt::{beginning, end};
use crate::harness::outcome::{Redact, Refusal};
use crate::harness::subject::{Credential, Provision, shown_command, shown_url};
use crate::harness::wire::{Answer, Connection, Request, Room, Transport, utf_16};
use crate::input::secret::Secret;

/// So many bytes are kept of what a command says: a command may say whatever it does.
const KEPT: usize = 16 << 10;
/// How long the rest of what a command said is waited for when it has ended: what it left running
/// may hold its standard error open.
const REST: Duration = Duration::from_millis(500);
/// A part of a URL or of a command that is as short may stand anywhere and lets nobody in.
const SHORT: usize = 3;

/// Brings the records into the target. Returns each time that the target was waited for, in a
/// sentence.
///
/// # Errors
/// The target or the command did not accept the records, and what it said.
pub(super) fn provision(
    client: &dyn Transport,
    provision: &Provision,
    records: &[u8],
    redaction: &dyn Redact,
) -> Result<Vec<String>, Refusal> {
    match provision {
        Provision::None | Provision::Assumed | Provision::Preloaded => Ok(Vec::new()),
        Provision::Url { url, token } => post(client, url, token.as_ref(), records, redaction),
        Provision::Command(command) => run(command, records, redaction).map(|()| Vec::new()),
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
    redaction: &dyn Redact,
) -> Result<Vec<String>, Refusal> {
    match how {
        Provision::Command(_) => Ok(Vec::new()),
        how => provision(kept, how, records, redaction),
    }
}

fn post(
    client: &dyn Transport,
    url: &str,
    token: Option<&Secret>,
    records: &[u8],
    redaction: &dyn Redact,
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
        Ok(answer) => {
            let safe = |text: &str| beginning(&without(url, shown, text, redaction));
            Err(failed(refused(&answer, safe)))
        }
        Err(error) => Err(failed(error.reason().to_owned())),
    }
}

/// Returns what an answer says that is no success.
fn refused(answer: &Answer, safe: impl Fn(&str) -> String) -> String {
    let status = answer.status;
    let body = utf_16(&answer.body);
    let body = body.unwrap_or_else(|| String::from_utf8_lossy(&answer.body).into_owned());
    match (answer.header("location"), body.trim()) {
        (Some(to), _) if status / 100 == 3 => {
            format!("answered {status} and leads to {}: say that URL", safe(shown_url(to)))
        }
        (_, "") => format!("answered {status} and said nothing"),
        (_, body) => format!("answered {status} and said: {}", safe(body)),
    }
}

/// Runs the command in the shell, the records on its standard input. What it says is told if it
/// fails.
fn run(command: &str, records: &[u8], redaction: &dyn Redact) -> Result<(), Refusal> {
    let shown = shown_command(command);
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Refusal::usage(format!("{shown} cannot be started: {error}")))?;
    let said = child.stderr.take().map(Said::of);
    // A command that does not read its input to the end is judged by its exit alone.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(records);
    }
    let failed = |reason: String| {
        Refusal::inconclusive(format!("the fixtures cannot be loaded by {shown}: {reason}"))
    };
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let said = said.map(|(said, ended)| {
        let _ = ended.recv_timeout(REST);
        said.text()
    });
    let said = end(&without(command, &shown, &said.unwrap_or_default(), redaction));
    Err(failed(match said.is_empty() {
        true => format!("{status}, and nothing on its standard error"),
        false => format!("{status}, and on its standard error: {said}"),
    }))
}

/// The last that a command said.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    /// Listens, so that the command never waits for a reader. Returns what tells of its end, too.
    fn of(mut stderr: ChildStderr) -> (Said, Receiver<()>) {
        let said = Said::default();
        let (ended, end) = channel();
        let mut kept = said.clone();
        thread::spawn(move || {
            // What cannot be read is not said.
            let _ = io::copy(&mut stderr, &mut kept);
            let _ = ended.send(());
        });
        (said, end)
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).into_owned()
    }
}

impl Write for Said {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(part);
        let before = kept.len().saturating_sub(KEPT);
        kept.drain(..before);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns what was said without what is secret, and without what stands in `entry`, the URL or the
/// command by which the records were brought, beside what of it is shown anyway: a token may.
fn without(entry: &str, shown: &str, said: &str, redaction: &dyn Redact) -> String {
    let mut said = said.to_owned();
    redaction.said(&mut said);
    let words = entry.split(|c: char| c.is_whitespace() || "\"'`".contains(c));
    let parts = words.clone().flat_map(|word| word.split(|c: char| "=&?:;,@|<>(){}$".contains(c)));
    let hidden = |word: &&str| word.len() > SHORT && !shown.contains(word);
    let mut hidden: Vec<_> = words.chain(parts).filter(hidden).collect();
    hidden.sort_unstable_by_key(|word| Reverse(word.len()));
    hidden.into_iter().fold(said, |said, word| said.replace(word, "…"))
}
