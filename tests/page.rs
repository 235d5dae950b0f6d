//! The page at `/`, looked at with a plain client and tried in a real browser.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "support/browser.rs"]
mod browser;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "support/raw.rs"]
mod raw;
#[path = "support/served.rs"]
mod served;

use std::process::ExitCode;

use browser::{anywhere, in_browser};
use chromium::Chromium;
use raw::field;
use serde_json::Value;
use served::Served;

fn main() -> ExitCode {
    browser::run(vec![
        anywhere(every_view_is_written_without_script_and_loads_nothing_of_others),
        anywhere(a_view_shows_what_its_token_reaches_and_no_more),
        anywhere(what_a_record_says_is_shown_as_text),
        anywhere(the_last_verdict_is_shown_to_the_administrator),
        in_browser(every_view_fits_a_phone_and_a_desk_and_complains_of_nothing),
        in_browser(what_is_sent_from_a_form_is_shown_and_seen_in_the_view),
        in_browser(a_documented_exchange_is_sent_beside_its_print),
        in_browser(a_chart_shows_the_sums_of_the_summaries),
        in_browser(a_token_stays_in_its_tab),
        in_browser(a_change_of_an_account_shows_while_it_is_looked_at),
        in_browser(requests_show_as_they_arrive_and_the_server_misbehaves_on_demand),
    ])
}

/// Every view of the demo records, and a text that stands in it.
const VIEWS: [(&str, &str); 13] = [
    ("/", "etalon-N"),
    ("/etalon/page/customers?ledger=100", "Ada Exempelsson"),
    ("/etalon/page/customers?ledger=100&q=exempel", "Ada Exempelsson"),
    ("/etalon/page/customer?ledger=100&no=1000001", "OP-26001"),
    ("/etalon/page/usage?ledger=100", "2610001"),
    ("/etalon/page/usage?ledger=100&tree=invoices&no=2610001", "46701740605"),
    (SUBSCRIPTION, "Samtal till mobil"),
    ("/etalon/page/gateway", "Solheim"),
    ("/etalon/page/accounts", "Skrönebageriet"),
    ("/etalon/page/exchanges", "customer/patch-email-address"),
    ("/etalon/page/exchange?name=customer/patch-email-address", "britt"),
    ("/etalon/page/requests", "admin token"),
    ("/etalon/page/verdict", "etalon certify"),
];

/// The token that is given to every server here.
const ADMIN: &str = "Authorization: Bearer etalon-admin\r\n";

const SUBSCRIPTION: &str =
    "/etalon/page/subscription?ledger=100&tree=invoices&no=2610001&subscription=46701740605";

/// Returns whether an answer has this status.
fn is(head: &str, status: u16) -> bool {
    head.split(' ').nth(1) == Some(&status.to_string())
}

/// Returns the head and the body of a page.
fn page(served: &Served, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
    let mut client = served.client();
    let (host, length) = (served.addr, body.len());
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    client.raw.send(request).unwrap();
    let answer = client.raw.answer().unwrap();
    (answer.head.clone(), String::from_utf8(answer.body).unwrap())
}

/// Somebody whose browser runs no script looks at what is there; and a page that loaded anything of
/// another server would tell that server who looks at what.
fn every_view_is_written_without_script_and_loads_nothing_of_others() {
    let served = Served::start(&[]);
    for (path, text) in VIEWS {
        let (head, html) = page(&served, "GET", path, "", "");
        assert!(is(&head, 200), "{path}: {head}");
        assert!(html.contains(text), "{path} lacks {text}: {html}");
        assert!(html.len() < 150_000, "{path} has {} bytes", html.len());
        let policy = field(&head, "content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        for loads in ["src=\"", "<link rel=\"stylesheet\" href=\""] {
            let loaded = html.split(loads).skip(1).map(|rest| rest.split('"').next().unwrap());
            loaded.for_each(|it| assert!(it.starts_with("/etalon/page/"), "{path} loads {it}"));
        }
        assert!(!html.contains("style=\"") && !html.contains("onclick"), "{path}: {html}");
    }
    let own = ["style.css", "script.js"].map(|name| {
        let (head, text) = page(&served, "GET", &format!("/etalon/page/{name}"), "", "");
        assert!(is(&head, 200), "{name}: {head}");
        text.len()
    });
    assert!(own.iter().sum::<usize>() < 150_000, "{own:?}");
    for (method, path, status) in [
        ("DELETE", "/", 405),
        ("POST", "/etalon/page/script.js", 405),
        ("GET", "/etalon/page/none", 404),
        ("GET", "/etalon/page/exchange?name=none", 404),
        ("HEAD", "/", 200),
    ] {
        let mut client = served.client();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n\r\n", served.addr);
        client.raw.send(request).unwrap();
        let head = client.raw.head().unwrap();
        assert!(is(&head, status), "{method} {path}: {head}");
    }
}

