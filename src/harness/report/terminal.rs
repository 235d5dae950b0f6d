//! The report for a reader at a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::unblock::{counted, unblock};
use super::{CaseReport, Finding, RunReport, Tally};
use crate::harness::diff::diff;
use crate::harness::suite::{Level, Suite};
use crate::harness::verdict::{RunVerdict, Verdict};

/// Whether colours may be used.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// ANSI escapes for bold, red, green and yellow.
    pub color: bool,
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// At most this many differences of one clause in one answer are shown.
const MOST: usize = 12;

/// The whole report: what is not well, case by case, then the counts and the verdict.
pub fn terminal(report: &RunReport, suite: &Suite, style: Style) -> String {
    let mut text = String::new();
    for case in &report.cases {
        // What is missing stands at the end, each thing once.
        let is_told = case.missing.is_some();
        if !matches!(case.verdict, Verdict::Pass | Verdict::NotApplicable) && !is_told {
            let _ = writeln!(text, "{}", explain(case, suite, style));
        }
    }
    for case in report.cases.iter().filter(|case| case.verdict.is_good()) {
        if let Some(fault) = &case.rerun {
            let _ = writeln!(text, "{} ran again under new identifiers: {fault}\n", case.id);
        }
    }
    text.push_str(&waited(report));
    text.push_str(&absent(report));
    text.push_str(&unblock(report, suite));
    text.push_str(&created(report));
    text.push_str(&table(report));
    // A narrowed run says nothing of the rest.
    if !report.narrowed {
        text.push_str(&coverage(report));
    }
    let headline = match report.verdict {
        RunVerdict::Conforms { .. } | RunVerdict::SelectedPassed => GREEN,
        RunVerdict::DoesNotConform | RunVerdict::HarnessError => RED,
        RunVerdict::Inconclusive => YELLOW,
    };
    let _ = writeln!(text, "\n{}", style.paint(headline, &report.headline()));
    if report.target.get("insecure") == Some(&Value::Bool(true)) {
        let warning = "INSECURE: certificates were not verified; what answered may be anybody";
        let _ = writeln!(text, "{}", style.paint(RED, warning));
    }
    let base = report.target.get("base").and_then(Value::as_str).unwrap_or_default();
    let facts = format!(
        "{base} · {} cases in {:.2} s · seed {} · suite {}",
        report.cases.len(),
        report.elapsed.as_secs_f64(),
        report.seed,
        report.suite
    );
    let _ = writeln!(text, "{}", style.paint(DIM, &facts));
    text
}

