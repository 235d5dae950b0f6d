//! What Etalon takes, side by side in one run with what limits it: `just bench`, `just count`.
//!
//! Every figure is taken in turn with its limit (A B A B …), several times, so that what else the
//! machine does hits both. What a limit is stands with its row, in `rows/`.

mod bench;
mod capacity;
mod client;
mod count;
mod data;
mod limits;
mod machine;
mod process;
mod report;
mod rows;
mod stat;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::bench::{Bench, Size};

/// The outcome of whatever may fail here; a failure is a sentence.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures Etalon beside its limits.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every row, with a million records where a row is about many
    Full(Run),
    /// Every row in under three minutes, with a hundred thousand
    Quick(Run),
    /// A file as large as a country: loaded, served, killed and served again
    Capacity(Capacity),
    /// Instructions and allocations of one request, record and exchange, under valgrind
    Count(Product),
    /// Be a limit: hyper that gives one answer to everything
    BareHyper {
        /// The answer, as it came from the product.
        answer: PathBuf,
    },
    /// Be a limit: hyper that gives the bytes which stand in redb under the path's last segment
    RedbHyper {
        /// The answer whose head every answer has.
        answer: PathBuf,
        /// The store, made by the row.
        store: PathBuf,
    },
}

#[derive(Args)]
struct Product {
    /// The binary that is measured
    #[arg(long, value_name = "FILE")]
    etalon: PathBuf,
}

#[derive(Args)]
struct Capacity {
    #[command(flatten)]
    product: Product,
    /// How many; of CDRs there are three times as many
    #[arg(long, default_value_t = 10_000_000)]
    customers: u64,
    /// Where the store is made: the disk that is measured
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    product: Product,
    /// Write the rows here as well, one JSON object a line
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where the stores are made: the disk that is measured
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Measure these groups of rows alone
    #[arg(value_enum)]
    groups: Vec<rows::Group>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Full(run) => measure(run, Size::FULL),
        Command::Quick(run) => measure(run, Size::QUICK),
        Command::Capacity(run) => capacity(run),
        Command::Count(product) => count::count(product.etalon),
        Command::BareHyper { answer } => limits::http::bare(&answer),
        Command::RedbHyper { answer, store } => limits::http::redb(&answer, &store),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn capacity(run: Capacity) -> Outcome<()> {
    let Capacity { product, customers, folder } = run;
    let bench = Bench::new(product.etalon, folder, Size::capacity(customers))?;
    print!("{}", machine::head(&bench)?);
    capacity::measure(&bench)
}

fn measure(run: Run, size: Size) -> Outcome<()> {
    let Run { product, json, folder, groups } = run;
    let bench = Bench::new(product.etalon, folder, size)?;
    print!("{}", machine::head(&bench)?);
    let rows = rows::measure(&bench, &groups)?;
    println!("\n{}", report::table(&rows));
    if let Some(path) = json {
        std::fs::write(path, report::lines(&rows))?;
    }
    Ok(())
}
