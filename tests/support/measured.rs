//! What a command takes, as `tests/scale.rs` and `tests/large.rs` print it.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::served::{command, memory};

pub(crate) const MIB: u64 = 1 << 20;

/// Loads, and says the most memory that it took.
pub(crate) fn load(records: &Path, store: &Path) -> u64 {
    let mut child = command(&["load", "--db", text(store), text(records)])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peak = peak(&mut child);
    assert!(child.wait().unwrap().success());
    peak
}

/// The high-water mark of a process's memory, read until it ends. The mark only rises, so what is
/// missed is what it rose in the last two milliseconds.
pub(crate) fn peak(child: &mut Child) -> u64 {
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = memory(child, "VmHWM").unwrap_or(peak);
        sleep(Duration::from_millis(2));
    }
    assert!(peak > 0);
    peak
}

/// A figure says nothing without these.
pub(crate) fn print_machine() {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let of = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line.split(':').nth(1).unwrap_or_default().trim().to_owned()
    };
    let lock = include_str!("../../Cargo.lock");
    let redb = lock.split("name = \"redb\"\nversion = ").nth(1).unwrap_or_default();
    let cargo = Command::new(env!("CARGO")).arg("--version").output().unwrap();
    println!(
        "machine    {} x {}, {} of memory, Linux {}",
        std::thread::available_parallelism().unwrap(),
        of(&read("/proc/cpuinfo"), "model name"),
        of(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim(),
    );
    println!(
        "versions   etalon {}, redb {}, {}",
        env!("CARGO_PKG_VERSION"),
        redb.lines().next().unwrap_or_default().trim_matches('"'),
        String::from_utf8_lossy(&cargo.stdout).trim(),
    );
    println!(
        "sync       a load is one transaction, synced before it is acknowledged; quick repair"
    );
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
