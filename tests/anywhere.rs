//! Nothing of the project is at home on one system alone: no folder is assumed that only some have,
//! and what only Unix has is asked for where it is there.
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files at or below a path of the repository, and what they say.
fn texts(path: &str) -> Vec<(PathBuf, String)> {
    fn files(path: &Path) -> Vec<PathBuf> {
        if path.is_file() {
            return vec![path.to_owned()];
        }
        let entries = fs::read_dir(path).unwrap();
        entries.flat_map(|entry| files(&entry.unwrap().path())).collect()
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files(&root.join(path)).into_iter();
    // What is no text, such as a picture, names no folder.
    files.filter_map(|file| fs::read_to_string(&file).ok().map(|text| (file, text))).collect()
}

/// A test that kept its files in a folder of one system failed on every other, and two at a time
/// wrote over each other.
#[test]
fn no_folder_for_temporary_files_is_assumed() {
    let folder = concat!("/t", "mp");
    let all =
        ["src", "tests", "conformance", "examples", "schemas", "docs", "build.rs", "justfile"];
    let texts: Vec<_> = all.into_iter().flat_map(texts).collect();
    assert!(texts.len() > 300, "{} files", texts.len());
    for (file, text) in texts {
        for (line, said) in (1..).zip(text.lines()) {
            assert!(!said.contains(folder), "{}:{line} assumes {folder}", file.display());
        }
    }
}

/// Whatever stands under `std::os::unix` does not compile elsewhere.
#[test]
fn what_only_unix_has_stands_under_a_condition() {
    let mut found = 0;
    for (file, text) in texts("src") {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if !["os::unix", "signal::unix", "os::fd", "libc::"].iter().any(|it| line.contains(it))
            {
                continue;
            }
            found += 1;
            let near = lines[at.saturating_sub(3)..=at].iter();
            let is_told = near.clone().any(|line| line.contains("cfg(unix)"));
            assert!(is_told, "{}:{} is for Unix alone", file.display(), at + 1);
        }
    }
    assert!(found > 0, "nothing was looked at");
}
