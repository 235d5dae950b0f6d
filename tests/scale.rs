//! What must not grow with the number of records: the memory of a load, the memory of a list, the
//! time of a sum, and the time of a search.
//!
//! `cargo test` holds the same bounds at 20,000 records, without times; `just scale` and `just find`
//! run a million and print what they measured.
#![cfg(all(feature = "server", feature = "harness", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/measured.rs"]
mod measured;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use measured::{MIB, load, print_machine, text};
use redb::{Database, ReadableDatabase as _, ReadableTableMetadata as _};
use served::{Client, Served};

/// The most that a load may hold in memory.
const LOAD: u64 = 256 << 20;
/// The most that a list may add to the server's memory.
const LIST: u64 = 16 << 20;
/// How much longer than a small subscription's summaries a large one's may take, and than a search
/// among few customers one among many.
const RATIO: f64 = 1.5;

/// The subscription that has a good part of all usage, and one that has a page of it.
const LONG: &str = "/billing/usage/v1/100/invoices/1/subscriptions/long";
const SHORT: &str = "/billing/usage/v1/100/invoices/1/subscriptions/short";

/// How much is loaded.
struct Size {
    records: u64,
    /// Of these, CDRs of one subscription.
    long: u64,
}

#[test]
fn memory_does_not_grow_with_the_records_nor_sums_with_the_details() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { records: 20_000, long: 10_000 };
    let (records, store) = (folder.path().join("r.ndjson"), folder.path().join("s.redb"));
    write_records(&records, &size);
    let peak = load(&records, &store);
    // A quarter of what a million may take: the bound there is to be met with room.
    assert!(peak <= LOAD / 4, "the load held {} MiB", peak / MIB);

    let served = Served::start(&["--db", text(&store)]);
    let before = served.memory("VmRSS");
    let (items, _) = list(&served, LONG);
    assert_eq!(items, size.long);
    let grown = served.memory("VmHWM").saturating_sub(before);
    assert!(grown <= LIST, "the list took {} MiB", grown / MIB);
    let sums = served.client().get(&format!("{LONG}/usage-summaries"));
    drop(served);

    // What is not there cannot be read: the sums are served from what was kept at ingest.
    let database = Database::open(&store).unwrap();
    let tx = database.begin_write().unwrap();
    tx.delete_table(etalon::store::tables::USAGE_DETAILS).unwrap();
    drop(tx.open_table(etalon::store::tables::USAGE_DETAILS).unwrap());
    tx.commit().unwrap();
    drop(database);
    let served = Served::start(&["--db", text(&store)]);
    assert_eq!(list(&served, LONG).0, 0);
    assert_eq!(served.client().get(&format!("{LONG}/usage-summaries")), sums);
}

/// `just scale`.
#[test]
#[ignore = "a million records: run with `just scale`"]
fn a_million_records() {
    let folder = tempfile::tempdir().unwrap();
    let size = Size { records: 1_000_000, long: 200_000 };
    let (records, store) = (folder.path().join("r.ndjson"), folder.path().join("s.redb"));
    print_machine();
    write_records(&records, &size);
    let bytes = fs::metadata(&records).unwrap().len();

    let began = Instant::now();
    let peak = load(&records, &store);
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "load       {} records, {} MiB in {seconds:.1} s: {:.0} records/s, peak RSS {} MiB (bound {})",
        size.records,
        bytes / MIB,
        size.records as f64 / seconds,
        peak / MIB,
        LOAD / MIB
    );
    let stored = fs::metadata(&store).unwrap().len();
    let payload = payload(&store);
    println!(
        "disk       {} MiB for {} MiB of CDRs: {:.2}",
        stored / MIB,
        payload / MIB,
        stored as f64 / payload as f64
    );

    Served::start(&["--db", text(&store)]).kill();
    let began = Instant::now();
    let served = Served::start(&["--db", text(&store)]);
    println!("start      listening {} ms after a kill -9", began.elapsed().as_millis());

    let before = served.memory("VmRSS");
    let began = Instant::now();
    let (items, bytes) = list(&served, LONG);
    let seconds = began.elapsed().as_secs_f64();
    let grown = served.memory("VmHWM").saturating_sub(before);
    assert_eq!(items, size.long);
    println!(
        "list       {items} details, {} MiB in {seconds:.2} s: {:.0} details/s, RSS {} + {:.1} MiB (bound {})",
        bytes / MIB,
        items as f64 / seconds,
        before / MIB,
        grown as f64 / MIB as f64,
        LIST / MIB
    );

    let (short, long) = summaries_times(&mut served.client());
    let ratio = long / short;
    println!(
        "summaries  median {short:.0} us of a small subscription, {long:.0} us of {} details: {ratio:.2} (bound {RATIO})",
        size.long
    );
    assert!(peak <= LOAD && grown <= LIST && ratio <= RATIO, "a bound is broken, see above");
}

