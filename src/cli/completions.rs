//! `etalon completions`: what a shell completes when a command is typed.

use std::process::ExitCode;

use clap::Command;
use clap_complete::{Shell, generate};

use super::output::pass;

/// Arguments of `etalon completions`.
#[derive(clap::Args)]
pub struct Args {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script of the shell.
pub fn run(args: &Args, mut command: Command) -> ExitCode {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    generate(args.shell, &mut command, name, &mut script);
    pass("script", &script, 0)
}
