//! Server and harness share data and never code: a bug of the server cannot hide in the judge.
//! The features compile that apart; this holds the arrows between the other modules.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module of the library and what it may use.
const MAY_USE: [(&str, &[&str]); 9] = [
    ("data", &[]),
    ("input", &[]),
    ("output", &[]),
    ("model", &["data", "input"]),
    ("store", &["data", "model", "output"]),
    ("api", &["data", "input", "output", "model", "store"]),
    ("page", &["data", "input", "model", "store", "api"]),
    ("server", &["data", "input", "output", "model", "store", "api"]),
    ("harness", &["data", "input", "output"]),
];

fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries.flat_map(|entry| sources(&entry.unwrap().path())).collect()
}

/// The rooms of the judge, floor by floor from the ground. A room knows those below it; those on one
/// floor do not know each other.
const FLOORS: [&[&str]; 8] = [
    &["api"],
    &["suite"],
    &["subject"],
    &["wire"],
    &["compare"],
    &["outcome"],
    &["run"],
    &["evidence", "report", "audit"],
];

/// Returns the floor of a room of the judge, the ground being 0.
fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Returns every name after `path`, such as `crate::`, that a source file's code has.
fn named<'s>(source: &'s str, path: &'s str) -> impl Iterator<Item = &'s str> {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(move |line| line.split(path).skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}

/// Returns what is wrong with the modules that a file of `module` names.
fn against_the_order(module: &str, allowed: &[&str], source: &str) -> Vec<String> {
    named(source, "crate::")
        .filter(|name| *name != module && !allowed.contains(name) && !name.is_empty())
        .map(|name| format!("uses {name}, which stands above {module}"))
        .collect()
}

/// Returns what is wrong with the rooms of the judge that a file of `room` names, `depth` modules below
/// the judge's own. A list of rooms in braces could hide one, and is refused.
fn against_the_floors(room: &str, depth: usize, source: &str) -> Vec<String> {
    let own = floor(room).unwrap();
    let up = "super::".repeat(depth);
    let relative = named(source, &up).filter(|name| floor(name).is_some());
    let names = named(source, "crate::harness::").chain(relative);
    names
        .filter(|name| *name != room)
        .filter_map(|name| match floor(name) {
            Some(other) if other < own => None,
            Some(_) => Some(format!("uses {name}, which does not stand below {room}")),
            None => Some(format!("names `crate::harness::{name}`, which is no room")),
        })
        .collect()
}

/// Returns how many modules below the judge's own a file of it is.
fn depth(harness: &Path, file: &Path) -> usize {
    let parts = file.strip_prefix(harness).unwrap().components().count();
    if file.ends_with("mod.rs") { parts - 1 } else { parts }
}

/// Whether a file holds only tests, which may look into every room.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
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
            let wrong = against_the_order(module, allowed, &source);
            assert!(wrong.is_empty(), "{} {}", file.display(), wrong.join(", "));
            arrows += named(&source, "crate::").filter(|name| *name != module).count();
        }
    }
    assert!(arrows > 50, "only {arrows} arrows were found: the test no longer reads the sources");
}

#[test]
fn every_arrow_of_the_judge_points_down() {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/harness");
    let mut arrows = 0;
    for room in FLOORS.iter().copied().flatten() {
        for file in sources(&harness.join(room)).into_iter().filter(|file| !is_test(file)) {
            let source = fs::read_to_string(&file).unwrap();
            let wrong = against_the_floors(room, depth(&harness, &file), &source);
            assert!(wrong.is_empty(), "{} {}", file.display(), wrong.join(", "));
            arrows += named(&source, "crate::harness::").filter(|name| name != room).count();
        }
    }
    assert!(arrows > 200, "only {arrows} arrows were found: the test no longer reads the sources");
}

#[test]
fn every_room_of_the_judge_has_its_floor_and_no_file_stands_outside_of_one() {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/harness");
    let mut found: Vec<_> = fs::read_dir(harness)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "mod.rs" && name != "tests")
        .collect();
    let mut rooms = FLOORS.concat();
    found.sort_unstable();
    rooms.sort_unstable();
    assert_eq!(found, rooms);
}

/// What the tests above are for: an arrow against the direction is found, however it is written.
#[test]
fn an_arrow_against_the_direction_is_found() {
    for (room, source, found) in [
        ("wire", "use crate::harness::suite::Step;", 0),
        ("wire", "use crate::harness::wire::body::Body;", 0),
        ("wire", "// use crate::harness::run::Judge;", 0),
        ("wire", "use crate::harness::run::Judge;", 1),
        ("wire", "    let judge = crate::harness::run::Judge::new(bench);", 1),
        ("wire", "use crate::harness::{run, suite};", 1),
        ("wire", "use crate::harness::Judge;", 1),
        ("wire", "use super::super::run::Judge;", 1),
        ("wire", "use super::super::suite::Step;", 0),
        ("report", "use crate::harness::evidence::Redaction;", 1),
        ("report", "use crate::harness::outcome::RunReport;", 0),
        ("suite", "use crate::harness::audit::Seeds;", 1),
    ] {
        assert_eq!(against_the_floors(room, 2, source).len(), found, "{room}: {source}");
    }
    for (module, source, found) in [
        ("store", "use crate::model::Ledger;", 0),
        ("store", "use crate::api::Api;", 1),
        ("harness", "use crate::server::builtin;", 1),
    ] {
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == module).unwrap();
        assert_eq!(against_the_order(module, allowed, source).len(), found, "{module}: {source}");
    }
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
