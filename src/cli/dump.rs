//! `etalon dump`: the records of a store file.

use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;

use etalon::store::{Store, dump};

use super::output::conclude;
use super::{USAGE, complain};

/// Arguments of `etalon dump`.
#[derive(clap::Args)]
pub struct Args {
    /// The store file.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// A ledger whose records alone are printed; may be repeated. What belongs to no ledger is left
    /// out then.
    #[arg(long, value_name = "NO")]
    ledger: Vec<String>,
}

/// Dumps to standard output.
pub fn run(args: Args) -> ExitCode {
    if !args.db.exists() {
        let sentence = format!("The store {} does not exist.", args.db.display());
        return complain(&sentence, USAGE);
    }
    let store = match Store::open_whole(&args.db) {
        Ok(store) => store,
        Err(sentence) => return complain(&sentence, USAGE),
    };
    let tx = match store.reader() {
        Ok(tx) => tx,
        Err(error) => return complain(&error.to_string(), 1),
    };
    for no in &args.ledger {
        match tx.ledger(no) {
            Ok(Some(_)) => {}
            Ok(None) => {
                let sentence = format!("The store {} has no ledger {no}.", args.db.display());
                return complain(&sentence, USAGE);
            }
            Err(error) => return complain(&error.to_string(), 1),
        }
    }
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let dumped = match args.ledger.as_slice() {
        [] => dump::dump(&tx, &mut out),
        ledgers => dump::dump_ledgers(&tx, ledgers, &mut out),
    };
    conclude("dump", dumped, 0)
}
