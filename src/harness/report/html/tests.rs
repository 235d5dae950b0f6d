//! The report of runs that were made up: all of it, and nothing that runs.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::html;
use super::policy::{SCRIPT, STYLE};
use crate::harness::compare::Kind;
use crate::harness::outcome::{
    CaseReport, Coverage, Finding, RunReport, RunVerdict, SafeExchange, SafeRequest, Selection,
    Verdict, json,
};
use crate::harness::suite::{Level, Suite};
use crate::harness::wire::{Answer, NoAnswer};

/// Returns a run whose cases come to all verdicts in turn, and whose target says `hostile` wherever
/// it can.
fn run(suite: &Suite, hostile: &str) -> RunReport {
    let verdicts = Verdict::ALL.into_iter().cycle();
    let case = |(case, verdict): (_, Verdict)| report(CaseReport::new(case), verdict, hostile);
    let cases: Vec<_> = suite.cases().iter().zip(verdicts).map(case).collect();
    let apis = ["customer", "usage", "gateway", "tmf"];
    RunReport {
        verdict: RunVerdict::DoesNotConform,
        coverage: apis.map(|api| Coverage::after(suite, api, &cases)).into(),
        cases,
        baseline: None,
        waits: vec![hostile.to_owned()],
        ended: Some(hostile.to_owned()),
        before: Vec::new(),
        selection: Selection::default(),
        seed: 7,
        suite: suite.digest(),
        target: json!({"base": hostile, "apis": [{"name": "usage", "base": hostile, "mount": "/"}],
            "ledgers": [{"no": hostile, "grants": [hostile]}], "known": [hostile]}),
        started: SystemTime::UNIX_EPOCH,
        elapsed: Duration::from_secs(1),
    }
}

fn report(case: CaseReport, verdict: Verdict, hostile: &str) -> CaseReport {
    if verdict == Verdict::Pass {
        return CaseReport { verdict, ..case };
    }
    let text = || hostile.to_owned();
    let sent = SafeRequest {
        method: "POST".to_owned(),
        url: format!("http://localhost/{hostile}"),
        headers: vec![(text(), text())],
        authorization: Some("Bearer".to_owned()),
        body: Some(hostile.as_bytes().to_vec()),
    };
    let answer = Answer {
        status: 200,
        headers: vec![(text(), text())],
        body: json!({hostile: [hostile]}).to_string().into_bytes(),
        waits: vec![text()],
        long: None,
    };
    let exchange = |answer| SafeExchange {
        step: Some("read".to_owned()),
        at: SystemTime::UNIX_EPOCH,
        took: Duration::from_millis(1),
        request: sent.clone(),
        answer,
    };
    let level = if verdict == Verdict::Fail { Level::Must } else { Level::Should };
    let finding = Finding {
        clause: case.clauses.first().cloned().unwrap_or_default(),
        level,
        step: "read".to_owned(),
        status: 200,
        pointer: format!("/{hostile}"),
        message: text(),
        expected: Some(json!({"a": hostile})),
        actual: Some(json!({"a": [hostile]})),
        operation: text(),
        said: Some(text()),
        kind: Kind::member(hostile),
        curl: format!("curl -i 'http://localhost/{}'", hostile.replace('\'', r"'\''")),
    };
    let judged = matches!(verdict, Verdict::Fail | Verdict::Advisory);
    CaseReport {
        verdict,
        findings: judged.then_some(finding).into_iter().collect(),
        reason: Some(text()),
        rerun: Some(text()),
        exchanges: vec![exchange(Ok(answer)), exchange(Err(NoAnswer::Transport(text())))],
        ..case
    }
}

#[test]
fn nothing_that_a_target_says_is_markup_or_a_link_or_a_script() {
    let suite = Suite::embedded().unwrap();
    let plain = html(&run(&suite, "plain"), &suite);
    // As many tags of each kind stand in both.
    let tags = |page: &str| {
        ["<script", "<a ", "<p", "<li", "<td", "</"].map(|tag| page.matches(tag).count())
    };
    for hostile in [
        "</script><script>alert(1)</script>",
        "</pre></details></style><img src=x onerror=alert(1)>",
        "\" autofocus onfocus=\"alert(1)",
        "javascript:alert(1)",
        "'><svg/onload=alert(1)>",
        "<!--",
        "&lt;script&gt;&#x3c;",
        "\u{0}\u{8}\u{1b}[31m\u{202e}",
    ] {
        let page = html(&run(&suite, hostile), &suite);
        assert_eq!(tags(&page), tags(&plain), "{hostile:?}");
        let said = page.replacen(STYLE, "", 1).replacen(SCRIPT, "", 1);
        for sign in ["<img", "<svg/", " onerror=alert", "<!--", "\u{0}", "\u{1b}", "\u{202e}"] {
            let is_ours = plain.contains(sign);
            assert!(
                is_ours || !said.contains(sign) || sign.starts_with(' '),
                "{hostile:?}: {sign:?}"
            );
        }
        // Every attribute of a tag is one that we write.
        for tag in said.split('<').skip(1).filter_map(|rest| rest.split_once('>')) {
            let handler = tag.0.split('"').step_by(2).any(|ours| ours.contains(" on"));
            assert!(!handler, "{hostile:?}: <{}>", tag.0);
        }
        for link in said.split("href=\"").skip(1) {
            assert!(link.starts_with('#'), "{hostile:?}: {}", &link[..40]);
        }
    }
}

