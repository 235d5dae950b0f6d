//! `just count`: instructions and allocations, which are the same on a busy machine.
//!
//! Each is the difference of two runs, of which one does twice as much, so that what a start costs
//! cancels out. valgrind counts: callgrind the instructions, dhat the blocks that are allocated.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::bench::{Bench, Size};
use crate::client::Lone;
use crate::process::{Cores, Process, run, text};
use crate::report::number;
use crate::rows::{write_get, write_post};
use crate::{Outcome, data};

/// Customers that are stored before they are read.
const STORED: u64 = 10_000;
/// Requests of the smaller run.
const REQUESTS: u64 = 500;
/// CDRs of the smaller load: more than are written at once.
const CDRS: u64 = 30_000;

/// What valgrind counts.
#[derive(Debug, Clone, Copy)]
enum Tool {
    Instructions,
    Allocations,
}

/// Prints the counts.
///
/// # Errors
/// When valgrind is not there, or the product fails.
pub fn count(etalon: PathBuf) -> Outcome<()> {
    let bench = Bench::new(etalon, None, Size::QUICK)?;
    let records = bench.file("customers.ndjson");
    data::write(&records, data::customers(STORED))?;
    println!("| of one | instructions | allocations |\n| --- | --- | --- |");
    let print = |what: &str, each: &dyn Fn(Tool) -> Outcome<f64>| -> Outcome<()> {
        let instructions = number(each(Tool::Instructions)?);
        println!("| {what} | {instructions} | {:.1} |", each(Tool::Allocations)?);
        Ok(())
    };
    print("GET customer", &|tool| {
        requests(&bench, tool, &records, 200, |out, n| {
            write_get(out, n * 7_919 % STORED, "");
        })
    })?;
    print("GET customer, both addresses expanded", &|tool| {
        requests(&bench, tool, &records, 200, |out, n| {
            write_get(out, n * 7_919 % STORED, "?$expand=legaladdress,billingaddress");
        })
    })?;
    print("POST customer, a commit each", &|tool| {
        requests(&bench, tool, &records, 201, |out, n| write_post(out, STORED + n))
    })?;
    print("loaded CDR, sorted", &|tool| loaded(&bench, tool))?;
    print("judged exchange, the judge alone", &|tool| judged(&bench, tool))
}

impl Tool {
    /// Returns `etalon` with these arguments, being counted.
    fn command(self, bench: &Bench, args: &[&str]) -> Command {
        let mut command = Command::new("valgrind");
        command.args(match self {
            Self::Instructions => ["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            Self::Allocations => ["--tool=dhat", "--dhat-out-file=/dev/null"],
        });
        command.arg(&bench.etalon).args(args);
        command
    }

    /// Reads what valgrind said at the end.
    fn total(self, said: &str) -> Outcome<f64> {
        let found = match self {
            Self::Instructions => said.split_once("Collected :").map(|(_, rest)| rest),
            Self::Allocations => {
                let total = said.split_once("Total:");
                total.and_then(|(_, rest)| rest.split_once("bytes in")).map(|(_, rest)| rest)
            }
        };
        let digits = found.and_then(|rest| rest.split_whitespace().next());
        let digits = digits.ok_or_else(|| format!("valgrind said no total: {said}"))?;
        Ok(digits.replace(',', "").parse()?)
    }
}

/// Returns what one more costs, where `total` does so many.
fn each(count: u64, total: impl Fn(u64) -> Outcome<f64>) -> Outcome<f64> {
    Ok((total(2 * count)? - total(count)?) / count as f64)
}

/// Counts a request: one after the other over one connection, to a server of its own store.
fn requests(
    bench: &Bench,
    tool: Tool,
    records: &Path,
    status: u16,
    write: impl Fn(&mut Vec<u8>, u64),
) -> Outcome<f64> {
    let store = bench.file("counted.redb");
    each(REQUESTS, |count| {
        bench.load(records, &store)?;
        let args = ["serve", "--listen", "127.0.0.1:0", "--db", text(&store)?];
        let server = Process::start(tool.command(bench, &args))?;
        let mut client = Lone::connect(server.addr)?;
        let mut request = Vec::new();
        for n in 0..count {
            request.clear();
            write(&mut request, n);
            client.ask(&request, status)?;
        }
        drop(client);
        tool.total(&server.terminate()?)
    })
}

/// Counts a CDR of `etalon load`.
fn loaded(bench: &Bench, tool: Tool) -> Outcome<f64> {
    let (records, store) = (bench.file("cdrs.ndjson"), bench.file("cdrs.redb"));
    each(CDRS, |count| {
        data::write(&records, data::usage(data::sorted(count)))?;
        let _ = std::fs::remove_file(&store);
        let args = ["load", "--db", text(&store)?, text(&records)?];
        tool.total(&run(tool.command(bench, &args), Cores::All)?.stderr)
    })
}

/// Counts an exchange of a run of the judge on one thread, as the difference of a run with one API
/// more, since no run can be made twice as long. Not all of that is exchanges: the schemas of that
/// API are compiled too.
fn judged(bench: &Bench, tool: Tool) -> Outcome<f64> {
    let fixtures = bench.file("fixtures.ndjson");
    std::fs::write(&fixtures, bench.command(&["fixtures"]).output()?.stdout)?;
    let judge = |apis: &str, more: &[&str], counted: bool| -> Outcome<String> {
        let server = bench.serve(&["--load", text(&fixtures)?])?;
        let base = format!("http://{}", server.addr);
        let args = ["certify", &base, "--quiet", "--seed", "1", "--threads", "1", "--api", apis];
        let args = [&args[..], more].concat();
        let command = if counted { tool.command(bench, &args) } else { bench.command(&args) };
        Ok(run(command, Cores::All)?.stderr)
    };
    let exchanges = |apis| -> Outcome<usize> {
        let har = bench.file("counted.har");
        judge(apis, &["--report", &format!("har={}", text(&har)?)], false)?;
        let har: Value = serde_json::from_slice(&std::fs::read(har)?)?;
        Ok(har["log"]["entries"].as_array().map_or(0, Vec::len))
    };
    let [few, many] = ["gateway", "gateway,customer"];
    let more = exchanges(many)? - exchanges(few)?;
    let cost = |apis| tool.total(&judge(apis, &[], true)?);
    Ok((cost(many)? - cost(few)?) / more as f64)
}
