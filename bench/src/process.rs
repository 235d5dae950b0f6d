//! The processes that are measured: the server on one core, the client on another.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Outcome;

/// The cores that something may run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    /// The server's core.
    Server,
    /// The client's core.
    Client,
    /// All of them.
    All,
}

/// Makes the calling thread, and what it starts from now on, run on these cores. Where there is
/// one core alone, that is nothing.
///
/// # Errors
/// When the system refuses.
pub fn pin(cores: Cores) -> Outcome<()> {
    let all = all()?;
    let mut set = CpuSet::new();
    match (cores, all) {
        (Cores::Server, [server, _, ..]) => set.set(*server),
        (Cores::Client, [_, client, ..]) => set.set(*client),
        _ => all.iter().for_each(|core| set.set(*core)),
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Returns the cores that this process had when it began, before it pinned anything.
///
/// # Errors
/// When the system does not say.
pub fn all() -> Outcome<&'static [usize]> {
    static ALL: OnceLock<Vec<usize>> = OnceLock::new();
    let now = sched_getaffinity(None)?;
    Ok(ALL.get_or_init(|| (0..CpuSet::MAX_CPU).filter(|core| now.is_set(*core)).collect()))
}

/// Starts a command on these cores; the caller goes on where the client is.
fn spawn_on(mut command: Command, cores: Cores) -> Outcome<Child> {
    pin(cores)?;
    let child = command.spawn();
    pin(Cores::Client)?;
    child.map_err(|error| format!("{command:?} cannot be run: {error}.").into())
}

/// A server that is running; dropping it kills it.
pub struct Process {
    /// Where it listens.
    pub addr: SocketAddr,
    child: Child,
    /// Kept open, as a shell would.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a server on the server's core and waits until it says where it listens.
    ///
    /// # Errors
    /// When it ends instead.
    pub fn start(mut command: Command) -> Outcome<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let shown = format!("{command:?}");
        let mut child = spawn_on(command, Cores::Server)?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let Some(addr) = line.trim().strip_prefix("listening on http://") else {
            let mut reason = String::new();
            child.stderr.take().ok_or("no standard error")?.read_to_string(&mut reason)?;
            return Err(format!("{shown} does not listen: {line}{reason}").into());
        };
        Ok(Self { addr: addr.parse()?, child, _stdout: stdout })
    }

    /// Returns the processor time that it has taken, in seconds.
    ///
    /// # Errors
    /// When the system does not count it.
    pub fn cpu(&self) -> Outcome<f64> {
        let mut seconds = 0.0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            seconds += ran(&task?.path());
        }
        Ok(seconds)
    }

    /// Returns its memory in bytes: `VmRSS` is what is resident, `VmHWM` the most that ever was.
    ///
    /// # Errors
    /// When it has ended.
    pub fn memory(&self, field: &str) -> Outcome<f64> {
        memory(self.child.id(), field).ok_or_else(|| "The server has ended.".into())
    }

    /// Forgets the most memory that it ever had.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn forget_peak(&self) -> Outcome<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// kill -9.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub fn kill(mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM; what it then says on standard error, once it has ended, is the answer.
    ///
    /// # Errors
    /// When it has ended by itself.
    pub fn terminate(mut self) -> Outcome<String> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM)?;
        let mut said = String::new();
        self.child.stderr.take().ok_or("no standard error")?.read_to_string(&mut said)?;
        self.child.wait()?;
        Ok(said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Either fails when it has ended, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command took that has run to its end.
pub struct Ran {
    /// From its start to its end.
    pub time: Duration,
    /// The most memory that it had, in bytes.
    pub peak: f64,
    /// What it said on standard error.
    pub stderr: String,
}

/// Runs a command to its end.
///
/// # Errors
/// When it fails.
pub fn run(command: Command, cores: Cores) -> Outcome<Ran> {
    feed(command, cores, &mut std::iter::empty())
}

/// Runs a command to its end, with these lines on its standard input.
///
/// # Errors
/// When it fails.
pub fn feed(
    mut command: Command,
    cores: Cores,
    lines: &mut (dyn Iterator<Item = String> + Send),
) -> Outcome<Ran> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let shown = format!("{command:?}");
    let began = Instant::now();
    let mut child = spawn_on(command, cores)?;
    let id = child.id();
    let mut said = String::new();
    let mut stderr = child.stderr.take().ok_or("no standard error")?;
    let stdin = child.stdin.take().ok_or("no standard input")?;
    // The mark only rises, so what is missed is what it rose in the last two milliseconds.
    let (ended, peak) = std::thread::scope(|scope| {
        let peak = scope.spawn(move || {
            let mut peak = 0.0;
            while let Some(mark) = memory(id, "VmHWM") {
                peak = mark;
                std::thread::sleep(Duration::from_millis(2));
            }
            peak
        });
        scope.spawn(move || {
            let mut out = BufWriter::with_capacity(1 << 16, stdin);
            // A command that reads no further says why.
            for line in lines {
                if writeln!(out, "{line}").is_err() {
                    break;
                }
            }
        });
        // The end of standard error is the end of the process, but for its exit code.
        let ended = stderr.read_to_string(&mut said).and_then(|_| child.wait());
        (ended.map(|status| (status, began.elapsed())), peak.join())
    });
    let (status, time) = ended?;
    if !status.success() {
        return Err(format!("{shown} ended with {status}: {said}").into());
    }
    Ok(Ran { time, peak: peak.unwrap_or_default(), stderr: said })
}

/// Returns the processor time that the calling thread has taken, in seconds.
pub fn own_cpu() -> f64 {
    ran(Path::new("/proc/thread-self"))
}

/// Returns the processor time of a thread in seconds; one that has just ended has nothing to say.
fn ran(thread: &Path) -> f64 {
    let told = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|told| told.parse::<u64>().ok());
    nanoseconds.unwrap_or_default() as f64 / 1e9
}

/// Returns a field of a process's memory in bytes, while it runs.
fn memory(id: u32, field: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kib| kib * 1024.0)
}

/// Returns a path as an argument.
///
/// # Errors
/// When it is no text.
pub fn text(path: &Path) -> Outcome<&str> {
    path.to_str().ok_or_else(|| format!("{} is no text.", path.display()).into())
}
