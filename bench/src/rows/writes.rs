//! POST of new customers and PATCH of stored ones: an answer comes after the sync.
//!
//! Limits: the same rows written straight into redb, under the same sync policy, with a commit for
//! each, and with a commit for whatever queued during the last one.

use crate::Outcome;
use crate::bench::Bench;
use crate::client::{Load, Lone, Measured, closed_loop};
use crate::data::{self, customer_no};
use crate::limits::puts::{Put, Puts};
use crate::process::Process;
use crate::report::{Aim, Row};

const CONNECTIONS: usize = 64;
const WRITERS: usize = 32;

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let stored = bench.size.customers;
    // Another file than that of the other groups, since it is changed.
    let store = super::reads::customers(bench, "written.redb")?;
    let etalon = bench.serve_file(&store)?;
    let raw = Puts::create(&bench.file("puts.redb"), stored)?;
    let mut writes =
        Writes { bench, etalon, raw, next: stored, raw_next: stored, random: Default::default() };
    writes.random.seed(2);
    let mut rows = writes.posts()?;
    rows.extend(writes.patches()?);
    rows.extend(writes.lone()?);
    rows.extend(writes.readers_beside_writers()?);
    let rss = writes.etalon.memory("VmRSS")? / f64::from(1 << 20);
    rows.push(Row::new("POST and PATCH: server RSS after them", "MiB", vec![rss]));
    Ok(rows)
}

struct Writes<'a> {
    bench: &'a Bench,
    etalon: Process,
    raw: Puts,
    /// The next customer that the product does not have.
    next: u64,
    /// The next customer that the limit does not have.
    raw_next: u64,
    random: fastrand::Rng,
}

