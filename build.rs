//! Makes ready what the binary carries, as two generated tables that `src/data.rs` includes: every file
//! of the folders below, and every case of the suite, with what laws and plans
//! make written out. A crate that embeds files by macro would not notice an added one on the stable
//! compiler; a build script that watches the folders does.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use harness::suite::outline::{Outline, outlines};

/// What makes cases of laws and plans, compiled as it stands in the library.
#[path = "src/harness"]
mod harness {
    #[allow(dead_code, reason = "the library uses more of it")]
    pub(crate) mod suite {
        mod clause;
        mod enclosed;
        mod error;
        mod generate;
        mod law;
        pub(crate) mod outline;
        mod pointer;
        mod row;

        use clause::Clause;
    }
}

const FOLDERS: [&str; 4] = ["conformance", "examples", "openapi", "schemas"];

fn main() -> Result<(), Box<dyn Error>> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &mut files)?;
    }
    // As they change what is made of them.
    println!("cargo::rerun-if-changed=src/harness/suite");
    println!("cargo::rerun-if-changed=build.rs");
    files.sort();
    let names: Vec<_> = files.iter().map(|path| name(&root, path)).collect::<Result<_, _>>()?;
    let mut table = String::from("&[\n");
    for (name, path) in names.iter().zip(&files) {
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push_str("]\n");
    fs::write(out.join("data.rs"), table)?;
    let bytes: Vec<_> = files.iter().map(fs::read).collect::<Result<_, _>>()?;
    let read: Vec<_> =
        names.iter().zip(&bytes).map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    fs::write(out.join("cases.rs"), cases(&outlines(&read)?)?)?;
    Ok(())
}

/// Returns the path of a file from the repository's root, with `/`.
fn name(root: &Path, path: &Path) -> io::Result<String> {
    let name = path.strip_prefix(root).map_err(io::Error::other)?;
    Ok(name.to_string_lossy().replace('\\', "/"))
}

/// Returns the table of the cases.
fn cases(outlines: &[Outline]) -> Result<String, std::fmt::Error> {
    let mut table = String::from("&[\n");
    for case in outlines {
        let (id, title, api, file) = (case.id(), case.title(), case.api(), case.file());
        let clauses: Vec<_> = case.clauses().collect();
        let text = without_blanks(case.text());
        writeln!(
            table,
            "    MadeCase {{ id: {id:?}, title: {title:?}, api: {api:?}, file: {file:?}, \
             clauses: &{clauses:?}, text: {text:?} }},"
        )?;
    }
    table.push_str("]\n");
    Ok(table)
}

/// Returns a JSON text without the blanks between its tokens.
fn without_blanks(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        let kept = is_text || !character.is_ascii_whitespace();
        is_text ^= *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        kept
    };
    json.chars().filter(is_kept).collect()
}

/// Every data file under `folder`; Rust sources beside the data are no data.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "json" || ending == "ndjson") {
            files.push(path);
        }
    }
    Ok(())
}
