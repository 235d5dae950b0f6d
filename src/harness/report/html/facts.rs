//! The verdict, and of what, when and by what it was given.

use serde_json::Value;

use super::markup::{Markup, put};
use super::{joined, mark};
use crate::harness::outcome::{ClauseVerdict, RunReport, Verdict, bases, date_time};
use crate::harness::report::unblock::counted;

/// Returns every base URL of the target.
pub(super) fn base(run: &RunReport) -> String {
    bases(&run.target)
}

/// Writes the headline and what it rests on.
pub(super) fn verdict(page: &mut Markup, run: &RunReport) {
    let mark = mark::of_run(&run.verdict);
    put!(page, "<p class=\"name\">Etalon <span>conformance report</span></p>\n"
        "<div class=\"verdict " (mark.class) "\"><span class=\"sign\" aria-hidden=\"true\">"
            (mark.sign)
        "</span><div><h1>" (run.headline()) "</h1>\n<p class=\"target\">" (base(run))
            "</p></div></div>\n<p class=\"lead\">"
        (counted(run.cases.len(), "case")) ": ");
    cases(page, run);
    put!(page, ". " (clauses(run)) "</p>\n");
    if run.target["insecure"] == Value::Bool(true) {
        put!(
            page,
            "<p class=\"alarm\"><strong>Insecure:</strong> certificates were not verified; what "
                "answered may be anybody.</p>\n"
        );
    }
}

/// Writes how many cases came to each verdict, each number a link to them.
fn cases(page: &mut Markup, run: &RunReport) {
    let of = |verdict| run.cases.iter().filter(|case| case.verdict == verdict).count();
    let counts = Verdict::ALL.into_iter().map(|verdict| (verdict, of(verdict)));
    for (place, (verdict, count)) in counts.filter(|(_, count)| *count > 0).enumerate() {
        put!(page, (if place > 0 { ", " } else { "" }) "<a href=\"#" (verdict.name()) "\">"
            (count) " "
            (mark::of_case(verdict).word) "</a>");
    }
}

fn clauses(run: &RunReport) -> String {
    let of = |verdict| {
        let all = run.coverage.iter().flat_map(|coverage| &coverage.each);
        all.filter(|clause| clause.verdict == verdict).count()
    };
    let broken = match of(ClauseVerdict::Broken) {
        0 => "No requirement was found broken".to_owned(),
        1 => "1 requirement is broken".to_owned(),
        count => format!("{count} requirements are broken"),
    };
    match of(ClauseVerdict::Advisory) {
        0 => format!("{broken}."),
        count => format!("{broken}, {} not followed.", counted(count, "recommendation")),
    }
}

/// Writes what was judged, when, and by what.
pub(super) fn facts(page: &mut Markup, run: &RunReport) {
    put!(
        page,
        "<section aria-labelledby=\"run\"><h2 id=\"run\">The run</h2>\n<dl class=\"facts\">\n"
    );
    let started = date_time(run.started);
    let shown = started.get(..19).unwrap_or(&started).replace('T', " ");
    put!(page, "<div><dt>Started</dt><dd><time datetime=\"" (started) "\">" (shown)
        " UTC</time></dd></div>\n");
    let facts = [
        ("Took", format!("{:.2} s", run.elapsed.as_secs_f64())),
        ("Tool", format!("etalon {}", env!("CARGO_PKG_VERSION"))),
        ("Suite", run.suite.clone()),
        ("Seed", run.seed.to_string()),
        ("Suite’s records", text(&run.target["provision"]).to_owned()),
    ];
    for (name, value) in facts {
        put!(page, "<div><dt>" (name) "</dt><dd>" (value) "</dd></div>\n");
    }
    put!(page, "</dl>\n");
    if run.selection.narrows() {
        put!(
            page,
            "<p>Only a part of the suite was selected; of the rest this run says nothing.</p>\n"
        );
    }
    put!(
        page,
        "<div class=\"pair\">\n<div class=\"scroll\"><table><caption>APIs</caption><thead "
            "class=\"unseen\"><tr><th scope=\"col\">API</th><th scope=\"col\">Where it "
            "stands</th></tr></thead><tbody>\n"
    );
    for api in list(&run.target["apis"]) {
        put!(page, "<tr><th scope=\"row\">" (text(&api["name"])) "</th><td class=\"long\"><code>"
            (text(&api["base"])) (text(&api["mount"])) "</code></td></tr>\n");
    }
    put!(page, "</tbody></table></div>\n");
    if !list(&run.target["ledgers"]).is_empty() {
        ledgers(page, run);
    }
    put!(page, "</div>\n");
    let known = list(&run.target["known"]);
    if !known.is_empty() {
        put!(page, "<p>The target file names what the target holds of: "
            (joined(known.iter().map(text), ", ")) ".</p>\n");
    }
    put!(page, "</section>\n");
}

fn ledgers(page: &mut Markup, run: &RunReport) {
    put!(
        page,
        "<div class=\"scroll\"><table><caption>Ledgers</caption><thead><tr><th scope=\"col\">"
            "No</th><th scope=\"col\">Country</th><th scope=\"col\">Numbers</th><th "
            "scope=\"col\">Grants</th></tr></thead><tbody>\n"
    );
    for ledger in list(&run.target["ledgers"]) {
        let grants = list(&ledger["grants"]);
        let grants =
            if grants.is_empty() { "none".into() } else { joined(grants.iter().map(text), ", ") };
        put!(page, "<tr><th scope=\"row\">" (text(&ledger["no"])) "</th><td>"
            (text(&ledger["country"]))
            "</td><td>" (text(&ledger["customerNoMode"])) "</td><td>" (grants) "</td></tr>\n");
    }
    put!(page, "</tbody></table></div>\n");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("–")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
