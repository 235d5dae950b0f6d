//! What a page of the web can do to a server on the machine of whoever visits it, in a real browser:
//! nothing, unless `--cors` names its origin. `tests/strangers.rs` and `tests/cors.rs` have each of
//! the server's answers for itself.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/browser.rs"]
mod browser;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::thread;

use browser::in_browser;
use chromium::Chromium;
use serde_json::{Value, json};
use served::Served;

fn main() -> ExitCode {
    browser::run(vec![
        in_browser(a_foreign_page_can_neither_read_nor_write_and_a_rebound_name_gets_nothing),
        in_browser(a_page_that_was_named_reads_and_writes_and_its_neighbour_does_not),
    ])
}

/// The page that a foreign site shows: it is nothing but where its script runs.
const PAGE: &str = "<!doctype html><title>page</title><iframe name=sink></iframe>";

/// A site that shows [`PAGE`] at every path, for as long as the test runs.
fn site() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let Ok(mut client) = client else { return };
            thread::spawn(move || {
                let _ = client.read(&mut [0; 8192]);
                let length = PAGE.len();
                let head = format!("Content-Type: text/html\r\nContent-Length: {length}");
                let close = "Connection: close";
                let _ = write!(client, "HTTP/1.1 200 OK\r\n{head}\r\n{close}\r\n\r\n{PAGE}");
            });
        }
    });
    addr
}

/// What a page tries, as the body of an async function that knows `to`, the server's base URL: what
/// it returns is what it read, or nothing.
const READS: [&str; 6] = [
    "return (await fetch(to + '/api/v01/customers')).text()",
    "return (await fetch(to + '/billingManagement/billingAccount')).text()",
    "return (await fetch(to + '/etalon/health')).text()",
    "return (await fetch(to + '/ledger/customer/v1/100/customers/1000001',
        {headers: {Authorization: 'Bearer etalon-100'}})).text()",
    "return (await fetch(to + '/api/v01/customers', {mode: 'no-cors'})).text()",
    "const script = document.createElement('script');
     script.src = to + '/api/v01/customers';
     await new Promise(done => { script.onload = script.onerror = done; document.head.append(script); });
     return ''",
];

/// What it sends, in every way that asks no leave beforehand and in those that do.
const WRITES: [&str; 7] = [
    "const form = Object.assign(document.createElement('form'),
        {method: 'POST', action: to + '/api/v01/customers/1', target: 'sink'});
     form.innerHTML = '<input name=lastName value=Foreign>';
     document.body.append(form); form.submit();
     await new Promise(done => document.querySelector('iframe').onload = done)",
    "await fetch(to + '/api/v01/customers/1', {method: 'POST', mode: 'no-cors',
        body: new URLSearchParams({lastName: 'Foreign'})})",
    "await fetch(to + '/api/v01/customers/1', {method: 'POST', mode: 'no-cors',
        headers: {'Content-Type': 'text/plain'}, body: '{\"lastName\":\"Foreign\"}'})",
    "await fetch(to + '/api/v01/customers/1', {method: 'POST', mode: 'no-cors',
        body: new Blob(['{\"lastName\":\"Foreign\"}'])})",
    "await fetch(to + '/billingManagement/billingAccount', {method: 'POST', mode: 'no-cors',
        body: new Blob(['{\"name\":\"Foreign\",\"relatedParty\":[{\"id\":\"1\",\"role\":\"bill receiver\"}]}'])})",
    "await fetch(to + '/api/v01/customers', {method: 'PUT',
        headers: {'Content-Type': 'application/json'}, body: '{\"firstName\":\"A\",\"lastName\":\"Foreign\"}'})",
    "navigator.sendBeacon(to + '/api/v01/customers/1', '{\"lastName\":\"Foreign\"}');
     await new Promise(done => setTimeout(done, 300))",
];

/// Runs what a page tries; a refusal by the browser reads nothing.
fn tried(browser: &mut Chromium, to: &str, body: &str) -> String {
    let script = format!(
        "(async to => {{ {body} }})('{to}').then(read => read ?? '', error => 'refused: ' + error)"
    );
    browser.value(&script).as_str().unwrap().to_owned()
}

/// Everything that the server holds, as an administrator dumps it.
fn records(served: &Served) -> String {
    let mut client = served.client();
    let dumped = client.ask("GET", "/etalon/records", "").unwrap();
    assert_eq!(dumped.status, 200);
    String::from_utf8(dumped.body).unwrap()
}

