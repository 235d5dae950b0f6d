//! What a user would lose: at 17:58 the billing job has posted forty new customers, corrected
//! addresses, ordered the disbursement of surpluses and loaded the day's usage, and has been told
//! 201 and 204 for each. Then the machine kills the server. If one acknowledged customer is gone
//! in the morning, the job does not know whom to send again; if one is there by half (found by
//! number and not by identifier, a surplus pending without its order, CDRs without their sum), an
//! invoice is wrong and nothing says so.
//!
//! So: kill the server while several clients write, open the file again, and compare all of it
//! with what was acknowledged. A write in flight may be there or not, but whole.
//!
//! A kill cannot show what a power cut would: it keeps what was written and not yet synced.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "durability/ledger.rs"]
mod ledger;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{scope, sleep};
use std::time::Duration;

use ledger::{Ledger, State, Write};
use served::{Client, Served, etalon_reading};

const KILLS: usize = 50;
const STOPS: usize = 5;
const WRITERS: u64 = 6;

#[test]
fn no_acknowledged_write_is_lost_and_none_is_half_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed.redb");
    let file = file.to_str().unwrap();
    let made = etalon_reading(&["load", "--db", file, "-"], ledger::RECORD.as_bytes());
    assert!(made.status.success(), "{made:?}");

    let mut book = Book::default();
    for round in 0..KILLS + STOPS {
        let served = Served::start(&["--db", file]);
        book.compare(&mut served.client());
        book.write_until(served, round, round >= KILLS);
    }
    let served = Served::start(&["--db", file]);
    book.compare(&mut served.client());
    book.compare_all(&mut served.client());

    println!(
        "{} acknowledged, {} in flight at a kill, {} of these stored",
        book.acknowledged, book.interrupted, book.survived
    );
    assert!(book.acknowledged >= 1_000, "only {} acknowledged writes", book.acknowledged);
    assert!(book.interrupted >= KILLS, "only {} writes in flight at a kill", book.interrupted);
}

/// A kill while the file is being made.
#[test]
fn a_file_that_was_never_finished_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(7);
    for attempt in 0..20 {
        let file = folder.path().join(format!("{attempt}.redb"));
        let file = file.to_str().unwrap();
        let mut making = served::command(&["serve", "--listen", "127.0.0.1:0", "--db", file])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_micros(random.below(25_000)));
        making.kill().unwrap();
        making.wait().unwrap();
        let dumped = served::etalon(&["load", "--db", file, "-"]);
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    }
}

/// A kill while a file is being packed: redb moves its pages then by commits of another kind than
/// those of writes.
#[test]
fn a_file_that_was_being_packed_opens_with_all_that_was_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(11);
    let records = served::etalon(&["fixtures"]).stdout;
    for attempt in 0..20 {
        let file = folder.path().join(format!("{attempt}.redb"));
        let file = file.to_str().unwrap();
        let loaded = etalon_reading(&["load", "--db", file, "-"], &records);
        assert!(loaded.status.success(), "{loaded:?}");
        let before = served::etalon(&["dump", "--db", file]);
        let mut packing = served::command(&["load", "--pack", "--db", file, "-"])
            .stdin(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_micros(random.below(60_000)));
        packing.kill().unwrap();
        packing.wait().unwrap();
        let after = served::etalon(&["dump", "--db", file]);
        assert!(after.status.success(), "{}", String::from_utf8_lossy(&after.stderr));
        assert!(after.stdout == before.stdout, "{attempt}: the packing lost something");
    }
}

/// What has been promised so far.
#[derive(Default)]
struct Book {
    /// What is stored, by everything that was acknowledged and whatever else was found stored.
    ledger: Ledger,
    /// Unanswered when the server was killed.
    in_flight: Vec<Write>,
    /// Touched by the last round.
    recent: Vec<u64>,
    /// The last number of a customer or load.
    serial: AtomicU64,
    acknowledged: usize,
    interrupted: usize,
    survived: usize,
}

