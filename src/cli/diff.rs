//! `etalon diff`: what lies between two runs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use etalon::harness::evidence::bundle::Bundle;
use etalon::harness::{Change, Changes, changes};
use etalon::harness::{Exit, Refusal, Suite, check_report, read_report};
use etalon::input::encoding::text;
use etalon::input::file;
use etalon::output::visible::line;
use serde_json::{Value, json};

use super::complain;
use super::output::{Format, print, print_json};

/// Arguments of `etalon diff`.
#[derive(clap::Args)]
pub struct Args {
    /// The run before: a JSON report or a bundle.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The run after it: a JSON report or a bundle.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How the changes are written.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// Compares and prints. The exit code is 1 if something fails that did not.
pub fn run(args: &Args) -> ExitCode {
    match compared(args) {
        Ok(changes) => {
            let exit = if changes.failing.is_empty() { Exit::Conforms } else { Exit::Failed };
            match args.format {
                Format::Table => print("changes", &told(&changes), exit.code()),
                Format::Json => print_json("changes", &to_json(&changes), exit.code()),
            }
        }
        Err(refusal) => complain(&refusal.sentence, refusal.exit.code()),
    }
}

fn compared(args: &Args) -> Result<Changes, Refusal> {
    let suite = Suite::embedded().map_err(|fault| Refusal::broken(fault.to_string()))?;
    let (old, new) = (read(&args.old, &suite)?, read(&args.new, &suite)?);
    changes(&old, &new).map_err(Refusal::usage)
}

fn read(path: &Path, suite: &Suite) -> Result<Value, Refusal> {
    let wrong = |why: &dyn std::fmt::Display| {
        let why = why.to_string();
        Refusal::usage(format!("{} cannot be compared: {}", path.display(), line(&why)))
    };
    let bytes = file::read(path, file::MADE).map_err(|error| wrong(&error))?;
    let report = match Bundle::is_one(&bytes) {
        true => {
            let report = Bundle::read(&bytes).map_err(|why| wrong(&why))?.report;
            check_report(&report, suite).map(|()| report)
        }
        false => {
            let text = text(&bytes)
                .map_err(|encoding| wrong(&format!("it is {encoding}; save it as UTF-8")))?;
            read_report(text.as_bytes(), suite)
        }
    };
    report.map_err(|why| {
        wrong(&format!("it is no report of `etalon certify`, nor a bundle that holds one: {why}"))
    })
}

/// Returns the changes for a reader.
fn told(changes: &Changes) -> String {
    let mut text = String::new();
    for note in &changes.notes {
        let _ = writeln!(text, "note: {}", line(note));
    }
    for (name, list) in [
        ("newly failing", &changes.failing),
        ("fixed", &changes.fixed),
        ("changed", &changes.other),
    ] {
        for Change { case, old, new, why } in list {
            let why = why.as_ref().map(|why| format!(": {}", line(why))).unwrap_or_default();
            let case = line(case);
            let _ = writeln!(text, "{name}: {case}: {} → {}{why}", old.name(), new.name());
        }
    }
    for (name, list) in [("added", &changes.added), ("removed", &changes.removed)] {
        for (case, verdict) in list {
            let _ = writeln!(text, "{name}: {}: {}", line(case), verdict.name());
        }
    }
    let _ = match &changes.judged {
        [old, new] if old == new => writeln!(text, "both judged {}", line(old)),
        [old, new] => writeln!(text, "before: {}; now: {}", line(old), line(new)),
    };
    let _ = writeln!(
        text,
        "{} newly failing, {} fixed, {} changed otherwise, {} added, {} removed",
        changes.failing.len(),
        changes.fixed.len(),
        changes.other.len(),
        changes.added.len(),
        changes.removed.len()
    );
    text
}

fn to_json(changes: &Changes) -> Value {
    let changed = |list: &[Change]| {
        let each = list.iter().map(|Change { case, old, new, why }| {
            json!({"case": case, "old": old.name(), "new": new.name(), "why": why})
        });
        each.collect::<Vec<_>>()
    };
    let listed = |list: &[(String, etalon::harness::Verdict)]| {
        let each =
            list.iter().map(|(case, verdict)| json!({"case": case, "verdict": verdict.name()}));
        each.collect::<Vec<_>>()
    };
    json!({
        "notes": changes.notes,
        "failing": changed(&changes.failing),
        "fixed": changed(&changes.fixed),
        "changed": changed(&changes.other),
        "added": listed(&changes.added),
        "removed": listed(&changes.removed),
    })
}
