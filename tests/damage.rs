//! What a user would lose: a disk that fails flips a bit, a copy is cut off, a backup tool writes a
//! page of zeros. If the store then opens as an empty one, the billing job fills it anew and nobody
//! misses what was in it; if it serves a wrong amount, an invoice is wrong and nothing says so.
//!
//! So: damage a real file in thousands of ways, each drawn from a seed. It must be refused in a
//! sentence, or everything that it says must be right; and what is refused stays as it is.
//!
//! A file of more than 64 MiB is verified while it is served already, so it may be refused only then.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "damage/answers.rs"]
mod answers;
#[path = "damage/random.rs"]
mod random;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;
#[path = "damage/ways.rs"]
mod ways;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::Path;
use std::process::Stdio;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use etalon::store::{Store, dump, wait};
use random::Random;
use serde_json::Value;
use served::{Served, command, etalon, etalon_reading};
use tempfile::{TempDir, tempdir};
use ways::WAYS;

/// Of so many ways, one is shown to the binary too.
const SAMPLE: usize = 25;

/// No file of these takes longer to be refused.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn three_hundred_damaged_files_are_refused_or_say_what_is_right() {
    damaged(300);
}

/// The same in earnest: `just damage`.
#[test]
#[ignore = "takes minutes"]
fn three_thousand_damaged_files_are_refused_or_say_what_is_right() {
    damaged(3_000);
}

/// A file before it is damaged, and what it says.
#[derive(Clone)]
struct Whole {
    name: &'static str,
    bytes: Vec<u8>,
    /// So many bytes it is grown to, once it is damaged: of zeros, which take no room.
    length: usize,
    dump: Vec<u8>,
    records: Vec<Value>,
    answers: String,
    /// What its snapshot holds, if it has one.
    saved: Option<Vec<u8>>,
}

fn damaged(count: usize) {
    let loud = count_panics();
    let folder = tempdir().unwrap();
    let (closed, killed) = (closed(&folder), killed(&folder));
    let snapped = snapped(&folder, &closed);
    let wholes = [
        &closed,
        &killed,
        &snapped,
        &closed.grown("large, closed in order"),
        &killed.grown("large, of a killed server"),
    ];
    let mut outcomes: BTreeMap<(&str, &str), BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..count {
        let whole = wholes[seed % wholes.len()];
        let (way, damage) = WAYS[seed / wholes.len() % WAYS.len()];
        let mut bytes = whole.bytes.clone();
        damage(&mut bytes, &mut Random(seed as u64));
        let path = folder.path().join("damaged.redb");
        write(&path, &bytes, whole.length);
        let outcome = in_time(|| look(&path, whole), seed);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(what) => {
                wrong.push(format!("{seed}: a file {} with {way}: {what}", whole.name));
                "WRONG"
            }
        };
        if loud.swap(0, Ordering::Relaxed) > 0 {
            wrong.push(format!("{seed}: a file {} with {way}: a panic was printed", whole.name));
        }
        if outcome == "refused" && !is_still(&path, &bytes) {
            wrong.push(format!("{seed}: a file {} with {way} was changed", whole.name));
        }
        *outcomes.entry((whole.name, way)).or_default().entry(outcome).or_default() += 1;
        if (seed / wholes.len()).is_multiple_of(SAMPLE) {
            write(&path, &bytes, whole.length);
            if let Err(what) = run(&path, whole) {
                wrong.push(format!("{seed}: a file {} with {way}, run: {what}", whole.name));
            }
        }
    }
    for ((name, way), outcomes) in &outcomes {
        println!("{name}, {way}: {outcomes:?}");
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

impl Whole {
    /// The same as a file that is larger than what is verified before it is served.
    fn grown(&self, name: &'static str) -> Self {
        Self { name, length: 65 << 20, ..self.clone() }
    }
}

/// Writes a file that is at least so long; the zeros at its end take no room.
fn write(path: &Path, bytes: &[u8], length: usize) {
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_len(bytes.len().max(length) as u64).unwrap();
}

/// Returns whether a file begins as it was written.
fn is_still(path: &Path, bytes: &[u8]) -> bool {
    let mut found = Vec::new();
    fs::File::open(path).unwrap().take(bytes.len() as u64).read_to_end(&mut found).unwrap();
    found == bytes
}

/// Looks at a file in this process: the sentence that refuses it, or all that it says.
fn look(path: &Path, whole: &Whole) -> Result<&'static str, String> {
    let store = match Store::open(path) {
        Ok(store) => store,
        Err(sentence) => return refusal(&sentence, path).map(|()| "refused"),
    };
    // It waits until the whole file is verified, and is refused where that fails.
    let written = wait(store.write(|_| Ok(())));
    let mut out = Vec::new();
    let dumped = store.reader().map_err(|error| error.to_string());
    let dumped = dumped.and_then(|tx| dump::dump(&tx, &mut out).map_err(|error| error.to_string()));
    match dumped {
        Ok(()) if out != whole.dump => return Err(format!("dumped {} bytes", out.len())),
        _ => {}
    }
    if let (Err(error), Ok(())) = (&written, &dumped) {
        return Err(format!("it is read, but not written: {error}"));
    }
    match (dumped, answers::answers(&store, &whole.records)) {
        (_, Ok(answers)) if answers != whole.answers => Err("answers otherwise".to_owned()),
        (Ok(()), Ok(_)) => taken_back(&store, whole),
        (Err(sentence), _) => sentence_of(&sentence).map(|()| "refused as it is read"),
        (_, Err(error)) => sentence_of(&error.to_string()).map(|()| "refused as it is read"),
    }
}