/// `just find`: a filtered search among a million customers beside the same among a thousand.
#[test]
#[ignore = "a million customers: run with `just find`"]
fn a_million_customers() {
    let folder = tempfile::tempdir().unwrap();
    print_machine();
    let sizes = [1_000, 1_000_000];
    let mut servers = Vec::new();
    for size in sizes {
        let (records, store) = (
            folder.path().join(format!("{size}.ndjson")),
            folder.path().join(format!("{size}.redb")),
        );
        write_customers(&records, size);
        let began = Instant::now();
        let peak = load(&records, &store);
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "load       {size} customers, {} MiB in {seconds:.1} s: {:.0}/s, peak RSS {} MiB, {} MiB stored",
            fs::metadata(&records).unwrap().len() / MIB,
            size as f64 / seconds,
            peak / MIB,
            fs::metadata(&store).unwrap().len() / MIB,
        );
        servers.push(Served::start(&["--db", text(&store)]));
    }
    let mut worst: f64 = 0.0;
    for (what, found) in [("lastName", 10), ("firstName and lastName", 10), ("organizationName", 1)]
    {
        let mut best = [f64::INFINITY; 2];
        // Where the system puts the threads of a connection costs more than a search does, and
        // differs from one to the next: so each has many, in turn, and its best one counts.
        for round in 0..20 {
            for ((served, size), best) in servers.iter().zip(sizes).zip(&mut best) {
                let mut client = served.client();
                let times = (round * 200..(round + 1) * 200).map(|ask| {
                    let names = customer(ask * 7_919 % size, size);
                    let began = Instant::now();
                    let answer = client.ask("GET", &names.search(what), "").unwrap();
                    let time = began.elapsed().as_secs_f64() * 1e6;
                    let items = String::from_utf8(answer.body).unwrap().matches("\"id\":").count();
                    assert_eq!((answer.status, items), (200, found), "{what} {ask}");
                    time
                });
                *best = best.min(median(times.collect()));
            }
        }
        let [few, many] = best;
        worst = worst.max(many / few);
        println!(
            "find       {found} by {what}: median {few:.0} us among {}, {many:.0} us among {}: {:.2} (bound {RATIO})",
            sizes[0],
            sizes[1],
            many / few
        );
    }
    assert!(worst <= RATIO, "the bound is broken, see above");
}

/// Where document 003 stands.
const CUSTOMERS: &str = "/api/v01/customers";

/// The names of a customer.
struct Names {
    first: String,
    last: String,
    organization: String,
}

impl Names {
    /// The search for those who have the same.
    fn search(&self, what: &str) -> String {
        let Self { first, last, organization } = self;
        match what {
            "lastName" => format!("{CUSTOMERS}?lastName={last}"),
            "organizationName" => format!("{CUSTOMERS}?organizationName={organization}"),
            _ => format!("{CUSTOMERS}?firstName={first}&lastName={last}"),
        }
    }
}

/// Names of the customer `n` of `size`: each last name is that of ten, far apart; a first name is
/// that of a hundredth of all; an organization is one's own.
fn customer(n: u64, size: u64) -> Names {
    Names {
        first: format!("First{}", n % 100),
        last: format!("Last{}", n % (size / 10)),
        organization: format!("Organization-{}", n * 7_919 % size),
    }
}

