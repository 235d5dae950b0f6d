//! `etalon serve` as a process of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::run::{etalon, run};

/// A server on a free port; it ends when it is dropped.
pub(crate) struct Served {
    child: Child,
    url: String,
}

impl Served {
    pub(crate) fn start(args: &[impl AsRef<OsStr>]) -> Served {
        let mut child = etalon("serve")
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Served { child, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(&mut self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "the server ended with {status}");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What `etalon fixtures` prints, as a file in `folder`.
pub(crate) fn fixtures(folder: &Path) -> PathBuf {
    let file = folder.join("fixtures.ndjson");
    let printed = run(&mut etalon("fixtures"));
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    std::fs::write(&file, printed.stdout).unwrap();
    file
}

/// The ledgers of the fixtures and nothing that they hold, as a file in `folder`.
pub(crate) fn ledgers_only(folder: &Path) -> PathBuf {
    let file = folder.join("ledgers.ndjson");
    let printed = run(&mut etalon("fixtures")).stdout;
    let ledgers = printed.lines().filter(|line| line.starts_with("{\"record\":\"ledger\""));
    let ledgers: String = ledgers.flat_map(|line| [line, "\n"]).collect();
    std::fs::write(&file, ledgers).unwrap();
    file
}