/// Whoever can reach the port would have read every ledger, whatever the tokens.
fn a_view_shows_what_its_token_reaches_and_no_more() {
    let tokens = ["--token", "100=secret-of-100", "--token", "200=secret-of-200"];
    let served = Served::start(
        &[&tokens[..], &["--gateway-user", "ada:lovelace", "--tmf-token", "tmf-secret"]].concat(),
    );
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
    let basic = "Authorization: Basic YWRhOmxvdmVsYWNl\r\n".to_owned();
    let is_of_records = |path: &str| {
        path != "/" && ["exchange", "requests", "verdict"].iter().all(|it| !path.contains(it))
    };
    for (path, text) in VIEWS.iter().filter(|(path, _)| is_of_records(path)) {
        let right = match *path {
            path if path.ends_with("gateway") => &basic,
            path if path.ends_with("accounts") => &bearer("tmf-secret"),
            _ => &bearer("secret-of-100"),
        };
        for (headers, is_shown) in [
            ("", false),
            (bearer("etalon-100").as_str(), false),
            (bearer("secret-of-200").as_str(), false),
            (right.as_str(), true),
        ] {
            let (_, html) = page(&served, "GET", path, headers, "");
            assert_eq!(html.contains(text), is_shown, "{path} by {headers:?}: {html}");
            assert!(!html.contains("secret-of") && !html.contains("lovelace"), "{html}");
        }
        // Without script the token comes by a form, for one look.
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let token = match *path {
            path if path.ends_with("gateway") => "ada%3Alovelace",
            path if path.ends_with("accounts") => "tmf-secret",
            _ => "secret-of-100",
        };
        let (_, html) = page(&served, "POST", path, form, &format!("token={token}"));
        assert!(html.contains(text), "{path} by a form: {html}");
    }
    let (_, html) = page(&served, "GET", "/", &bearer("secret-of-100"), "");
    assert!(html.contains("ledger=100") && !html.contains("ledger=200"), "{html}");
}

/// What was sent to a customer's server is in a report, and would be read by everybody who reaches this
/// one; and a report that is written anew would be looked for in vain.
fn the_last_verdict_is_shown_to_the_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let report = report.to_str().unwrap();
    let records = folder.path().join("records.ndjson");
    std::fs::write(&records, served::etalon(&["fixtures"]).stdout).unwrap();
    let records = records.to_str().unwrap();
    let served = Served::start(&["--load", records, "--report", report, "--journal", "0"]);
    let shown = |headers: &str| page(&served, "GET", "/etalon/page/verdict", headers, "").1;
    assert!(shown(ADMIN).contains("cannot be read"), "{}", shown(ADMIN));
    let judge = |served: &Served| {
        let (base, report) = (base(served), format!("json={report}"));
        let args = ["certify", &base, "--api", "gateway", "--report", &report];
        served::etalon(&args).status.code()
    };
    assert_eq!(judge(&served), Some(0));
    for (headers, is_shown) in
        [("", false), ("Authorization: Bearer etalon-100\r\n", false), (ADMIN, true)]
    {
        assert_eq!(shown(headers).contains(">CONFORMS<"), is_shown, "{}", shown(headers));
    }
    assert!(!shown(ADMIN).contains("Probable causes"), "{}", shown(ADMIN));
    let judged = served::etalon(&[
        "certify",
        &base(&served),
        "--api",
        "tmf",
        "--report",
        &format!("json={report}"),
    ]);
    assert_eq!(judged.status.code(), Some(0));
    assert!(shown(ADMIN).contains("CONFORMS (without events)"), "{}", shown(ADMIN));
    let failing = Served::start(&["--fail", "100%:418"]);
    assert_eq!(judge(&failing), Some(1));
    for text in ["DOES NOT CONFORM", "Probable causes", "answered 418", "What did not pass"] {
        assert!(shown(ADMIN).contains(text), "{text}: {}", shown(ADMIN));
    }
    std::fs::write(report, "no report").unwrap();
    assert!(shown(ADMIN).contains("is no report in JSON"), "{}", shown(ADMIN));
    // No journal is kept here, and the view of the requests says so.
    let (_, html) = page(&served, "GET", "/etalon/page/requests", ADMIN, "");
    assert!(html.contains("No journal is kept"), "{html}");
}

