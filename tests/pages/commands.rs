//! The commands of the pages, run as a reader pastes them: the blocks of one page in order, in one
//! folder, servers beside the rest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The ports that the pages name.
const PORTS: [u16; 4] = [8080, 8081, 8082, 8443];

/// What stands for a part of the output that is not shown.
const CUT: char = '…';

/// A place to run the commands of one page.
struct Desk {
    folder: TempDir,
    /// Each port that the pages name, and a free one in its place.
    ports: Vec<(u16, u16)>,
    /// The variables that were exported.
    exports: String,
    /// By the port that the page names.
    servers: BTreeMap<u16, Child>,
}

/// Runs every command of a page but those of cargo. Returns what did not say what the page shows, a
/// paragraph each, and how many commands there were.
pub(crate) fn run(page: &str) -> (Vec<String>, usize) {
    let mut desk = Desk::set();
    let mut faults = Vec::new();
    let mut count = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for part in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
            if command.contains("cargo ") {
                continue;
            }
            count += 1;
            let said = desk.paste(command);
            let shown = desk.here(shown);
            let parts = shown.lines().flat_map(|line| line.split([CUT]));
            let missing: Vec<_> =
                parts.map(str::trim).filter(|part| !said.contains(part)).collect();
            if !missing.is_empty() {
                faults.push(format!("$ {command}\nlacks {missing:#?}\nand says {said}"));
            }
        }
    }
    (faults, count)
}

impl Desk {
    /// Returns a desk with the files of the repository that the pages name.
    fn set() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let held: Vec<_> =
            PORTS.iter().map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let free = held.iter().map(|listener| listener.local_addr().unwrap().port());
        let ports = PORTS.into_iter().zip(free).collect();
        let desk = Desk { folder, ports, exports: String::new(), servers: BTreeMap::new() };
        let examples = desk.folder.path().join("examples");
        fs::create_dir(&examples).unwrap();
        for name in ["target.toml", "demo.ndjson"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
            let text = fs::read_to_string(from).unwrap();
            fs::write(examples.join(name), desk.here(&text)).unwrap();
        }
        desk
    }

    /// Returns a text with the ports that are free here.
    fn here(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (named, free) in &self.ports {
            text = text.replace(&format!(":{named}"), &format!(":{free}"));
        }
        text
    }

    /// Runs a command. Returns what it said; of a server, what it said when it was ready.
    fn paste(&mut self, command: &str) -> String {
        if command.starts_with("export ") {
            let _ = writeln!(self.exports, "{command}");
            return String::new();
        }
        if !command.starts_with("etalon serve") {
            let output = self.shell(command).output().unwrap();
            return [output.stdout, output.stderr]
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .concat();
        }
        let listens = PORTS.into_iter().find(|port| command.contains(&format!(":{port}")));
        let named = listens.unwrap_or(PORTS[0]);
        if let Some(server) = self.servers.remove(&named) {
            end(server);
        }
        let listen = if listens.is_none() { " --listen 127.0.0.1:8080" } else { "" };
        let mut server = self.shell(&format!("exec {command}{listen} 2>&1"));
        let mut server = server.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut stdout = BufReader::new(server.stdout.as_mut().unwrap());
        stdout.read_line(&mut said).unwrap();
        // What it wrote at once with that.
        said += &String::from_utf8_lossy(stdout.buffer());
        self.servers.insert(named, server);
        said
    }

    fn shell(&self, command: &str) -> Command {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_etalon"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", binary.parent().unwrap().display());
        let mut shell = Command::new("bash");
        shell.arg("-c").arg(format!("{}{}", self.exports, self.here(command)));
        shell.current_dir(self.folder.path()).env("PATH", path).stdin(Stdio::null());
        shell
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        std::mem::take(&mut self.servers).into_values().for_each(end);
    }
}

fn end(mut server: Child) {
    let _ = server.kill();
    let _ = server.wait();
}
