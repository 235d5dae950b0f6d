//! The pages that users read: what they name is there, and what is there they name.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that cannot go on fails its test")]

#[path = "pages/commands.rs"]
mod commands;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A page and its text.
struct Page {
    path: PathBuf,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: impl AsRef<Path>) -> Page {
    let path = root().join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    Page { path, text }
}

fn pages() -> Vec<Page> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "conformance/README.md"];
    docs.chain(others.map(PathBuf::from)).map(page).collect()
}

fn schema(path: &str) -> Value {
    serde_json::from_str(&page(path).text).unwrap()
}

/// Fails with every fault, a line each.
fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Returns the anchor that a heading has on a page.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

/// Who follows a link of a page finds what it says.
#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let mut faults = Vec::new();
    let mut followed = 0;
    for Page { path, text } in pages() {
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.contains("://") {
                continue;
            }
            followed += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            if !to.exists() {
                faults.push(format!("{}: {link} leads nowhere", path.display()));
                continue;
            }
            if heading.is_empty() {
                continue;
            }
            let there = page(&to).text;
            let mut headings = there.lines().filter(|line| line.starts_with('#'));
            if !headings.any(|line| anchor(line.trim_start_matches('#')) == heading) {
                faults.push(format!("{}: {link} is no heading there", path.display()));
            }
        }
    }
    assert!(followed > 40, "{followed}");
    assert_none(faults);
}

/// Who pastes a command is not told that there is no such flag.
#[test]
fn every_flag_of_a_command_on_a_page_is_one_of_that_command() {
    let help = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_etalon")).args(words).arg("--help").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let commands = help(&[]);
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for Page { path, text } in pages() {
        for line in text.lines().filter(|line| line.starts_with("$ ")) {
            for part in line.split('|').filter_map(|part| part.split_once("etalon ")) {
                let words: Vec<_> = part.1.split_whitespace().collect();
                let Some(command) = words.first() else { continue };
                if !commands.contains(&format!("\n  {command} ")) {
                    faults.push(format!("{}: there is no `etalon {command}`", path.display()));
                    continue;
                }
                let count = if words.starts_with(&["target", "init"]) { 2 } else { 1 };
                let known = help(&words[..count]);
                let flags = words.iter().take_while(|word| **word != ">");
                for flag in flags.filter(|word| word.starts_with("--")) {
                    let flag = flag.split('=').next().unwrap();
                    if !known.split([' ', '\n', '[', '=']).any(|word| word == flag) {
                        let path = path.display();
                        faults.push(format!("{path}: `etalon {command}` has no {flag}"));
                    }
                    seen.insert(format!("{command} {flag}"));
                }
            }
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
    assert_none(faults);
}

/// Returns the names of the members that a schema describes, at any depth.
fn members(schema: &Value) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    match schema {
        Value::Object(parts) => {
            for (name, part) in parts {
                if let ("properties", Value::Object(described)) = (name.as_str(), part) {
                    names.extend(described.keys().map(String::as_str));
                }
                names.extend(members(part));
            }
        }
        Value::Array(items) => names.extend(items.iter().flat_map(members)),
        _ => {}
    }
    names
}

/// Returns the matchers that a file of the suite uses.
fn matchers(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::Object(members) => match members.iter().next() {
            // What is in a schema is its own.
            Some((name, _)) if name == "$schema" => BTreeSet::from([name.as_str()]),
            Some((name, inner)) if members.len() == 1 && name.starts_with('$') => {
                matchers(inner).into_iter().chain([name.as_str()]).collect()
            }
            _ => members.values().flat_map(matchers).collect(),
        },
        Value::Array(items) => items.iter().flat_map(matchers).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whoever fills in a file looks up on its page what a key means.
#[test]
fn every_key_of_a_format_is_on_the_page_of_it() {
    let target = schema("schemas/etalon/target.json");
    let report = schema("schemas/report.schema.json");
    let steps = schema("schemas/etalon/steps.json");
    let step = &steps["$defs"]["step"]["properties"];
    let expectation = &steps["$defs"]["expectation"]["properties"];
    let relations = &steps["$defs"]["relation"]["properties"]["is"]["enum"];
    let keys =
        |object: &Value| -> Vec<String> { object.as_object().unwrap().keys().cloned().collect() };
    let mut of_suite: BTreeSet<String> = keys(step).into_iter().chain(keys(expectation)).collect();
    let relations = relations.as_array().unwrap().iter().map(|it| it.as_str().unwrap());
    of_suite.extend(relations.map(str::to_owned));
    for (path, bytes) in etalon::data::files_under("conformance/") {
        let is_of_cases = ["cases", "laws", "shapes"].iter().any(|it| path.contains(it));
        if is_of_cases {
            let value: Value = serde_json::from_slice(bytes).unwrap();
            of_suite.extend(matchers(&value).into_iter().map(str::to_owned));
        }
    }
    let of_target = members(&target).into_iter().map(str::to_owned).collect();
    let of_report = keys(&report["properties"]).into_iter().collect();
    let mut faults = Vec::new();
    for (path, names) in [
        ("docs/target-file.md", of_target),
        ("docs/formats.md", of_report),
        ("conformance/README.md", of_suite),
    ] {
        let text = page(path).text;
        assert!(names.len() > 10, "{path}: {names:?}");
        let is_word = |it: char| it.is_alphanumeric() || it == '$' || it == '-';
        let words: BTreeSet<_> = text.split(|it| !is_word(it)).collect();
        let missing = names.iter().filter(|name| !words.contains(name.as_str()));
        faults.extend(missing.map(|name| format!("{path} does not tell of {name}")));
    }
    assert_none(faults);
}

/// Whoever brings records in finds every kind that they have.
#[test]
fn every_kind_of_record_is_told_of() {
    let text = page("docs/records.md").text;
    let mut kinds = BTreeSet::new();
    for line in page("examples/demo.ndjson").text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        kinds.insert(record["record"].as_str().unwrap().to_owned());
        if let Some(collection) = record["collection"].as_str() {
            kinds.insert(collection.to_owned());
        }
    }
    assert!(kinds.len() > 12, "{kinds:?}");
    let missing = kinds.iter().filter(|kind| !text.contains(kind.as_str()));
    assert_none(missing.map(|kind| format!("docs/records.md does not tell of {kind}")).collect());
}

/// Who tries what a page says sees what it shows.
#[test]
#[ignore = "it takes some minutes, and curl, jq and openssl: `just pages`"]
fn every_command_of_a_page_says_what_the_page_shows() {
    let mut faults = Vec::new();
    for name in ["guide", "stand-in", "certify", "target-file", "records", "trust", "formats"] {
        let (found, count) = commands::run(&page(format!("docs/{name}.md")).text);
        println!("docs/{name}.md: {count} commands");
        assert!(count > 0, "docs/{name}.md");
        faults.extend(found.into_iter().map(|fault| format!("docs/{name}.md: {fault}")));
    }
    assert_none(faults);
}