/// A name that somebody has chosen would have run as a script for whoever looks at it.
fn what_a_record_says_is_shown_as_text() {
    let served = Served::start(&[]);
    let name = "<img src=x onerror=alert(1)>\\\"'&";
    let parties = "[{\"id\":\"1\",\"role\":\"bill receiver\"}]";
    for (method, path, body) in [
        ("PUT", "/api/v01/customers", format!("{{\"firstName\":\"A\",\"lastName\":\"{name}\"}}")),
        (
            "POST",
            "/billingManagement/billingAccount",
            format!("{{\"name\":\"{name}\",\"relatedParty\":{parties}}}"),
        ),
    ] {
        let made = served.client().ask(method, path, &body).unwrap();
        let said = String::from_utf8_lossy(&made.body);
        assert!(matches!(made.status, 200 | 201), "{path}: {}: {said}", made.status);
    }
    for path in ["/etalon/page/gateway", "/etalon/page/accounts"] {
        let (_, html) = page(&served, "GET", path, "", "");
        assert!(html.contains("&lt;img src=x"), "{html}");
        assert!(!html.contains("<img"), "{html}");
    }
    for query in ["q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "from=%3Cscript%3E"] {
        let (_, html) =
            page(&served, "GET", &format!("/etalon/page/customers?ledger=100&{query}"), "", "");
        assert!(!html.contains("<script>"), "{html}");
    }
}

/// The server's base URL.
fn base(served: &Served) -> String {
    format!("http://{}", served.addr)
}

fn every_view_fits_a_phone_and_a_desk_and_complains_of_nothing() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    for (width, height) in [(360, 740), (1280, 900)] {
        browser.screen(width, height);
        for (path, _) in VIEWS {
            browser.visit(&format!("{}{path}", base(&served)));
            let across = browser.value("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(across <= u64::from(width), "{path} is {across} wide on {width}");
            // What a reader of the page by ear goes by.
            for (what, expression) in [
                ("one heading", "document.querySelectorAll('h1').length === 1"),
                ("a language", "document.documentElement.lang === 'en'"),
                (
                    "labels",
                    "[...document.querySelectorAll('input:not([type=hidden]),textarea')].every(it => it.labels.length)",
                ),
                (
                    "names of links",
                    "[...document.querySelectorAll('a')].every(it => it.textContent.trim())",
                ),
                (
                    "one id each",
                    "(ids => new Set(ids).size === ids.length)([...document.querySelectorAll('[id]')].map(it => it.id))",
                ),
                (
                    "heads of tables",
                    "[...document.querySelectorAll('thead th')].every(it => it.scope === 'col')",
                ),
            ] {
                assert_eq!(browser.value(expression), true, "{path} lacks {what}");
            }
        }
    }
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

/// Fills a form in and sends it; returns what its output then says.
fn sent(browser: &mut Chromium, summary: &str, fields: &[(&str, &str)]) -> String {
    let fields = serde_json::to_string(
        &fields.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
    )
    .unwrap();
    let said = browser.value(&format!(
        "(async () => {{
            const request = [...document.querySelectorAll('.request')]
                .find(it => it.querySelector('summary').textContent.includes({summary:?}));
            request.open = true;
            const form = request.querySelector('form');
            for (const [name, value] of Object.entries({fields})) form.elements[name].value = value;
            form.querySelector('button').click();
            const output = form.querySelector('output');
            while (!output.querySelector('.came, .refused')) await new Promise(done => setTimeout(done, 10));
            return output.textContent;
        }})()"
    ));
    said.as_str().unwrap().to_owned()
}

