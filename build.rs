//! Makes ready what the binary carries, as two generated tables that `src/data.rs` includes: every file
//! of the folders below, and every case of the suite, with what laws and plans make written out. A crate
//! that embeds files by macro would not notice an added one on the stable compiler; a build script that
//! watches the folders does.
//!
//! Takes the two files of Swagger UI that a page needs out of the archive that a crate carries, and
//! compresses them for `src/api/docs`.

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
    #[cfg(feature = "server")]
    swagger_ui(&out)?;
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

/// Writes the script and the style sheet of Swagger UI, compressed, into `out`.
#[cfg(feature = "server")]
fn swagger_ui(out: &Path) -> io::Result<()> {
    use std::io::Read as _;

    let archive = io::Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED);
    let mut archive = zip::ZipArchive::new(archive).map_err(io::Error::other)?;
    for name in ["swagger-ui-bundle.js", "swagger-ui.css"] {
        let place = format!("/dist/{name}");
        let mut paths = archive.file_names().filter_map(Result::ok);
        let path = paths.find(|path| path.ends_with(&place)).map(|path| path.into_owned());
        drop(paths);
        let path = path.ok_or_else(|| io::Error::other(format!("the archive lacks {place}")))?;
        let mut content = Vec::new();
        archive.by_name(&path).map_err(io::Error::other)?.read_to_end(&mut content)?;
        let compressed = fs::File::create(out.join(format!("{name}.gz")))?;
        let mut encoder = flate2::write::GzEncoder::new(compressed, flate2::Compression::best());
        io::Write::write_all(&mut encoder, &content)?;
        encoder.finish()?;
    }
    Ok(())
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
