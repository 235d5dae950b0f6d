//! What is known to fail does not fail a run, and only that.

use std::fs;

use serde_json::Value;

use crate::front::{Behaviour, Front};
use crate::run::{Run, certify, etalon, report, run};

const BROKEN: Behaviour = |request, server| {
    server.edit("GET usage/invoices/*", request, |body| body["invoiceNo"] = 1.into())
};
const MORE_BROKEN: Behaviour = |request, server| match request.is("GET usage/customers/*") {
    true => server.edit("GET usage/**", request, |body| body["customerNo"] = 1.into()),
    false => BROKEN(request, server),
};
const RIGHT: Behaviour = |request, server| server.pass(request);

fn judged(behaviour: Behaviour, flags: &[&str]) -> Run {
    let front = Front::start(behaviour);
    certify(&[&[front.url().as_str(), "--api", "usage"][..], flags].concat())
}

#[test]
fn a_new_failure_a_passing_and_an_expired_entry_each_fail_the_run_and_none_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.toml");
    let json = folder.path().join("r.json");
    let (flag, report_flag) = (file.display().to_string(), format!("json={}", json.display()));
    let run = judged(BROKEN, &["--write-baseline", &flag]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let known = fs::read_to_string(&file).unwrap();
    assert!(known.contains("case = \"usage/invoices/get\""), "{known}");

    let beside = |behaviour, flag: &str| {
        let run = judged(behaviour, &["--baseline", flag, "--report", &report_flag, "--details"]);
        assert!(!run.stdout.lines().any(|line| line.starts_with("CONFORMS")), "{}", run.stdout);
        (run, report(&json))
    };
    let (run, said) = beside(BROKEN, &flag);
    assert_eq!(
        (run.code, &said["verdict"]),
        (Some(0), &"NO NEW FAILURES".into()),
        "{}",
        run.stdout
    );
    let schema: Value =
        serde_json::from_slice(etalon::data::file("schemas/report.schema.json").unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = schema.iter_errors(&said).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");

    let (run, said) = beside(MORE_BROKEN, &flag);
    assert_eq!((run.code, &said["verdict"]), (Some(1), &"DOES NOT CONFORM".into()));
    let new: Vec<_> = said["baseline"]["new"].as_array().unwrap().iter().collect();
    assert!(!new.is_empty() && run.stdout.contains(new[0].as_str().unwrap()), "{}", run.stdout);

    let (run, said) = beside(RIGHT, &flag);
    assert_eq!((run.code, &said["verdict"]), (Some(1), &"BASELINE OUT OF DATE".into()));
    assert!(run.stdout.contains("passing: usage/invoices/get fails no more"), "{}", run.stdout);

    let today = known.lines().find(|line| line.starts_with("expires")).unwrap();
    fs::write(&file, known.replace(today, "expires = \"2020-01-31\"")).unwrap();
    let (run, said) = beside(BROKEN, &flag);
    assert_eq!((run.code, &said["verdict"]), (Some(1), &"BASELINE OUT OF DATE".into()));
    assert!(run.stdout.contains("was borne until 2020-01-31"), "{}", run.stdout);

    fs::write(&file, "").unwrap();
    let (run, _) = beside(RIGHT, &flag);
    assert_eq!(run.code, Some(0), "an empty baseline of a server that is right: {}", run.stdout);
    assert!(run.stdout.contains("NO NEW FAILURES (0 known)"), "{}", run.stdout);
}

#[test]
fn what_is_said_of_a_known_failure_is_kept_when_the_baseline_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known.toml");
    let flag = file.display().to_string();
    fs::write(
        &file,
        "[[known]]\ncase = \"usage/invoices/get\"\nreason = \"ticket 7\"\nowner = \"Kim\"\n\
         expires = 2999-12-31\n\n[[known]]\ncase = \"usage/customers/get\"\nreason = \"old\"\n\
         owner = \"Kim\"\nexpires = 2999-12-31\n",
    )
    .unwrap();
    judged(BROKEN, &["--baseline", &flag, "--write-baseline", &flag]);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.contains("ticket 7") && written.contains("2999-12-31"), "{written}");
    assert!(!written.contains("usage/customers/get\""), "it fails no more: {written}");
}

#[test]
fn diff_ends_with_1_on_a_regression_and_reads_reports_and_bundles() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (name, behaviour) in [("right", RIGHT), ("broken", BROKEN)] {
        let json = format!("json={}", path(name));
        judged(behaviour, &["--report", &json, "--bundle", &path(&format!("{name}.bundle"))]);
    }
    let diff = |old: &str, new: &str| run(etalon("diff").args([path(old), path(new)]));
    for (old, new, code, line) in [
        ("right", "broken", 1, "newly failing: usage/invoices/get: pass → fail"),
        ("right.bundle", "broken", 1, "newly failing: usage/invoices/get: pass → fail"),
        ("broken", "right.bundle", 0, "fixed: usage/invoices/get: fail → pass"),
        ("broken", "broken.bundle", 0, "0 newly failing, 0 fixed"),
    ] {
        let run = diff(old, new);
        assert_eq!(run.code, Some(code), "{old} {new}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(line), "{old} {new}: {}", run.stdout);
    }
    fs::write(path("none"), "{}").unwrap();
    assert_eq!(diff("none", "right").code, Some(2));
    assert_eq!(diff("right", "missing").code, Some(2));
}