impl Writes<'_> {
    fn posts(&mut self) -> Outcome<Vec<Row>> {
        let time = self.bench.size.time;
        let [rate, p50, p99, cpu, one, grouped, grouped_p50] = self.bench.rounds(|_| {
            let (next, raw_next) = (&mut self.next, &mut self.raw_next);
            let mut request = |out: &mut Vec<u8>| write_post(out, count(next));
            let load = Load { connections: CONNECTIONS, status: 201, request: &mut request };
            let (measured, cpu) = loaded(&self.etalon, load, time)?;
            let one = self.raw.one_a_commit(Put::New, time / 2, || count(raw_next))?;
            let (grouped, grouped_p50) =
                self.raw.grouped(Put::New, time, CONNECTIONS, || count(raw_next))?;
            let [p50, p99] = [0.5, 0.99].map(|of| measured.within(of) * 1e3);
            Ok([measured.rate(), p50, p99, cpu, one, grouped, grouped_p50 * 1e3])
        })?;
        let work = "durable POST, 64 connections";
        Ok(vec![
            Row::new(work, "/s", rate.clone())
                .beside("redb, one commit a put", one)
                .aiming(Aim::RatioOver(8.0)),
            Row::new(work, "/s", rate)
                .beside("redb, grouped", grouped)
                .aiming(Aim::RatioOver(0.75)),
            Row::new("durable POST: p50", "ms", p50)
                .beside("redb, grouped", grouped_p50)
                .aiming(Aim::Under(2.5)),
            Row::new("durable POST: p99", "ms", p99),
            Row::new("durable POST: server CPU", "µs", cpu),
        ])
    }

    fn patches(&mut self) -> Outcome<Vec<Row>> {
        let (time, stored) = (self.bench.size.time, self.bench.size.customers);
        let [rate, p50, p99, cpu, grouped, grouped_p50] = self.bench.rounds(|_| {
            let random = &mut self.random;
            let mut request = |out: &mut Vec<u8>| write_patch(out, random.u64(..stored));
            let load = Load { connections: CONNECTIONS, status: 204, request: &mut request };
            let (measured, cpu) = loaded(&self.etalon, load, time)?;
            let (grouped, grouped_p50) =
                self.raw.grouped(Put::Again, time, CONNECTIONS, || random.u64(..stored))?;
            let [p50, p99] = [0.5, 0.99].map(|of| measured.within(of) * 1e3);
            Ok([measured.rate(), p50, p99, cpu, grouped, grouped_p50 * 1e3])
        })?;
        Ok(vec![
            Row::new("durable PATCH, 64 connections", "/s", rate)
                .beside("redb, grouped", grouped)
                .aiming(Aim::RatioOver(0.75)),
            Row::new("durable PATCH: p50", "ms", p50).beside("redb, grouped", grouped_p50),
            Row::new("durable PATCH: p99", "ms", p99),
            Row::new("durable PATCH: server CPU", "µs", cpu),
        ])
    }

    fn lone(&mut self) -> Outcome<Vec<Row>> {
        let time = self.bench.size.time / 2;
        let mut client = Lone::connect(self.etalon.addr)?;
        let [post, commit, plain] = self.bench.rounds(|_| {
            let (next, raw_next) = (&mut self.next, &mut self.raw_next);
            let post = client.median(201, time, |out| write_post(out, count(next)))?;
            let commit = self.raw.lone(Put::New, time, || count(raw_next))?;
            let plain = self.raw.lone_plain(Put::New, time, || count(raw_next))?;
            Ok([post, commit, plain].map(|seconds| seconds * 1e6))
        })?;
        Ok(vec![
            Row::new("a lone durable POST", "µs", post)
                .beside("one commit", commit.clone())
                .aiming(Aim::RatioUnder(1.3)),
            Row::new("one commit (redb alone)", "µs", commit).beside("one of a single sync", plain),
        ])
    }

    fn readers_beside_writers(&mut self) -> Outcome<Vec<Row>> {
        let (time, stored) = (self.bench.size.time, self.bench.size.customers);
        let [alone, beside] = self.bench.rounds(|_| {
            let (next, random) = (&mut self.next, &mut self.random);
            let mut get =
                |out: &mut Vec<u8>| super::reads::write_get(out, random.u64(..stored), "");
            let mut post = |out: &mut Vec<u8>| write_post(out, count(next));
            let mut p99 = |writers| -> Outcome<f64> {
                let gets = Load { connections: CONNECTIONS, status: 200, request: &mut get };
                let posts = Load { connections: writers, status: 201, request: &mut post };
                let measured = closed_loop(self.etalon.addr, &mut [gets, posts], time)?;
                Ok(measured.first().ok_or("no load")?.within(0.99) * 1e3)
            };
            Ok([p99(0)?, p99(WRITERS)?])
        })?;
        Ok(vec![
            Row::new("GETs beside 32 connections of POSTs: p99", "ms", beside)
                .beside("GETs alone", alone)
                .aiming(Aim::RatioUnder(3.0)),
        ])
    }
}

fn loaded(server: &Process, load: Load, time: std::time::Duration) -> Outcome<(Measured, f64)> {
    let before = server.cpu()?;
    let measured = closed_loop(server.addr, &mut [load], time)?.pop().ok_or("no load")?;
    let cpu = (server.cpu()? - before) / measured.answers as f64;
    Ok((measured, cpu * 1e6))
}

/// Returns the number and goes on to the next one.
pub(crate) fn count(next: &mut u64) -> u64 {
    *next += 1;
    *next - 1
}

pub(crate) fn write_post(out: &mut Vec<u8>, n: u64) {
    let body = format!("{{{}}}", data::customer(n));
    data::request(out, "POST", format_args!("/ledger/customer/v1/100/customers"), &body);
}

fn write_patch(out: &mut Vec<u8>, n: u64) {
    let no = customer_no(n);
    let body = format!(r#"{{"emailAddress":"patch{n:08}@example.com","msisdn":"+46700000001"}}"#);
    data::request(out, "PATCH", format_args!("/ledger/customer/v1/100/customers/{no}"), &body);
}
