//! What the last screen of a run says of servers that each have one fault.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::front::{Behaviour, Front};
use crate::message::{Request, Response};
use crate::rewrite::{each_text, texts};
use crate::run::{certify, etalon, report};
use crate::{folder, plain, write};

/// So many lines does a screen have.
const SCREEN: usize = 40;

/// A server with one fault: its APIs, how its run ends, and what the last screen has to hold: the
/// cause, the place, and what the server said.
struct Fault {
    does: &'static str,
    apis: &'static str,
    behaviour: Behaviour,
    code: i32,
    told: &'static [&'static str],
}

const FAULTS: &[Fault] = &[
    Fault {
        does: "problems are called pages",
        apis: "customer,usage",
        behaviour: |request, server| {
            server.problem(request, |problem| problem.with_media("text/html"))
        },
        code: 1,
        told: &[
            "2 requirements are broken, probably by 1 cause:",
            "the header Content-Type is `text/html`, expected `application/problem+json`",
            "customer: GET /customers/{customerNo}/legal-address, and at ",
            "answered 404, it said: Customer ",
        ],
    },
    Fault {
        does: "one code is misspelt",
        apis: "customer,usage",
        behaviour: |request, server| {
            server.problem(request, |problem| {
                problem.edit(|body| {
                    texts("", body, &mut |_, text| {
                        *text = text.replace("customer-not-found", "custommer-not-found");
                    });
                })
            })
        },
        code: 1,
        told: &[
            ", probably by 1 cause:",
            "/Type the problem's code is `custommer-not-found`, expected `customer-not-found`",
            "customer: GET /customers/{customerNo}/surpluses, and at ",
            "answered 404, it said: The ledger has no customer",
        ],
    },
    Fault {
        does: "times in UTC are told as if they were local",
        apis: "usage,tmf",
        behaviour: |request, server| {
            each_text(request, server, |_, text| {
                if text.len() >= 20 && text.ends_with('Z') && text.contains('T') {
                    text.truncate(text.len() - 1);
                    text.push_str("+02:00");
                }
            })
        },
        code: 1,
        told: &[
            ", probably by 1 cause:",
            "+02:00\", expected the time \"",
            "which is 2 h too early",
            "tmf: GET /billingAccount/{id}, and at ",
        ],
    },
    Fault {
        does: "lengths are counted in bytes",
        apis: "customer",
        behaviour: |request, server| too_long(&request).unwrap_or_else(|| server.pass(request)),
        code: 1,
        told: &[
            ", probably by 1 cause:",
            "answered 400, expected a success (2xx)",
            "customer: POST /customers, and at 3 other operations",
            "it said: It went wrong. (name: Maximum length is 72)",
        ],
    },
    Fault {
        does: "any token is taken",
        apis: "usage",
        behaviour: |mut request, server| {
            let ledger = request.path.split('/').nth(4).unwrap_or_default().to_owned();
            request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
            request.headers.push(("Authorization".to_owned(), format!("Bearer etalon-{ledger}")));
            server.pass(request)
        },
        code: 1,
        told: &[
            ", probably by 1 cause:",
            "1. The token of another ledger never obtains data of this one\n   answered 200, expected ",
            "in 10 operations, such as usage: GET /",
        ],
    },
    Fault {
        does: "a gateway gives up on invoices",
        apis: "usage",
        behaviour: |request, server| match request.is("GET usage/invoices/*/**") {
            true => Response::empty(504),
            false => server.pass(request),
        },
        code: 4,
        told: &[
            " cases, such as usage/invoices/get: GET http://",
            " was answered 504: what stands before the target could not reach it\n",
        ],
    },
    Fault {
        does: "nothing is found",
        apis: "customer,usage",
        behaviour: |_, _| Response::problem(404, "customer-not-found"),
        code: 1,
        told: &["answered 404, expected ", "customer: POST /customers", "it said: It went wrong."],
    },
    Fault {
        does: "another server answers",
        apis: "customer,usage",
        behaviour: |request, _| {
            let message = format!("no route matches {} {}", request.method, request.path);
            Response::json_of(404, &json!({ "message": message }))
        },
        code: 4,
        told: &[
            "nothing that answers there is the customer API",
            "/ledger/customer/v1/100/customers/1 answers 404 and says \"no route matches GET /",
        ],
    },
];

