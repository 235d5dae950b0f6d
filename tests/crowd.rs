//! A good client beside a crowd that holds what it can: what it waits, and what the server holds.
//!
//! `cargo test` holds that it is answered at all; `just strangers` prints what was measured.
#![cfg(all(feature = "server", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/measured.rs"]
mod measured;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use measured::{MIB, load, print_machine, text};
use raw::Raw;
use served::Served;
use tokio::net::TcpSocket;

const SUMMARIES: &str = "/billing/usage/v1/100/invoices/1/subscriptions/1/usage-summaries";
const DETAILS: &str = "/billing/usage/v1/100/invoices/1/subscriptions/1/usage-details";
const DEMO: &str = "/ledger/customer/v1/100/customers/1000001";
const TOKEN: &str = "Authorization: Bearer etalon-100\r\n";
const ADMIN: &str = "Authorization: Bearer etalon-admin\r\n";

/// The connections that the server takes at a time.
const SEATS: usize = 1024;

/// Who fills all that a process may open, with connections that say nothing and with such as were
/// refused, would have everybody else wait until those have ended: a minute, and then another.
/// `tests/sockets.rs` has the same of seats.
#[test]
fn a_crowd_that_takes_every_descriptor_keeps_nobody_out() {
    let served = Served::start_with_descriptors(128, &[]);
    let idle: Vec<TcpStream> = (0..150).map(|_| connect(&served)).collect();
    let refused: Vec<Raw> = (0..150).map(|_| turned_away(&served)).collect();
    for _ in 0..20 {
        assert_eq!(ask(&served, DEMO, TOKEN).0, 200);
    }
    drop((idle, refused));
}

/// Clients whose answers are held back, those who follow, and those of both kinds that have gone
/// meanwhile would have the server to themselves: nobody could even take back the rule that holds them.
#[test]
fn who_is_held_back_or_follows_keeps_nobody_out_and_who_has_gone_is_found_out() {
    let followed = format!("{ADMIN}Accept: text/event-stream\r\n");
    for (path, fields) in [(DEMO, TOKEN), ("/etalon/requests", &followed)] {
        let served = Served::start_with_descriptors(128, &[]);
        let rule = "{\"delay\":\"10m\",\"api\":\"customer\"}";
        assert_eq!(served.client().ask("POST", "/etalon/behaviours", rule).unwrap().status, 201);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let asked = || {
            let socket = TcpSocket::new_v4().unwrap();
            let client = runtime.block_on(socket.connect(served.addr)).unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
            assert_eq!(client.try_write(request.as_bytes()).unwrap(), request.len());
            client
        };
        let reset: Vec<_> = (0..30).map(|_| asked()).collect();
        until("the crowd", || connections(&served) > 30);
        reset.iter().for_each(|client| client.set_zero_linger().unwrap());
        drop(reset);
        until("its end", || connections(&served) < 10);

        (0..200).for_each(|_| drop(asked()));
        let patient: Vec<_> = (0..150).map(|_| asked()).collect();
        for _ in 0..20 {
            assert_eq!(ask(&served, "/etalon/metrics", ADMIN).0, 200, "{path}");
        }
        assert_eq!(served.client().ask("DELETE", "/etalon/behaviours", "").unwrap().status, 204);
        drop(patient);
    }
}

/// Returns how many connections the server has, that of who asks among them.
fn connections(served: &Served) -> u64 {
    let answer = served.client().ask("GET", "/etalon/metrics", "").unwrap();
    let text = String::from_utf8(answer.body).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("etalon_connections "));
    line.unwrap().parse().unwrap()
}

fn until(what: &str, met: impl Fn() -> bool) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} never came");
        sleep(Duration::from_millis(20));
    }
}

