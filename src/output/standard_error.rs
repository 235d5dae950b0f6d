//! Standard error: the one way to it.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::visible;

/// So many lines wait for who reads them; what comes then is left out, and counted.
const WAITING: usize = 4096;

/// About how many bytes are written at a time.
const AT_ONCE: usize = 32 << 10;

/// How long the end of a process waits for who reads.
const LAST: Duration = Duration::from_secs(1);

/// The queue of a process that may wait for nobody.
static QUEUE: OnceLock<Queue> = OnceLock::new();

struct Queue {
    lines: SyncSender<Line>,
    left_out: AtomicU64,
    form: fn(&str) -> String,
}

enum Line {
    Text(String),
    /// Everything before it is to be written before the sender is dropped.
    Last(Sender<()>),
}

/// Writes a text and a line break, with all that it holds made visible. Where nobody can read it,
/// nothing is said: a log on a full disk is no reason to end what is told in it.
pub fn tell(text: impl Display) {
    let text = text.to_string();
    let text = visible::lines(&text);
    match QUEUE.get() {
        Some(queue) => queue.put(Line::Text((queue.form)(&text))),
        None => drop(writeln!(io::stderr().lock(), "{text}")),
    }
}

/// Writes a line that is visible already, if there is a queue.
pub fn put(line: String) {
    if let Some(queue) = QUEUE.get() {
        queue.put(Line::Text(line));
    }
}

/// Has all that is told from now on be written by a thread of its own, each sentence in a form, so
/// that whoever reads it slowly or not at all holds nobody up. What finds no room is left out, and how
/// much that was is told.
///
/// # Errors
/// The system gives no thread.
pub fn queue(form: fn(&str) -> String) -> io::Result<()> {
    let (lines, waiting) = sync_channel(WAITING);
    thread::Builder::new().name("log".to_owned()).spawn(move || write(&waiting))?;
    // Where there is one already, the thread ends with what it was to read.
    let _ = QUEUE.set(Queue { lines, left_out: AtomicU64::new(0), form });
    Ok(())
}

/// Waits a moment until all that was told is written.
pub fn end() {
    let Some(queue) = QUEUE.get() else { return };
    let (last, written) = channel();
    let since = Instant::now();
    let mut last = Line::Last(last);
    while let Err(refused) = queue.lines.try_send(last) {
        let (TrySendError::Full(line) | TrySendError::Disconnected(line)) = refused;
        if since.elapsed() > LAST {
            return;
        }
        last = line;
        thread::sleep(LAST / 100);
    }
    // That it is dropped is the answer.
    let _ = written.recv_timeout(LAST.saturating_sub(since.elapsed()));
}

impl Queue {
    fn put(&self, line: Line) {
        if self.lines.try_send(line).is_err() {
            self.left_out.fetch_add(1, Relaxed);
        }
    }

    /// Returns how many lines were left out since this was last asked, as a line.
    fn left_out(&self) -> Option<String> {
        match self.left_out.swap(0, Relaxed) {
            0 => None,
            count => Some((self.form)(&format!(
                "etalon: {count} lines were left out here: whoever reads them is too slow."
            ))),
        }
    }
}

/// Writes what waits, until the process ends.
fn write(waiting: &Receiver<Line>) {
    let mut text = String::new();
    while let Ok(line) = waiting.recv() {
        let mut next = Some(line);
        while let Some(line) = next {
            match line {
                Line::Text(line) => {
                    text.push_str(&line);
                    text.push('\n');
                }
                Line::Last(last) => {
                    put_out(&mut text);
                    drop(last);
                }
            }
            next = if text.len() < AT_ONCE { waiting.try_recv().ok() } else { None };
        }
        put_out(&mut text);
        if let Some(line) = QUEUE.get().and_then(Queue::left_out) {
            text = line + "\n";
            put_out(&mut text);
        }
    }
}

fn put_out(text: &mut String) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
    text.clear();
}
