//! The page at `/etalon/docs`, in a real browser: each API is there, and what is tried is sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/browser.rs"]
mod browser;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::io::Read as _;
use std::process::ExitCode;

use browser::{anywhere, in_browser};
use chromium::Chromium;
use flate2::read::GzDecoder;
use raw::Answer;
use serde_json::json;
use served::Served;

fn main() -> ExitCode {
    browser::run(vec![
        in_browser(every_api_is_shown_and_a_request_is_tried_without_a_complaint),
        in_browser(nothing_goes_over_the_edge_of_a_phone_and_whoever_likes_it_dark_has_it_so),
        anywhere(a_file_is_the_same_to_those_who_read_gzip_and_to_those_who_do_not),
        anywhere(what_the_page_may_do_is_said_and_nothing_else_is_there),
    ])
}

/// Who has no other way to see what the APIs are sees an empty page, or one that asks the web for its
/// parts, which is not there.
fn every_api_is_shown_and_a_request_is_tried_without_a_complaint() {
    let server = Served::start(&[]);
    let base = format!("http://{}/etalon", server.addr);
    let mut browser = Chromium::start();
    for (api, width) in [("customer", 1200), ("usage", 400), ("gateway", 1200), ("tmf", 400)] {
        browser.screen(width, 900);
        browser.visit(&format!("{base}/docs?api={api}"));
        let document = server.client().get(&format!("/etalon/openapi/{api}.json"));
        let items = document["paths"].as_object().unwrap().values();
        // Two that are sent to listeners are shown beside what can be asked.
        let hooks = document["webhooks"].as_object().map_or(0, |hooks| hooks.len());
        let operations = items.map(|item| item.as_object().unwrap().len()).sum::<usize>() + hooks;
        browser
            .eventually(&format!("document.querySelectorAll('.opblock').length === {operations}"));
        let current = browser.value("document.querySelector('nav [aria-current]').textContent");
        assert_eq!(current, api);
    }
    let open = "document.querySelector('[id$=get-billing-account] .opblock-summary-control')";
    browser.value(&format!("{open}.click()"));
    browser.eventually("document.querySelector('.execute')");
    browser.value("document.querySelector('.execute').click()");
    let answered =
        "document.querySelector('.live-responses-table tr.response .response-col_status')";
    let status = browser.eventually(&format!("{answered}?.textContent"));
    let body = browser.eventually("document.querySelector('.live-responses-table')?.innerText");
    assert!(status.as_str().unwrap().starts_with("200"), "{status}: {body}");
    assert!(body.as_str().unwrap().contains("my personal Billing Account"), "{body}");
    assert!(browser.complaints.is_empty(), "{:#?}", browser.complaints);
}

/// Who reads on a phone does not find the buttons; who has set his system to dark is dazzled.
fn nothing_goes_over_the_edge_of_a_phone_and_whoever_likes_it_dark_has_it_so() {
    let server = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.screen(390, 900);
    for (scheme, light) in [("light", "true"), ("dark", "false")] {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        browser.ask("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
        browser.visit(&format!("http://{}/etalon/docs?api=tmf", server.addr));
        browser.eventually("document.querySelector('.opblock')");
        for operation in ["add-listener", "patch-billing-account"] {
            let open = format!("[id$={operation}] .opblock-summary-control");
            browser.value(&format!("document.querySelector('{open}').click()"));
            let answers = format!("document.querySelector('[id$={operation}] .responses-table')");
            browser.eventually(&answers);
        }
        let over = browser.value(
            "[...document.querySelectorAll('.opblock button, .opblock table')].filter(it => \
             it.getBoundingClientRect().right > 390).map(it => it.className).join()",
        );
        assert_eq!(over, "", "{scheme}");
        let shades =
            "['html', '.header-col'].map(it => getComputedStyle(document.querySelector(it)))";
        let seen = format!(
            "(([page, text]) => {{ const sum = it => it.match(/\\d+/g).slice(0, 3)\
             .reduce((sum, it) => sum + +it, 0); const back = sum(getComputedStyle(document.body)\
             .backgroundColor); return `${{back > 382}} ${{Math.abs(back - sum(text.color)) > 300}}` \
             }})({shades})"
        );
        assert_eq!(browser.value(&seen), format!("{light} true"));
    }
    assert!(browser.complaints.is_empty(), "{:#?}", browser.complaints);
}

/// Asks without a token.
fn get(server: &Served, path: &str, header: &str) -> Answer {
    let mut client = server.client();
    let host = server.addr;
    client.raw.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n")).unwrap();
    client.raw.answer().unwrap()
}

fn a_file_is_the_same_to_those_who_read_gzip_and_to_those_who_do_not() {
    let server = Served::start(&[]);
    for name in ["swagger-ui.css", "swagger-ui-bundle.js"] {
        let path = format!("/etalon/docs/{name}");
        let plain = get(&server, &path, "");
        let compressed = get(&server, &path, "Accept-Encoding: br, gzip\r\n");
        assert!(!plain.head.contains("content-encoding"));
        assert!(compressed.head.contains("content-encoding: gzip\r\n"));
        let mut content = Vec::new();
        GzDecoder::new(&*compressed.body).read_to_end(&mut content).unwrap();
        assert!(content == plain.body && content.len() > 100_000, "{}", content.len());
    }
}

fn what_the_page_may_do_is_said_and_nothing_else_is_there() {
    let server = Served::start(&[]);
    let page = get(&server, "/etalon/docs", "");
    assert_eq!(page.status, 200);
    for line in [
        "content-type: text/html; charset=utf-8\r\n",
        "content-security-policy: default-src 'none'; script-src 'self';",
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
        "x-content-type-options: nosniff\r\n",
    ] {
        assert!(page.head.contains(line), "{}", page.head);
    }
    let text = String::from_utf8(page.body).unwrap();
    assert!(!text.contains("://"), "it asks somebody else: {text}");
    for api in ["customer", "usage", "gateway", "tmf"] {
        assert!(text.contains(&format!("<a href=\"openapi/{api}.json\">")), "{text}");
    }
    for (path, status) in [
        ("/etalon/docs/page.js", 200),
        ("/etalon/docs/page.css", 200),
        ("/etalon/docs/", 404),
        ("/etalon/docs/page.html", 404),
        ("/etalon/docs/../records", 404),
    ] {
        assert_eq!(get(&server, path, "").status, status, "{path}");
    }
    assert_eq!(server.client().ask("POST", "/etalon/docs", "").unwrap().status, 405);
}
