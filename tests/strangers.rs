//! The server beside strangers: pages that a browser shows, clients that nobody knows, and whoever
//! else is on the machine. `tests/foreign_page.rs` is the same in a real browser.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use raw::{Answer, Raw, field};
use serde_json::Value;
use served::{Served, command};

const CUSTOMER: &str = "/ledger/customer/v1/100/customers/1000001";
const GATEWAY: &str = "/api/v01/customers";
const ACCOUNTS: &str = "/billingManagement/billingAccount";
const HEALTH: &str = "/etalon/health";
const TOKEN: &str = "Authorization: Bearer etalon-100";

fn answer(served: &Served, head: &str) -> Answer {
    let mut client = Raw::connect(served.addr).unwrap();
    client.send(head).unwrap();
    client.answer().unwrap()
}

/// The answer to a request line with these fields, `;` between them.
fn ask(served: &Served, line: &str, fields: &str) -> Answer {
    let fields = fields.split(';').filter(|field| !field.is_empty());
    let fields: String = fields.map(|field| format!("{}\r\n", field.trim())).collect();
    answer(served, &format!("{line} HTTP/1.1\r\n{fields}\r\n"))
}

/// Where the code of an error stands in the form of the API that a path belongs to.
fn code(path: &str, answer: &Answer) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let member = if path == GATEWAY || path == ACCOUNTS { "code" } else { "Type" };
    let code = body[member].as_str().unwrap_or_else(|| panic!("{path}: {body}"));
    code.rsplit('/').next().unwrap().to_owned()
}

/// A page that somebody visits knows the well-known tokens as well as anybody. By a name that leads
/// to this machine, or by the browser's own requests, it would read all records and write others.
#[test]
fn a_page_of_the_web_gets_nothing_while_everybody_knows_the_credentials() {
    let served = Served::start(&[]);
    let own = format!("http://{}", served.addr);
    let port = served.addr.port();
    for path in [CUSTOMER, GATEWAY, ACCOUNTS, HEALTH] {
        let get = |fields: &str| ask(&served, &format!("GET {path}"), &format!("{TOKEN};{fields}"));
        for fields in [
            "Host: localhost".to_owned(),
            format!("Host: localhost:{port}"),
            "Host: etalon.localhost".to_owned(),
            format!("Host: 127.0.0.1:{port}"),
            format!("Host: [::1]:{port}"),
            format!("Host: {};Origin: {own}", served.addr),
            format!("Host: {};Origin: {own};Sec-Fetch-Site: same-origin", served.addr),
            "Host: localhost;Sec-Fetch-Site: none;Sec-Fetch-Mode: navigate".to_owned(),
        ] {
            assert_eq!(get(&fields).status, 200, "{path} {fields}");
        }
        for fields in [
            "Host: evil.example",
            "Host: evil.example:8080;Sec-Fetch-Site: same-origin",
            "Host: localhost.evil.example",
            "Host: 192.168.1.4",
            "Host: 0.0.0.0",
        ] {
            let refused = get(fields);
            let code = code(path, &refused);
            assert_eq!((refused.status, &*code), (421, "misdirected-request"), "{path} {fields}");
        }
        for fields in [
            "Host: localhost;Origin: https://evil.example",
            "Host: localhost;Origin: null",
            "Host: localhost;Origin: http://localhost:1",
            "Host: localhost;Origin: https://localhost",
            "Host: localhost;Sec-Fetch-Site: cross-site",
            "Host: localhost;Sec-Fetch-Site: same-site",
            "Host: localhost;Sec-Fetch-Site: cross-site;Sec-Fetch-Mode: navigate",
        ] {
            let refused = get(fields);
            assert_eq!((refused.status, &*code(path, &refused)), (403, "forbidden"), "{fields}");
        }
        let absolute = |host: &str| {
            let line = format!("GET http://{host}{path}");
            ask(&served, &line, &format!("{TOKEN};Host: localhost")).status
        };
        assert_eq!((absolute("localhost"), absolute("evil.example")), (200, 421), "{path}");
    }
}