fn write_customers(path: &Path, size: u64) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    for n in 0..size {
        let Names { first, last, organization } = customer(n, size);
        writeln!(
            out,
            r#"{{"record":"gatewayCustomer","customer":{{"id":"{}","code":"CODE-{n}","accountId":"account","createDate":"2026-01-31 12:00:00","firstName":"{first}","lastName":"{last}","organizationName":"{organization}"}}}}"#,
            n + 1
        )
        .unwrap();
    }
    out.flush().unwrap();
}

/// Records in order of time, as a month brings them: so the subscriptions are mixed.
fn write_records(path: &Path, size: &Size) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    writeln!(
        out,
        r#"{{"record":"ledger","ledgerNo":"100","country":"SE","currency":"SEK","customerNoMode":"assigned","grants":[]}}"#
    )
    .unwrap();
    let mut line = String::new();
    for n in 0..size.records {
        let every = size.records / size.long;
        let (invoice, subscription) = match n {
            n if n % every == 0 => (1, "long".to_owned()),
            1..=20 => (1, "short".to_owned()),
            n => (2 + n * 7919 % (size.records / 100), format!("{}", n % 2)),
        };
        let second = n * 2_400_000 / size.records;
        let (day, time) = (1 + second / 86_400, second % 86_400);
        line.clear();
        write!(
            line,
            r#"{{"record":"usage","ledgerNo":"100","invoiceNo":"{invoice}","subscriptionNo":"{subscription}","usage":{{"type":{},"typeName":"Surf i hogkostnadszon","startDateTime":"2023-09-{day:02}T{:02}:{:02}:{:02}","destination":"ROAM, SERVICES.COMPANY.COM","destinationName":"APN Resterande","totalAmount":{}.{:02},"volume":{},"volumeUnit":"B","chargeDetails":{{"vatRate":25.00,"price":107.61,"priceUnit":"MB","interval":50000,"intervalUnit":"B","startPrice":0.00}},"roamingDetails":{{"countryCode":"NO","operator":"Vodafone"}}}}}}"#,
            250 + n % 3,
            time / 3600,
            time / 60 % 60,
            time % 60,
            n % 90,
            n % 100,
            n * 31 % 5_000_000,
        )
        .unwrap();
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
}

/// Reads a list of details piece by piece: how many there are, and how many bytes. A long one must
/// not be announced by its length, which the server could know only by holding all of it.
fn list(served: &Served, subscription: &str) -> (u64, u64) {
    let answer = ureq::get(format!("http://{}{subscription}/usage-details", served.addr))
        .header("Authorization", "Bearer etalon-100")
        .call()
        .unwrap();
    let chunked = answer.headers().get("transfer-encoding").is_some_and(|value| value == "chunked");
    let mut body = answer.into_body();
    let mut body = BufReader::new(body.with_config().limit(u64::MAX).reader());
    let (mut items, mut bytes) = (0, 0);
    let mut piece = Vec::new();
    while body.read_until(b'{', &mut piece).unwrap() > 0 {
        items += u64::from(piece.starts_with(b"\"type\":"));
        bytes += piece.len() as u64;
        piece.clear();
    }
    assert!(chunked || bytes < 128 << 10, "{bytes} bytes came in one piece");
    (items, bytes)
}

/// The median times of the summaries of the small and of the large subscription, in microseconds,
/// asked in turn so that what else the machine does hits both.
fn summaries_times(client: &mut Client) -> (f64, f64) {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..4_000 {
        for (times, subscription) in times.iter_mut().zip([SHORT, LONG]) {
            let began = Instant::now();
            let answer = client.ask("GET", &format!("{subscription}/usage-summaries"), "").unwrap();
            times.push(began.elapsed().as_secs_f64() * 1e6);
            assert_eq!(answer.status, 200);
        }
    }
    times.map(median).into()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The bytes of all CDRs as they are stored.
fn payload(store: &Path) -> u64 {
    let database = Database::open(store).unwrap();
    let tx = database.begin_read().unwrap();
    let details = tx.open_table(etalon::store::tables::USAGE_DETAILS).unwrap();
    details.stats().unwrap().stored_bytes()
}
