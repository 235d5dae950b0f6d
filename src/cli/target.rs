//! `etalon target init`: a commented target file to fill in.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use etalon::harness::{APIS, Api, Refusal, Suite};

use super::complain;
use super::output::print;

/// Arguments of `etalon target`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Write a commented target file, to be filled in.
    Init(Init),
}

#[derive(clap::Args)]
struct Init {
    /// Where to write it; `-` is standard output.
    #[arg(value_name = "FILE", default_value = "target.toml")]
    file: PathBuf,
    /// The APIs that the target implements.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    api: Vec<String>,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

/// The whole file: a paragraph for each thing that can be said.
const TEMPLATE: &str = include_str!("target.toml");
/// The last line of the paragraph that the tables of the suite's states follow.
const KNOWN: &str = "\n[known]";
/// The last line of the paragraph that the tables of the ledgers stand in place of.
const LEDGERS: &str = "\n[[ledger]]";

/// Writes the file.
pub fn run(args: Args) -> ExitCode {
    let Command::Init(init) = args.command;
    let written = template(&init.api).and_then(|text| match init.file == Path::new("-") {
        true => Ok(print("target file", &text, 0)),
        false => write(&init, &text).map(|()| ExitCode::SUCCESS),
    });
    written.unwrap_or_else(|refusal| complain(&refusal.sentence, refusal.exit.code()))
}

/// Returns the paragraphs that concern these APIs, or all of them if none is named.
fn template(apis: &[String]) -> Result<String, Refusal> {
    let chosen = apis.iter().map(|name| Api::known(name).map_err(Refusal::usage));
    let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
    let chosen = if chosen.is_empty() { APIS.iter().collect() } else { chosen };
    let is_chosen = |name: &str| chosen.iter().any(|api| api.name == name);
    let concerns = |paragraph: &&str| {
        let mut tables = paragraph.lines().map(|line| line.trim_start_matches("# "));
        tables.all(|line| {
            let of_api = line.strip_prefix("[api.").and_then(|rest| rest.split(['.', ']']).next());
            let of_ledger = line == "[[ledger]]";
            of_api.is_none_or(is_chosen)
                && (!of_ledger || chosen.iter().any(|api| api.has_ledgers()))
        })
    };
    let suite = Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let tables = chosen.iter().flat_map(|api| suite.known_tables(api.name));
    let tables: String = tables.map(|table| format!("\n\n{}", behind_hashes(&table))).collect();
    let names: Vec<_> = chosen.iter().map(|api| api.name).collect();
    let ledgers = suite.ledger_tables(&names).join("\n");
    let paragraphs = TEMPLATE.trim_end().split("\n\n").filter(concerns);
    let paragraphs = paragraphs.filter_map(|paragraph| {
        if let Some(words) = paragraph.strip_suffix(LEDGERS) {
            return Some(format!("{words}\n{ledgers}"));
        }
        match paragraph.strip_suffix(KNOWN) {
            Some(_) if tables.is_empty() => None,
            Some(words) => Some(format!("{words}{tables}")),
            None => Some(paragraph.to_owned()),
        }
    });
    Ok(format!("{}\n", paragraphs.collect::<Vec<_>>().join("\n\n").trim_end()))
}

/// Returns the lines of a table as comments; those that are comments already stay as they are.
fn behind_hashes(table: &str) -> String {
    let hashed =
        |line: &str| if line.starts_with('#') { line.to_owned() } else { format!("# {line}") };
    table.lines().map(hashed).collect::<Vec<_>>().join("\n")
}

fn write(init: &Init, text: &str) -> Result<(), Refusal> {
    let file = init.file.display();
    let mut options = OpenOptions::new();
    match init.force {
        true => options.write(true).create(true).truncate(true),
        false => options.write(true).create_new(true),
    };
    options.open(&init.file).and_then(|mut open| open.write_all(text.as_bytes())).map_err(|error| {
        Refusal::usage(match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{file} is there already: name another file, or say --force")
            }
            _ => format!("{file} cannot be written: {error}"),
        })
    })
}
