//! Connections that fail, and what is made of it.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::fake::{Fake, Reply};
use super::{certify, create_case, creates, flags, judge, suite, verdicts};
use crate::harness::outcome::Exit;
use crate::harness::run::Selection;
use crate::harness::run::runner::run;

#[test]
fn a_writing_step_is_never_resent_but_the_case_runs_again_under_new_identifiers() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let posts = Arc::clone(&seen);
    let report = certify(json!([create_case("customer/a/create")]), move |request| {
        if request.method == "POST" {
            let mut posts = posts.lock().unwrap();
            posts.push(String::from_utf8_lossy(&request.body).into_owned());
            if posts.len() == 1 {
                return Reply::hang_up();
            }
        }
        creates(request)
    });
    assert_eq!(verdicts(&report), ["pass"]);
    assert!(report.cases[0].rerun.is_some());
    let posts = seen.lock().unwrap();
    assert_eq!(posts.len(), 2);
    assert_ne!(posts[0], posts[1]);
}

#[test]
fn a_target_that_hangs_up_or_hangs_is_inconclusive() {
    for reply in [Reply::hang_up(), Reply::silence()] {
        let report = certify(json!([create_case("customer/a/create")]), move |request| {
            if request.method == "POST" { reply.clone() } else { creates(request) }
        });
        assert_eq!((verdicts(&report), report.exit()), (vec!["inconclusive"], Exit::Inconclusive));
    }
}

#[test]
fn nothing_reachable_is_said_once() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let suite = suite(json!([create_case("customer/a/1"), create_case("customer/a/2")]));
    let url = format!("http://127.0.0.1:{port}");
    let refusal = run(&judge(&suite, &flags(&url)), &Selection::default(), &()).unwrap_err();
    assert_eq!(refusal.exit, Exit::Inconclusive);
    assert!(refusal.sentence.contains("cannot be reached"), "{refusal}");
}

#[test]
fn a_server_that_closes_kept_connections_without_a_word_is_judged_all_the_same() {
    let report = certify(json!([create_case("customer/a/create")]), |request| {
        if request.of_connection > 0 { Reply::hang_up() } else { creates(request) }
    });
    assert_eq!(verdicts(&report), ["pass"]);
}

#[test]
fn a_refused_token_is_said_once_and_accuses_nobody() {
    let fake = Fake::start(|request| match request.header("authorization") {
        None => Reply::status(404),
        Some(_) => Reply::status(401),
    });
    let suite = suite(json!([create_case("customer/a/1"), create_case("customer/a/2")]));
    let refusal = run(&judge(&suite, &flags(fake.url())), &Selection::default(), &()).unwrap_err();
    assert_eq!(refusal.exit, Exit::Inconclusive);
    assert!(refusal.sentence.contains("--token 100="), "{refusal}");
}
