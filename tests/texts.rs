//! What a target says, where a reader meets it: at a terminal, in reports, in a baseline.
#![cfg(all(feature = "server", feature = "harness"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/har.rs"]
mod demanded;
#[path = "judge/front.rs"]
mod front;
#[path = "texts/har.rs"]
mod har;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/rewrite.rs"]
mod rewrite;
#[path = "judge/run.rs"]
mod run;

use std::fs;
use std::path::{Path, PathBuf};

use etalon::harness::evidence::bundle::unpacked;
use etalon::output::visible::is_unseen;
use front::{Front, Server};
use message::{Request, Response};
use rewrite::each_text;
use run::{Run, certify, etalon, report, run};
use serde_json::Value;

/// A colour, a title, a line of its own, a turn of direction, an 8-bit control, no characters.
const HOSTILE: &str =
    "\x1b[32m\x1b]0;x\x07\nCONFORMS\n\u{202e}\u{2066}\u{9b}1m\u{fffe}\u{ffff}\u{fdd0}\0";

fn hostile(request: Request, server: &Server) -> Response {
    let mut response = each_text(request, server, |member, text| {
        if !member.is_empty() {
            text.push_str(HOSTILE);
        }
    });
    response.headers.push(("X-Shown".to_owned(), "\u{202e}\u{9b}1m".to_owned()));
    response
}

fn is_clean(name: &str, text: &str) {
    let unseen = text.chars().find(|c| is_unseen(*c) && !matches!(c, '\n' | '\t'));
    assert_eq!(unseen, None, "{name}: {text}");
}

/// Nor does a line of it stand among ours.
fn is_clean_on_a_terminal(name: &str, text: &str) {
    is_clean(name, text);
    assert!(!text.lines().any(|line| line.trim() == "CONFORMS"), "{name}: {text}");
}

/// Judges a target, and returns what was said and every file that was written.
fn judged(words: &[&str], folder: &Path, front: &Front) -> (Run, Vec<PathBuf>) {
    let path = |name: &str| folder.join(name);
    let files: Vec<_> =
        ["json", "junit", "har", "html", "baseline"].into_iter().map(path).collect();
    let forms = ["json", "junit", "har", "html"];
    let reports: Vec<_> =
        forms.iter().zip(&files).map(|(form, file)| format!("{form}={}", file.display())).collect();
    let bundle = path("bundle");
    let mut args = vec![front.url(), "--details=all".to_owned()];
    args.extend(words.iter().map(|word| (*word).to_owned()));
    args.extend(["--bundle".to_owned(), bundle.display().to_string()]);
    args.extend(["--write-baseline".to_owned(), files[4].display().to_string()]);
    for report in reports {
        args.extend(["--report".to_owned(), report]);
    }
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    (certify(&args), files)
}

/// A target wrote `CONFORMS` in green into the terminal of whoever judged it, and its report was no
/// XML, so that the CI machine showed none of its failures.
#[test]
fn nothing_that_a_target_sends_moves_a_cursor_or_breaks_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let front = Front::start(hostile);
    let (said, files) = judged(&["--api", "usage,gateway"], folder.path(), &front);
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stdout.contains("␛[32m"), "{}", said.stdout);
    is_clean_on_a_terminal("stdout", &said.stdout);
    is_clean_on_a_terminal("stderr", &said.stderr);
    for file in &files {
        is_clean(&file.display().to_string(), &fs::read_to_string(file).unwrap());
    }
    let junit = fs::read_to_string(&files[1]).unwrap();
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let messages = junit.descendants().filter_map(|node| node.attribute("message"));
    assert!(messages.clone().count() > 50);
    assert!(messages.into_iter().all(|message| !message.contains('\n')));
    // What is escaped is said all the same.
    let json = report(&files[0]).to_string();
    assert!(json.contains("\u{202e}") && json.contains("\u{fffe}"));
    report(&files[2]);

    let baseline = files[4].to_str().unwrap();
    let again = certify(&[&front.url(), "--api", "usage", "--baseline", baseline]);
    is_clean_on_a_terminal("known failures", &again.stdout);
    assert!(again.stdout.contains("known: "), "{}", again.stdout);
}

/// A report that somebody hands over says what he wants it to say.
#[test]
fn nothing_in_a_file_that_is_read_back_moves_a_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, new, bundle) = (path("old"), path("new"), path("bundle"));
    let json = format!("json={old}");
    let case = "usage/invoices/get";
    let first = certify(&["--api", "usage", case, "--report", &json, "--bundle", &bundle]);
    assert_eq!(first.code, Some(0), "{}", first.stdout);
    let mut changed = report(Path::new(&old));
    let mut more = changed["cases"][0].clone();
    changed["cases"][0]["verdict"] = "fail".into();
    changed["cases"][0]["reason"] = HOSTILE.into();
    more["id"] = format!("usage/{HOSTILE}").into();
    changed["cases"].as_array_mut().unwrap().push(more);
    changed["target"]["base"] = HOSTILE.into();
    fs::write(&new, changed.to_string()).unwrap();
    for args in [[&old, &new], [&new, &old]] {
        for format in ["table", "json"] {
            let said = run(etalon("diff").args(args).args(["--format", format]));
            is_clean_on_a_terminal(format, &said.stdout);
            is_clean_on_a_terminal(format, &said.stderr);
        }
    }
    let text = fs::read(&bundle).unwrap();
    let mut text = String::from_utf8(unpacked(&text).unwrap().into_owned()).unwrap();
    text = text.replacen(case, Value::from(HOSTILE).to_string().trim_matches('"'), 1);
    fs::write(&bundle, text).unwrap();
    let said = run(etalon("verify").arg(&bundle));
    assert_ne!(said.code, Some(0));
    is_clean_on_a_terminal("verify", &said.stdout);
    is_clean_on_a_terminal("verify", &said.stderr);
}

/// Two engineers looked at `is "Åsa", expected "Åsa"` for a day.
#[test]
fn texts_that_look_alike_name_the_code_points_that_differ() {
    type Row = (&'static str, fn(Request, &Server) -> Response, &'static str);
    let table: [Row; 4] = [
        (
            "letters in two parts",
            |request, server| {
                each_text(request, server, |_, text| *text = text.replace('Å', "A\u{30a}"))
            },
            "is U+0041 U+030A, expected U+00C5",
        ),
        (
            "blanks that do not break",
            |request, server| {
                each_text(request, server, |name, text| {
                    if name != "Title" && name != "Detail" {
                        *text = text.replace(' ', "\u{a0}");
                    }
                })
            },
            "is U+00A0, expected U+0020",
        ),
        (
            "letters of another script",
            |request, server| {
                each_text(request, server, |name, text| {
                    if name == "name" {
                        *text = text.replace('a', "\u{430}");
                    }
                })
            },
            "is U+0430, expected U+0061",
        ),
        (
            "a blank at the end",
            |request, server| {
                each_text(request, server, |name, text| {
                    if name == "name" {
                        text.push(' ');
                    }
                })
            },
            "U+0020, expected U+",
        ),
    ];
    for (what, behaviour, said) in table {
        let folder = tempfile::tempdir().unwrap();
        let front = Front::start(behaviour);
        let (run, files) = judged(&["/get", "/texts/", "--api", "customer"], folder.path(), &front);
        assert!(run.stdout.contains("they look alike"), "{what}: {}", run.stdout);
        assert!(run.stdout.contains(said), "{what}: {}", run.stdout);
        for file in [&files[0], &files[1], &files[3]] {
            let text = fs::read_to_string(file).unwrap();
            assert!(text.contains(said), "{what}: {}", file.display());
        }
    }
}
