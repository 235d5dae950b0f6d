//! `etalon load`: records into a store file.

use std::fs::File;
use std::io::{BufReader, IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use etalon::model::record::RecordReader;
use etalon::store::Store;
use etalon::store::error::{StoreError, WriteError};
use etalon::store::load::{LoadError, Source, load};
use indicatif::{ProgressBar, ProgressStyle};

use super::{USAGE, complain};

/// Arguments of `etalon load`.
#[derive(clap::Args)]
pub struct Args {
    /// The store file; made when it is missing.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// Files of records, one JSON object a line; `-` is standard input.
    #[arg(required = true, value_name = "RECORDS")]
    records: Vec<PathBuf>,
}

/// Loads. Exit code 1 says that lines were refused and nothing was loaded.
pub fn run(args: Args) -> ExitCode {
    let store = match Store::open(&args.db) {
        Ok(store) => store,
        Err(sentence) => return complain(&sentence, USAGE),
    };
    match load_files(&store, &args.records) {
        Ok(records) => {
            eprintln!("{records} records loaded into {}.", args.db.display());
            ExitCode::SUCCESS
        }
        Err((sentence, code)) => complain(&sentence, code),
    }
}

/// Loads every file in one transaction. The error is a sentence, after the refused lines have been
/// listed, and the exit code.
pub(super) fn load_files(store: &Store, files: &[PathBuf]) -> Result<u64, (String, u8)> {
    let reader = RecordReader::new().map_err(|sentence| (sentence, 1))?;
    let mut length = Some(0);
    let mut sources = Vec::new();
    for file in files {
        let (name, input, size): (_, Box<dyn Read + Send>, _) = if file.as_os_str() == "-" {
            ("-".to_owned(), Box::new(std::io::stdin()), None)
        } else {
            let name = file.display().to_string();
            let input = File::open(file)
                .and_then(|input| input.metadata().map(|metadata| (input, metadata)))
                .map_err(|error| (format!("{name} cannot be read: {error}."), USAGE))?;
            if input.1.is_dir() {
                return Err((format!("{name} is a folder; a file of records is expected."), USAGE));
            }
            (name, Box::new(input.0), Some(input.1.len()).filter(|_| input.1.is_file()))
        };
        length = length.zip(size).map(|(length, size)| length + size);
        sources.push(Source { name, lines: Box::new(BufReader::with_capacity(1 << 16, input)) });
    }
    let bar = progress_bar(length);
    let shown = bar.clone();
    let mut sources = Some(sources);
    let loaded = block_on(store.write_alone(move |tx| {
        let sources = sources.take().unwrap_or_default();
        load(tx, &reader, sources, &mut |bytes| shown.inc(bytes))
            .map_err(|error| StoreError::Refused(Box::new(error)))
    }));
    bar.finish_and_clear();
    match loaded {
        Ok(records) => Ok(records),
        Err(WriteError::Failed(StoreError::Refused(error))) => match *error {
            LoadError::Failed(sentence) => Err((format!("{sentence} Nothing was loaded."), 1)),
            LoadError::Refused(lines) => {
                lines.iter().for_each(|line| eprintln!("{line}"));
                let faults = if lines.len() == 1 { "fault" } else { "faults" };
                Err((format!("{} {faults}; nothing was loaded.", lines.len()), 1))
            }
        },
        Err(error) => Err((error.to_string(), 1)),
    }
}

/// A bar of bytes on a terminal, nothing elsewhere.
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

/// Waits for a write on a thread that has no runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let waker = std::task::Waker::from(std::sync::Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(value) => return value,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(std::thread::Thread);

impl std::task::Wake for Unpark {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}
