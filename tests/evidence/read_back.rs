//! Reports are read back: by `diff`, beside last month's, and by `serve --like`. One that was bent says
//! nothing.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::run::{certify, etalon, report, run};

/// A change to a report, and what is said of the file that has it.
type Bent = (&'static str, fn(&mut Value), &'static str);

const BENT: [Bent; 13] = [
    (
        "a dashboard shows counts that the cases do not have",
        |report| report["counts"]["pass"] = 999.into(),
        "/counts/pass is 999, and",
    ),
    (
        "the verdict is better than the cases",
        |report| {
            let case = &mut report["cases"][0];
            case["verdict"] = "blocked".into();
            let counts = &mut report["counts"];
            counts["pass"] = (counts["pass"].as_u64().unwrap() - 1).into();
            counts["blocked"] = 1.into();
        },
        "/verdict is \"SELECTED PASSED\", and its cases make it INCONCLUSIVE",
    ),
    (
        "a case passes although something is found against it",
        |report| {
            report["cases"][0]["findings"] = json!([{"clause": "c", "level": "must", "step": "s",
                "operation": "GET /a", "status": 200, "said": null, "pointer": "", "message": "m",
                "expected": null, "actual": null, "curl": "curl"}]);
        },
        "/cases/0: usage/",
    ),
    (
        "a case stands twice, once as it was and once as it should be",
        |report| {
            let again = report["cases"][0].clone();
            report["cases"].as_array_mut().unwrap().push(again);
        },
        "stands twice",
    ),
    (
        "a case is there that was not selected",
        |report| report["cases"][0]["id"] = "customer/customers/get".into(),
        "was not selected, as /selection says",
    ),
    (
        "the exit code is not that of the verdict",
        |report| report["exitCode"] = 1.into(),
        "/exitCode is not 0",
    ),
    (
        "a part of the suite is said to be the whole",
        |report| report["narrowed"] = false.into(),
        "/narrowed is not what /selection says",
    ),
    (
        "a clause is broken, and nothing is found against it",
        |report| report["clauses"][0]["verdict"] = "broken".into(),
        "/clauses/0: ",
    ),
    (
        "the coverage is of other clauses",
        |report| report["coverage"][0]["must"]["checked"] = 1.into(),
        "/coverage: its numbers",
    ),
    (
        "something is not applicable, and nobody says what",
        |report| report["without"] = json!(["disbursement"]),
        "/without is not what was not applicable",
    ),
    (
        "a known failure is one of a case that was never judged",
        |report| {
            report["baseline"] = json!({"known": [{"case": "usage/x", "verdict": "fail",
                "reason": "r", "owner": "o", "expires": "2999-01-01", "standing": "known"}], "new": []});
        },
        "/baseline is not what its cases make of it",
    ),
    (
        "something is said to have caused failures, and nothing fails",
        |report| {
            report["causes"] = json!([{"difference": "d", "operations": ["usage: GET /a"],
                "status": 200, "said": null, "clauses": ["c"], "cases": ["usage/invoices/get"]}]);
        },
        "/causes: their cases are not those that fail",
    ),
    ("a word is there that no report has", |report| report["award"] = "gold".into(), "award"),
];

#[test]
fn a_report_that_contradicts_itself_is_refused_and_where_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let own = path("own.json");
    let flag = format!("json={}", own.display());
    let judged = certify(&["usage/invoices", "--report", &flag, "--quiet"]);
    assert_eq!(judged.code, Some(0), "{}", judged.stderr);
    let bent = path("bent.json");
    let diff = |text: &str| {
        fs::write(&bent, text).unwrap();
        run(etalon("diff").args([&own, &bent]))
    };
    let text = fs::read_to_string(&own).unwrap();
    assert_eq!(diff(&text).code, Some(0));
    for (story, bend, said) in BENT {
        let mut report = report(&own);
        bend(&mut report);
        let run = diff(&report.to_string());
        assert_eq!(run.code, Some(2), "{story}: {}", run.stdout);
        let named =
            run.stderr.contains("bent.json cannot be compared") && run.stderr.contains(said);
        assert!(named, "{story}: {}", run.stderr);
    }
    let twice = text.replacen("\"verdict\"", "\"verdict\": \"CONFORMS\",\n  \"verdict\"", 1);
    let run = diff(&twice);
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(run.stderr.contains("the member `verdict` stands twice at line"), "{}", run.stderr);
}

#[test]
fn diff_says_when_two_runs_are_not_of_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (name, cases) in [("one", &["usage/invoices"][..]), ("other", &["customer/texts", "usage"])]
    {
        let flag = format!("json={}", path(name));
        let api: &[&str] = if name == "one" { &["--api", "usage"] } else { &[] };
        let judged = certify(&[cases, api, &["--report", &flag, "--quiet"]].concat());
        assert_eq!(judged.code, Some(0), "{}", judged.stderr);
    }
    let told = run(etalon("diff").args([path("one"), path("other")])).stdout;
    for words in [
        "the selection is another: it was {\"filters\":[\"usage/invoices\"]",
        "the target is another",
        "the APIs are others: they were usage and are customer, usage, gateway, tmf",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

/// Whoever serves like a report wants what it says, and not half of it.
#[test]
fn choices_that_say_two_things_are_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.json");
    for (text, said) in [
        (
            r#"{"choices": {"links": {"absolute": 1}, "links": {"relative": 1}}}"#,
            "the member `links` stands twice at line 1",
        ),
        (r#"{"choices": {"links": {"absolute": "often"}}}"#, "`/choices/links` does not say"),
        (r#"{"choices": {"links": {"absolute": -1}}}"#, "`/choices/links` does not say"),
        (r#"{"choices": {"links": {}}}"#, "`/choices/links` does not say"),
        (r#"{"choices": {"links": ["absolute"]}}"#, "`/choices/links` does not say"),
    ] {
        fs::write(&file, text).unwrap();
        let mut command = etalon("serve");
        command.args(["--listen", "127.0.0.1:0", "--like"]).arg(&file).stdin(Stdio::null());
        let run = run(&mut command);
        assert_eq!(run.code, Some(2), "{text}: {}", run.stdout);
        assert!(run.stderr.contains(said) && run.stderr.contains("r.json"), "{}", run.stderr);
    }
}
