//! Starts, memory at rest, and the binary.
//!
//! Limits: of a start bare hyper's, from the start of the process to the first 200; of `--list`
//! what `--version` takes, which is a process and nothing else.

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::bench::Bench;
use crate::client::Lone;
use crate::data;
use crate::process::{Cores, Process, run};
use crate::report::{Aim, Row};
use crate::stat::median;

const MIB: f64 = (1 << 20) as f64;

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let store = super::reads::customers(bench, "customers.redb")?;
    let any = bench.file("any.answer");
    std::fs::write(&any, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}")?;
    let mut idle = Vec::new();
    let [demo, file, killed, bare] = bench.rounds(|_| {
        let (demo, server) = start(|| bench.serve(&[]))?;
        // What a start has left over is given back by then.
        std::thread::sleep(Duration::from_millis(300));
        idle.push(server.memory("VmRSS")? / MIB);
        drop(server);
        let (file, server) = start(|| bench.serve_file(&store))?;
        server.kill()?;
        let (killed, server) = start(|| bench.serve_file(&store))?;
        server.terminate()?;
        let (bare, _) = start(|| bench.limit("bare-hyper", &[&any]))?;
        Ok([demo, file, killed, bare])
    })?;
    let [list, clauses, version] = bench.rounds(|_| {
        Ok([
            command(bench, &["certify", "--list"])?,
            command(bench, &["clauses"])?,
            command(bench, &["--version"])?,
        ])
    })?;
    let binary = std::fs::metadata(&bench.etalon)?.len() as f64 / 1e6;
    let size = std::fs::metadata(&store)?.len() as f64 / 1e6;
    let (what, aim) = ("bare hyper", Aim::Under(12.0));
    Ok(vec![
        Row::new("start to the first 200, demo records", "ms", demo)
            .beside(what, bare.clone())
            .aiming(aim),
        Row::new(format!("start, a file of {size:.0} MB"), "ms", file)
            .beside(what, bare.clone())
            .aiming(aim),
        Row::new("start, the same after kill -9", "ms", killed).beside(what, bare).aiming(aim),
        Row::new("RSS idle, demo records", "MiB", idle).aiming(Aim::Under(12.0)),
        Row::new("`certify --list`", "ms", list)
            .beside("`--version`", version.clone())
            .aiming(Aim::Under(10.0)),
        Row::new("`clauses`", "ms", clauses)
            .beside("`--version`", version)
            .aiming(Aim::Under(10.0)),
        Row::new("binary", "MB", vec![binary]).aiming(Aim::Under(14.0)),
    ])
}

/// Starts a server and asks it once: the milliseconds until it has answered 200.
fn start(serve: impl FnOnce() -> Outcome<Process>) -> Outcome<(f64, Process)> {
    let began = Instant::now();
    let server = serve()?;
    Lone::connect(server.addr)?.ask(&data::get("/etalon/health"), 200)?;
    Ok((began.elapsed().as_secs_f64() * 1e3, server))
}

/// Returns the median time of a command in milliseconds.
fn command(bench: &Bench, args: &[&str]) -> Outcome<f64> {
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(run(bench.command(args), Cores::All)?.time.as_secs_f64() * 1e3);
    }
    Ok(median(&times))
}
