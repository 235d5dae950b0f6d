//! The judge as a listener of its target.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use etalon::data;
use serde_json::{Value, json};

use crate::front::{Front, Server};
use crate::message::{Request, Response};
use crate::run::{Run, certify, etalon, executed, report, run};
use crate::served::Served;
use crate::{folder, plain, refused, write};

/// The cases of events.
const EVENTS: [&str; 2] = ["tmf/hub/", "tmf/events/"];
const LISTEN: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn served(choices: &[&str]) -> (Served, tempfile::TempDir) {
    let folder = folder();
    let fixtures = folder.path().join("fixtures.ndjson");
    fs::write(&fixtures, data::fixtures()).unwrap();
    let load = ["--load", fixtures.to_str().unwrap()];
    let choices = choices.iter().flat_map(|choice| ["--choice", choice]);
    let args: Vec<_> = load.into_iter().chain(choices).collect();
    (Served::start(&args), folder)
}

fn headline(run: &Run) -> Option<&str> {
    run.stdout.lines().find(|line| line.starts_with("CONFORMS") || line.starts_with("DOES NOT"))
}

/// Judges all of the TM Forum API, and returns its report beside the run.
fn judged(url: &str, more: &[&str], folder: &Path) -> (Run, Value) {
    let file = folder.join("report.json");
    let flag = format!("json={}", file.display());
    let run = certify(&[&[url, "--api", "tmf", "--report", &flag], more].concat());
    (run, report(&file))
}

/// What a server in another process tells is heard, whatever it chooses of what is left open; what is
/// chosen is noted; and nothing that was registered stays.
#[test]
fn a_server_in_another_process_is_listened_to_under_every_choice() {
    for choices in [
        &[][..],
        &["tmf-hub=204", "tmf-listeners=one"],
        &["tmf-event-types=changed", "tmf-event-ids=number", "tmf-list=object"],
    ] {
        let (served, folder) = served(choices);
        let (run, report) = judged(served.url(), &LISTEN, folder.path());
        assert_eq!(headline(&run), Some("CONFORMS"), "{choices:?}: {}", run.stdout);
        let cases = report["cases"].as_array().unwrap();
        assert_eq!(executed(&report), cases.len(), "{choices:?}");
        let shown = |name: &str| &report["choices"][name];
        for chosen in choices.iter().filter_map(|choice| choice.split_once('=')) {
            let values =
                shown(chosen.0).as_object().unwrap_or_else(|| panic!("{chosen:?}: {report}"));
            assert!(values.contains_key(chosen.1), "{chosen:?} is not among {values:?}");
        }
        let left = report["created"].as_array().unwrap().iter();
        let left = left.filter(|each| each["path"].as_str().unwrap().ends_with("/hub"));
        let left: Vec<_> = left.filter(|each| each["deleted"] == false).collect();
        assert!(left.is_empty(), "{choices:?}: {left:?}");
    }
}

/// A vendor without a hub was told that he does not conform, though nobody demands one; and one who
/// claims the profile was told that he does.
#[test]
fn what_has_no_events_is_judged_without_them_unless_the_profile_demands_them() {
    let without: fn(Request, &Server) -> Response = |request, server| {
        let is_hub = request.path.starts_with("/billingManagement/hub");
        if is_hub { Response::empty(404) } else { server.pass(request) }
    };
    let (right, none) = (plain(), Front::start(without));
    let folder = folder();
    for (front, more, said) in [
        (&right, &[][..], "CONFORMS (without events)"),
        (&right, &LISTEN, "CONFORMS"),
        (&none, &LISTEN, "CONFORMS (without events)"),
    ] {
        let (run, report) = judged(&front.url(), more, folder.path());
        assert_eq!((headline(&run), run.code), (Some(said), Some(0)), "{}", run.stdout);
        assert_eq!(report["target"]["listener"].is_string(), !more.is_empty());
    }
    let target = |front: &Front| {
        let text = format!(
            "base = \"{}\"\nprovision = \"preloaded\"\nprofile = \"tmf636\"\n[api.tmf]\n[listen]\n\
             address = \"127.0.0.1:0\"\n",
            front.url()
        );
        write(&folder, "target.toml", &text).display().to_string()
    };
    let file = folder.path().join("profile.json");
    let flag = format!("json={}", file.display());
    // What needs a listener cannot be had then.
    for (front, code, failed, blocked) in [(&right, 0, 0, 0), (&none, 1, 1, 8)] {
        let run =
            certify(&[&["--target", &target(front), "--report", &flag], &EVENTS[..]].concat());
        assert_eq!(run.code, Some(code), "{}", run.stdout);
        let report = report(&file);
        assert_eq!(report["target"]["profile"], "tmf636");
        assert_eq!(report["counts"]["fail"], failed, "{}", run.stdout);
        assert_eq!(report["counts"]["blocked"], blocked, "{}", run.stdout);
        assert_eq!(report["counts"]["not-applicable"], 0, "{}", run.stdout);
    }
}

