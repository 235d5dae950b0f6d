//! The command line: one file a subcommand. Parse, call the library, print, exit code.

#[cfg(all(feature = "server", feature = "harness"))]
pub mod audit;
#[cfg(feature = "harness")]
pub mod certify;
#[cfg(feature = "server")]
pub mod choices;
#[cfg(feature = "harness")]
pub mod clauses;
pub mod completions;
#[cfg(feature = "server")]
pub mod demo;
#[cfg(feature = "harness")]
pub mod diff;
#[cfg(feature = "server")]
pub mod dump;
#[cfg(feature = "harness")]
pub mod explain;
#[cfg(feature = "harness")]
mod files;
pub mod fixtures;
#[cfg(feature = "server")]
pub mod health;
#[cfg(feature = "server")]
mod like;
#[cfg(any(feature = "server", feature = "harness"))]
mod literal;
#[cfg(feature = "server")]
pub mod load;
pub mod man;
#[cfg(feature = "server")]
pub mod openapi;
mod output;
#[cfg(feature = "harness")]
mod outputs;
#[cfg(feature = "harness")]
mod progress;
#[cfg(feature = "server")]
pub mod serve;
mod signals;
#[cfg(feature = "harness")]
pub mod target;
#[cfg(feature = "harness")]
pub mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use etalon::output::standard_error::tell;

/// The reference implementation of published billing APIs, and the judge of everyone else's.
#[derive(Parser)]
#[command(name = "etalon", version, max_term_width = 100)]
struct Cli {
    /// Without one, `demo` where there is a server.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Judge an implementation: replay every documented exchange and check every documented rule.
    #[cfg(feature = "harness")]
    Certify(Box<certify::Args>),
    /// Judge a bundle again, without a network, and say whether its verdicts are those of its
    /// exchanges.
    #[cfg(feature = "harness")]
    Verify(verify::Args),
    /// Compare two runs: what fails that did not, and what fails no more.
    #[cfg(feature = "harness")]
    Diff(diff::Args),
    /// List every requirement of the documents, and how many cases judge it.
    #[cfg(feature = "harness")]
    Clauses(clauses::Args),
    /// Tell what a clause, a reading, a case, a choice or a document says.
    #[cfg(feature = "harness")]
    Explain(explain::Args),
    /// Describe a system that is to be judged.
    #[cfg(feature = "harness")]
    Target(target::Args),
    /// Measure the judge: seed faults into what the built-in server answers, and count what it
    /// catches.
    #[cfg(all(feature = "server", feature = "harness"))]
    Audit(audit::Args),
    /// Serve the demo records, and say what to ask: what `etalon` alone does.
    #[cfg(feature = "server")]
    Demo(demo::Args),
    /// Be the implementation: serve the APIs, in memory with demo records or from a file.
    #[cfg(feature = "server")]
    Serve(Box<serve::Args>),
    /// Ask a server whether it answers and takes writes.
    #[cfg(feature = "server")]
    Health(health::Args),
    /// Load records into a store file, all of them or none.
    #[cfg(feature = "server")]
    Load(load::Args),
    /// Print every record of a store file, one JSON object a line.
    #[cfg(feature = "server")]
    Dump(dump::Args),
    /// List what `serve --choice` can choose, with the readings that leave it open.
    #[cfg(feature = "server")]
    Choices(choices::Args),
    /// Print an API as an OpenAPI document.
    #[cfg(feature = "server")]
    Openapi(openapi::Args),
    /// Print the records that the suite expects in a target.
    Fixtures(fixtures::Args),
    /// Print what completes commands in a shell.
    Completions(completions::Args),
    /// Print the manual, or write a page for each command.
    Man(man::Args),
}

/// Runs the command that the arguments ask for.
pub fn run() -> ExitCode {
    signals::handle();
    match Cli::try_parse() {
        Ok(cli) => cli.run(),
        // Help and the version are output; a wrong argument is told on standard error.
        Err(error) if error.use_stderr() => {
            let _ = error.print();
            ExitCode::from(USAGE)
        }
        Err(error) => output::conclude("help", error.print(), 0),
    }
}

impl Cli {
    /// Runs the subcommand.
    fn run(self) -> ExitCode {
        #[cfg(feature = "server")]
        let command = self.command.unwrap_or(Command::Demo(demo::Args::default()));
        #[cfg(not(feature = "server"))]
        let Some(command) = self.command else {
            return complain("a command is missing: `etalon help` lists them", USAGE);
        };
        match command {
            #[cfg(feature = "harness")]
            Command::Certify(args) => certify::run(*args),
            #[cfg(feature = "harness")]
            Command::Verify(args) => verify::run(&args),
            #[cfg(feature = "harness")]
            Command::Diff(args) => diff::run(&args),
            #[cfg(feature = "harness")]
            Command::Clauses(args) => clauses::run(args),
            #[cfg(feature = "harness")]
            Command::Explain(args) => explain::run(&args),
            #[cfg(feature = "harness")]
            Command::Target(args) => target::run(args),
            #[cfg(all(feature = "server", feature = "harness"))]
            Command::Audit(args) => audit::run(&args),
            #[cfg(feature = "server")]
            Command::Demo(args) => demo::run(args),
            #[cfg(feature = "server")]
            Command::Serve(args) => serve::run(*args),
            #[cfg(feature = "server")]
            Command::Health(args) => health::run(&args),
            #[cfg(feature = "server")]
            Command::Load(args) => load::run(args),
            #[cfg(feature = "server")]
            Command::Dump(args) => dump::run(args),
            #[cfg(feature = "server")]
            Command::Choices(args) => choices::run(&args),
            #[cfg(feature = "server")]
            Command::Openapi(args) => openapi::run(&args),
            Command::Fixtures(args) => fixtures::run(args),
            Command::Completions(args) => completions::run(&args, Self::command()),
            Command::Man(args) => man::run(&args, Self::command()),
        }
    }
}

/// The exit code of a usage or configuration error.
const USAGE: u8 = 2;

/// Says what was wrong on standard error.
fn complain(sentence: &str, code: u8) -> ExitCode {
    tell(format_args!("etalon: {sentence}"));
    ExitCode::from(code)
}
