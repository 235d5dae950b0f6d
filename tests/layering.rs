//! Server and harness share data and never code: a bug of the server cannot hide in the judge.
//! The features compile that apart; this holds the arrows between the other modules.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the library and what it may use.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("data", &[]),
    ("input", &[]),
    ("model", &["data"]),
    ("store", &["data", "model"]),
    ("api", &["data", "input", "model", "store"]),
    ("server", &["data", "input", "model", "store", "api"]),
    ("harness", &["data", "input"]),
];

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries.flat_map(|entry| sources(&entry.unwrap().path())).collect()
}

/// The modules of ours that a source file names.
fn used(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}

#[test]
fn every_arrow_points_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut arrows = 0;
    for (module, allowed) in MAY_USE {
        let folder = root.join(module);
        let place = if folder.is_dir() { folder } else { root.join(format!("{module}.rs")) };
        for file in sources(&place) {
            let source = fs::read_to_string(&file).unwrap();
            for name in used(&source) {
                assert!(
                    name == module || allowed.contains(&name) || name.is_empty(),
                    "{} uses {name}, which stands above {module}",
                    file.display()
                );
                arrows += usize::from(name != module);
            }
        }
    }
    assert!(arrows > 50, "only {arrows} arrows were found: the test no longer reads the sources");
}

#[test]
fn every_module_of_the_library_has_its_place_in_the_order() {
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"));
    let library = library.unwrap();
    let declared = library.lines().filter_map(|line| line.strip_prefix("pub mod "));
    let declared: Vec<&str> = declared.map(|name| name.trim_end_matches(';')).collect();
    let mut ordered = MAY_USE.map(|(module, _)| module).to_vec();
    let mut found = declared.clone();
    ordered.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, ordered);
}