/// The requests that were sent again at the target's own wish.
fn waited(report: &RunReport) -> String {
    let mut text: String =
        report.waits.iter().map(|wait| format!("before the first case: {wait}\n")).collect();
    for case in report.cases.iter().filter(|case| !case.waits.is_empty()) {
        let _ = writeln!(text, "{}: {}", case.id, case.waits.join("; "));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// How much the run made, and where each is named.
fn created(report: &RunReport) -> String {
    let created: Vec<_> = report.cases.iter().flat_map(|case| &case.created).collect();
    if created.is_empty() {
        return String::new();
    }
    let deleted = created.iter().filter(|each| each.deleted).count();
    let unknown = created.iter().filter(|each| each.status.is_none()).count();
    let mut text = format!("created: {}, ", counted(created.len(), "record"));
    let _ = match deleted {
        0 => write!(text, "none of which the API can delete"),
        _ => write!(text, "{deleted} of them deleted again; the API can delete no others"),
    };
    if unknown > 0 {
        let _ = write!(text, "; of {unknown} nobody knows, since no answer came");
    }
    text.push_str(" (each is named by --report json=FILE)\n\n");
    text
}

/// What was not applicable, a line for each reason.
fn absent(report: &RunReport) -> String {
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for case in report.cases.iter().filter(|case| case.verdict == Verdict::NotApplicable) {
        let reason = case.reason.as_deref().unwrap_or_default();
        match reasons.iter_mut().find(|(other, _)| *other == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let mut text = String::new();
    for (reason, count) in &reasons {
        let _ = writeln!(text, "not applicable: {}: {reason}", counted(*count, "case"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Counts by API and verdict; a verdict that nothing came to has no column.
fn table(report: &RunReport) -> String {
    let counts = report.counts();
    let present: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| {
            *verdict == Verdict::Pass || counts.iter().any(|(_, of)| of.contains_key(verdict))
        })
        .collect();
    let mut text = format!("{:10}", "");
    for verdict in &present {
        let _ = write!(text, "  {}", verdict.name());
    }
    for (api, of_api) in &counts {
        let _ = write!(text, "\n{api:10}");
        for verdict in &present {
            let count = of_api.get(verdict).copied().unwrap_or(0);
            let _ = write!(text, "  {count:>width$}", width = verdict.name().len());
        }
    }
    text.push('\n');
    text
}

/// How many of the clauses that are checked were judged, and of those how many hold.
fn coverage(report: &RunReport) -> String {
    let mut text =
        String::from("\nclauses      all   must  judged    hold  should  judged    hold\n");
    for coverage in &report.coverage {
        let _ = write!(text, "{:10}  {:>4}", coverage.api, coverage.clauses());
        for (width, Tally { checked, judged, hold }) in [(5, coverage.must), (6, coverage.should)] {
            let _ = write!(text, "  {checked:>width$}  {judged:>6}  {hold:>6}");
        }
        text.push('\n');
    }
    text
}

/// One case and everything that is not well about it.
pub fn explain(case: &CaseReport, suite: &Suite, style: Style) -> String {
    let (word, code) = match case.verdict {
        Verdict::Pass => ("PASS", GREEN),
        Verdict::Advisory => ("ADVISORY", YELLOW),
        Verdict::Fail => ("FAIL", RED),
        Verdict::NotApplicable => ("NOT APPLICABLE", YELLOW),
        Verdict::Blocked => ("BLOCKED", YELLOW),
        Verdict::Inconclusive => ("INCONCLUSIVE", YELLOW),
        Verdict::HarnessError => ("HARNESS ERROR", RED),
    };
    let mut text = format!("{}  {}\n", style.paint(code, word), style.paint(BOLD, &case.id));
    let _ = writeln!(text, "  {}", case.title);
    if let Some(rerun) = &case.rerun {
        let _ = writeln!(text, "  it ran again under new identifiers: {rerun}");
    }
    let mut rest = case.findings.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|each| together(first, each)).count();
        let (group, others) = rest.split_at(same);
        group_lines(&mut text, group, suite, style);
        rest = others;
    }
    if let Some(reason) = &case.reason {
        let _ = writeln!(text, "  {reason}");
    }
    text
}

fn together(a: &Finding, b: &Finding) -> bool {
    a.clause == b.clause && a.level == b.level && a.step == b.step && a.curl == b.curl
}

/// Findings of one clause in one answer.
fn group_lines(text: &mut String, group: &[Finding], suite: &Suite, style: Style) {
    let Some(first) = group.first() else { return };
    let code = if first.level == Level::Must { RED } else { YELLOW };
    let level = style.paint(code, first.level.name());
    let _ = writeln!(text, "\n  {level}  {}", first.clause);
    if let Some(clause) = suite.clause(&first.clause) {
        let _ = writeln!(text, "    {}", clause.requires);
        let numbers: Vec<_> = clause.readings.iter().map(u16::to_string).collect();
        let readings = match numbers.len() {
            0 => String::new(),
            1 => format!(" (reading {})", numbers[0]),
            _ => format!(" (readings {})", numbers.join(", ")),
        };
        let _ = writeln!(text, "    document {} › {}{readings}", clause.document, clause.heading);
    }
    let _ = writeln!(text, "    step `{}`, answered {}:", first.step, first.status);
    let _ = writeln!(text, "    {}", style.paint(DIM, &first.curl));
    for finding in group.iter().take(MOST) {
        let at = if finding.pointer.is_empty() { "" } else { &format!("{} ", finding.pointer) };
        let _ = writeln!(text, "    {at}{}", finding.message);
        for line in differences(finding) {
            let code = match line.as_bytes().first() {
                Some(b'-') => RED,
                Some(b'+') => GREEN,
                _ => DIM,
            };
            let _ = writeln!(text, "      {}", style.paint(code, &line));
        }
    }
    if group.len() > MOST {
        let _ = writeln!(text, "    … and {} more", group.len() - MOST);
    }
}

/// Expected and actual as a diff, unless the message already says both.
fn differences(finding: &Finding) -> Vec<String> {
    let whole = finding.pointer.is_empty();
    match (&finding.expected, &finding.actual) {
        (Some(expected), _) if whole && !is_container(expected) => Vec::new(),
        (Some(expected), actual) => diff(expected, actual.as_ref()),
        (None, Some(actual)) if is_container(actual) || whole => diff_of_actual(actual),
        _ => Vec::new(),
    }
}

fn diff_of_actual(actual: &Value) -> Vec<String> {
    diff(&Value::Null, Some(actual)).into_iter().filter(|line| !line.starts_with('-')).collect()
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}
