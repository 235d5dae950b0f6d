//! Running the real `etalon`.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary that this test was built with, and a subcommand. Nothing of the caller's environment
/// reaches it.
pub(crate) fn etalon(subcommand: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
    command.arg(subcommand).env_remove("ETALON_ADMIN_TOKEN").env("NO_COLOR", "1");
    command
}

pub(crate) fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.output().unwrap();
    Run {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// `etalon certify` with `args`.
pub(crate) fn certify(args: &[&str]) -> Run {
    run(etalon("certify").args(args))
}

/// A JSON report.
pub(crate) fn report(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// How many cases of a report were judged to their end.
pub(crate) fn executed(report: &Value) -> usize {
    let cases = report["cases"].as_array().unwrap().iter();
    cases.filter(|case| case["verdict"] == "pass" || case["verdict"] == "advisory").count()
}

/// The clauses of all findings of a report at `level`.
pub(crate) fn clauses<'r>(report: &'r Value, level: &str) -> Vec<&'r str> {
    let cases = report["cases"].as_array().unwrap().iter();
    let findings = cases.flat_map(|case| case["findings"].as_array().unwrap());
    let mut clauses: Vec<_> = findings
        .filter(|finding| finding["level"] == level)
        .map(|finding| finding["clause"].as_str().unwrap())
        .collect();
    clauses.sort_unstable();
    clauses.dedup();
    clauses
}