/// Somebody changes a customer from the page, and must see what was sent, what came, and the change.
fn what_is_sent_from_a_form_is_shown_and_seen_in_the_view() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}/etalon/page/customer?ledger=100&no=1000001", base(&served)));
    let body = "{\"emailAddress\": \"from@page.example\"}";
    let said =
        sent(&mut browser, "Change the customer", &[("body", body), ("media", "application/json")]);
    for part in [
        "PATCH /ledger/customer/v1/100/customers/1000001",
        body,
        "curl -i -X PATCH",
        "$TOKEN_100",
        "204",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("etalon-100"), "the curl line shows the token: {said}");
    browser.eventually(
        "document.querySelector('#customer').textContent.includes('from@page.example')",
    );
    let stored = served.client().get("/ledger/customer/v1/100/customers/1000001");
    assert_eq!(stored["emailAddress"], "from@page.example");
    browser.visit(&format!("{}/etalon/page/customers?ledger=100", base(&served)));
    browser
        .eventually("document.querySelector('#found').textContent.includes('from@page.example')");
    // The operations that the customer is open to are forms that work as they stand.
    browser.visit(&format!("{}/etalon/page/customer?ledger=100&no=1000001", base(&served)));
    let said = sent(&mut browser, "add billing address", &[]);
    assert!(said.contains("\n201 Created") || said.contains("201 "), "{said}");
    browser
        .eventually("document.querySelector('#customer').textContent.includes('Billing address')");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

fn a_documented_exchange_is_sent_beside_its_print() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}/etalon/page/exchange?name=customer/get-customer", base(&served)));
    let printed = browser.value("document.querySelector('pre.answer').textContent");
    assert!(printed.as_str().unwrap().contains("Britt-Marie Axelstopp"), "{printed}");
    let path = "/ledger/customer/v1/100/customers/1000001";
    let said = sent(&mut browser, "Send it", &[("path", path)]);
    assert!(said.contains("200 OK") && said.contains("\"name\": \"Ada Exempelsson\""), "{said}");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

/// A chart whose numbers are not those of the summaries would be believed by nobody.
fn a_chart_shows_the_sums_of_the_summaries() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}{SUBSCRIPTION}", base(&served)));
    let sums = |browser: &mut Chromium, table: &str, count: usize, amount: usize| -> Value {
        browser.value(&format!(
            "(() => {{ const sums = {{}};
                for (const row of document.querySelectorAll('[data-table={table}] tbody tr')) {{
                    const cells = [...row.cells].map(cell => cell.textContent);
                    const [count, cents] = sums[cells[0]] || [0, 0];
                    sums[cells[0]] = [count + Number(cells[{count}]), cents + Math.round(100 * Number(cells[{amount}]))];
                }}
                return sums; }})()"
        ))
    };
    let of_details = sums(&mut browser, "Sums", 2, 3);
    let of_summaries = sums(&mut browser, "Summaries", 2, 6);
    assert!(of_details.as_object().unwrap().len() > 3, "{of_details}");
    assert_eq!(of_details, of_summaries);
    // The bars are the same sums: their titles say the amounts.
    let bars = browser.value(
        "[...document.querySelectorAll('rect title')].map(it => Math.round(100 * Number(it.textContent.split(': ').pop()))).reduce((a, b) => a + b, 0)",
    );
    let cents: f64 =
        of_summaries.as_object().unwrap().values().map(|sum| sum[1].as_f64().unwrap()).sum();
    assert_eq!(bars.as_f64().unwrap(), cents);
}

