//! The whole suite against the built-in server, on all cores.
//!
//! Limit: Hurl, where it is installed, which sends the same exchanges one after the other to
//! `etalon serve` and checks none of them.

use std::process::Command;

use crate::Outcome;
use crate::bench::Bench;
use crate::limits::hurl;
use crate::process::{Cores, Process, run, text};
use crate::report::{Aim, Row};

const MIB: f64 = (1 << 20) as f64;

/// The judge with one seed: each run sends the same.
const CERTIFY: [&str; 4] = ["certify", "--quiet", "--seed", "1"];

pub(super) fn measure(bench: &Bench) -> Outcome<Vec<Row>> {
    let limit = Limit::prepare(bench)?;
    let [four, four_peak, one, one_peak, hurl] = bench.rounds(|_| {
        let judge = |threads| {
            run(bench.command(&[&CERTIFY[..], &["--threads", threads]].concat()), Cores::All)
        };
        let four = judge("4")?;
        let one = judge("1")?;
        let [four_ms, one_ms] = [&four, &one].map(|ran| ran.time.as_secs_f64() * 1e3);
        Ok([four_ms, four.peak / MIB, one_ms, one.peak / MIB, limit.run(bench)?])
    })?;
    let what = limit.what();
    let hurl = if limit.version.is_some() { hurl } else { Vec::new() };
    let work = format!("whole suite, {} exchanges", limit.exchanges);
    Ok(vec![
        Row::new(format!("{work}, 4 threads"), "ms", four)
            .beside(what.clone(), hurl.clone())
            .aiming(Aim::Under(350.0)),
        Row::new("whole suite, 4 threads: peak RSS", "MiB", four_peak).aiming(Aim::Under(64.0)),
        Row::new(format!("{work}, 1 thread"), "ms", one)
            .beside(what, hurl)
            .aiming(Aim::RatioUnder(1.0)),
        Row::new("whole suite, 1 thread: peak RSS", "MiB", one_peak).aiming(Aim::Under(64.0)),
    ])
}

/// Hurl and what it sends.
struct Limit {
    version: Option<String>,
    exchanges: usize,
}

impl Limit {
    /// Judges a server once and writes down what was sent.
    fn prepare(bench: &Bench) -> Outcome<Self> {
        let fixtures = bench.command(&["fixtures"]).output()?.stdout;
        std::fs::write(bench.file("fixtures.ndjson"), fixtures)?;
        let server = serve(bench)?;
        let har = bench.file("suite.har");
        let (base, har_report) =
            (format!("http://{}", server.addr), format!("har={}", text(&har)?));
        let apis = ["--api", "customer,usage,gateway,tmf", "--report", &har_report];
        run(bench.command(&[&CERTIFY[..], &[&base], &apis].concat()), Cores::All)?;
        let (script, exchanges) = hurl::script(&har)?;
        std::fs::write(bench.file("suite.hurl"), script)?;
        Ok(Self { version: hurl::version(), exchanges })
    }

    fn what(&self) -> String {
        match &self.version {
            Some(version) => format!("Hurl {version}, unchecked"),
            None => "Hurl is not installed".to_owned(),
        }
    }

    /// Sends everything to a new server, in milliseconds; 0 where there is no Hurl.
    fn run(&self, bench: &Bench) -> Outcome<f64> {
        if self.version.is_none() {
            return Ok(0.0);
        }
        let server = serve(bench)?;
        let mut command = Command::new("hurl");
        command.args(["--no-output", "--variable", &format!("base=http://{}", server.addr)]);
        command.arg(bench.file("suite.hurl"));
        Ok(run(command, Cores::All)?.time.as_secs_f64() * 1e3)
    }
}

fn serve(bench: &Bench) -> Outcome<Process> {
    bench.serve(&["--load", text(&bench.file("fixtures.ndjson"))?])
}
