//! One answer of a case: what is not well in it, clause by clause, and the exchange.

use serde_json::Value;

use super::markup::{Markup, put};
use super::{anchor, exchange, mark};
use crate::harness::compare::{Row, side_by_side};
use crate::harness::outcome::{CaseReport, Finding, SafeExchange};
use crate::harness::report::told::{MOST, Told};
use crate::harness::suite::Suite;

/// At most this many exchanges of a case are listed.
const LONGEST_COURSE: usize = 40;

/// A case as it is told.
pub(super) struct Chapter<'r, 's> {
    pub(super) case: &'r CaseReport,
    pub(super) suite: &'s Suite,
    pub(super) shows_exchange: bool,
}

/// Writes the findings of one answer.
pub(super) fn answer<'r>(
    page: &mut Markup,
    chapter: &Chapter<'r, '_>,
    findings: &[&'r Finding],
    told: &mut Told<'r>,
) {
    let Some(first) = findings.first().copied() else { return };
    let exchange = chapter.case.exchanges.iter().rev().find(|each| is_of(each, first));
    put!(page, "<section class=\"answer\"><h3>Step <code>" (first.step) "</code>");
    if let Some(exchange) = exchange {
        put!(page, ": <code>" (exchange.request.method) " " (path(&exchange.request.url))
            "</code>");
    }
    put!(page, " <span class=\"status\">answered " (first.status) "</span></h3>\n");
    if let Some(said) = &first.said {
        put!(page, "<p class=\"said\">It said: " (said) "</p>\n");
    }
    let mut is_new = false;
    for group in findings.chunk_by(|a, b| a.is_of_group(b)) {
        let Some(first) = group.first() else { continue };
        let elsewhere = told.before(group, chapter.case);
        let mark = mark::of_level(first.level);
        put!(page, "<div class=\"finding " (mark.class) "\"><p><span class=\"tag " (mark.class)
            "\"><span aria-hidden=\"true\">" (mark.sign) "</span> " (mark.word)
                "</span> <a href=\"#"
            (anchor::of_clause(&first.clause)) "\"><code>" (first.clause) "</code></a>");
        match elsewhere {
            Some(other) => {
                put!(page, ", as in <a href=\"#" (anchor::of_case(other)) "\">" (other)
                    "</a></p>")
            }
            None => {
                is_new = true;
                put!(page, "</p>");
                clause(page, chapter, group);
            }
        }
        put!(page, "</div>\n");
    }
    if is_new {
        match exchange.filter(|_| chapter.shows_exchange) {
            Some(exchange) => exchange::exchange(page, exchange),
            None if chapter.case.exchanges.is_empty() => {}
            None => put!(
                page,
                "<p class=\"reason\">The exchange is left out, to keep this report readable; "
                    "--report har=FILE holds it.</p>\n"
            ),
        }
        put!(page, "<p class=\"label\">Again, from a shell</p>"
            "<pre class=\"curl\" tabindex=\"0\">" (first.curl) "</pre>\n");
    }
    put!(page, "</section>\n");
}

/// Returns whether a finding speaks of an exchange: the step, the status and the line that repeats
/// it agree.
fn is_of(exchange: &SafeExchange, finding: &Finding) -> bool {
    exchange.step.as_deref() == Some(&finding.step)
        && exchange.answer.as_ref().is_ok_and(|answer| answer.status == finding.status)
        && finding.curl.contains(&format!("'{}'", exchange.request.url.replace('\'', r"'\''")))
}

/// Writes the clause in words, and each place where it is broken.
fn clause(page: &mut Markup, chapter: &Chapter<'_, '_>, group: &[&Finding]) {
    if let Some(clause) = group.first().and_then(|first| chapter.suite.clause(&first.clause)) {
        put!(page, "<p class=\"requires\">" (clause.requires) "</p><p class=\"where\">"
            (clause.stands()) "</p>\n");
    }
    for finding in group.iter().take(MOST) {
        match finding.pointer.as_str() {
            "" => put!(page, "<p class=\"message\">" (finding.told()) "</p>"),
            place => put!(page, "<p class=\"message\"><code>" (place) "</code> "
                (finding.message) "</p>"),
        }
        // The whole body is shown with the exchange.
        let is_shown = finding.expected.is_none()
            && finding.pointer.is_empty()
            && chapter.shows_exchange
            && !chapter.case.exchanges.is_empty();
        if let Some((expected, actual)) = finding.compared().filter(|_| !is_shown) {
            let none = |value: Option<&Value>| if value.is_none() { "nothing" } else { "" };
            difference(page, &side_by_side(expected, actual), [none(expected), none(actual)]);
        }
        put!(page, "\n");
    }
    if group.len() > MOST {
        put!(page, "<p class=\"reason\">… and " (group.len() - MOST) " more</p>\n");
    }
}

/// Writes lines side by side; `absent` is what stands for a side that has none at all.
fn difference(page: &mut Markup, rows: &[Row], absent: [&str; 2]) {
    put!(
        page,
        "<table class=\"diff\"><thead><tr><th scope=\"col\">expected</th><th scope=\"col\">"
            "actual</th></tr></thead><tbody>"
    );
    for (place, row) in rows.iter().enumerate() {
        let absent = absent.map(|word| if place == 0 { word } else { "" });
        match row {
            Row::Same(line) => {
                put!(page, "<tr class=\"same\"><td>" (line) "</td><td>" (line) "</td></tr>")
            }
            Row::Differs { expected, actual } => {
                put!(page, "<tr>");
                match expected {
                    Some(line) => put!(page, "<td class=\"del\">" (line) "</td>"),
                    None => put!(page, "<td class=\"nil\">" (absent[0]) "</td>"),
                }
                match actual {
                    Some(line) => put!(page, "<td class=\"ins\">" (line) "</td>"),
                    None => put!(page, "<td class=\"nil\">" (absent[1]) "</td>"),
                }
                put!(page, "</tr>");
            }
            Row::Gap => put!(page, "<tr class=\"gap\"><td colspan=\"2\">…</td></tr>"),
            Row::More(count) => {
                put!(page, "<tr class=\"gap\"><td colspan=\"2\">… and " (count)
                    " more lines</td></tr>")
            }
        }
    }
    put!(page, "</tbody></table>");
}

/// Writes what was sent, in its order. Of a case that found nothing broken the last exchange is
/// shown whole.
pub(super) fn course(page: &mut Markup, case: &CaseReport) {
    let exchanges = &case.exchanges;
    if exchanges.is_empty() {
        return;
    }
    if case.findings.is_empty()
        && let Some(last) = exchanges.last()
    {
        put!(page, "<section class=\"answer\"><h3>The last exchange</h3>\n");
        exchange::exchange(page, last);
        put!(page, "</section>\n");
    }
    put!(page, "<details class=\"course\"><summary>All that was sent, in its order "
        "<span class=\"many\">" (exchanges.len()) "</span></summary><ol>\n");
    for exchange in exchanges.iter().take(LONGEST_COURSE) {
        put!(page, "<li><code>" (exchange.request.method) " " (path(&exchange.request.url))
            "</code> ");
        match &exchange.answer {
            Ok(answer) => put!(page, "<span class=\"status\">" (answer.status) "</span>"),
            Err(unanswered) => {
                put!(page, "<span class=\"status\">" (unanswered.reason()) "</span>")
            }
        }
        if let Some(step) = &exchange.step {
            put!(page, " <span class=\"step\">" (step) "</span>");
        }
        put!(page, "</li>\n");
    }
    put!(page, "</ol></details>\n");
}

/// Returns the path and query of a URL.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |start| &rest[start..])
}
