//! Canaries are planted wherever a secret could come by, and every artefact is searched for them.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use etalon::harness::evidence::bundle::unpacked;
use serde_json::{Value, json};

use crate::front::Front;
use crate::message::Response;
use crate::run::{certify, etalon, run};

const TOKEN: &str = "canary-of-the-token-4711";
const PASSWORD: &str = "canary of the pass\"word & <more>";
const MEMBER: &str = "canary.of.a.member@example.com";
const SHORT: &str = "Q7";

/// A token and a password, written otherwise.
fn otherwise() -> [String; 7] {
    let token = format!("{TOKEN}-100");
    let each = |format: fn(u8) -> String| PASSWORD.bytes().map(format).collect::<String>();
    [
        token.bytes().map(|byte| format!("{byte:02x}")).collect(),
        STANDARD.encode(&token),
        STANDARD.encode(format!("x{token}y")),
        URL_SAFE_NO_PAD.encode(format!("xx{token}")),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("\\u{byte:04x}")),
    ]
}

/// The server says every secret that it has heard or knows, in every place that it has: in headers,
/// in members, in errors, in links and in broken bodies.
fn chatters(request: crate::message::Request, server: &crate::front::Server) -> Response {
    let heard = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let heard = heard.map(|(_, value)| value.clone()).unwrap_or_default();
    let query = request.query.clone().unwrap_or_default();
    let mut passed = request.clone();
    if heard.starts_with("Bearer") {
        passed.authorize(request.ledger());
    }
    let count = request.path.len() + query.len();
    let response = server.pass(passed);
    let said = format!(
        "{heard} {TOKEN}-100 {TOKEN}-300 {TOKEN}-tmf {PASSWORD} emailAddress={MEMBER}&msisdn={SHORT} {query} {}",
        otherwise().join(" ")
    );
    let mut response = match count % 7 {
        0 => Response::json_of(
            500,
            &json!({"Detail": said, "emailAddress": MEMBER, "msisdn": SHORT}),
        ),
        1 => Response::of(400, "text/html", &Value::String(said.clone())),
        2 => {
            let mut broken = response;
            broken.body =
                format!("{{\"emailAddress\": \"{MEMBER}\", \"x\": \"{TOKEN}-200").into_bytes();
            broken
        }
        _ => response.edit(|body| {
            if let Some(members) = body.as_object_mut() {
                members.insert("emailAddress".to_owned(), MEMBER.into());
                members.insert("msisdn".to_owned(), SHORT.into());
                members.insert("echo".to_owned(), said.clone().into());
                members.insert("name".to_owned(), MEMBER.into());
            }
        }),
    };
    for (name, value) in [
        ("X-Echo", said.as_str()),
        ("Set-Cookie", "session=canary-of-a-cookie"),
        ("Location", &format!("/somewhere?emailAddress={MEMBER}&token={TOKEN}-400")),
    ] {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
    response
}

#[test]
fn no_artefact_holds_what_is_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let front = Front::start(chatters);
    let target = format!(
        "base = \"{}\"\nredact = [\"emailAddress\"]\nprovision = \"preloaded\"\n\
         [api.customer]\n[api.usage]\n[api.gateway]\nuser = \"api-user\"\npassword = {PASSWORD:?}\n\
         [api.tmf]\ntoken = \"{TOKEN}-tmf\"\n{}",
        front.url(),
        ["100", "200", "300", "400"]
            .iter()
            .map(|no| format!("[[ledger]]\nno = \"{no}\"\ntoken = \"{TOKEN}-{no}\"\n"))
            .collect::<String>()
    );
    fs::write(path("target.toml"), target).unwrap();
    let formats = ["json", "junit", "har"];
    let reports: Vec<_> = formats
        .iter()
        .map(|format| format!("{format}={}", path(&format!("out.{format}"))))
        .collect();
    let mut command = etalon("certify");
    command.args(["--target", &path("target.toml"), "--redact", "msisdn", "--details=all"]);
    command.args(["--bundle", &path("out.bundle"), "--write-baseline", &path("out.toml")]);
    command.args(reports.iter().flat_map(|report| ["--report", report]));
    let judged = run(&mut command);
    assert_eq!(judged.code, Some(1), "{}{}", judged.stdout, judged.stderr);
    let verified = run(etalon("verify").arg(path("out.bundle")));
    let told = format!("{}{}", verified.stdout, verified.stderr);
    assert!(matches!(verified.code, Some(1 | 4)), "{told}");
    assert!(!told.contains("difference"), "{told}");

    let mut artefacts = vec![
        ("the terminal".to_owned(), judged.stdout),
        ("standard error".to_owned(), judged.stderr),
        ("verify".to_owned(), verified.stdout),
    ];
    for name in ["out.json", "out.junit", "out.har", "out.bundle", "out.toml"] {
        let bytes = fs::read(path(name)).unwrap();
        let text = String::from_utf8(unpacked(&bytes).unwrap().into_owned()).unwrap();
        artefacts.push((name.to_owned(), text));
    }
    let basic = "YXBpLXVzZXI6Y2FuYXJ5IG9mIHRoZSBwYXNzIndvcmQgJiA8bW9yZT4=";
    for (name, text) in &artefacts {
        assert!(!text.is_empty(), "{name}");
        for canary in [
            TOKEN,
            "canary of the",
            "canary%20of",
            basic,
            MEMBER,
            "canary.of.a",
            "canary-of-a-cookie",
            // The same, as `otherwise` writes it.
            "63616e6172792d6f66",
            "Y2FuYXJ5LW9mLXRoZS10",
            "NhbmFyeS1vZi10aGUtdG",
            "jYW5hcnktb2YtdGhlLXRv",
            "%63%61%6e%61",
            "&#99;&#97;&#110;",
            "u0063\\u0061",
        ] {
            let at = text.find(canary).map(|at| {
                text[..at]
                    .chars()
                    .rev()
                    .take(200)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect::<String>()
            });
            assert_eq!(at, None, "{name} holds {canary}");
        }
        for shown in [format!("\"msisdn\":\"{SHORT}\""), format!("msisdn={SHORT}")] {
            assert!(!text.contains(&shown), "{name} holds {shown}");
        }
    }
    // They were there to be hidden.
    assert!(artefacts.iter().any(|(_, text)| text.contains("[redacted]")));
    assert!(artefacts.iter().any(|(_, text)| text.contains("$TOKEN")));
}

#[test]
fn what_is_to_be_redacted_is_a_member_or_is_refused() {
    for name in ["", "a b", "/emailAddress", "a.b"] {
        let run = certify(&["usage/invoices/get", "--redact", name]);
        assert_eq!(run.code, Some(2), "{name}: {}", run.stdout);
        assert!(run.stderr.contains("`redact` names members"), "{}", run.stderr);
    }
}
