//! Ledgers on several processes: moved by `dump --ledger` and `load`, and behind one address by the
//! router of `examples/nginx/ledgers.conf`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Completion, Trial};
use raw::Raw;
use served::{Client, Served, etalon, etalon_reading};

fn main() -> ExitCode {
    let tests = vec![
        Trial::test("a_ledger_that_is_moved_takes_all_of_its_records_along_and_no_others", || {
            a_ledger_that_is_moved_takes_all_of_its_records_along_and_no_others();
            Ok(())
        }),
        Trial::ignorable_test("two_processes_behind_nginx_answer_as_one", || {
            if Command::new("nginx").arg("-v").output().is_err() {
                return Ok(Completion::ignored_with("there is no nginx"));
            }
            two_processes_behind_nginx_answer_as_one();
            Ok(Completion::Completed)
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command that must go well, and returns what it printed.
fn printed(args: &[&str], input: &[u8]) -> Vec<u8> {
    let output = etalon_reading(args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Makes two files of the suite's records: the second has ledger 200 alone, the first all else.
fn apart(folder: &Path) -> [PathBuf; 2] {
    let [all, first, second] =
        ["all.redb", "first.redb", "second.redb"].map(|name| folder.join(name));
    printed(&["load", "--db", text(&all), "-"], &printed(&["fixtures"], b""));
    let whole = printed(&["dump", "--db", text(&all)], b"");
    let moved = printed(&["dump", "--db", text(&all), "--ledger", "200"], b"");
    let is_moved = |line: &&str| line.contains("\"ledgerNo\":\"200\"");
    let lines = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (whole, moved) = (lines(&whole), lines(&moved));
    assert_eq!(
        whole.lines().filter(is_moved).collect::<Vec<_>>(),
        moved.lines().collect::<Vec<_>>()
    );
    let left: String =
        whole.lines().filter(|line| !is_moved(line)).map(|line| format!("{line}\n")).collect();
    printed(&["load", "--db", text(&second), "-"], moved.as_bytes());
    printed(&["load", "--db", text(&first), "-"], left.as_bytes());
    let again = printed(&["dump", "--db", text(&second)], b"");
    assert_eq!(lines(&again), moved);
    [first, second]
}

/// Who moved a ledger by hand lost its surpluses, which do not begin with its number.
fn a_ledger_that_is_moved_takes_all_of_its_records_along_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let [first, _] = apart(folder.path());
    let unknown = etalon(&["dump", "--db", text(&first), "--ledger", "100", "--ledger", "200"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty());
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("has no ledger 200"), "{said}");
    let two = printed(&["dump", "--db", text(&first), "--ledger", "300", "--ledger", "100"], b"");
    let two = String::from_utf8(two).unwrap();
    let ledgers: Vec<_> = two.lines().filter(|line| line.contains("\"ledger\"")).collect();
    assert_eq!(ledgers.len(), 2, "{ledgers:?}");
    assert!(!two.contains("gatewayCustomer") && !two.contains("\"tmf\""));
}

/// nginx with the example's file, its ports replaced; dropping it kills it.
struct Nginx {
    addr: SocketAddr,
    child: Child,
}

impl Nginx {
    fn start(folder: &Path, first: SocketAddr, second: SocketAddr) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = free.local_addr().unwrap();
        drop(free);
        let example = include_str!("../examples/nginx/ledgers.conf");
        let mut example = example.to_owned();
        for (port, of) in [("8080", addr), ("8081", first), ("8082", second)] {
            let written = format!("127.0.0.1:{port};");
            assert!(example.contains(&written), "{written}");
            example = example.replace(&written, &format!("{of};"));
        }
        let here = text(folder);
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {here}/{what};\n"))
            .concat();
        let whole = format!(
            "daemon off; master_process off; pid {here}/pid; error_log {here}/errors;\n\
             events {{}}\nhttp {{\naccess_log off;\n{temporary}{example}}}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let child = Command::new("nginx")
            .args(["-p", here, "-c", text(&file)])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while TcpStream::connect(addr).is_err() {
            let errors = || fs::read_to_string(folder.join("errors")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(20), "{}", errors());
            sleep(Duration::from_millis(10));
        }
        Self { addr, child }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Who outgrows one process keeps the one address, and every answer is as before.
fn two_processes_behind_nginx_answer_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = apart(folder.path());
    let [first, second] = [first, second].map(|db| Served::start(&["--db", text(&db)]));
    let nginx = Nginx::start(folder.path(), first.addr, second.addr);
    let mut client = Client { raw: Raw::connect(nginx.addr).unwrap() };
    let ask = |client: &mut Client, method: &str, path: &str, body: &str| {
        let answer = client.ask(method, path, body).unwrap();
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    };
    // Each process answers for its own ledger.
    for (ledger, own, other) in [("100", &first, &second), ("200", &second, &first)] {
        let path = format!("/ledger/customer/v1/{ledger}/customers/no-such");
        let through = ask(&mut client, "GET", &path, "");
        assert_eq!(through.0, 404, "{through:?}");
        assert_eq!(ask(&mut own.client(), "GET", &path, "").0, 404);
        assert_eq!(ask(&mut other.client(), "GET", &path, "").0, 401);
        let invoices = format!("/billing/usage/v1/{ledger}/invoices/123456/subscriptions");
        let through = ask(&mut client, "GET", &invoices, "");
        assert_eq!(through, ask(&mut own.client(), "GET", &invoices, ""), "{invoices}");
    }
    // What is written through the router is where its ledger is.
    let made = r#"{"customerNo":"77001","nationalIdentifier":{"regNo":"01017012345","countryCode":"NO"},
        "legalEntity":"consumer","name":"Kari Nordmann","emailAddress":"kari@example.com",
        "msisdn":"+4740000001","distributionType":"postal","legalAddress":{"addressee":"Kari",
        "streetAddress":"Storgata 1","city":"OSLO","zipCode":"0155","countryCode":"NO"}}"#;
    let (status, body) = ask(&mut client, "POST", "/ledger/customer/v1/200/customers", made);
    assert_eq!(status, 201, "{body}");
    let path = "/ledger/customer/v1/200/customers/77001";
    assert_eq!(ask(&mut client, "GET", path, "").0, 200);
    assert_eq!(ask(&mut second.client(), "GET", path, "").0, 200);
    // Paths that are no ledger's are the first one's; a ledger's number is a whole segment.
    for path in ["/api/v01/customers", "/billingManagement/customerBillFormat"] {
        let through = ask(&mut client, "GET", path, "");
        assert_eq!(through.0, 200, "{path}: {through:?}");
    }
    let beyond = "/ledger/customer/v1/2000/customers/1";
    let of_first = ask(&mut first.client(), "GET", beyond, "");
    assert_eq!(ask(&mut client, "GET", beyond, "").0, of_first.0);
    assert_eq!(ask(&mut client, "GET", "/etalon/records", "").0, 404);
}
