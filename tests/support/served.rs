//! The real binary: `etalon serve` on a free port, and the other commands run to their end.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::raw::{Answer, Raw};

/// `etalon` with these arguments.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etalon"));
    command.args(args);
    command
}

/// Runs `etalon` to its end.
pub(crate) fn etalon(args: &[&str]) -> Output {
    etalon_reading(args, b"")
}

/// Runs `etalon` to its end, with `input` on its standard input.
pub(crate) fn etalon_reading(args: &[&str], input: &[u8]) -> Output {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A command that refuses its arguments does not read.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().unwrap()
    })
}

/// A server that is running; dropping it kills it.
pub(crate) struct Served {
    pub(crate) addr: SocketAddr,
    child: Child,
    /// Kept open, as a shell would.
    _stdout: BufReader<ChildStdout>,
    /// The lines of its standard error.
    said: Receiver<String>,
}

impl Served {
    /// Starts `etalon serve` with these arguments and waits until it listens.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::run(command(&["serve"]), args)
    }

    /// The same with a variable of the environment.
    pub(crate) fn start_with(name: &str, value: &str, args: &[&str]) -> Self {
        let mut serve = command(&["serve"]);
        serve.env(name, value);
        Self::run(serve, args)
    }

    /// The same where the process may open no more than so many files and sockets.
    pub(crate) fn start_with_descriptors(most: u32, args: &[&str]) -> Self {
        let limited = format!("ulimit -n {most} && exec \"$0\" serve \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_etalon")]);
        Self::run(shell, args)
    }

    fn run(mut serve: Command, args: &[&str]) -> Self {
        let mut child = serve
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .env("ETALON_ADMIN_TOKEN", "etalon-admin")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let listening = line.trim().strip_prefix("listening on http");
        let Some((_, addr)) = listening.and_then(|rest| rest.split_once("://")) else {
            let mut reason = String::new();
            stderr.read_to_string(&mut reason).unwrap();
            panic!("serve {args:?} printed {line:?} and {reason:?}");
        };
        let (says, said) = channel();
        thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines.for_each(|line| drop(says.send(line)));
        });
        Self { addr: addr.parse().unwrap(), child, _stdout: stdout, said }
    }

    pub(crate) fn client(&self) -> Client {
        Client { raw: Raw::connect(self.addr).unwrap() }
    }

    /// Its memory in bytes: `VmRSS` is what is resident, `VmHWM` the most that ever was.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self, field: &str) -> u64 {
        memory(&self.child, field).unwrap()
    }

    /// How many threads it has.
    #[cfg(target_os = "linux")]
    pub(crate) fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap().count()
    }

    /// Returns the next line that it writes to standard error.
    pub(crate) fn says(&self) -> String {
        self.said.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    /// Returns the lines that it has written to standard error and that nobody has asked for.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.try_iter().collect()
    }

    /// Sends it a signal, such as `HUP`. The shell has the one `kill` that every system has.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let kill = format!("kill -{name} $0");
        assert!(Command::new("sh").args(["-c", &kill, &pid]).status().unwrap().success());
    }

    /// kill -9.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and how the server then ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Either fails when the server has ended, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The memory of a process in bytes, while it runs.
#[cfg(target_os = "linux")]
pub(crate) fn memory(child: &Child, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib << 10)
}

/// A connection that stays open, with the token that each path needs.
pub(crate) struct Client {
    pub(crate) raw: Raw,
}

impl Client {
    pub(crate) fn send(&mut self, method: &str, path: &str, body: &str) -> io::Result<()> {
        let token = match path.split('/').collect::<Vec<_>>()[..] {
            [_, "etalon", ..] => "admin",
            [_, _, _, _, ledger, ..] => ledger,
            _ => "none",
        };
        self.raw.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer etalon-{token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// One exchange.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        self.send(method, path, body)?;
        self.raw.answer()
    }

    /// GET, which must be answered 200 with JSON.
    pub(crate) fn get(&mut self, path: &str) -> Value {
        let answer = self.ask("GET", path, "").unwrap();
        let body = String::from_utf8_lossy(&answer.body);
        assert_eq!(answer.status, 200, "GET {path}: {body}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("GET {path}: {error}: {body}"))
    }
}