#[test]
fn nothing_is_loaded_and_only_what_is_ours_may_run() {
    let suite = Suite::embedded().unwrap();
    let page = html(&run(&suite, "plain"), &suite);
    for sign in ["src=", "<link", "@import", "url(", "<iframe", " style=\"", "<base"] {
        assert!(!page.contains(sign), "{sign}");
    }
    assert!(
        page.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-"),
        "{page:.400}"
    );
    assert!(!page.contains("unsafe-inline"));
    assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (1, 1));
}

#[test]
fn the_counts_are_those_of_the_json_report() {
    let suite = Suite::embedded().unwrap();
    let run = run(&suite, "plain");
    let (page, json) = (html(&run, &suite), json(&run, &suite));
    for verdict in Verdict::ALL {
        let name = verdict.name();
        let counted = json["counts"][name].as_u64().unwrap();
        let shown = page.matches(&format!("data-case=\"{name}\"")).count();
        assert_eq!(shown as u64, counted, "{name}");
        let summed: u64 = page
            .split("data-count=\"")
            .skip(1)
            .filter(|cell| {
                cell.split('"').next().is_some_and(|of| of.ends_with(&format!(" {name}")))
            })
            .map(|cell| cell.split(['>', '<']).nth(1).unwrap().parse::<u64>().unwrap())
            .sum();
        assert_eq!(summed, counted, "{name}");
    }
    let clauses = json["clauses"].as_array().unwrap();
    for clause in clauses {
        let id = clause["id"].as_str().unwrap();
        assert_eq!(page.matches(&format!("<li id=\"clause/{id}\">")).count(), 1, "{id}");
        assert_eq!(
            page.matches(&format!("href=\"#clause/{id}\" title=\"{id} ")).count(),
            1,
            "{id}"
        );
    }
    for case in &run.cases {
        assert_eq!(page.matches(&format!("id=\"case/{}\"", case.id)).count(), 1, "{}", case.id);
    }
}

#[test]
fn a_run_that_goes_well_is_a_small_file_and_one_that_goes_ill_stays_usable() {
    let suite = Suite::embedded().unwrap();
    let mut well = run(&suite, "plain");
    well.cases =
        suite.cases().iter().map(|case| report(CaseReport::new(case), Verdict::Pass, "")).collect();
    well.coverage =
        well.coverage.iter().map(|of| Coverage::after(&suite, &of.api, &well.cases)).collect();
    let size = html(&well, &suite).len();
    // The clauses, the readings, and the exchanges as printed, each once.
    assert!(size < 1_150_000, "{size}");

    let mut ill = run(&suite, &"long ".repeat(20_000));
    ill.cases.retain(|case| case.verdict != Verdict::Pass);
    let page = html(&ill, &suite);
    assert!(page.contains("100000 bytes in all"), "a body is cut with its length told");
    assert!(page.len() < 20_000_000, "{}", page.len());
}

/// Who follows a reading or an exchange from a clause gets there, and finds it once.
#[test]
fn every_link_leads_to_what_is_on_the_page_once() {
    let suite = Suite::embedded().unwrap();
    let page = html(&run(&suite, "plain"), &suite);
    let after =
        |sign: &'static str| page.split(sign).skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut places = HashSet::new();
    for id in after(" id=\"") {
        assert!(places.insert(id), "{id} is there twice");
    }
    let links: HashSet<_> = after(" href=\"#").collect();
    for link in &links {
        assert!(places.contains(link), "{link} leads nowhere");
    }
    let cited = suite.clauses().into_iter().flat_map(|clause| &clause.readings);
    for number in cited {
        assert!(links.contains(format!("reading/{number}").as_str()), "{number}");
    }
    assert!(page.contains("POST /ledger/customer/v1/XXX/customers"));
}