/// `just strangers`. `ETALON_CROWD_RECORDS` says how long the list is.
#[test]
#[ignore = "11,000 connections beside a list of a million: run with `just strangers`"]
fn ten_thousand_idle_and_a_thousand_slow_readers() {
    let records = std::env::var("ETALON_CROWD_RECORDS").ok();
    let records = records.map_or(1_000_000, |records| records.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    print_machine();
    let served = serve(folder.path(), records);
    println!("list       of {records} details");
    once(&served);
    measure(&served, "alone");
    let idle: Vec<TcpStream> = (0..SEATS).map(|_| connect(&served)).collect();
    measure(&served, "1,024 idle");
    drop(idle);
    let refused: Vec<Raw> = (0..SEATS).map(|_| turned_away(&served)).collect();
    measure(&served, "1,024 answered 401");
    drop(refused);
    let slow = SlowReaders::start(&served, 1_000);
    measure(&served, "1,000 slow readers");
    let idle: Vec<TcpStream> = (0..10_000).map(|_| connect(&served)).collect();
    measure(&served, "and 10,000 idle");
    println!("readers    {} of 1,000 slow readers have not been cut", slow.stop());
    drop(idle);
    measure(&served, "alone again");
}

/// A server with a list of so many details.
fn serve(folder: &Path, records: u64) -> Served {
    let (file, store) = (folder.join("r.ndjson"), folder.join("s.redb"));
    let mut lines = String::from(
        "{\"record\":\"ledger\",\"ledgerNo\":\"100\",\"country\":\"SE\",\"currency\":\"SEK\",\
         \"customerNoMode\":\"assigned\",\"grants\":[]}\n",
    );
    for n in 0..records {
        let second = n * 2_400_000 / records;
        let (day, time) = (1 + second / 86_400, second % 86_400);
        writeln!(
            lines,
            r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"1","subscriptionNo":"1","usage":{{"type":250,"typeName":"Surf","startDateTime":"2023-09-{day:02}T{:02}:{:02}:{:02}","destination":"ROAM","destinationName":"APN","totalAmount":1.25,"volume":{n},"volumeUnit":"B","chargeDetails":{{"vatRate":25.00,"price":107.61,"priceUnit":"MB","interval":50000,"intervalUnit":"B","startPrice":0.00}}}}}}"#,
            time / 3600,
            time / 60 % 60,
            time % 60,
        )
        .unwrap();
    }
    fs::write(&file, lines).unwrap();
    load(&file, &store);
    Served::start(&["--db", text(&store)])
}

fn connect(served: &Served) -> TcpStream {
    TcpStream::connect(served.addr).unwrap_or_else(|error| {
        panic!("{error}; if it is the open files: `ulimit -n 20000`");
    })
}

/// The status of a path, on a connection of its own.
fn ask(served: &Served, path: &str, fields: &str) -> (u16, Raw) {
    let mut client = Raw::connect(served.addr).unwrap();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")).unwrap();
    let status = client.answer().unwrap().status;
    (status, client)
}

/// A client that was answered 401 and stays.
fn turned_away(served: &Served) -> Raw {
    let (status, client) = ask(served, SUMMARIES, "");
    assert_eq!(status, 401);
    client
}

/// Clients that have each asked for the whole list and take some kilobytes of it a second.
struct SlowReaders {
    stop: Arc<AtomicBool>,
    reading: JoinHandle<usize>,
}

impl SlowReaders {
    fn start(served: &Served, count: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let reader = async || {
            let socket = TcpSocket::new_v4().unwrap();
            // Else the system would take megabytes for each.
            socket.set_recv_buffer_size(16 << 10).unwrap();
            let mut client = socket.connect(served.addr).await.unwrap().into_std().unwrap();
            let request = format!("GET {DETAILS} HTTP/1.1\r\nHost: localhost\r\n{TOKEN}\r\n");
            client.write_all(request.as_bytes()).unwrap();
            client
        };
        let mut readers: Vec<TcpStream> = (0..count).map(|_| runtime.block_on(reader())).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let reading = spawn(move || {
            while !stopped.load(Relaxed) {
                readers.retain_mut(sip);
                sleep(Duration::from_secs(1));
            }
            readers.len()
        });
        Self { stop, reading }
    }

    /// How many have not been cut.
    fn stop(self) -> usize {
        self.stop.store(true, Relaxed);
        self.reading.join().unwrap()
    }
}

/// Takes a little; whether there may be more.
fn sip(reader: &mut TcpStream) -> bool {
    match reader.read(&mut [0; 4096]) {
        Ok(length) => length > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// A request on a connection of its own, and how long it took from connecting to the answer's end.
fn once(served: &Served) -> Duration {
    let began = Instant::now();
    assert_eq!(ask(served, SUMMARIES, TOKEN).0, 200);
    began.elapsed()
}

/// Prints what a good client waits that connects anew for each request, and what the server holds.
fn measure(served: &Served, beside: &str) {
    let mut times: Vec<Duration> = (0..3_000).map(|_| once(served)).collect();
    times.sort_unstable();
    let at = |part: f64| times[(times.len() as f64 * part) as usize].as_micros();
    println!(
        "{beside:20} p50 {} us, p99 {} us, most {} us; RSS {} MiB, most {} MiB",
        at(0.5),
        at(0.99),
        times[times.len() - 1].as_micros(),
        served.memory("VmRSS") / MIB,
        served.memory("VmHWM") / MIB,
    );
}
