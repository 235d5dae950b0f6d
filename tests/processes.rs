//! The process and what surrounds it: output that cannot be written, signals, ports that are taken.
#![cfg(all(target_os = "linux", feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "processes/disk.rs"]
mod disk;
#[path = "processes/encodings.rs"]
mod encodings;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;
#[path = "processes/signals.rs"]
mod signals;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use raw::Raw;
use served::{Served, command, etalon, etalon_reading};

/// Says why a test tests nothing on this machine. Where `CI=true`, that is a failure: what was not
/// tested must not look like what passed.
fn untested(why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI demands this test, and {why}");
    eprintln!("not tested: {why}");
}

/// A file that cannot take a byte more.
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

/// A pipe that nobody reads.
fn unread() -> io::PipeWriter {
    io::pipe().unwrap().1
}

/// An address that was free just now.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn run(args: &[&str], stdout: impl Into<Stdio>, stderr: impl Into<Stdio>) -> (i32, String) {
    let child = command(args).stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn();
    let Output { status, stderr, .. } = child.unwrap().wait_with_output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

/// A job of a CI machine whose disk is full was green, and its list of cases empty.
#[test]
fn output_that_did_not_arrive_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (store, report, bundle) = (path("store"), path("report"), path("bundle"));
    let loaded = etalon_reading(&["load", "--db", &store, "-"], &etalon::data::fixtures());
    assert!(loaded.status.success());
    let (json, case) = (format!("json={report}"), "usage/invoices/get");
    let certify = ["certify", "--api", "usage", case, "--bundle", &bundle, "--report", &json];
    assert!(etalon(&certify).status.success());
    let commands: [&[&str]; 17] = [
        &["--help"],
        &["--version"],
        &["help", "certify"],
        &["certify", "--list"],
        &["certify", "--plan", "--api", "usage"],
        &["certify", "--api", "usage", case],
        &["certify", "--api", "usage", case, "--quiet"],
        &["certify", "--api", "usage", case, "--choices"],
        &["clauses"],
        &["clauses", "--format", "json"],
        &["choices"],
        &["choices", "--format", "json"],
        &["fixtures"],
        &["target", "init", "-"],
        &["dump", "--db", &store],
        &["diff", &report, &bundle],
        &["verify", &bundle],
    ];
    for args in commands {
        let (code, said) = run(args, full(), Stdio::piped());
        assert!(
            code == 2 && said.contains("cannot be printed whole: No space left"),
            "{args:?}: {code} {said}"
        );
        // Where a reader has gone away, as in `etalon clauses | head`, there is nothing to say.
        assert_eq!(run(args, unread(), Stdio::piped()), (141, String::new()), "{args:?}");
        // Nor is it a panic where nothing at all can be said.
        assert_eq!(run(args, full(), full()).0, 2, "{args:?}");
    }
}

/// A verdict was lost because its report could not be printed.
#[test]
fn a_verdict_that_is_bad_stays_what_it_is() {
    let nobody = format!("http://{}", free());
    let unreached = ["certify", &nobody, "--api", "usage", "usage/invoices/get"];
    for stdout in [Stdio::from(full()), unread().into()] {
        assert_eq!(run(&unreached, stdout, full()).0, 4);
    }
    let wrong = ["certify", "--api", "no-such-api"];
    for stderr in [Stdio::from(full()), unread().into()] {
        assert_eq!(run(&wrong, Stdio::null(), stderr).0, 2);
    }
}

/// The pipe to a log that had ended took the server with it, before its first request.
#[test]
fn a_server_serves_whether_or_not_anybody_reads_what_it_says() {
    let outputs: [fn() -> Stdio; 2] = [|| full().into(), || unread().into()];
    for output in outputs {
        let address = free();
        let listen = address.to_string();
        let mut child = command(&["serve", "--listen", &listen])
            .stdout(output())
            .stderr(output())
            .spawn()
            .unwrap();
        let answer = (0..600).find_map(|_| {
            sleep(Duration::from_millis(50));
            let mut client = Raw::connect(address).ok()?;
            client.send("GET /etalon/health HTTP/1.1\r\nHost: localhost\r\n\r\n").ok()?;
            client.answer().ok()
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(answer.unwrap().status, 200);
    }
}

/// The command failed, and the records that were there were replaced all the same.
#[test]
fn a_port_that_is_taken_is_found_out_before_any_file_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (store, new, records) = (path("store"), path("new"), path("records"));
    let fixtures = etalon::data::fixtures();
    fs::write(&records, &fixtures).unwrap();
    let first = fixtures.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    assert!(etalon_reading(&["load", "--db", &store, "-"], first).status.success());
    let dump = || etalon(&["dump", "--db", &store]).stdout;
    let before = dump();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for db in [&store, &new] {
        let args = ["serve", "--listen", &address, "--db", db, "--load", &records];
        let (code, said) = run(&args, Stdio::null(), Stdio::piped());
        assert!(code == 2 && said.contains(&format!("{address} cannot be listened on")), "{said}");
    }
    assert_eq!(dump(), before);
    assert!(!Path::new(&new).exists());
    // A server that is restarted takes its port again at once.
    let server = Served::start(&[]);
    let again = server.addr.to_string();
    let mut client = Raw::connect(server.addr).unwrap();
    client.send("GET /etalon/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
    assert!(server.terminate().success());
    let mut child = command(&["serve", "--listen", &again]).stdout(Stdio::null()).spawn().unwrap();
    let is_up = (0..600).any(|_| {
        sleep(Duration::from_millis(50));
        Raw::connect(again.parse().unwrap()).is_ok()
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_up);
}