/// Somebody tries the demo, and visits a page. The page is on another port of the machine, on a
/// foreign site, or on a name of a foreign site that leads to the very server.
fn a_foreign_page_can_neither_read_nor_write_and_a_rebound_name_gets_nothing() {
    let served = Served::start(&[]);
    let before = records(&served);
    let (site, port) = (site(), served.addr.port());
    let mut browser = Chromium::start_with(&["--host-resolver-rules=MAP *.example 127.0.0.1"]);
    // What is in the records, and in nothing else that a page could see.
    let is_of_records = |read: &str| {
        ["Exempelsson", "Solheim", "Skrönebageriet", "version"].iter().any(|it| read.contains(it))
    };

    // The server's own origin, from which all of it can be read: else the rest would prove nothing.
    browser.visit(&format!("http://127.0.0.1:{port}/etalon/health"));
    let own = tried(&mut browser, &format!("http://127.0.0.1:{port}"), READS[0]);
    assert!(is_of_records(&own), "{own}");

    for (page, to) in [
        (format!("http://127.0.0.1:{}", site.port()), format!("http://127.0.0.1:{port}")),
        (format!("http://localhost:{}", site.port()), format!("http://127.0.0.1:{port}")),
        (format!("http://localhost:{}", site.port()), format!("http://localhost:{port}")),
        (format!("http://evil.example:{}", site.port()), format!("http://127.0.0.1:{port}")),
        (format!("http://evil.example:{}", site.port()), format!("http://localhost:{port}")),
        // The name leads to the server by now, and to the browser all of it is one origin.
        (format!("http://evil.example:{port}"), format!("http://evil.example:{port}")),
    ] {
        browser.visit(&page);
        for body in READS {
            let read = tried(&mut browser, &to, body);
            assert!(!is_of_records(&read), "{page} has read of {to} by {body}: {read}");
        }
        if page != to {
            for body in WRITES {
                tried(&mut browser, &to, body);
                assert!(records(&served) == before, "{page} has written to {to} by {body}");
            }
        }
    }
    // The rebound name cannot write either, from what the server answered as its page.
    for body in WRITES.iter().filter(|body| !body.contains("sink")) {
        tried(&mut browser, &format!("http://evil.example:{port}"), body);
        assert!(records(&served) == before, "a rebound name has written by {body}");
    }
    let shown = browser.value("document.documentElement.textContent");
    let refused: Value = serde_json::from_str(shown.as_str().unwrap()).unwrap_or(json!(null));
    assert_eq!(refused["Status"], 421, "{shown}");
}

/// What a client of the browser does, as the body of an async function that knows `to`, and what it
/// then has read.
const WORKS: [(&str, &str); 6] = [
    (READS[3], "1000001"),
    ("return (await fetch(to + '/ledger/customer/v1/100/customers/1000001')).text()", "unauthorized"),
    ("return (await fetch(to + '/ledger/customer/v1/100/customers/none',
        {headers: {Authorization: 'Bearer etalon-100'}})).text()", "customer-not-found"),
    ("return (await fetch(to + '/ledger/customer/v1/100/customers/1000001', {method: 'PATCH',
        headers: {Authorization: 'Bearer etalon-100', 'Content-Type': 'application/json'},
        body: '{\"emailAddress\":\"page@app.example\"}'})).status + ''", "204"),
    ("const made = await fetch(to + '/billingManagement/billingAccount', {method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: '{\"name\":\"Of a page\",\"relatedParty\":[{\"id\":\"1\",\"role\":\"bill receiver\"}]}'});
     return made.headers.get('Location')", "/billingManagement/billingAccount/"),
    ("const found = await fetch(to + '/billingManagement/billingAccount?limit=1');
     return found.headers.get('X-Total-Count') > 1 ? 'counted' : ''", "counted"),
];

/// Somebody writes a client that runs in a browser, and says where its pages are. The pages of another
/// port of the same machine get as little as ever.
fn a_page_that_was_named_reads_and_writes_and_its_neighbour_does_not() {
    let (app, other) = (site(), site());
    let served = Served::start(&["--cors", &format!("http://app.example:{}", app.port())]);
    let to = format!("http://127.0.0.1:{}", served.addr.port());
    let mut browser = Chromium::start_with(&["--host-resolver-rules=MAP *.example 127.0.0.1"]);
    let before = records(&served);
    browser.visit(&format!("http://app.example:{}", other.port()));
    for (body, has) in WORKS {
        let read = tried(&mut browser, &to, body);
        assert!(!read.contains(has), "a page that was not named has read {read} by {body}");
    }
    assert!(records(&served) == before, "a page that was not named has written");
    browser.visit(&format!("http://app.example:{}", app.port()));
    for (body, has) in WORKS {
        let read = tried(&mut browser, &to, body);
        assert!(read.contains(has), "{body} has read {read}");
    }
    let after = records(&served);
    assert!(after.contains("page@app.example") && after.contains("Of a page"));
}