/// Takes a store that says what is right back to its snapshot, which must be right too.
fn taken_back(store: &Store, whole: &Whole) -> Result<&'static str, String> {
    let Some(saved) = &whole.saved else { return Ok("right") };
    let restored = wait(store.restore("s".to_owned())).map_err(|error| error.to_string());
    restored?.map_err(|error| format!("it is not taken back: {error:?}"))?;
    let mut out = Vec::new();
    let tx = store.reader().map_err(|error| error.to_string())?;
    dump::dump(&tx, &mut out).map_err(|error| error.to_string())?;
    if out == *saved { Ok("right") } else { Err("its snapshot is another".to_owned()) }
}

/// Checks that a refusal is one sentence that names the file and says what to do.
fn refusal(sentence: &str, path: &Path) -> Result<(), String> {
    sentence_of(sentence)?;
    let named = sentence.contains(path.to_str().unwrap());
    let advised = ["Load ", "load ", "Choose ", "copy it ", "Remove "];
    let advised = advised.iter().any(|advice| sentence.contains(advice));
    if named && advised { Ok(()) } else { Err(format!("the refusal is {sentence:?}")) }
}

fn sentence_of(sentence: &str) -> Result<(), String> {
    let is_one = sentence.ends_with('.') && !sentence.contains('\n');
    if is_one { Ok(()) } else { Err(format!("this is no sentence: {sentence:?}")) }
}

/// Runs the binary over a file: `dump`, then `serve`.
fn run(path: &Path, whole: &Whole) -> Result<(), String> {
    let db = ["--db", path.to_str().unwrap()];
    let dumped = etalon(&[&["dump"][..], &db].concat());
    let said = String::from_utf8_lossy(&dumped.stderr).into_owned();
    match dumped.status.code() {
        Some(0) if dumped.stdout == whole.dump => {}
        Some(1 | 2) if said.lines().count() == 1 && said.starts_with("etalon: ") => {}
        code => return Err(format!("dump ended with {code:?} and {said:?}")),
    }
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut serving = command(&[&serve[..], &db].concat())
        .env("ETALON_ADMIN_TOKEN", "etalon-admin")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let Some(addr) = line.trim().strip_prefix("listening on http://") else {
        let ended = serving.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        let refused = ended.status.code() == Some(2) && said.lines().count() == 1;
        return if refused { Ok(()) } else { Err(format!("serve: {:?}, {said:?}", ended.status)) };
    };
    let asked = ask(addr, whole);
    let _ = serving.kill();
    let ended = serving.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    match asked {
        Ok(()) => Ok(()),
        Err(what) => Err(format!("serve: {what}; it said {said:?}")),
    }
}