/// The lengths that the document gives the members of the Customer API.
static LENGTHS: LazyLock<BTreeMap<String, usize>> = LazyLock::new(|| {
    let file = etalon::data::file("conformance/clauses/customer.json").unwrap();
    let file: Value = serde_json::from_slice(file).unwrap();
    let rows = file["clauses"].as_array().unwrap().iter();
    let rows = rows.filter(|clause| clause["row"]["maxLength"].is_u64());
    let of = |clause: &Value| {
        let name = clause["id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        (name, clause["row"]["maxLength"].as_u64().unwrap() as usize)
    };
    rows.map(of).collect()
});

/// Refuses a text that has more bytes than it may have characters.
fn too_long(request: &Request) -> Option<Response> {
    let mut problems = serde_json::Map::new();
    let mut body = request.json();
    texts("", &mut body, &mut |name, text| {
        let most = LENGTHS.get(name).copied().unwrap_or(usize::MAX);
        if text.chars().count() <= most && text.len() > most {
            problems.insert(name.to_owned(), json!([format!("Maximum length is {most}")]));
        }
    });
    let mut problem = Response::problem(400, "validation");
    if problems.is_empty() {
        return None;
    }
    problem = problem.edit(|body| body["Problems"] = problems.into());
    Some(problem)
}

/// Whoever ran the judge saw two thousand lines go by, and on his screen what came last in the suite.
/// What was wrong everywhere stood nowhere.
#[test]
fn the_last_screen_holds_the_cause_the_place_and_what_the_server_said() {
    for Fault { does, apis, behaviour, code, told } in FAULTS {
        let front = Front::start(*behaviour);
        let run = certify(&[&front.url(), "--api", apis]);
        let all = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, Some(*code), "{does}: {all}");
        let lines: Vec<_> = all.lines().collect();
        let screen = lines[lines.len().saturating_sub(SCREEN)..].join("\n");
        for part in *told {
            assert!(screen.contains(part), "{does}: `{part}` is not on the last screen:\n{screen}");
        }
    }
}

/// Whoever reads a report instead of the screen is told the same causes, and nothing in the notation
/// that is for who writes cases.
#[test]
fn reports_tell_the_same_causes_in_words() {
    let folder = folder();
    let (json, html) = (folder.path().join("r.json"), folder.path().join("r.html"));
    let flags = [format!("json={}", json.display()), format!("html={}", html.display())];
    let front = Front::start(FAULTS[1].behaviour);
    let url = front.url();
    let (api, reports) = (["--api", "customer"], ["--report", &flags[0], "--report", &flags[1]]);
    let cases = ["customer/problems/unknown-customer", "customer/customers/"];
    let run = certify(&[&[url.as_str()], &api[..], &reports, &cases].concat());
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    let (report, page) = (report(&json), fs::read_to_string(&html).unwrap());
    let cause = &report["causes"][0];
    let difference = cause["difference"].as_str().unwrap();
    assert!(run.stdout.contains(&format!("1. {difference}\n")), "{difference}: {}", run.stdout);
    let said = cause["said"].as_str().unwrap();
    assert!(run.stdout.contains(&format!("it said: {said}\n")), "{said}: {}", run.stdout);
    let look_at = cause["cases"][0].as_str().unwrap();
    assert!(run.stdout.contains(&format!("look at {look_at}\n")), "{look_at}: {}", run.stdout);
    let heading = page.find("<h2 id=\"causes\">").unwrap();
    assert!(heading < page.find("<h2 id=\"run\">").unwrap());
    assert!(page.contains(&format!("<a href=\"#case/{look_at}\">{look_at}</a>")), "{look_at}");
    // As the digest says to look at it.
    let one = [&[url.as_str()], &api[..], &[look_at, "--exact", "--details"]].concat();
    let whole = certify(&one).stdout;
    assert!(whole.contains(&format!("    {difference}\n")), "{difference}: {whole}");
    assert!(whole.contains("    it said: "), "{whole}");
    for text in [&whole, &report.to_string(), &page] {
        let notation = ["$oneOf", "$noneOf", "$near", "$dateTime", "$absent", "$should"];
        let found = notation.into_iter().find(|name| text.contains(name));
        assert_eq!(found, None, "{text}");
    }
}

/// A server that refused a request for its body told why, and the judge went on about the body.
#[test]
fn after_a_wrong_status_nothing_else_of_that_answer_is_said_and_junit_says_what_the_server_said() {
    let folder = folder();
    let junit = folder.path().join("r.xml");
    let front = Front::start(|request, server| match request.is("POST customer/customers") {
        true => Response::of(422, "text/plain", &json!("the year 2024 is closed")),
        false => server.pass(request),
    });
    let case = "customer/customers/create";
    let flags = ["--api", "customer", case, "--exact", "--details"];
    let report = format!("junit={}", junit.display());
    let run = certify(&[&[front.url().as_str(), "--report", &report], &flags[..]].concat());
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("    answered 422, expected "), "{}", run.stdout);
    assert!(run.stdout.contains("    it said: the year 2024 is closed\n"), "{}", run.stdout);
    let musts = run.stdout.lines().filter(|line| line.starts_with("  must  ")).count();
    assert_eq!(musts, run.stdout.matches("    answered 422").count(), "{}", run.stdout);
    let junit = fs::read_to_string(&junit).unwrap();
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let message = junit.descendants().find_map(|node| node.attribute("message")).unwrap();
    assert!(message.starts_with("answered 422, expected "), "{message}");
    assert!(message.ends_with("; it said: the year 2024 is closed"), "{message}");
}