/// A token that outlived its tab would let in whoever uses the browser next.
fn a_token_stays_in_its_tab() {
    let served = Served::start(&["--token", "100=secret-of-100"]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}/etalon/page/customers?ledger=100", base(&served)));
    assert_eq!(browser.value("document.body.textContent.includes('Ada Exempelsson')"), false);
    browser.value(
        "document.querySelector('#token').value = 'secret-of-100';
         document.querySelector('.token button').click(); true",
    );
    browser.eventually("document.body.textContent.includes('Ada Exempelsson')");
    browser.value("document.querySelector('tbody a').click(); true");
    browser.eventually("document.title.startsWith('Customer 1')");
    let said = sent(
        &mut browser,
        "Change the customer",
        &[("body", "{\"emailAddress\":\"a@b.example\"}"), ("media", "application/json")],
    );
    assert!(said.contains("204") && !said.contains("secret-of-100"), "{said}");
    let kept = browser.value(
        "JSON.stringify([Object.entries(localStorage), document.cookie, location.href, document.documentElement.outerHTML])",
    );
    assert!(!kept.as_str().unwrap().contains("secret-of-100"), "{kept}");
    let tab = browser.value("sessionStorage.getItem('etalon-tokens')");
    assert!(tab.as_str().unwrap().contains("secret-of-100"), "{tab}");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

fn a_change_of_an_account_shows_while_it_is_looked_at() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}/etalon/page/accounts", base(&served)));
    browser.eventually("document.querySelector('#r65 .state').textContent === 'Active'");
    let body = "{\"state\":\"Suspended\"}";
    let changed =
        served.client().ask("PATCH", "/billingManagement/billingAccount/65", body).unwrap();
    assert!(matches!(changed.status, 200 | 201), "{}", changed.status);
    browser.eventually("document.querySelector('#r65 .state').textContent === 'Suspended'");
    let callback = "{\"callback\": \"http://127.0.0.1:1/told\"}";
    let said = sent(&mut browser, "Have changes told", &[("body", callback)]);
    assert!(said.contains("201"), "{said}");
    browser
        .eventually("document.querySelector('#events').textContent.includes('127.0.0.1:1/told')");
}

/// Whoever tests a client sees here what it really sent, and how it takes an error.
fn requests_show_as_they_arrive_and_the_server_misbehaves_on_demand() {
    let served = Served::start(&[]);
    let mut browser = Chromium::start();
    browser.visit(&format!("{}/etalon/page/requests", base(&served)));
    browser.value(
        "document.querySelector('#token').value = 'etalon-admin';
         document.querySelector('.token button').click(); true",
    );
    browser.eventually("document.body.textContent.includes('Nothing was asked yet')");
    let customer = "/ledger/customer/v1/100/customers/1000001";
    assert_eq!(served.client().get(customer)["name"], "Ada Exempelsson");
    let shows =
        |text: &str| format!("document.querySelector('#found').textContent.includes({text:?})");
    browser.eventually(&shows(customer));
    browser.eventually(&shows("authorization: [redacted]"));
    let said = sent(&mut browser, "Misbehave", &[]);
    assert!(said.contains("$ETALON_ADMIN_TOKEN") && !said.contains("etalon-admin"), "{said}");
    assert!(said.contains("201"), "{said}");
    browser.eventually("document.querySelector('#rules code')?.textContent.includes('503')");
    assert_eq!(served.client().ask("GET", customer, "").unwrap().status, 503);
    assert_eq!(served.client().ask("GET", customer, "").unwrap().status, 200);
    browser.eventually(&shows("etalon-behaviour: 1 status 503 before"));
    let said = sent(&mut browser, "Behave again", &[]);
    assert!(said.contains("204"), "{said}");
    browser.eventually(
        "document.querySelector('#rules').textContent.includes('as the documents say')",
    );
    let said = sent(&mut browser, "Keep the store", &[]);
    assert!(said.contains("201"), "{said}");
    browser.eventually("document.querySelector('#snapshots li').textContent.startsWith('start')");
    // The page itself is no client of the APIs that the journal would keep, nor is its token shown.
    let found = browser.value("document.querySelector('#found').children.length");
    assert_eq!(found, 3);
    let all = browser.value("document.documentElement.outerHTML");
    assert!(!all.as_str().unwrap().contains("etalon-admin"), "{all}");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}
