//! What cites readings, and what readings name: none is cited that is not there, none stands for
//! nothing, and the choices that readings leave are those that the reference has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use etalon::api::choices::CHOICES;
use etalon::data;
use etalon::harness::Suite;
use serde_json::Value;

/// The folders whose comments and texts cite readings.
const FOLDERS: [&str; 5] = ["src", "conformance", "schemas", "examples", "tests"];

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries.flat_map(|entry| files(&entry.unwrap().path())).collect()
}

/// Returns the numbers that a text cites in words: `reading 9`, `readings 1 to 3, 7 and 9`.
fn cited_in_words(text: &str) -> BTreeSet<u16> {
    // A citation may be broken between lines of a comment.
    let marks = |c: char| c.is_whitespace() || matches!(c, '/' | '!');
    let words: Vec<_> = text.split(marks).filter(|word| !word.is_empty()).collect();
    let mut cited = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let name = word.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if name != "reading" && name != "readings" {
            continue;
        }
        let mut range = false;
        let mut last = None;
        for next in &words[at + 1..] {
            let digits: String = next.chars().take_while(char::is_ascii_digit).collect();
            match (digits.parse::<u16>(), *next) {
                (Ok(number), _) => {
                    let first = if range { last.unwrap_or(number) } else { number };
                    cited.extend(first..=number);
                    (range, last) = (false, Some(number));
                    // `readings 3, 4`, but `reading 3).`
                    if name == "reading" || !matches!(&next[digits.len()..], "" | ",") {
                        break;
                    }
                }
                (Err(_), "and" | "or") => {}
                (Err(_), "to") => range = true,
                (Err(_), _) => break,
            }
        }
    }
    cited
}

/// Collects the numbers of the members that cite readings.
fn cited_as_data(value: &Value, cited: &mut BTreeSet<u16>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| cited_as_data(item, cited)),
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "readings" | "reading" | "restored" | "advisory") {
                    let numbers = member.as_array().into_iter().flatten().chain([member]);
                    cited.extend(numbers.filter_map(|it| u16::try_from(it.as_u64()?).ok()));
                }
                cited_as_data(member, cited);
            }
        }
        _ => {}
    }
}

/// Returns everything that is cited, and one place of each.
fn citations() -> BTreeMap<u16, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cited = BTreeMap::new();
    for file in FOLDERS.iter().flat_map(|folder| files(&root.join(folder))) {
        let name = file.strip_prefix(root).unwrap().display().to_string();
        // Readings may refer to each other as they like, and these tests to what is no reading.
        let is_own = ["conformance/readings", "tests/suite/readings.rs", "tests/explain.rs"];
        if is_own.iter().any(|own| name.starts_with(own)) {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let mut numbers = cited_in_words(&text);
        if let Ok(value) = serde_json::from_str(&text) {
            cited_as_data(&value, &mut numbers);
        }
        cited.extend(numbers.into_iter().map(|number| (number, name.clone())));
    }
    for choice in CHOICES {
        cited.extend(choice.readings.iter().map(|number| (*number, choice.name.to_owned())));
    }
    cited
}

#[test]
fn citations_are_found_however_they_are_written() {
    for (text, cited) in [
        ("as of reading 9.", vec![9]),
        ("(readings 36, 37)", vec![36, 37]),
        ("readings 1 to 3, 7 and 9: 12 more", vec![1, 2, 3, 7, 9]),
        ("/// (readings 3 and\n    /// 6). The 7", vec![3, 6]),
        ("reading 44, 55 of them", vec![44]),
        ("**Reading 250**, readings", vec![250]),
        ("reading the 12 files", vec![]),
    ] {
        assert_eq!(cited_in_words(text).into_iter().collect::<Vec<_>>(), cited, "{text}");
    }
}

/// Who follows a number of a report, a comment or a list of excuses finds what it decides; and a
/// reading that nothing follows says so.
#[test]
fn every_number_that_is_cited_is_a_reading_and_every_reading_is_cited_or_says_why_not() {
    let suite = Suite::embedded().unwrap();
    let citations = citations();
    assert!(citations.len() > 200, "only {} readings are cited", citations.len());
    let mut faults = Vec::new();
    for (number, place) in &citations {
        if suite.reading(*number).is_none() {
            faults.push(format!("{place} cites reading {number}, which is none"));
        }
    }
    for reading in suite.readings() {
        let number = reading.number;
        match (citations.get(&number), &reading.uncited) {
            (None, None) => faults.push(format!("nothing cites reading {number}: say why")),
            (Some(place), Some(_)) => {
                faults.push(format!("reading {number} says that nothing cites it; {place} does"));
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a reading leaves open can be chosen by the name that it says, and the other way round.
#[test]
fn readings_and_choices_name_each_other() {
    let suite = Suite::embedded().unwrap();
    let said = suite
        .readings()
        .flat_map(|reading| reading.choices.iter().map(|choice| (reading.number, choice.clone())));
    let served = CHOICES
        .iter()
        .flat_map(|choice| choice.readings.iter().map(|number| (*number, choice.name.to_owned())));
    assert_eq!(said.collect::<BTreeSet<_>>(), served.collect::<BTreeSet<_>>());
}

/// What a reading says is for its reader: it stands whole, without the shorthand of notes.
#[test]
fn readings_are_sentences() {
    let mut faults = Vec::new();
    for (path, bytes) in data::files_under("conformance/readings/") {
        let file: Value = serde_json::from_slice(bytes).unwrap();
        for reading in file["readings"].as_array().unwrap() {
            for name in ["gap", "served", "demanded", "advised", "judged", "uncited"] {
                let Some(text) = reading[name].as_str() else { continue };
                let shorthand = ["REQ", "REC", "As row", "(i)", "(ii)", "[P]", "[S]", "[I]", "->"];
                if let Some(found) = shorthand.iter().find(|each| text.contains(**each)) {
                    faults.push(format!("{path}, reading {}: {found}", reading["number"]));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