/// Asks a server for all that it has, once it has taken a write of nothing: before that it has
/// verified its file, and if that is damaged, all of its answers say so.
fn ask(addr: &str, whole: &Whole) -> Result<(), String> {
    let mut raw = raw::Raw::connect(addr.parse().unwrap()).unwrap();
    let mut ask = |request: &str| {
        let head = "Host: localhost\r\nAuthorization: Bearer etalon-admin\r\nContent-Length: 0";
        raw.send(format!("{request} HTTP/1.1\r\n{head}\r\n\r\n")).unwrap();
        raw.answer().map_err(|error| format!("{request}: {error}"))
    };
    let (written, health) = (ask("POST /etalon/records")?, ask("GET /etalon/health")?);
    let dumped = ask("GET /etalon/records")?;
    match (written.status, health.status, dumped.status) {
        (200, 200, 200) if dumped.body == whole.dump => Ok(()),
        (500, 503, 500) if String::from_utf8_lossy(&health.body).contains("damaged") => Ok(()),
        answers => Err(format!("POST, health and GET of the records are answered {answers:?}")),
    }
}

/// Runs `work` on a thread of its own, where a panic is what it found.
fn in_time(
    work: impl FnOnce() -> Result<&'static str, String> + Send,
    seed: usize,
) -> Result<&'static str, String> {
    let (done, found) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let looked = catch_unwind(AssertUnwindSafe(work));
            let _ = done.send(looked.unwrap_or_else(|_| Err("a panic".to_owned())));
        });
        found.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            // The thread will not end, and neither would the test.
            eprintln!("{seed}: no end was seen");
            std::process::abort()
        })
    })
}

/// Counts the panics that would be printed, on whatever thread.
fn count_panics() -> &'static AtomicUsize {
    static LOUD: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    // Before a store is opened: what that silences must not be counted.
    HOOK.call_once(|| {
        let print = take_hook();
        set_hook(Box::new(move |panic| {
            LOUD.fetch_add(1, Ordering::Relaxed);
            print(panic);
        }));
    });
    &LOUD
}

/// A file that was closed in order.
fn closed(folder: &TempDir) -> Whole {
    let path = folder.path().join("closed.redb");
    let records = etalon(&["fixtures"]).stdout;
    let loaded = etalon_reading(&["load", "--db", path.to_str().unwrap(), "-"], &records);
    assert!(loaded.status.success(), "{loaded:?}");
    whole("closed in order", &path)
}

/// A file that a server wrote to until it was killed.
fn killed(folder: &TempDir) -> Whole {
    let path = folder.path().join("killed.redb");
    let served = Served::start(&["--db", path.to_str().unwrap()]);
    let mut client = served.client();
    let records = String::from_utf8(etalon(&["fixtures"]).stdout).unwrap();
    // In several commits, each of which leaves the one before it in the file's other half.
    let lines: Vec<_> = records.split_inclusive('\n').collect();
    for part in lines.chunks(lines.len().div_ceil(5)) {
        let answer = client.ask("POST", "/etalon/records", &part.concat()).unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    }
    served.kill();
    whole("of a killed server", &path)
}

/// A file that was changed since a snapshot was made of what another holds.
fn snapped(folder: &TempDir, whole: &Whole) -> Whole {
    let path = folder.path().join("snapped.redb");
    write(&path, &whole.bytes, 0);
    let served = Served::start(&["--db", path.to_str().unwrap()]);
    let mut client = served.client();
    assert_eq!(client.ask("POST", "/etalon/snapshots/s", "").unwrap().status, 201);
    let others = String::from_utf8(whole.dump.clone()).unwrap().replace("Vodafone", "Telenor");
    assert_eq!(client.ask("POST", "/etalon/records", &others).unwrap().status, 200);
    served.kill();
    let saved = Some(whole.dump.clone());
    Whole { saved, ..self::whole("with a snapshot", &path) }
}

fn whole(name: &'static str, path: &Path) -> Whole {
    let bytes = fs::read(path).unwrap();
    let store = Store::open(path).unwrap();
    let mut dump = Vec::new();
    dump::dump(&store.reader().unwrap(), &mut dump).unwrap();
    let lines = dump.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let records: Vec<Value> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
    assert!(records.len() > 2_000, "{name}: {} records", records.len());
    let answers = answers::answers(&store, &records).unwrap();
    Whole { name, bytes, length: 0, dump, records, answers, saved: None }
}
