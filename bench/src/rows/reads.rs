//! GET of a customer, over 64 connections, at random among all that are stored.
//!
//! Limits: hyper on one thread that gives one answer of the product to everything, with its headers
//! and as many bytes; and hyper that copies as many bytes out of redb, a transaction a request.

use std::path::{Path, PathBuf};

use redb::Database;

use crate::Outcome;
use crate::bench::Bench;
use crate::client::{Load, Lone, closed_loop};
use crate::data::{self, customer_no};
use crate::limits::http::BODIES;
use crate::process::{Process, own_cpu, text};
use crate::report::{Aim, Row};

/// The connections of the closed loop.
const CONNECTIONS: usize = 64;

/// What is asked for behind the customer's number.
pub(crate) const EXPANDED: &str = "?$expand=legaladdress,billingaddress";

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let store = customers(bench, "customers.redb")?;
    let etalon = bench.serve_file(&store)?;
    let plain = keep_answer(bench, &etalon, "", "customer.answer")?;
    let expanded = keep_answer(bench, &etalon, EXPANDED, "expanded.answer")?;
    let bodies = bench.file("bodies.redb");
    keep_bodies(&bodies, &plain, bench.size.customers)?;
    let bare = bench.limit("bare-hyper", &[&plain])?;
    let redb = bench.limit("redb-hyper", &[&plain, &bodies])?;
    let bare_expanded = bench.limit("bare-hyper", &[&expanded])?;

    let mut random = fastrand::Rng::with_seed(1);
    let mut gets = |server: &Process, query: &str| gets(bench, server, query, &mut random);
    let mut rows = Vec::new();

    let [rate, bare_rate, redb_rate, cpu, bare_cpu, redb_cpu, client] = bench.rounds(|_| {
        let [a, b, c] = [gets(&etalon, "")?, gets(&bare, "")?, gets(&redb, "")?];
        Ok([a.rate, b.rate, c.rate, a.cpu, b.cpu, c.cpu, b.client])
    })?;
    let work = format!("GET customer, {} stored", bench.size.customers);
    let row = Row::new(&work, "/s", rate.clone());
    rows.push(row.beside("bare hyper", bare_rate).aiming(Aim::RatioOver(0.8)));
    rows.push(Row::new(&work, "/s", rate).beside("redb's bytes behind hyper", redb_rate));
    let work = "GET customer: server CPU";
    let row = Row::new(work, "µs", cpu.clone());
    rows.push(row.beside("bare hyper", bare_cpu.clone()).aiming(Aim::Under(12.0)));
    rows.push(Row::new(work, "µs", cpu).beside("redb's bytes behind hyper", redb_cpu));
    // Below 1 it is never the client that is waited for.
    rows.push(
        Row::new("GET of bare hyper: client CPU", "µs", client).beside("bare hyper", bare_cpu),
    );

    let [rate, bare_rate, cpu, bare_cpu] = bench.rounds(|_| {
        let [a, b] = [gets(&etalon, EXPANDED)?, gets(&bare_expanded, EXPANDED)?];
        Ok([a.rate, b.rate, a.cpu, b.cpu])
    })?;
    let row = Row::new("GET customer, expanded", "/s", rate);
    rows.push(row.beside("bare hyper", bare_rate).aiming(Aim::RatioOver(0.6)));
    rows.push(
        Row::new("GET customer, expanded: server CPU", "µs", cpu).beside("bare hyper", bare_cpu),
    );
    rows.push(with_larger_cache(bench, &bare, &mut random)?);
    rows.push(Row::new(
        "GET customer: server RSS after it",
        "MiB",
        vec![etalon.memory("VmRSS")? / f64::from(1 << 20)],
    ));
    Ok(rows)
}

/// The same where the whole file is kept in memory.
fn with_larger_cache(bench: &Bench, bare: &Process, random: &mut fastrand::Rng) -> Outcome<Row> {
    // Another file than the one that is served already.
    let store = customers(bench, "cached.redb")?;
    let etalon = bench.serve(&["--db", text(&store)?, "--cache", "256"])?;
    let [rate, bare] = bench.rounds(|_| {
        Ok([gets(bench, &etalon, "", random)?.rate, gets(bench, bare, "", random)?.rate])
    })?;
    Ok(Row::new("GET customer, --cache 256", "/s", rate).beside("bare hyper", bare))
}

/// Returns a store of all customers, made by who asks for it first.
pub(super) fn customers(bench: &Bench, name: &str) -> Outcome<PathBuf> {
    let (records, store) = (bench.file("customers.ndjson"), bench.file(name));
    if !records.exists() {
        data::write(&records, data::customers(bench.size.customers))?;
    }
    if !store.exists() {
        bench.load(&records, &store)?;
    }
    Ok(store)
}

/// Writes a GET of the `n`th customer.
pub(crate) fn write_get(out: &mut Vec<u8>, n: u64, query: &str) {
    let no = customer_no(n);
    data::request(out, "GET", format_args!("/ledger/customer/v1/100/customers/{no}{query}"), "");
}

struct Gets {
    /// Answers in a second.
    rate: f64,
    /// Processor time of the server for one, in microseconds.
    cpu: f64,
    /// Processor time of the client for one, in microseconds.
    client: f64,
}

fn gets(bench: &Bench, server: &Process, query: &str, random: &mut fastrand::Rng) -> Outcome<Gets> {
    let mut request = |out: &mut Vec<u8>| write_get(out, random.u64(..bench.size.customers), query);
    let load = Load { connections: CONNECTIONS, status: 200, request: &mut request };
    let (before, own_before) = (server.cpu()?, own_cpu());
    let measured = closed_loop(server.addr, &mut [load], bench.size.time)?;
    let [measured] = &measured[..] else { return Err("not one load".into()) };
    let of_one = |seconds: f64| seconds / measured.answers as f64 * 1e6;
    let [cpu, client] = [server.cpu()? - before, own_cpu() - own_before].map(of_one);
    Ok(Gets { rate: measured.rate(), cpu, client })
}

/// Keeps the answer about the first customer as it came, for the limits to give.
pub(crate) fn keep_answer(
    bench: &Bench,
    server: &Process,
    query: &str,
    name: &str,
) -> Outcome<PathBuf> {
    let mut request = Vec::new();
    write_get(&mut request, 0, query);
    let answer = Lone::connect(server.addr)?.ask(&request, 200)?;
    let path = bench.file(name);
    std::fs::write(&path, answer)?;
    Ok(path)
}

/// Fills the store of the limit: what the product answers about each customer, as far as length
/// goes.
fn keep_bodies(store: &Path, answer: &Path, count: u64) -> Outcome<()> {
    let answer = std::fs::read_to_string(answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("The answer has no body.")?;
    let database = Database::create(store)?;
    let tx = database.begin_write()?;
    {
        let mut bodies = tx.open_table(BODIES)?;
        let first = customer_no(0).to_string();
        for n in 0..count {
            let no = customer_no(n).to_string();
            bodies.insert(no.as_str(), body.replace(&first, &no).as_bytes())?;
        }
    }
    Ok(tx.commit()?)
}
