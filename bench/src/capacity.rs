//! How far one machine goes: a country's customers and their CDRs in one file.
//!
//! Each figure is taken once or a few times, since making the file takes minutes. The records come
//! through a pipe: as a file they would take as much again.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::bench::Bench;
use crate::client::{Load, Lone, Measured, closed_loop};
use crate::data;
use crate::process::{Cores, Process, feed, text};
use crate::report::{self, Row};
use crate::rows::{EXPANDED, count, keep_answer, write_get, write_post};

const MIB: f64 = (1 << 20) as f64;
const CONNECTIONS: usize = 64;
/// The cache, in MiB, of a machine that serves so many.
const CACHE: &str = "1024";
/// So many CDRs there are for each customer.
const CDRS: u64 = 3;

/// Makes a file of so many customers as `bench` says, serves it, kills it and serves it again.
/// Prints each figure when it is taken.
///
/// # Errors
/// When a load is refused, or a server fails.
pub fn measure(bench: &Bench) -> Outcome<()> {
    let store = bench.file("capacity.redb");
    let customers = bench.size.customers;
    tell(&loads(bench, &store)?);
    let server = first_answer(bench, &store, "a start")?;
    let mut next = customers;
    // From then on nothing is verified beside what is measured.
    tell(&first_write(&server, count(&mut next))?);
    tell(&reads(bench, &server)?);
    tell(&[time(bench, &server, "a page of a subscription's CDRs", |out, random| {
        let cdr = data::Cdr::sorted(random % (customers * CDRS));
        usage(out, &cdr, "usage-details");
    })?]);
    tell(&[time(bench, &server, "summaries of a subscription", |out, random| {
        let cdr = data::Cdr::sorted(random % (customers * CDRS));
        usage(out, &cdr, "usage-summaries");
    })?]);
    tell(&[time(bench, &server, "find-customer", |out, random| {
        let no = data::reg_no(random % customers);
        let body = format!(r#"{{"nationalIdentifier":{{"regNo":"{no}","countryCode":"SE"}}}}"#);
        data::request(out, "POST", format_args!("/ledger/customer/v1/100/find-customer"), &body);
    })?]);
    tell(&writes(bench, &server, &mut next)?);
    server.kill()?;
    let killed = first_answer(bench, &store, "a start after kill -9")?;
    tell(&first_write(&killed, next)?);
    killed.terminate()?;
    let cached = bench.serve(&["--db", text(&store)?, "--cache", CACHE])?;
    println!("with --cache {CACHE} from here on");
    tell(&first_write(&cached, next + 1)?);
    tell(&reads(bench, &cached)?);
    cached.terminate()?;
    Ok(())
}

fn tell(rows: &[Row]) {
    for row in rows {
        println!("{}", report::line(row));
    }
}

fn loads(bench: &Bench, store: &Path) -> Outcome<Vec<Row>> {
    let customers = bench.size.customers;
    let args = ["load", "--db", text(store)?, "-"];
    let mut rows = Vec::new();
    let mut load = |what: &str, count: u64, lines: &mut (dyn Iterator<Item = String> + Send)| {
        let ran = feed(bench.command(&args), Cores::All, lines)?;
        let seconds = ran.time.as_secs_f64();
        let file = std::fs::metadata(store)?;
        rows.extend([
            Row::new(format!("load of {count} {what}"), "s", vec![seconds]),
            Row::new(format!("load of {count} {what}"), "/s", vec![count as f64 / seconds]),
            Row::new("peak RSS of it", "MiB", vec![ran.peak / MIB]),
            Row::new("the file then", "MB", vec![file.len() as f64 / 1e6]),
            Row::new("its blocks", "MB", vec![file.blocks() as f64 * 512.0 / 1e6]),
        ]);
        Outcome::Ok(())
    };
    load("customers", customers, &mut data::customers(customers))?;
    let cdrs = customers * CDRS;
    // Without a ledger: it would take the place of the one that has the customers.
    load("CDRs", cdrs, &mut data::sorted(cdrs).map(|cdr| cdr.record()))?;
    Ok(rows)
}

/// Serves the file, and says how long its first answer takes.
fn first_answer(bench: &Bench, store: &Path, what: &str) -> Outcome<Process> {
    let began = Instant::now();
    let server = bench.serve_file(store)?;
    Lone::connect(server.addr)?.ask(&data::get("/etalon/health"), 200)?;
    let taken = began.elapsed().as_secs_f64() * 1e3;
    tell(&[Row::new(format!("{what}, to the first 200"), "ms", vec![taken])]);
    Ok(server)
}

fn reads(bench: &Bench, server: &Process) -> Outcome<Vec<Row>> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut rows = Vec::new();
    for (what, query) in [("GET customer", ""), ("GET customer, expanded", EXPANDED)] {
        let answer = keep_answer(bench, server, query, "capacity.answer")?;
        let bare = bench.limit("bare-hyper", &[&answer])?;
        let [rate, p99, cpu, bare] = bench.rounds(|_| {
            let mut ask = |server: &Process| -> Outcome<Measured> {
                let mut request =
                    |out: &mut Vec<u8>| write_get(out, random.u64(..bench.size.customers), query);
                let load = Load { connections: CONNECTIONS, status: 200, request: &mut request };
                let measured = closed_loop(server.addr, &mut [load], bench.size.time)?.pop();
                Ok(measured.ok_or("no load")?)
            };
            let before = server.cpu()?;
            let asked = ask(server)?;
            let cpu = (server.cpu()? - before) / asked.answers as f64;
            Ok([asked.rate(), asked.within(0.99) * 1e3, cpu * 1e6, ask(&bare)?.rate()])
        })?;
        rows.extend([
            Row::new(what, "/s", rate).beside("bare hyper", bare),
            Row::new(format!("{what}: p99"), "ms", p99),
            Row::new(format!("{what}: server CPU"), "µs", cpu),
        ]);
    }
    rows.push(Row::new("server RSS after it", "MiB", vec![server.memory("VmRSS")? / MIB]));
    Ok(rows)
}