/// Behind a proxy the server has whatever name the proxy gives it; who has to show credentials that
/// no page knows may come by any name, and from any page that has been given them.
#[test]
fn where_credentials_are_in_force_any_name_will_do() {
    let named = ["--token", "100=s3cret", "--gateway-user", "u:s3cret", "--tmf-token", "s3cret"];
    let served = Served::start(&named);
    let foreign = "Host: myhost:8080;Origin: https://app.example;Sec-Fetch-Site: cross-site";
    for (path, credentials) in [
        (CUSTOMER, "Bearer s3cret"),
        (GATEWAY, "Basic dTpzM2NyZXQ="),
        (ACCOUNTS, "Bearer s3cret"),
        (HEALTH, "none"),
    ] {
        let line = format!("GET {path}");
        let fields = format!("{foreign};Authorization: {credentials}");
        assert_eq!(ask(&served, &line, &fields).status, 200, "{path}");
    }
    // An API that asks for none is open to this machine alone, whatever the others ask for.
    let served = Served::start(&["--token", "100=s3cret"]);
    for (path, status) in [(CUSTOMER, 200), (GATEWAY, 421), (ACCOUNTS, 421)] {
        let fields = "Host: myhost;Authorization: Bearer s3cret";
        assert_eq!(ask(&served, &format!("GET {path}"), fields).status, status, "{path}");
    }
}

/// Two hosts in one request are two opinions of whom it is for: a proxy may have asked the one and
/// the server answered the other.
#[test]
fn a_host_that_is_missing_twice_or_none_is_400_in_the_form_of_the_api() {
    let served = Served::start(&["--token", "100=etalon-100", "--admin-token", "etalon-admin"]);
    for path in [CUSTOMER, GATEWAY, ACCOUNTS, HEALTH] {
        for hosts in [
            "",
            "Host: localhost;Host: localhost",
            "Host: localhost;Host: evil.example",
            "Host:",
            "Host: local host",
            "Host: localhost:port",
            "Host: localhost:70000",
            "Host: user@localhost",
            "Host: localhost/evil.example",
        ] {
            let refused = ask(&served, &format!("GET {path}"), &format!("{TOKEN};{hosts}"));
            assert_eq!((refused.status, &*code(path, &refused)), (400, "validation"), "{hosts:?}");
        }
    }
    let old = answer(&served, &format!("GET {CUSTOMER} HTTP/1.0\r\n{TOKEN}\r\n\r\n"));
    assert_eq!(old.status, 200, "HTTP/1.0 demands no Host");
}

/// Who is refused anyway could otherwise have the server read, and hold, a megabyte for each
/// refusal, and is asked to send it first.
#[test]
fn what_the_head_refuses_is_answered_before_the_body_is_asked_for() {
    let served = Served::start(&[]);
    let json = "Content-Type: application/json";
    let put = format!("PUT {CUSTOMER}/legal-address");
    for (line, fields, status) in [
        (&*put, format!("{json};{TOKEN}"), 100),
        (&put, json.to_owned(), 401),
        (&put, format!("{json};Authorization: Bearer etalon-200"), 401),
        (&format!("PUT {CUSTOMER}/nothing"), format!("{json};{TOKEN}"), 404),
        ("POST /nothing", json.to_owned(), 404),
        (&format!("DELETE {CUSTOMER}"), format!("{json};{TOKEN}"), 405),
        (&put, format!("{json};{TOKEN};Accept: image/png"), 406),
        (&put, format!("Content-Type: text/plain;{TOKEN}"), 415),
        (&put, format!("{json};Content-Encoding: gzip;{TOKEN}"), 415),
        (&put, format!("{json};{TOKEN};Content-Length: 1048577"), 413),
        (&put, format!("{json};{TOKEN};Host: evil.example"), 421),
        (&put, format!("{json};{TOKEN};Origin: https://evil.example"), 403),
        ("PUT /api/v01/customers", json.to_owned(), 100),
        ("PUT /api/v01/customers", String::new(), 415),
        ("PUT /api/v01/customers", "Content-Type: text/plain".to_owned(), 415),
        ("PUT /api/v01/customers", format!("{json};Content-Length: 65537"), 413),
        ("PUT /api/v01/customers/1", json.to_owned(), 405),
        ("POST /api/v01/customers/1/~nothing", json.to_owned(), 404),
        ("POST /billingManagement/billingAccount", json.to_owned(), 100),
        ("POST /billingManagement/billingAccount", String::new(), 415),
        ("POST /billingManagement/settlementNoteAdvice", json.to_owned(), 405),
        ("POST /billingManagement/nothing", json.to_owned(), 404),
        ("POST /etalon/records", String::new(), 401),
        ("POST /etalon/records", "Authorization: Bearer etalon-admin".to_owned(), 100),
        ("PUT /etalon/records", "Authorization: Bearer etalon-admin".to_owned(), 405),
        ("POST /etalon/health", String::new(), 405),
        ("POST /etalon/nothing", String::new(), 404),
    ] {
        let mut fields = format!("{fields};Expect: 100-continue");
        for usual in ["Host: localhost", "Content-Length: 1000"] {
            let (name, _) = usual.split_once(':').unwrap();
            if !fields.contains(name) {
                fields = format!("{usual};{fields}");
            }
        }
        let fields = fields.replace(";;", ";").replace(';', "\r\n");
        let mut client = Raw::connect(served.addr).unwrap();
        client.send(format!("{line} HTTP/1.1\r\n{fields}\r\n\r\n")).unwrap();
        let head = client.head().unwrap();
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{line} {fields}: {head}");
        if status != 100 {
            assert_eq!(field(&head, "connection"), Some("close"), "{line} {fields}: {head}");
        }
    }
}