/// Who looks for the failure has to read past no advisory.
#[test]
fn failures_stand_before_advisories_and_an_advisory_is_a_line() {
    let front = Front::start(|request, server| {
        let response = server.edit("GET usage/invoices/*", request, |body| {
            body["invoiceNo"] = 1.into();
        });
        match response.status {
            400.. => response.edit(|body| {
                if let Some(body) = body.as_object_mut() {
                    body.remove("Instance");
                }
            }),
            _ => response,
        }
    });
    let url = front.url();
    let all = ["--api", "usage", "usage/invoices/", "usage/problems/", "usage/unknown-number/"];
    let digest = certify(&[&[url.as_str()], &all[..]].concat()).stdout;
    assert!(!digest.contains("FAIL  ") && !digest.contains("ADVISORY"), "{digest}");
    assert!(
        digest.contains("2 recommendations are not followed, probably by 1 cause:\n- "),
        "{digest}"
    );
    let whole = |details: &str| certify(&[&[url.as_str(), details], &all[..]].concat()).stdout;
    let long = whole("--details");
    let (fail, advisory) = (long.rfind("FAIL  ").unwrap(), long.find("ADVISORY  ").unwrap());
    assert!(fail < advisory, "{long}");
    let lines = long.lines().filter(|line| line.starts_with("ADVISORY  "));
    assert!(lines.clone().count() > 1, "{long}");
    assert!(lines.clone().all(|line| line.contains(": usage/")), "{long}");
    assert!(whole("--details=all").lines().count() > long.lines().count() + lines.count());
}

/// Two servers were judged in one run, and the report named the first alone.
#[test]
fn the_last_lines_name_every_base() {
    let folder = folder();
    let (one, other) = (plain(), plain());
    let text = format!(
        "base = \"{}\"\nprovision = \"preloaded\"\n[api.usage]\n[api.gateway]\nbase = \"{}\"\n",
        one.url(),
        other.url()
    );
    let file = write(&folder, "target.toml", &text).display().to_string();
    let (json, html) = (folder.path().join("r.json"), folder.path().join("r.html"));
    let flags = [format!("json={}", json.display()), format!("html={}", html.display())];
    let cases = ["usage/invoices/get", "gateway/"];
    let args = ["--target", &file, "--report", &flags[0], "--report", &flags[1]];
    let run = certify(&[&args[..], &cases].concat());
    let named = format!("{} (usage), {} (gateway)", one.url(), other.url());
    let last = run.stdout.lines().last().unwrap();
    assert!(last.starts_with(&named), "{last}");
    assert!(fs::read_to_string(&html).unwrap().contains(&named));
    let json = json.display().to_string();
    let diff = crate::run::run(etalon("diff").args([&json, &json])).stdout;
    assert!(diff.contains(&format!("both judged {named}\n")), "{diff}");
}

/// A vendor was told that a list has 99 elements instead of 120, that a page was no XML though he had
/// asked for JSON, and that 307 is not 200: not which, what, nor where to.
#[test]
fn a_difference_says_which_element_which_format_and_where_to() {
    let table: [(&str, Behaviour, &str, &str); 4] = [
        (
            "gateway",
            |request, server| {
                server.change("GET gateway/*", request, |response| Response {
                    body: b"{\"firstName\":\"R\xe5\"}".to_vec(),
                    ..response.with_media("application/json")
                })
            },
            "gateway/customers/",
            "the body is not JSON: it is not UTF-8 (byte 0xe5 at 15)",
        ),
        (
            "usage",
            |request, server| {
                server.edit("GET usage/invoices/*/subscriptions", request, |body| {
                    body["items"].as_array_mut().unwrap().pop();
                })
            },
            "usage/invoices/subscriptions",
            "; missing: subscriptionNo \"",
        ),
        (
            "gateway",
            |request, server| {
                server.change("GET gateway/*", request, |response| Response {
                    body: b"<!DOCTYPE html><p>Moved".to_vec(),
                    ..response.with_media("text/html")
                })
            },
            "gateway/customers/",
            "the body is not JSON: it begins with `<!DOCTYPE html><p>Moved`",
        ),
        (
            "customer",
            |request, server| match request.is("GET customer/customers/*") {
                true => {
                    let mut response = Response::empty(307);
                    response.headers.push(("Location".to_owned(), "/elsewhere".to_owned()));
                    response
                }
                false => server.pass(request),
            },
            "customer/customers/get",
            "answered 307, which leads to /elsewhere, expected 200",
        ),
    ];
    for (api, behaviour, case, told) in table {
        let front = Front::start(behaviour);
        let run = certify(&[&front.url(), "--api", api, case, "--details=all"]);
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
    }
}
