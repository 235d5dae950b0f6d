//! What every row works with: the product, how much is measured, where.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::Outcome;
use crate::process::{self, Process, Ran};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// How often each figure is taken.
    pub rounds: usize,
    /// For how long one is taken.
    pub time: Duration,
    /// The customers that are stored before customers are read and written.
    pub customers: u64,
    /// The CDRs of a load and of a list.
    pub details: u64,
    /// The records of a search that is compared with one among a thousand.
    pub many: u64,
}

impl Size {
    /// `just bench`.
    pub const FULL: Self = Self {
        rounds: 5,
        time: Duration::from_secs(3),
        customers: 100_000,
        details: 1_000_000,
        many: 1_000_000,
    };
    /// `just bench quick`.
    pub const QUICK: Self = Self {
        rounds: 5,
        time: Duration::from_millis(600),
        customers: 100_000,
        details: 100_000,
        many: 100_000,
    };

    /// `just capacity`.
    pub const fn capacity(customers: u64) -> Self {
        Self { rounds: 3, time: Duration::from_secs(5), customers, details: 0, many: 0 }
    }
}

/// What every row works with.
pub struct Bench {
    /// The binary that is measured.
    pub etalon: PathBuf,
    /// How much is measured.
    pub size: Size,
    folder: TempDir,
}

impl Bench {
    /// Returns a bench whose stores are made in `folder`, or where temporary files are.
    ///
    /// # Errors
    /// When the product is not there, or the folder cannot be written.
    pub fn new(etalon: PathBuf, folder: Option<PathBuf>, size: Size) -> Outcome<Self> {
        let missing = |error| format!("{} cannot be measured: {error}.", etalon.display());
        let etalon = etalon.canonicalize().map_err(missing)?;
        let folder = folder.unwrap_or_else(std::env::temp_dir);
        Ok(Self { etalon, size, folder: TempDir::with_prefix_in("bench-", folder)? })
    }

    /// Returns the path of a file of this run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the folder of this run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns `etalon` with these arguments.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.etalon);
        command.args(args);
        command
    }

    /// Starts `etalon serve` with these arguments on the server's core.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn serve(&self, args: &[&str]) -> Outcome<Process> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(args);
        Process::start(command)
    }

    /// Starts `etalon serve` of a store file.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn serve_file(&self, store: &Path) -> Outcome<Process> {
        self.serve(&["--db", process::text(store)?])
    }

    /// Starts one of the limits that this binary itself can be.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn limit(&self, name: &str, files: &[&Path]) -> Outcome<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(name).args(files);
        Process::start(command)
    }

    /// Loads records into a new store file, on all cores.
    ///
    /// # Errors
    /// When they are refused.
    pub fn load(&self, records: &Path, store: &Path) -> Outcome<Ran> {
        let _ = std::fs::remove_file(store);
        let args = ["load", "--db", process::text(store)?, process::text(records)?];
        process::run(self.command(&args), process::Cores::All)
    }

    /// Takes each figure in turn, as often as the bench takes one: a list of `N` a round.
    ///
    /// # Errors
    /// When one cannot be taken.
    pub fn rounds<const N: usize>(
        &self,
        mut round: impl FnMut(usize) -> Outcome<[f64; N]>,
    ) -> Outcome<[Vec<f64>; N]> {
        let mut taken = [(); N].map(|()| Vec::new());
        for n in 0..self.size.rounds {
            for (values, value) in taken.iter_mut().zip(round(n)?) {
                values.push(value);
            }
        }
        Ok(taken)
    }
}