/// A page can send a form, or a text, or bytes of no type at all, to any server without asking; a
/// body that says nothing of itself may be any of them.
#[test]
fn a_write_without_a_content_type_changes_nothing_unless_that_was_chosen() {
    let write = |served: &Served, line: &str, body: &str| {
        let length = format!("Host: localhost\r\nContent-Length: {}", body.len());
        answer(served, &format!("{line} HTTP/1.1\r\n{length}\r\n\r\n{body}")).status
    };
    let named = r#"{"firstName":"A","lastName":"B","name":"C"}"#;
    let account = "/billingManagement/billingAccount/65";
    for (args, created, changed) in [(&[][..], 415, 415), (&["--choice", "untyped=json"], 200, 201)]
    {
        let served = Served::start(args);
        assert_eq!(write(&served, &format!("PUT {GATEWAY}"), named), created);
        assert_eq!(write(&served, &format!("PATCH {account}"), r#"{"name":"C"}"#), changed);
    }
}

/// Whoever reads the project's pages knows `etalon-admin`, and could empty any server that somebody
/// runs without having thought of it.
#[test]
fn the_admin_token_is_drawn_and_printed_where_none_is_given() {
    let started = |args: &[&str]| {
        let mut child = command(&["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .env_remove("ETALON_ADMIN_TOKEN")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let addr = first.strip_prefix("listening on http://").unwrap().parse().unwrap();
        (child, addr, lines)
    };
    let status = |addr, token: &str| {
        let mut client = Raw::connect(addr).unwrap();
        let fields = format!("Host: localhost\r\nAuthorization: Bearer {token}");
        client.send(format!("GET /etalon/records HTTP/1.1\r\n{fields}\r\n\r\n")).unwrap();
        client.answer().unwrap().status
    };
    let mut drawn = Vec::new();
    for _ in 0..2 {
        let (mut child, addr, mut lines) = started(&[]);
        let line = lines.next().unwrap().unwrap();
        let token = line.strip_prefix("admin token: ").unwrap().to_owned();
        assert_eq!((status(addr, &token), status(addr, "etalon-admin")), (200, 401), "{token}");
        assert!(token.len() >= 32, "{token}");
        drawn.push(token);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_ne!(drawn[0], drawn[1]);
    // Where somebody said who may do what, nobody may do what was not said.
    for args in [&["--token", "100=etalon-100"][..], &["--admin-token", "etalon-given"]] {
        let (mut child, addr, mut lines) = started(args);
        assert_eq!(status(addr, "etalon-admin"), 401);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(lines.next().is_none(), "{args:?}: more was printed");
    }
}

/// What stands on a command line stands in the list of processes, which everybody on the machine
/// reads.
#[test]
fn a_secret_on_the_command_line_is_warned_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret\n").unwrap();
    let file = format!("file:{}", file.display());
    // Each ends at once, for want of a file.
    for (args, warned) in [
        (vec!["serve", "--token", "100=s3cret"], &["--token"][..]),
        (vec!["serve", "--token", "100=a1b2", "--token", "200=c3d4"], &["--token"]),
        (
            vec!["serve", "--admin-token", "s3cret", "--tmf-token", "t"],
            &["--admin-token", "--tmf-token"],
        ),
        (vec!["serve", "--gateway-user", "u:s3cret"], &["--gateway-user"]),
        (vec!["serve", "--token", "100=etalon-100", "--admin-token", "etalon-admin"], &[]),
        (vec!["serve", "--tmf-token", &file], &[]),
        (vec!["serve", "--tmf-token", "env:ETALON_TEST_SECRET"], &[]),
        (vec!["serve"], &[]),
    ] {
        let output = command(&args)
            .args(["--load", "no-such-file"])
            .env("ETALON_TEST_SECRET", "s3cret")
            .env("ETALON_ADMIN_TOKEN", "s3cret-of-the-environment")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let warnings: Vec<&str> =
            said.lines().filter(|line| line.contains("list of processes")).collect();
        assert_eq!(warnings.len(), usize::from(!warned.is_empty()), "{args:?}: {said}");
        for flag in warned {
            assert_eq!(warnings[0].matches(flag).count(), 1, "{args:?}: {said}");
        }
        assert!(!said.contains("s3cret") && !said.contains("a1b2"), "{said}");
    }
}
