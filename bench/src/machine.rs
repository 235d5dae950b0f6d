//! A figure says nothing without these.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::bench::Bench;
use crate::process::all;

/// Returns the head of a run: machine, versions, sync policy, date.
///
/// # Errors
/// When the product does not run.
pub fn head(bench: &Bench) -> Outcome<String> {
    let mut head = String::new();
    writeln!(head, "date      {}", said(&mut Command::new("date"), &["-u", "+%F %H:%M UTC"])?)?;
    writeln!(
        head,
        "machine   {} cores of {}, {} of memory, Linux {}",
        all()?.len(),
        field("/proc/cpuinfo", "model name"),
        field("/proc/meminfo", "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
    )?;
    writeln!(
        head,
        "load      {} before the run",
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
    )?;
    writeln!(head, "store     on {}", filesystem(bench.folder()))?;
    let etalon = said(&mut bench.command(&[]), &["--version"])?;
    let [hyper, redb, tokio] = ["hyper", "redb", "tokio"].map(locked);
    writeln!(head, "versions  {etalon}; beside it hyper {hyper}, redb {redb}, tokio {tokio}")?;
    writeln!(
        head,
        "sync      every commit is synced, and leaves what opening after a crash needs"
    )?;
    let cores = match all()? {
        [server, client, ..] => {
            format!("servers on core {server}, the client on core {client}; loads and suite on all")
        }
        _ => "servers and client on one core".to_owned(),
    };
    writeln!(head, "cores     {cores}")?;
    writeln!(head, "rounds    {} of each, in turn; medians", bench.size.rounds)?;
    Ok(head)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split(':').nth(1).unwrap_or_default().trim().to_owned()
}

fn said(command: &mut Command, args: &[&str]) -> Outcome<String> {
    Ok(String::from_utf8(command.args(args).output()?.stdout)?.trim().to_owned())
}

/// Returns the version that this crate was built with.
fn locked(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let at = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    at.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("of unknown version")
}

/// Returns the filesystem of a folder: its type, and the device.
fn filesystem(folder: &Path) -> String {
    let mounts = read("/proc/mounts");
    let of = |line: &&str| {
        let at = line.split(' ').nth(1).unwrap_or_default();
        folder.starts_with(at).then_some(at.len())
    };
    let line = mounts.lines().filter(|line| of(line).is_some()).max_by_key(of).unwrap_or_default();
    let mut words = line.split(' ');
    let (device, kind) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
    format!("{kind} ({device})")
}
