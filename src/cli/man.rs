//! `etalon man`: the manual, a page a command.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;
use clap_mangen::{Man, generate_to};

use super::output::pass;
use super::{USAGE, complain};

/// Arguments of `etalon man`.
#[derive(clap::Args)]
pub struct Args {
    /// The folder that gets a page for each command, such as `etalon-serve.1`; without it the first
    /// page is printed.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints the first page, or writes them all.
pub fn run(args: &Args, command: Command) -> ExitCode {
    let Some(folder) = &args.folder else {
        // As it is among all pages.
        let mut command = command.disable_help_subcommand(true);
        command.build();
        let mut page = Vec::new();
        return match Man::new(command).render(&mut page) {
            Ok(()) => pass("page", &page, 0),
            Err(error) => complain(&format!("the page cannot be made: {error}"), USAGE),
        };
    };
    match fs::create_dir_all(folder).and_then(|()| generate_to(command, folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let folder = folder.display();
            complain(&format!("{folder}: the pages cannot be written: {error}"), USAGE)
        }
    }
}
