//! `etalon load`: records into a store file.

use std::fs;
use std::io::{BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use etalon::input;
use etalon::input::encoding::behind_mark;
use etalon::model::record::RecordReader;
use etalon::output::standard_error::tell;
use etalon::store::load::{LoadError, Source};
use etalon::store::{Store, wait};
use indicatif::{ProgressBar, ProgressStyle};

use super::{USAGE, complain};

/// Arguments of `etalon load`.
#[derive(clap::Args)]
pub struct Args {
    /// The store file; made when it is missing.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// Makes the file as short as it can be: all of it is read once more. Without this up to half of
    /// it may be a hole at its end, which takes no room on the disk.
    #[arg(long)]
    pack: bool,
    /// Files of records, one JSON object a line; `-` is standard input.
    #[arg(required = true, value_name = "RECORDS")]
    records: Vec<PathBuf>,
}

/// Loads. Exit code 1 says that lines were refused and nothing was loaded.
pub fn run(args: Args) -> ExitCode {
    let is_new = !args.db.exists();
    let opened = open(&args.records).and_then(|input| Ok((input, Store::open(&args.db)?)));
    let (input, store) = match opened {
        Ok(opened) => opened,
        Err(sentence) => return complain(&sentence, USAGE),
    };
    match load_input(&store, input) {
        Ok(records) => {
            if args.pack
                && let Err(error) = store.close_packed()
            {
                let sentence = format!(
                    "The records are loaded, and {} could not be made shorter. {error}",
                    args.db.display()
                );
                return complain(&sentence, 1);
            }
            tell(format_args!("{records} records loaded into {}.", args.db.display()));
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            if is_new {
                take_back(store, &args.db);
            }
            complain(&sentence, 1)
        }
    }
}

/// Removes a store that was made for a load which failed: it holds nothing.
pub(super) fn take_back(store: Store, path: &Path) {
    // While it is open nobody else uses it.
    let _ = fs::remove_file(path);
    drop(store);
}

/// Files of records that are open, and how long they are together, where that is known.
pub(super) struct Input {
    sources: Vec<Source>,
    length: Option<u64>,
}

/// Opens files of records, before a store is opened or made for them.
///
/// # Errors
/// A sentence that names the file.
pub(super) fn open(files: &[PathBuf]) -> Result<Input, String> {
    let mut input = Input { sources: Vec::new(), length: Some(0) };
    for file in files {
        let (name, lines, size): (_, Box<dyn Read + Send>, _) = if file.as_os_str() == "-" {
            ("-".to_owned(), Box::new(std::io::stdin()), None)
        } else {
            let name = file.display().to_string();
            if file.is_dir() {
                return Err(format!("{name} is a folder; a file of records is expected."));
            }
            let opened = input::file::open(file)
                .and_then(|opened| opened.metadata().map(|metadata| (opened, metadata)))
                .map_err(|error| format!("{name} cannot be read: {error}."))?;
            (name, Box::new(opened.0), Some(opened.1.len()).filter(|_| opened.1.is_file()))
        };
        input.length = input.length.zip(size).map(|(length, size)| length + size);
        let lines = behind_mark(BufReader::with_capacity(1 << 16, lines))
            .map_err(|error| format!("{name} cannot be read: {error}."))?;
        let lines = Box::new(BufReader::with_capacity(1 << 16, lines));
        input.sources.push(Source { name, lines });
    }
    Ok(input)
}

/// Loads it all in one transaction. The error is a sentence, after the refused lines have been
/// listed.
pub(super) fn load_input(store: &Store, input: Input) -> Result<u64, String> {
    let reader = RecordReader::embedded()?;
    let bar = progress_bar(input.length);
    let shown = bar.clone();
    let loaded = wait(store.load(reader, input.sources, move |bytes| shown.inc(bytes)));
    bar.finish_and_clear();
    loaded.map_err(|error| {
        if let LoadError::Refused(refusals) = &error {
            refusals.lines.iter().for_each(tell);
            refusals.rest().iter().for_each(tell);
        }
        error.to_string()
    })
}

/// Returns a bar of bytes on a terminal, nothing elsewhere.
fn progress_bar(length: Option<u64>) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length.unwrap_or(0));
    let template = match length {
        Some(_) => "{bar:40} {bytes}/{total_bytes}, {eta} left",
        None => "{spinner} {bytes}",
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