/// Measures one request after the other, each about another record.
fn time(
    bench: &Bench,
    server: &Process,
    what: &str,
    request: impl Fn(&mut Vec<u8>, u64),
) -> Outcome<Row> {
    let mut random = fastrand::Rng::with_seed(2);
    let mut client = Lone::connect(server.addr)?;
    let median = client.median(200, bench.size.time / 2, |out| request(out, random.u64(..)))?;
    Ok(Row::new(what, "µs", vec![median * 1e6]))
}

fn usage(out: &mut Vec<u8>, cdr: &data::Cdr, what: &str) {
    let data::Cdr { invoice, subscription, .. } = cdr;
    let path = format_args!(
        "/billing/usage/v1/100/invoices/{invoice}/subscriptions/{subscription}/{what}"
    );
    data::request(out, "GET", path, "");
}

fn writes(bench: &Bench, server: &Process, next: &mut u64) -> Outcome<Vec<Row>> {
    let mut request = |out: &mut Vec<u8>| write_post(out, count(next));
    let load = Load { connections: CONNECTIONS, status: 201, request: &mut request };
    let posted = closed_loop(server.addr, &mut [load], bench.size.time)?;
    let posted = posted.first().ok_or("no load")?;
    let [p50, p99] = [0.5, 0.99].map(|of| posted.within(of) * 1e3);
    Ok(vec![
        Row::new("durable POST, 64 connections", "/s", vec![posted.rate()]),
        Row::new("durable POST: p50", "ms", vec![p50]),
        Row::new("durable POST: p99", "ms", vec![p99]),
        Row::new("server RSS after it", "MiB", vec![server.memory("VmRSS")? / MIB]),
    ])
}

/// A large file is verified before it is written: the first write waits for what is left of that.
fn first_write(server: &Process, n: u64) -> Outcome<Vec<Row>> {
    let mut request = Vec::new();
    write_post(&mut request, n);
    let began = Instant::now();
    let mut client = Lone::connect(server.addr)?;
    client.patience(Duration::from_secs(600))?;
    client.ask(&request, 201)?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(vec![Row::new("the first write, until the file is verified", "s", vec![seconds])])
}
