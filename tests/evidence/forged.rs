//! Whoever signs a bundle can write anything into it. What he cannot do is to have a failure verified as
//! a pass: by what he leaves out, by what he says of the run, or by what he says was redacted.

#[path = "forged/kept.rs"]
mod kept;

use std::sync::Arc;

use etalon::harness::Suite;
use etalon::harness::evidence::bundle::{Bundle, Verdict, verify};
use serde_json::{Value, json};

use self::kept::{Kept, Signer, sha256, sign_by_identity};
use crate::bundle::keys;
use crate::front::{Behaviour, Front};
use crate::run::{certify, etalon, report as report_of, run};

/// Everything that cannot be said of a bundle is in these cases: failures, answers that nobody broke,
/// a control that three share, creations, and what is used up.
const CASES: [&str; 6] = [
    "usage/invoices",
    "usage/isolation",
    "usage/unknown-number",
    "customer/refused-create-makes-nothing",
    "customer/at-once",
    "customer/disbursement-orders/swedish-table-form",
];
const FAILS: &str = "usage/invoices/get";
const PASSES: &str = "customer/at-once/create";
const CONTROLLED: &str = "customer/refused-create-makes-nothing/customer/without-legal-address";

const BROKEN: Behaviour = |request, server| {
    server.edit("GET usage/invoices/*", request, |body| body["invoiceNo"] = 1.into())
};

/// What a forger changes.
enum Change {
    /// What the bundle says.
    Kept(fn(&mut Kept)),
    /// The lines in which it says it.
    Lines(fn(&mut Vec<String>)),
}
use Change::{Kept as Said, Lines};

