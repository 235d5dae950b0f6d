//! Files that are written whole or not at all.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etalon::harness::Refusal;
use etalon::input::encoding::unmarked;
use etalon::input::file;
use tempfile::{Builder, NamedTempFile};

/// Checks that a file can be written later, before any work is done. Nothing is left behind or lost
/// by asking.
///
/// # Errors
/// It cannot: it is a folder, its folder does not exist, or one of them may not be written.
pub fn check(path: &Path) -> io::Result<()> {
    if in_place(path) {
        return OpenOptions::new().append(true).open(path).map(drop);
    }
    if path.exists() {
        OpenOptions::new().append(true).open(path)?;
    }
    draft(path).map(drop)
}

/// Writes a file beside the place where it is to stand, and puts it there once it is whole: who
/// looks for it finds the one before or this one, never a part.
///
/// # Errors
/// It cannot be written; what stood there stands.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if in_place(path) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let (path, mut draft) = draft(path)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist(path).map(drop).map_err(|error| error.error)
}

/// Reads a file that a flag names; `what` it is called, such as `the key`.
///
/// # Errors
/// It cannot be read, or is no such thing.
pub fn read<T>(
    what: &str,
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, Refusal> {
    let held = file::read(path, file::WRITTEN)
        .map_err(|error| error.to_string())
        .and_then(|bytes| parse(unmarked(&bytes)));
    held.map_err(|why| Refusal::usage(format!("{what} {} cannot be used: {why}", path.display())))
}

/// Returns whether a path is no file that could be replaced: a pipe, a terminal, /dev/null.
fn in_place(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Returns where a file is to stand, behind all links, and the new file, of a name that nobody knows
/// and for its owner alone, in which it is written first. Unless it is put there, that goes again.
fn draft(path: &Path) -> io::Result<(PathBuf, NamedTempFile)> {
    let path = if path.exists() { path.canonicalize()? } else { path.to_owned() };
    let name = path.file_name().filter(|_| !path.is_dir());
    let name = name.ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let draft = Builder::new().prefix(&prefix).suffix(".part").tempfile_in(folder)?;
    Ok((path.clone(), draft))
}