impl Book {
    /// Writes over several connections until some writes are acknowledged, and then ends the
    /// server, gently or not.
    fn write_until(&mut self, served: Served, round: usize, gently: bool) {
        let mut random = Random(round as u64 + 1);
        let wanted = 20 + random.below(30) as usize;
        let (news, acknowledged) = channel();
        let (serial, ledger) = (&self.serial, &self.ledger);
        let mut written = Vec::new();
        let mut in_flight = Vec::new();
        scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (client, news) = (served.client(), news.clone());
                    let mut random = Random(random.next());
                    // Each has customers of its own, so that what stands is what it wrote.
                    let mut own: Ledger = ledger
                        .iter()
                        .filter(|(no, _)| **no % WRITERS == writer)
                        .map(|(no, state)| (*no, state.clone()))
                        .collect();
                    scope.spawn(move || write(client, writer, serial, &mut own, &mut random, &news))
                })
                .collect();
            drop(news);
            written.extend(acknowledged.iter().take(wanted));
            // Somewhere within the next commits.
            sleep(Duration::from_micros(random.below(8_000)));
            if gently {
                let status = served.terminate();
                assert_eq!(status.code(), Some(0), "SIGTERM ended the server with {status}");
            } else {
                served.kill();
            }
            written.extend(acknowledged.iter());
            in_flight.extend(writers.into_iter().filter_map(|writer| writer.join().unwrap()));
        });
        self.acknowledged += written.len();
        self.interrupted += if gently { 0 } else { in_flight.len() };
        self.recent = written.iter().chain(&in_flight).map(Write::no).collect();
        for write in written {
            write.apply(&mut self.ledger);
        }
        self.in_flight = in_flight;
    }

    /// Compares all that is stored with all that was promised, and what the last round touched
    /// with what the APIs serve.
    fn compare(&mut self, client: &mut Client) {
        let dump = client.ask("GET", "/etalon/records", "").unwrap();
        let stored = ledger::read(std::str::from_utf8(&dump.body).unwrap());
        for write in self.in_flight.drain(..) {
            let mut with = self.ledger.clone();
            write.apply(&mut with);
            if stored.get(&write.no()) == with.get(&write.no()) {
                self.ledger = with;
                self.survived += 1;
            }
        }
        for (no, promised) in &self.ledger {
            assert_eq!(stored.get(no), Some(promised), "customer {no}");
        }
        let unknown: Vec<_> = stored.keys().filter(|no| !self.ledger.contains_key(no)).collect();
        assert!(unknown.is_empty(), "stored, and never sent whole: {unknown:?}");
        for no in std::mem::take(&mut self.recent) {
            if let Some(state) = self.ledger.get(&no) {
                ledger::check_served(client, no, state);
            }
        }
        ledger::check_summaries(client, ledger::SHARED);
    }

    fn compare_all(&self, client: &mut Client) {
        self.ledger.iter().for_each(|(no, state)| ledger::check_served(client, *no, state));
    }
}

/// Writes until the server is gone, and tells of every acknowledgement. The write that was not
/// answered is the result.
fn write(
    mut client: Client,
    writer: u64,
    serial: &AtomicU64,
    own: &mut Ledger,
    random: &mut Random,
    news: &Sender<Write>,
) -> Option<Write> {
    loop {
        let write = choose(writer, serial, own, random);
        let (method, path, body) = write.request();
        let Ok(answer) = client.ask(method, &path, &body) else {
            return Some(write);
        };
        let body = String::from_utf8_lossy(&answer.body);
        assert!((200..300).contains(&answer.status), "{write:?}: {} {body}", answer.status);
        write.apply(own);
        news.send(write).unwrap();
    }
}

fn choose(writer: u64, serial: &AtomicU64, own: &Ledger, random: &mut Random) -> Write {
    let kind = random.below(10);
    let fits = |state: &State| match kind {
        4..=6 => true,
        7 => !state.billed,
        8 => state.loaded && !state.ordered,
        _ => false,
    };
    let fitting: Vec<_> = own.iter().filter(|(_, state)| fits(state)).collect();
    if fitting.is_empty() {
        let no = serial.fetch_add(1, Ordering::Relaxed) * WRITERS + writer + 10;
        let no = no - no % WRITERS + writer;
        return if kind == 9 { Write::Load(no) } else { Write::Create(no) };
    }
    let (no, state) = fitting[random.below(fitting.len() as u64) as usize];
    match kind {
        7 => Write::Bill(*no),
        8 => Write::Order(*no),
        _ => Write::Patch(*no, state.revision + 1),
    }
}

/// SplitMix64: the same delays and choices in every run, as far as the machine lets them be.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
