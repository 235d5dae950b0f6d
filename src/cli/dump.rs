//! `etalon dump`: the records of a store file.

use std::io::{BufWriter, ErrorKind};
use std::path::PathBuf;
use std::process::ExitCode;

use etalon::store::{Store, dump};

use super::{USAGE, complain};

/// Arguments of `etalon dump`.
#[derive(clap::Args)]
pub struct Args {
    /// The store file.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
}

/// Dumps to standard output.
pub fn run(args: Args) -> ExitCode {
    if !args.db.exists() {
        let sentence = format!("The store {} does not exist.", args.db.display());
        return complain(&sentence, USAGE);
    }
    let store = match Store::open(&args.db) {
        Ok(store) => store,
        Err(sentence) => return complain(&sentence, USAGE),
    };
    let tx = match store.reader() {
        Ok(tx) => tx,
        Err(error) => return complain(&error.to_string(), 1),
    };
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match dump::dump(&tx, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read us has seen enough: `etalon dump | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => complain(&format!("The dump ended early: {error}."), 1),
    }
}