/// Has a listener register for events that there are not.
fn want_nothing(request: &mut Request) {
    request.edit(|listener| drop(listener.insert("query".to_owned(), "eventType=none".into())));
}

/// Returns a server that registers every listener and tells nobody of anything.
fn telling_nobody() -> Front {
    Front::start(|mut request, server| {
        if request.is("POST tmf/hub") {
            want_nothing(&mut request);
        }
        server.pass(request)
    })
}

/// A hub that took one listener alone was taken for good by a run whose cases had failed.
#[test]
fn every_registration_is_deleted_also_where_a_case_fails_and_no_answer_named_it() {
    // It says neither an id nor where a listener is, puts an object around the list of them, and tells of
    // nothing.
    let front = Front::start(|mut request, server| {
        if request.is("POST tmf/hub") {
            want_nothing(&mut request);
            let response = server.pass(request);
            return if response.is_success() { Response::empty(204) } else { response };
        }
        let is_list = request.is("GET tmf/hub");
        let response = server.pass(request);
        match is_list {
            true => response.edit(|list| *list = json!({"listeners": list.take()})),
            false => response,
        }
    });
    let folder = folder();
    let target = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\n[api.tmf]\n[limits]\neventTimeout = 0.2\n[listen]\n\
         address = \"127.0.0.1:0\"\n",
        front.url()
    );
    let target = write(&folder, "target.toml", &target).display().to_string();
    let run = certify(&[&["--target", &target], &EVENTS[..], &["--details"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert!(run.stdout.contains("advisory"), "{}", run.stdout);
    let listed = front.url() + "/billingManagement/hub";
    let listed = ureq::get(&listed).call().unwrap().body_mut().read_to_string().unwrap();
    assert_eq!(listed, "{\"listeners\":[]}");
}

/// An event that never came is told with the change that should have caused it.
#[test]
fn what_never_came_is_told_with_its_cause() {
    let front = telling_nobody();
    let folder = folder();
    let target = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\nprofile = \"tmf636\"\n[api.tmf]\n[limits]\n\
         eventTimeout = 0.2\n[listen]\naddress = \"127.0.0.1:0\"\n",
        front.url()
    );
    let target = write(&folder, "target.toml", &target).display().to_string();
    let run = certify(&["--target", &target, "--exact", "tmf/events/told", "--details"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let said = run.stdout.replace('\n', " ");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let cause =
        format!("after step `change` (PATCH {}/billingManagement/billingAccount/", front.url());
    assert!(said.contains(&cause) && said.contains("# what was heard at http://127"), "{said}");
    // Whoever had a firewall between was told of events that never came, and not why that may be.
    let why = "nothing has reached http://127.0.0.1:";
    assert!(said.contains(why) && run.stderr.contains(why), "{said}\n{}", run.stderr);
}

/// Cases that are judged one after another each waited in vain, and in several steps.
#[test]
fn a_target_that_tells_nothing_is_not_waited_for_case_after_case() {
    let front = telling_nobody();
    let folder = folder();
    let target = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\n[api.tmf]\n[limits]\neventTimeout = 4\n\
         [listen]\naddress = \"127.0.0.1:0\"\n",
        front.url()
    );
    let target = write(&folder, "target.toml", &target).display().to_string();
    let start = Instant::now();
    let run = certify(&[&["--target", &target], &EVENTS[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert!(run.stderr.contains("nothing has reached http://127.0.0.1:"), "{}", run.stderr);
    // Three times is enough; the rest is for a slow machine.
    assert!(start.elapsed() < Duration::from_secs(36), "{:?}", start.elapsed());
}

/// What was heard is judged again without a network, and is no way out for a secret.
#[test]
fn what_was_heard_is_kept_redacted_and_judged_again() {
    let front = plain();
    let folder = folder();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let [bundle, har, target] = ["run.bundle", "run.har", "target.toml"].map(file);
    for (redact, code, said) in [
        ("[]", 0, "tmf636: what it demands was required"),
        // Every account has a currency, so that nothing is left to be judged again.
        ("[\"currencyCode\"]", 1, "rest on what was redacted"),
    ] {
        let text = format!(
            "base = \"{}\"\nprovision = \"preloaded\"\nprofile = \"tmf636\"\nredact = {redact}\n\
             [api.tmf]\n[listen]\naddress = \"127.0.0.1:0\"\n",
            front.url()
        );
        fs::write(&target, text).unwrap();
        let flag = format!("har={har}");
        let all = ["--target", &target, "--bundle", &bundle, "--report", &flag];
        let judged = certify(&[&all, &EVENTS[..]].concat());
        assert_eq!(judged.code, Some(0), "{}{}", judged.stdout, judged.stderr);
        let verified = run(etalon("verify").arg(&bundle));
        let told = format!("{}{}", verified.stdout, verified.stderr);
        assert!(verified.code == Some(code) && told.contains(said), "{:?} {told}", verified.code);
        let archive: Value = serde_json::from_slice(&fs::read(&har).unwrap()).unwrap();
        let entries = archive["log"]["entries"].as_array().unwrap().iter();
        let heard = entries.filter(|each| each["comment"].as_str().unwrap().starts_with("heard"));
        let heard: Vec<_> = heard.collect();
        assert!(heard.len() >= 10, "{}", heard.len());
        for entry in heard {
            let body = entry["request"]["postData"]["text"].as_str().unwrap();
            assert_eq!(entry["request"]["method"], "POST");
            assert_eq!(body.contains("EUR"), redact == "[]", "{body}");
        }
    }
}

#[test]
fn nobody_listens_where_nobody_can() {
    let front = plain();
    let url = front.url();
    let folder = folder();
    for (address, part) in [
        ("127.0.0.1", "is no address to listen to"),
        (":0", "is no address to listen to"),
        ("192.0.2.1:0", "nobody can listen to 192.0.2.1:0"),
        // The target was told to call every address, and called itself.
        ("0.0.0.0:0", "is every address of this machine"),
        ("[::]:0", "is every address of this machine"),
    ] {
        refused(&certify(&[&url, "--api", "tmf", "--listen", address]), 2, part);
    }
    for (text, part) in [
        ("[listen]\nurl = \"http://a\"\n", "has no `address`"),
        ("[listen]\nadress = \"127.0.0.1:0\"\n", "did you mean address?"),
        ("[listen]\naddress = \"127.0.0.1:0\"\nurl = \"a\"\n", "a is no URL"),
        ("[listen]\naddress = \"127.0.0.1:0\"\ntls-key = \"k\"\n", "without a `tls-cert`"),
        ("[listen]\naddress = \"127.0.0.1:0\"\ntls-cert = \"none.pem\"\n", "none.pem"),
    ] {
        let target = write(&folder, "target.toml", &format!("base = \"{url}\"\n[api.tmf]\n{text}"));
        refused(&certify(&["--target", target.to_str().unwrap()]), 2, part);
    }
    let text = format!("base = \"{url}\"\nprofile = \"tmf63\"\n[api.tmf]\n");
    let target = write(&folder, "target.toml", &text);
    refused(&certify(&["--target", target.to_str().unwrap()]), 2, "did you mean tmf636?");
}
