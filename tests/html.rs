//! The HTML report in a real browser: on a phone, at a desk, on paper, with and without script.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/browser.rs"]
mod browser;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "judge/front.rs"]
mod front;
#[path = "judge/message.rs"]
mod message;
#[path = "judge/run.rs"]
mod run;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use browser::{anywhere, in_browser};
use chromium::Chromium;
use front::Front;
use run::{certify, report};
use serde_json::{Value, json};
use tempfile::TempDir;

fn main() -> ExitCode {
    browser::run(vec![
        in_browser(the_report_is_read_on_a_phone_and_at_a_desk_searched_and_printed),
        in_browser(the_report_is_whole_without_script),
        anywhere(no_secret_is_in_the_report),
        anywhere(without_a_browser_its_tests_are_ignored_and_ci_demands_them),
    ])
}

/// What a hostile server would like to run.
const HOSTILE: &str = concat!(
    "</pre></script><script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">"
);

/// The reports of a run against a server that answers wrongly, and as hostile as it can.
struct Judged {
    html: PathBuf,
    json: Value,
    _folder: TempDir,
}

fn judged() -> Judged {
    let front = Front::start(|request, server| {
        server.edit("GET customer/customers/*", request, |body| {
            body["name"] = json!(HOSTILE);
            body[HOSTILE] = json!("\u{1}\u{202e}".to_owned() + &"wide".repeat(400));
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let (html, file) = (folder.path().join("report.html"), folder.path().join("report.json"));
    let flags = [format!("html={}", html.display()), format!("json={}", file.display())];
    let url = front.url();
    let args =
        [&url, "--api", "customer,usage,gateway,tmf", "--report", &flags[0], "--report", &flags[1]];
    let run = certify(&args);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    Judged { html, json: report(&file), _folder: folder }
}

fn the_report_is_read_on_a_phone_and_at_a_desk_searched_and_printed() {
    let judged = judged();
    let mut browser = Chromium::start();
    for width in [390, 1280] {
        for colors in ["light", "dark"] {
            let features = json!([{"name": "prefers-color-scheme", "value": colors}]);
            browser.ask("Emulation.setEmulatedMedia", json!({"features": features}));
            browser.screen(width, 900);
            browser.open(&judged.html);
            let wide = "Math.max(document.documentElement.scrollWidth, innerWidth)";
            assert_eq!(browser.value(wide), width, "{colors}: it scrolls sideways");
            // With everything unfolded, too.
            browser.value("document.querySelectorAll('details').forEach((one) => one.open = true)");
            assert_eq!(browser.value(wide), width, "{colors}, unfolded: it scrolls sideways");
        }
    }
    filter(&mut browser, &judged.json);

    let link = ".clauses a[href^='#case/']";
    let case = browser.value(&format!("document.querySelector(\"{link}\").click(), location.hash"));
    let of = case.as_str().unwrap().trim_start_matches("#case/").to_owned();
    let is_open = format!(
        "new Promise((done) => setTimeout(() => done(document.getElementById('case/{of}').open), 50))"
    );
    assert_eq!(browser.value(&is_open), true, "a link to a case unfolds it");

    let printed = browser.ask("Page.printToPDF", json!({"printBackground": true}));
    let pdf = STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000, "{} bytes", pdf.len());

    assert!(browser.value("document.title").as_str().unwrap().starts_with("DOES NOT CONFORM"));
    assert_eq!(browser.complaints, [] as [Value; 0]);
    // What is not ours does not run, and a complaint is heard.
    browser.value(
        "{ const script = document.createElement('script');
           script.textContent = 'document.title = 1';
           document.body.append(script); }",
    );
    assert!(browser.value("document.title").as_str().unwrap().starts_with("DOES NOT CONFORM"));
    assert!(!browser.complaints.is_empty());
}

/// Every choice shows as many cases as the JSON report has of them.
fn filter(browser: &mut Chromium, json: &Value) {
    let cases = json["cases"].as_array().unwrap();
    let count = |fits: &dyn Fn(&Value) -> bool| cases.iter().filter(|case| fits(case)).count();
    for (words, verdict, api, wanted) in [
        ("", "", "", cases.len()),
        ("", "fail", "", count(&|case| case["verdict"] == "fail")),
        ("", "pass", "", count(&|case| case["verdict"] == "pass")),
        ("", "", "tmf", count(&|case| case["api"] == "tmf")),
        ("", "pass", "usage", count(&|case| case["verdict"] == "pass" && case["api"] == "usage")),
        ("USAGE/invoices/get ", "", "", 1),
        ("no such words", "", "", 0),
        ("", "", "", cases.len()),
    ] {
        let set = format!(
            "for (const [id, value] of Object.entries({{
               words: '{words}', verdict: '{verdict}', api: '{api}' }})) {{
               const input = document.getElementById(id);
               input.value = value;
               input.dispatchEvent(new Event('input'));
             }}
             [...document.querySelectorAll('[data-case]')]
               .filter((one) => one.checkVisibility()).length"
        );
        // Without a choice the passed ones are folded.
        let narrows = [words, verdict, api].iter().any(|choice| !choice.is_empty());
        let wanted = if narrows { wanted } else { count(&|case| case["verdict"] != "pass") };
        assert_eq!(browser.value(&set), wanted, "{words:?} {verdict:?} {api:?}");
    }
}

fn the_report_is_whole_without_script() {
    let judged = judged();
    let mut browser = Chromium::start();
    browser.ask("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.screen(390, 900);
    browser.open(&judged.html);
    assert_eq!(browser.value("document.getElementById('controls').checkVisibility()"), false);
    let folded = "document.querySelectorAll('details').length > 100";
    assert_eq!(browser.value(folded), true);
    let shown = browser.value("document.querySelectorAll('[data-case]').length");
    assert_eq!(shown, judged.json["cases"].as_array().unwrap().len());
    assert_eq!(browser.value("document.querySelectorAll('img, iframe, object, link').length"), 0);
    assert_eq!(browser.value("document.scripts.length"), 1);
}

/// What the judge knows and must not say.
fn no_secret_is_in_the_report() {
    let judged = judged();
    let page = fs::read_to_string(&judged.html).unwrap();
    for secret in ["etalon-100", "etalon-200", "etalon-300", "etalon-400"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(page.contains("Bearer [redacted]") && page.contains("$TOKEN"));
}

/// Who tries the README's commands on a fresh machine has done nothing wrong, and in CI a browser
/// that went missing must not look like tests that passed.
fn without_a_browser_its_tests_are_ignored_and_ci_demands_them() {
    let one = "the_report_is_whole_without_script";
    for (ci, code, said) in [
        (None, 0, "there is no browser: install Chromium"),
        (Some("true"), 101, "CI demands this test, and there is no browser: install Chromium"),
    ] {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", one]).env("PATH", "").env_remove("CI");
        let ran = command.envs(ci.map(|ci| ("CI", ci))).output().unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(ran.status.code(), Some(code), "{text}");
        assert!(text.contains(said), "{text}");
        assert_eq!(text.contains("1 ignored"), ci.is_none(), "{text}");
    }
}