/// How a forgery ends: found out, in words that hold these, or told for what it is.
enum End {
    Refused(&'static str),
    Told,
}
use End::{Refused, Told};

/// Each is signed anew by a real key, so that only its content can betray it.
const FORGERIES: &[(&str, Change, End)] = &[
    (
        "a vendor whose invoices are wrong says that they are right",
        Said(Kept::whitewash),
        Refused("verdict: said is \"pass\", found is \"fail\""),
    ),
    (
        "he says that everything is redacted, by a name that is in every name",
        Said(|kept| {
            kept.whitewash();
            kept.run["target"]["redact"] = json!([""]);
        }),
        Refused("`redact` names members"),
    ),
    (
        "he says that what is wrong is redacted, and leaves it there to be read",
        Said(|kept| {
            kept.whitewash();
            kept.run["target"]["redact"] = json!(["invoiceNo"]);
        }),
        Refused("shows what the run says that it redacts"),
    ),
    (
        "he writes the mark of redaction where nothing is redacted",
        Said(|kept| {
            kept.whitewash();
            kept.edit_answers(|body| {
                body.replace("\"invoiceNo\":1,", "\"invoiceNo\":\"[redacted]\",")
            });
        }),
        Refused("verdict: said is \"pass\", found is \"fail\""),
    ),
    (
        "he redacts what is wrong, by its name: nothing is said of that, and he does not conform",
        Said(|kept| {
            kept.whitewash();
            redact_invoices(kept);
        }),
        Told,
    ),
    (
        "he writes the mark of a credential over what is wrong",
        Said(|kept| {
            kept.whitewash();
            kept.edit_answers(|body| body.replace("\"invoiceNo\":1,", "\"invoiceNo\":\"$TOKEN\","));
        }),
        Told,
    ),
    (
        "he redacts what is wrong, and leaves only that in the bundle",
        Said(|kept| {
            kept.whitewash();
            kept.leave_out(|id| id != FAILS);
            kept.run["selection"]["filters"] = json!([FAILS]);
            kept.report["selection"]["filters"] = json!([FAILS]);
            redact_invoices(kept);
        }),
        Refused("of the other 0 cases 0 passed"),
    ),
    (
        "he says a finding twice, so that they seem to be others",
        Said(|kept| {
            let findings = kept.said(FAILS)["findings"].as_array_mut().unwrap();
            findings.push(findings[0].clone());
        }),
        Refused("findings: said is"),
    ),
    (
        "he says that what fails has a cause of little importance",
        Said(|kept| kept.report["causes"][0]["difference"] = "a blank is missing".into()),
        Refused("causes: said is"),
    ),
    (
        "he says that what fails has no cause",
        Said(|kept| kept.report["causes"] = json!([])),
        Refused("/causes: their cases are not those that fail"),
    ),
    (
        "he says that his server said sorry",
        Said(|kept| kept.said(FAILS)["findings"][0]["said"] = "Sorry".into()),
        Refused("findings: said is"),
    ),
    (
        "he says that another operation was asked for",
        Said(|kept| kept.said(FAILS)["findings"][0]["operation"] = "GET /invoices".into()),
        Refused("findings: said is"),
    ),
    (
        "he says that another target was judged, in the report",
        Said(|kept| kept.report["target"]["base"] = "https://api.example.com".into()),
        Refused("target: said is"),
    ),
    (
        "he says so in the run too, but not in each request",
        Said(|kept| {
            let base = "https://api.example.com";
            kept.report["target"]["base"] = base.into();
            for api in ["/report/target/apis", "/run/target/apis"] {
                let apis = match api {
                    "/report/target/apis" => &mut kept.report["target"]["apis"],
                    _ => &mut kept.run["target"]["apis"],
                };
                apis.as_array_mut().unwrap().iter_mut().for_each(|api| api["base"] = base.into());
            }
        }),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "he leaves one request at the target that was judged, and moves the rest",
        Said(|kept| {
            let url = &mut kept.case(PASSES)["exchanges"][0]["url"];
            *url = url.as_str().unwrap().replace("127.0.0.1", "localhost").into();
        }),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "he names a product that no target file named",
        Said(|kept| kept.report["target"]["product"] = "Acme Billing".into()),
        Refused("target: said is"),
    ),
    (
        "he judged in 2026 and wants to have judged in 2031",
        Said(|kept| kept.report["started"] = "2031-01-01T00:00:00.000Z".into()),
        Refused("started: the first exchange is not from then"),
    ),
    (
        "he says the time as nobody writes it",
        Said(|kept| kept.report["started"] = "2031-01-01T00:00:00Z".into()),
        Refused("no date and time as a run writes it"),
    ),
    (
        "a run of seconds is said to have taken none",
        Said(|kept| kept.report["durationMs"] = 0.into()),
        Refused("not from the time of the run"),
    ),
    (
        "a run of seconds is said to have taken a month",
        Said(|kept| kept.report["durationMs"] = 2_600_000_000_u64.into()),
        Refused("the last exchange was over long before"),
    ),
    (
        "a case is said to have taken longer than the run",
        Said(|kept| kept.said(PASSES)["durationMs"] = 2_600_000_000_u64.into()),
        Refused("not the time of its exchanges"),
    ),
    (
        "an exchange of last year is put in",
        Said(|kept| {
            kept.case(FAILS)["exchanges"][0]["at"] = "2020-01-01T00:00:00.000Z".into();
        }),
        Refused("its exchanges are not from the time of the run"),
    ),
    (
        "the seed is another in the report",
        Said(|kept| kept.report["seed"] = 7.into()),
        Refused("seed: said is"),
    ),
    (
        "the seed is another everywhere, so that other identifiers are drawn",
        Said(|kept| {
            kept.report["seed"] = 7.into();
            kept.run["seed"] = 7.into();
        }),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "the report is of another suite than the run",
        Said(|kept| kept.report["suite"] = "0123456789abcdef".into()),
        Refused("suite: said is"),
    ),
    (
        "the report is of another version than the run",
        Said(|kept| kept.report["tool"]["version"] = "9.9.9".into()),
        Refused("tool: said is"),
    ),
    (
        "an API that was never asked is said to have been judged",
        Said(|kept| {
            let api = json!({"name": "tmf", "base": "http://127.0.0.1:1", "mount": "/x"});
            kept.report["target"]["apis"].as_array_mut().unwrap().push(api);
        }),
        Refused("target: said is"),
    ),
    (
        "a ledger that was judged is not spoken of",
        Said(|kept| {
            kept.report["target"]["ledgers"].as_array_mut().unwrap().pop();
        }),
        Refused("target: said is"),
    ),
    (
        "a ledger is said to lack the grant that a case needs, so that it does not apply",
        Said(|kept| {
            for target in [&mut kept.run["target"], &mut kept.report["target"]] {
                for ledger in target["ledgers"].as_array_mut().unwrap() {
                    ledger["grants"] = json!([]);
                }
            }
        }),
        Refused("of its exchanges are not the suite's"),
    ),
    (
        "a ledger has a grant that there is not",
        Said(|kept| kept.run["target"]["ledgers"][0]["grants"] = json!(["to-pass"])),
        Refused("to-pass, which is no grant"),
    ),
    (
        "one ledger stands twice, so that it is another to itself",
        Said(|kept| {
            let ledgers = kept.run["target"]["ledgers"].as_array_mut().unwrap();
            ledgers[1] = ledgers[0].clone();
        }),
        Refused("stands twice"),
    ),
    (
        "the target lacks every format, so that nothing applies",
        Said(|kept| kept.run["target"]["apis"][1]["media"]["json"] = Value::Null),
        Refused("has no format at all"),
    ),
    (
        "identifiers are said to be the operator's own, so that no value is known",
        Said(|kept| {
            kept.run["target"]["known"] =
                json!({"usage.invoice": {"ledger": null, "variables": {}}});
        }),
        Refused("its target:"),
    ),
    (
        "certificates are said to have been checked",
        Said(|kept| kept.run["target"]["insecure"] = true.into()),
        Refused("target: said is"),
    ),
    (
        "the counts are better than the cases",
        Said(|kept| kept.report["counts"]["fail"] = 0.into()),
        Refused("/counts/fail is 0, and"),
    ),
    (
        "the verdict is better than the cases",
        Said(|kept| kept.report["verdict"] = "SELECTED PASSED".into()),
        Refused("/verdict is \"SELECTED PASSED\""),
    ),
    (
        "the exit code is better than the verdict",
        Said(|kept| kept.report["exitCode"] = 0.into()),
        Refused("/exitCode is not 1"),
    ),
    (
        "a broken clause is said to hold",
        Said(|kept| {
            let clauses = kept.report["clauses"].as_array_mut().unwrap();
            let broken = clauses.iter_mut().find(|clause| clause["verdict"] == "broken");
            broken.unwrap()["verdict"] = "holds".into();
        }),
        Refused("which the findings contradict"),
    ),
    (
        "a clause that nobody judged is said to hold",
        Said(|kept| {
            let clauses = kept.report["clauses"].as_array_mut().unwrap();
            let open = clauses.iter_mut().find(|clause| clause["verdict"] == "not-judged");
            open.unwrap()["verdict"] = "holds".into();
        }),
        Refused("clauses: said is"),
    ),
    (
        "more requirements are said to hold than were judged",
        Said(|kept| kept.report["coverage"][0]["must"]["hold"] = 9999.into()),
        Refused("/coverage: its numbers"),
    ),
    (
        "a choice is said to be shown that no answer shows",
        Said(|kept| kept.report["choices"]["links"] = json!({"absolute": 99})),
        Refused("choices: said is"),
    ),
    (
        "what the run left in the target is kept quiet",
        Said(|kept| kept.report["created"] = json!([])),
        Refused("created: said is"),
    ),
    (
        "more is said to be left of what each run uses up",
        Said(|kept| kept.report["left"][0]["count"] = 9999.into()),
        Refused("left: said is"),
    ),
    (
        "the target is said to have asked for patience",
        Said(|kept| kept.report["waits"] = json!(["it asked to wait"])),
        Refused("waits: said is"),
    ),
    (
        "a case is said to have run again after a fault that was none",
        Said(|kept| kept.said(FAILS)["rerun"] = "the line was cut".into()),
        Refused("rerun: said is"),
    ),
    (
        "a case is said to show another thing",
        Said(|kept| kept.said(FAILS)["title"] = "Nothing of importance".into()),
        Refused("title: said is"),
    ),
    (
        "the report says something that no report says",
        Said(|kept| kept.report["award"] = "gold".into()),
        Refused("its report:"),
    ),
    (
        "the case that fails is left out",
        Said(|kept| {
            kept.leave_out(|id| id == FAILS);
            kept.whitewash();
        }),
        Refused(FAILS),
    ),
    (
        "the case that fails gives its place to one that passes",
        Said(|kept| {
            let passes = kept.case(PASSES).clone();
            *kept.case(FAILS) = passes;
            kept.drop_unused();
        }),
        Refused("leaves out usage/invoices/get"),
    ),
    (
        "a part of the suite is said to be the whole",
        Said(|kept| {
            kept.whitewash();
            for said in [&mut kept.run["selection"], &mut kept.report["selection"]] {
                said["filters"] = json!([]);
            }
            kept.report["narrowed"] = false.into();
            kept.report["verdict"] = "CONFORMS".into();
            for api in kept.report["coverage"].as_array_mut().unwrap() {
                api["missing"] = json!([]);
            }
        }),
        Refused("leaves out"),
    ),
    (
        "a part of the suite is said to be the whole, in a word",
        Said(|kept| kept.report["narrowed"] = false.into()),
        Refused("/narrowed is not what /selection says"),
    ),
    (
        "the exchanges of a case are lost, as if the target had been dead",
        Said(|kept| {
            kept.case(PASSES)["exchanges"] = json!([]);
            kept.drop_unused();
            let said = kept.said(PASSES);
            said["verdict"] = "inconclusive".into();
            said["reason"] = "not sent: 8 cases in a row were given no answer".into();
            kept.count();
        }),
        Refused("nothing was sent, and nothing shows why"),
    ),
    (
        "an exchange is put in that the suite does not send",
        Said(|kept| {
            let exchanges = kept.case(PASSES)["exchanges"].as_array_mut().unwrap();
            exchanges.push(exchanges.last().unwrap().clone());
        }),
        Refused("of its exchanges are not the suite's"),
    ),
    (
        "an exchange is taken out",
        Said(|kept| {
            kept.case(PASSES)["exchanges"].as_array_mut().unwrap().pop();
            kept.drop_unused();
        }),
        Refused("the suite sends more than was kept"),
    ),
    (
        "requests are said to have gone out without credentials",
        Said(|kept| {
            for exchange in kept.exchanges() {
                exchange.as_object_mut().unwrap().shift_remove("authorization");
            }
        }),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "a request is said to have been another",
        Said(|kept| kept.case(PASSES)["exchanges"][0]["method"] = "PUT".into()),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "a request is said to have been sent for another step",
        Said(|kept| kept.case(FAILS)["exchanges"][0]["step"] = "another".into()),
        Refused("the suite sends another request than was kept"),
    ),
    (
        "what is wrong is said to be a record that another case made",
        Said(|kept| kept.knew(FAILS, "others", json!(["http://127.0.0.1/x 1"]))),
        Refused("no other case made"),
    ),
    (
        "a control that nobody sent is said to have been accepted",
        Said(|kept| {
            kept.case(CONTROLLED)["controls"] = json!([["customer 100 customer/found", null]])
        }),
        Refused("control"),
    ),
    (
        "identifiers are said to have been drawn by another case",
        Said(|kept| kept.knew(FAILS, "redrawn", json!(["1234567"]))),
        Refused("no other case drew 1234567"),
    ),
    (
        "what is blocked is said to be known to fail",
        Said(|kept| {
            kept.report["baseline"] = json!({"known": [{"case": FAILS, "verdict": "blocked",
                "reason": "r", "owner": "o", "expires": "2999-01-01", "standing": "known"}], "new": []});
        }),
        Refused("/baseline"),
    ),
    (
        "what has long expired is said to be borne",
        Said(|kept| {
            kept.report["baseline"] = json!({"known": [{"case": FAILS, "verdict": "fail",
                "reason": "r", "owner": "o", "expires": "2020-01-01", "standing": "known"}], "new": []});
        }),
        Refused("/baseline is not what its cases make of it"),
    ),
    (
        "nobody sees to what is known to fail",
        Said(|kept| {
            kept.report["baseline"] = json!({"known": [{"case": FAILS, "verdict": "fail",
                "reason": "r", "owner": " ", "expires": "2999-01-01", "standing": "known"}], "new": []});
        }),
        Refused("`owner` says nothing"),
    ),
    (
        "nothing is said of how the target was found to be the API at all",
        Said(|kept| {
            kept.before = json!([]);
            kept.drop_unused();
        }),
        Refused("before the first case the run would have ended"),
    ),
    (
        "the target was asked for its records elsewhere",
        Said(|kept| {
            let url = &mut kept.before[1]["url"];
            *url = format!("{}0", url.as_str().unwrap()).into();
        }),
        Refused("before the first case"),
    ),
    (
        "every look for the suite's records is said to have failed, so that no value is known",
        Said(|kept| {
            for exchange in kept.before.as_array_mut().unwrap().iter_mut().skip(1) {
                exchange["answer"]["status"] = 404.into();
            }
        }),
        Refused("before the first case"),
    ),
    (
        "a second run is told beside the first",
        Lines(|lines| lines.insert(1, lines[0].clone())),
        Refused("line 4: a run stands out of its place"),
    ),
    (
        "a second report is told beside the first",
        Lines(|lines| lines.insert(2, lines[1].clone())),
        Refused("line 5: a report stands out of its place"),
    ),
    (
        "a report has two verdicts, of which each reader takes his own",
        Lines(|lines| {
            lines[1] =
                lines[1].replacen("{\"report\":{", "{\"report\":{\"verdict\":\"CONFORMS\",", 1);
        }),
        Refused("the member `verdict` stands twice"),
    ),
    (
        "a case has two names",
        Lines(|lines| {
            let last = lines.last_mut().unwrap();
            *last = last.replacen("{\"case\":{", "{\"case\":{\"id\":\"usage/x\",", 1);
        }),
        Refused("the member `id` stands twice"),
    ),
    (
        "the run says something that no run says",
        Lines(|lines| lines[0] = lines[0].replacen("{\"run\":{", "{\"run\":{\"by\":\"TÜV\",", 1)),
        Refused("line 3 is none that `etalon certify --bundle` writes"),
    ),
    (
        "an exchange says something that no exchange says",
        Lines(|lines| {
            let last = lines.last_mut().unwrap();
            *last = last.replacen("\"answer\":{", "\"answer\":{\"also\":1,", 1);
        }),
        Refused("is none that `etalon certify --bundle` writes"),
    ),
    (
        "a line is of no kind that there is",
        Lines(|lines| lines.push("{\"award\":\"gold\"}".to_owned())),
        Refused("is none that `etalon certify --bundle` writes"),
    ),
    (
        "there is room for words between the members",
        Lines(|lines| lines[0] = lines[0].replacen(":", ": ", 1)),
        Refused("is none that `etalon certify --bundle` writes"),
    ),
    (
        "there is something behind the last line",
        Lines(|lines| lines.push(String::new())),
        Refused("cannot be read"),
    ),
    (
        "a second signature stands behind the first",
        Lines(|lines| lines.insert(0, "{\"signature\":null}".to_owned())),
        Refused("line 3 is none"),
    ),
    (
        "a body is kept that nobody sent",
        Said(|kept| {
            kept.bodies.insert(sha256(b"more"), b"more".to_vec());
        }),
        Refused("is that of no exchange"),
    ),
    (
        "a body has the digest of another",
        Said(|kept| {
            kept.bodies.values_mut().next().unwrap().push(b' ');
        }),
        Refused("is another"),
    ),
    (
        "a body stands twice",
        Lines(|lines| lines.insert(3, lines[2].clone())),
        Refused("stands twice"),
    ),
    (
        "a body stands behind the cases",
        Lines(|lines| {
            let body = lines.remove(2);
            lines.push(body);
        }),
        Refused("is missing"),
    ),
    (
        "a body stands before another exchange than the first that shows it",
        Lines(|lines| {
            let at = lines.iter().rposition(|line| line.starts_with("{\"body\"")).unwrap();
            let body = lines.remove(at);
            lines.insert(2, body);
        }),
        Refused("is that of no exchange of the line behind it"),
    ),
];

/// Redacts the numbers of invoices, as a run with `--redact invoiceNo` would.
fn redact_invoices(kept: &mut Kept) {
    kept.run["target"]["redact"] = json!(["invoiceNo"]);
    kept.edit_answers(|body| match serde_json::from_str::<Value>(body) {
        Ok(mut value) if value.get("invoiceNo").is_some_and(|no| *no == 1) => {
            value["invoiceNo"] = "[redacted]".into();
            value.to_string()
        }
        _ => body.to_owned(),
    });
}

#[test]
fn whoever_signs_what_he_has_changed_is_found_out_or_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.bundle");
    let (key, _) = keys(folder.path(), "own");
    let front = Front::start(BROKEN);
    let flags = [&front.url(), "--api", "customer,usage", "--bundle", &file.display().to_string()];
    let judged = certify(&[&flags[..], &CASES].concat());
    assert_eq!(judged.code, Some(1), "{}{}", judged.stdout, judged.stderr);
    let (kept, signer) = (Kept::read(&file), Signer::read(&key));
    let suite = Suite::embedded().unwrap();
    let end = |bytes: &[u8]| -> (Verdict, String) {
        let bundle = match Bundle::read(bytes) {
            Ok(bundle) => bundle,
            Err(why) => return (Verdict::NotVerified, why),
        };
        match verify(Arc::clone(&suite), &bundle, 2) {
            Ok(found) => {
                let differences = found.differences.iter();
                let said: Vec<_> = differences.map(|each| each.what.as_str()).collect();
                (found.verdict(), format!("{} {}", said.join("; "), found.headline))
            }
            Err(refusal) => (Verdict::NotVerified, refusal.sentence),
        }
    };
    // What is taken apart and put together is the same, and is verified: all else is the forger's.
    let (verdict, said) = end(&signer.sign(&kept.lines()));
    assert_eq!(verdict, Verdict::Verified, "{said}");

