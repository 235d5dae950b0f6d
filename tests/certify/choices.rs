//! What a run notes of the choices that its target made, and a stand-in that makes the same.

use std::collections::BTreeMap;

use etalon::api::choices::{CHOICES, Choice};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ALL;
use crate::run::{certify, report};
use crate::served::{Served, fixtures};

/// The files that say where choices are seen.
fn sights() -> Vec<Value> {
    let files = etalon::data::files_under("conformance/sights/");
    files.map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect()
}

/// The values that a sight shows, each once.
fn values(sight: &Value) -> Vec<String> {
    let mut values: Vec<_> = sight["shows"].as_array().unwrap().iter().map(name_of_value).collect();
    values.sort();
    values.dedup();
    values
}

fn name_of_value(sign: &Value) -> String {
    sign["value"].as_str().unwrap().to_owned()
}

/// The choice of the reference that has this name, if it has one.
fn served(name: &str) -> Option<&'static Choice> {
    CHOICES.iter().find(|choice| choice.name == name)
}

/// The choices of the reference that a run can see, each with its values, as the suite has them.
fn seen() -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeMap::new();
    for file in sights() {
        for sight in file["sights"].as_array().unwrap() {
            let name = sight["choice"].as_str().unwrap().to_owned();
            if served(&name).is_some() {
                seen.insert(name, values(sight));
            }
        }
    }
    seen
}

/// Nobody would ever hear what a target chose, if whoever gives the reference a choice forgot to say
/// where it is seen; a value that the reference has not could not be served again.
#[test]
fn every_choice_of_the_reference_is_seen_or_it_is_said_why_not() {
    let mut faults = Vec::new();
    for file in sights() {
        let api = file["api"].as_str().unwrap();
        let sights = file["sights"].as_array().unwrap();
        for choice in CHOICES.iter().filter(|choice| choice.apis.contains(&api)) {
            let of_choice: Vec<_> =
                sights.iter().filter(|sight| sight["choice"] == choice.name).collect();
            if of_choice.is_empty() == file["unseen"][choice.name].is_null() {
                faults.push(format!("{api}: {} has a sight, or a reason for none", choice.name));
            }
            let readings = json!(choice.readings);
            for sight in of_choice {
                let known = |value: &String| choice.values.iter().any(|it| it.name == value);
                if sight["readings"] != readings || !values(sight).iter().all(known) {
                    faults.push(format!("{api}: {} is another choice: {sight}", choice.name));
                }
            }
        }
        for name in file["unseen"].as_object().unwrap().keys() {
            if !served(name).is_some_and(|choice| choice.apis.contains(&api)) {
                faults.push(format!("{api}: the reference has no choice {name}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What a run says of the choices of a server: each with every value that it saw.
fn noted(server: &Served, folder: &TempDir) -> BTreeMap<String, Vec<String>> {
    let file = folder.path().join("report.json");
    let to_file = format!("json={}", file.display());
    let flags = ["--choices", "--report", &to_file];
    let run = certify(&[&[server.url()][..], &ALL, &flags].concat());
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let report = report(&file);
    let choices = report["choices"].as_object().unwrap();
    for name in choices.keys() {
        let line = run.stdout.lines().find(|line| line.starts_with(&format!("choice {name} ")));
        assert!(line.is_some_and(|line| line.contains("reading")), "{name}: {}", run.stdout);
    }
    let values = |value: &Value| value.as_object().unwrap().keys().cloned().collect();
    let of_reference = choices.iter().filter(|(name, _)| served(name).is_some());
    of_reference.map(|(name, value)| (name.clone(), values(value))).collect()
}

/// Whoever writes a stand-in by a report would write another server if one value of one choice were
/// noted wrong. Each run serves another value of every choice at once.
#[test]
fn a_run_notes_each_choice_and_a_server_like_it_is_noted_alike() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = fixtures(folder.path());
    let seen = seen();
    assert!(seen.len() > 60, "{seen:?}");
    let most = seen.values().map(Vec::len).max().unwrap();
    for place in 0..most {
        let chosen: BTreeMap<_, _> = seen
            .iter()
            .map(|(name, values)| (name.clone(), vec![values[place % values.len()].clone()]))
            .collect();
        let flags = chosen.iter().map(|(name, values)| format!("--choice={name}={}", values[0]));
        let load = format!("--load={}", fixtures.display());
        let flags: Vec<_> = flags.chain([load.clone()]).collect();
        assert_eq!(noted(&Served::start(&flags), &folder), chosen);
        let like = format!("--like={}", folder.path().join("report.json").display());
        let other = Served::start(&[like, load]);
        assert_eq!(noted(&other, &folder), chosen, "a server like it");
    }
}

/// A choice that is made now so and now so breaks nothing; the run says that it is.
#[test]
fn mixed_answers_are_noted_with_their_counts_and_fail_nothing() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static TURN: AtomicBool = AtomicBool::new(false);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let front = crate::front::Front::start(|request, server| {
        let read = request.get();
        server.change("PATCH customer/customers/*", request, |changed| {
            match TURN.fetch_xor(true, Ordering::Relaxed) {
                true => server.pass(read),
                false => changed,
            }
        })
    });
    let to_file = format!("json={}", file.display());
    let url = front.url();
    let run = certify(&[&url, "--api", "customer", "--choices", "--report", &to_file]);
    assert!(crate::conforms(&run), "{}", run.stdout);
    let patch = run.stdout.lines().find(|line| line.starts_with("choice patch ")).unwrap();
    assert!(patch.ends_with("advisory: the answers are mixed"), "{patch}");
    let counts = &report(&file)["choices"]["patch"];
    assert!(counts["200"].as_u64() > Some(1) && counts["204"].as_u64() > Some(1), "{counts}");
}

#[test]
fn a_report_without_choices_is_refused_by_the_server_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (content, part) in [(json!({"cases": []}).to_string(), "--report"), ("{".into(), "no JSON")]
    {
        let file = crate::write(&folder, "report.json", &content);
        let mut serve = crate::run::etalon("serve");
        let run = crate::run::run(serve.arg(format!("--like={}", file.display())));
        crate::refused(&run, 2, part);
    }
}
