//! Signals: each command ends by the first, wherever it is, and a run and a server end in order.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::served::{Served, command, etalon};

/// Much longer than any of it takes, and far from for ever.
const LONG: Duration = Duration::from_secs(60);

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("sh").args(["-c", "kill -$0 $1", name, &pid]).status().unwrap();
    assert!(sent.success());
}

/// Returns the exit code, once the process has ended.
fn ended(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < LONG {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("it did not end");
}

/// A container was killed ten seconds after it had been asked to stop: as PID 1 it heard nothing
/// while it loaded. A store that it was loading into must hold what it held.
#[test]
fn a_command_that_loads_ends_by_a_signal_and_nothing_is_half_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store").to_str().unwrap().to_owned();
    let fixtures = etalon::data::fixtures();
    let first = fixtures.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    let loaded = crate::served::etalon_reading(&["load", "--db", &store, "-"], first);
    assert!(loaded.status.success());
    let before = etalon(&["dump", "--db", &store]).stdout;
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let commands: [&[&str]; 2] = [
            &["load", "--db", &store, "-"],
            &["serve", "--listen", "127.0.0.1:0", "--db", &store, "--load", "/dev/stdin"],
        ];
        for args in commands {
            let mut child = command(args)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // It has read all that a pipe cannot hold, so that it is loading.
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(&fixtures).unwrap();
            stdin.write_all(&b"\n".repeat(1 << 20)).unwrap();
            signal(&child, name);
            assert_eq!(ended(&mut child), Some(code), "{args:?}");
            drop(stdin);
            assert_eq!(etalon(&["dump", "--db", &store]).stdout, before, "{args:?}");
        }
    }
}

/// Returns whether this process may make PID namespaces.
fn has_pid_namespaces() -> bool {
    let made = Command::new("unshare").args(["-p", "-f", "--mount-proc", "true"]).output();
    made.is_ok_and(|made| made.status.success())
}

/// In a container without an init the command is PID 1, for which the system ends nothing by itself.
#[test]
fn as_pid_1_a_server_and_a_run_end_by_a_signal() {
    if !has_pid_namespaces() {
        return crate::untested("nobody here may make PID namespaces");
    }
    for (name, code) in [("TERM", 0), ("INT", 0)] {
        let mut shell = Command::new("unshare")
            .args(["-p", "-f", "--mount-proc", env!("CARGO_BIN_EXE_etalon")])
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pid = shell.id().to_string();
        let sent = "kill -$0 $(cat /proc/$1/task/$1/children)";
        let sent = Command::new("sh").args(["-c", sent, name, &pid]).status().unwrap();
        assert!(sent.success());
        assert_eq!(ended(&mut shell), Some(code), "{name}");
    }
}

/// The way to a server, and how often something was sent on it; from the `stuck`th time on it is
/// stuck.
fn way(server: &Served, stuck: usize) -> (String, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let (counter, target) = (Arc::clone(&sent), server.addr);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut target) = (client.unwrap(), TcpStream::connect(target).unwrap());
            let (mut back, mut answers) =
                (client.try_clone().unwrap(), target.try_clone().unwrap());
            thread::spawn(move || drop(io::copy(&mut answers, &mut back)));
            let counter = Arc::clone(&counter);
            thread::spawn(move || {
                let mut bytes = [0; 64 << 10];
                while let Ok(read @ 1..) = client.read(&mut bytes) {
                    if counter.fetch_add(1, Ordering::Relaxed) < stuck {
                        target.write_all(&bytes[..read]).unwrap();
                    }
                }
                let _ = target.shutdown(Shutdown::Both);
            });
        }
    });
    (url, sent)
}

/// Waits until so much was sent.
fn wait(sent: &AtomicUsize, often: usize) {
    let start = Instant::now();
    while sent.load(Ordering::Relaxed) < often {
        assert!(start.elapsed() < LONG, "nothing is sent");
        sleep(Duration::from_millis(20));
    }
}

/// Half an hour of judging was lost when somebody pressed Ctrl-C: no report, and nobody knew what the
/// run had left in the target.
#[test]
fn a_run_that_is_interrupted_reports_what_was_judged() {
    let folder = tempfile::tempdir().unwrap();
    let (records, file) = (folder.path().join("records"), folder.path().join("report.json"));
    fs::write(&records, etalon::data::fixtures()).unwrap();
    let server = Served::start(&["--load", records.to_str().unwrap()]);
    let report = format!("json={}", file.display());
    for (name, stuck, rate) in [("INT", 60, "1000"), ("TERM", usize::MAX, "20")] {
        let (url, sent) = way(&server, stuck);
        let args = ["certify", &url, "--api", "usage", "--threads", "1", "--rate", rate];
        let mut child = command(&args)
            .args(["--report", &report])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Enough for the first cases, and never for all of them: then the target gets stuck, or is
        // asked too seldom.
        wait(&sent, 61);
        signal(&child, name);
        assert_eq!(ended(&mut child), Some(4), "{name}");
        let (mut stdout, mut stderr) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert!(stderr.contains("the run was interrupted"), "{stderr}");
        assert!(stdout.contains("inconclusive"), "{stdout}");
        let report: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let cases = report["cases"].as_array().unwrap();
        let count = |verdict: &str| cases.iter().filter(|case| case["verdict"] == verdict).count();
        assert!(count("pass") > 0 && count("inconclusive") > 50, "{stdout}");
        fs::remove_file(&file).unwrap();
    }
}

/// Whoever presses Ctrl-C twice does not want to wait.
#[test]
fn a_second_signal_ends_a_run_at_once() {
    let server = Served::start(&[]);
    let (url, sent) = way(&server, 0);
    let mut child = command(&["certify", &url, "--api", "usage"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait(&sent, 1);
    signal(&child, "INT");
    signal(&child, "INT");
    assert!(matches!(ended(&mut child), Some(130 | 4)));
}