    let mut wrong = Vec::new();
    for (story, change, expected) in FORGERIES {
        let mut forged = kept.clone();
        let lines = match change {
            Said(change) => {
                change(&mut forged);
                forged.lines()
            }
            Lines(change) => {
                let mut lines = forged.lines();
                change(&mut lines);
                lines
            }
        };
        let (verdict, said) = end(&signer.sign(&lines));
        let right = match expected {
            Refused(words) => verdict == Verdict::NotVerified && said.contains(words),
            Told => verdict == Verdict::VerifiedInPart && !said.contains("CONFORMS"),
        };
        if !right {
            wrong.push(format!(
                "{story}: {verdict:?}: {}",
                said.chars().take(700).collect::<String>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FORGERIES.len(), wrong.join("\n"));

    let (verdict, said) = end(&sign_by_identity(&kept.lines()));
    assert_eq!(verdict, Verdict::NotVerified);
    assert!(said.contains("small order"), "{said}");
}

/// The user's own command says the same, and what it verified.
#[test]
fn verify_tells_what_it_verified_and_whose_word_the_rest_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (key, public) = keys(folder.path(), "own");
    let front = Front::start(|request, server| server.pass(request));
    let target = format!(
        "base = \"{}\"\nproduct = \"Acme Billing\"\nversion = \"3.2\"\nprovision = \"preloaded\"\n\
         [api.usage]\n[api.customer]\n[[ledger]]\nno = \"100\"\n[[ledger]]\nno = \"300\"\ngrants = []\n",
        front.url()
    );
    std::fs::write(path("target.toml"), target).unwrap();
    let report = format!("json={}", path("r.json"));
    let flags = ["--target", &path("target.toml"), "--bundle", &path("b"), "--sign", &key];
    let judged = certify(&[&flags[..], &["--report", &report]].concat());
    assert_eq!(judged.code, Some(0), "{}{}", judged.stdout, judged.stderr);
    drop(front);
    let told = run(etalon("verify").args([&path("b"), "--key", &public]));
    assert_eq!(told.code, Some(0), "{}{}", told.stdout, told.stderr);
    let der = std::process::Command::new("openssl")
        .args(["pkey", "-pubin", "-in", &public, "-outform", "DER"])
        .output()
        .unwrap();
    let fingerprint = sha256(&der.stdout);
    for words in [
        "VERIFIED\n",
        "CONFORMS (without ",
        "Acme Billing 3.2, as who ran it calls it",
        "usage at http://127.0.0.1:",
        "100, SE, assigned customer numbers, population-register, disbursement",
        "300, SE, assigned customer numbers\n",
        "suite ",
        &format!("by the key that is given, sha256 {fingerprint}"),
        "whoever signs\nsays",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    let said = report_of(std::path::Path::new(&path("r.json")));
    assert!(told.stdout.contains(said["started"].as_str().unwrap()), "{}", told.stdout);
}

/// Redacted parts are no part of a verdict: the word CONFORMS stands nowhere.
#[test]
fn of_what_was_redacted_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b").display().to_string();
    let cases = ["customer/customers", "usage/unknown-number", "--redact", "emailAddress"];
    for (cases, code, words) in [
        (&cases[..], 4, "VERIFIED BUT FOR "),
        (&["customer/customers/get", "--exact", "--redact", "customerNo"], 1, "NOT VERIFIED"),
        // Nobody sends it, and nothing was taken out.
        (&["usage/unknown-number", "--redact", "shoeSize"], 0, "VERIFIED\n"),
    ] {
        let judged = certify(&[cases, &["--bundle", &file]].concat());
        assert_eq!(judged.code, Some(0), "{}{}", judged.stdout, judged.stderr);
        let told = run(etalon("verify").arg(&file));
        assert_eq!(told.code, Some(code), "{cases:?}: {}{}", told.stdout, told.stderr);
        assert!(told.stdout.contains(words), "{cases:?}: {}", told.stdout);
        assert!(!told.stdout.contains("CONFORMS"), "{cases:?}: {}", told.stdout);
    }
}
