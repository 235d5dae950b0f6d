//! One case in words: each clause that it found broken, where it stands, and the difference.

use std::fmt::Write as _;

use serde_json::Value;

use super::style::{BOLD, DIM, GREEN, Painted, RED, Style, YELLOW};
use super::told::{MOST, Told};
use crate::harness::compare::diff;
use crate::harness::outcome::{CaseReport, Finding, Verdict, telling};
use crate::harness::suite::{Level, Suite};
use crate::output::visible::line;

/// Returns a case in words, with everything that is not well about it.
pub fn explain(case: &CaseReport, suite: &Suite, style: Style) -> String {
    let mut text = Painted::default();
    Explainer::new(suite).case(&mut text, case);
    text.finish(style)
}

/// Explains the cases of a run.
pub(super) struct Explainer<'r> {
    suite: &'r Suite,
    told: Told<'r>,
}

impl<'r> Explainer<'r> {
    pub(super) fn new(suite: &'r Suite) -> Self {
        Explainer { suite, told: Told::default() }
    }

    /// Writes everything that is not well about a case.
    pub(super) fn case(&mut self, text: &mut Painted, case: &'r CaseReport) {
        let (word, code) = match case.verdict {
            Verdict::Pass => ("PASS", GREEN),
            Verdict::Advisory => ("ADVISORY", YELLOW),
            Verdict::Fail => ("FAIL", RED),
            Verdict::NotApplicable => ("NOT APPLICABLE", YELLOW),
            Verdict::Blocked => ("BLOCKED", YELLOW),
            Verdict::Inconclusive => ("INCONCLUSIVE", YELLOW),
            Verdict::HarnessError => ("HARNESS ERROR", RED),
        };
        text.paint(code, word);
        text.push("  ");
        text.paint(BOLD, &case.id);
        let _ = writeln!(text, "\n  {}", case.title);
        if let Some(rerun) = &case.rerun {
            let _ = writeln!(text, "  it ran again under new identifiers: {}", line(rerun));
        }
        let mut was_short = false;
        let findings: Vec<_> = telling(&case.findings).collect();
        for group in findings.chunk_by(|a, b| a.is_of_group(b)) {
            let Some(first) = group.first() else { continue };
            let told = self.told.before(group, case);
            if told.is_none() || !was_short {
                text.push("\n");
            }
            text.push("  ");
            let code = if first.level == Level::Must { RED } else { YELLOW };
            text.paint(code, first.level.name());
            let _ = write!(text, "  {}", first.clause);
            match told {
                Some(other) => drop(writeln!(text, ", as in {other}")),
                None => self.group(text, first, group),
            }
            was_short = told.is_some();
        }
        if let Some(reason) = &case.reason {
            let _ = writeln!(text, "  {}", line(reason));
        }
    }

    /// Writes an advisory in a line: the first recommendation that is not followed.
    pub(super) fn advisory(text: &mut Painted, case: &CaseReport) {
        let mut findings = telling(&case.findings);
        let Some(first) = findings.next() else { return };
        text.paint(YELLOW, "ADVISORY");
        let _ = write!(text, "  {}: {}: {}", case.id, first.clause, line(&first.told()));
        match findings.count() {
            0 => text.push("\n"),
            more => drop(writeln!(text, "; and {more} more")),
        }
    }

    /// Writes the findings of one clause in one answer.
    fn group(&self, text: &mut Painted, first: &Finding, group: &[&Finding]) {
        text.push("\n");
        if let Some(clause) = self.suite.clause(&first.clause) {
            let _ = writeln!(text, "    {}", clause.requires);
            let _ = writeln!(text, "    {}", clause.stands());
        }
        let _ = writeln!(text, "    step `{}`, answered {}:", line(&first.step), first.status);
        text.push("    ");
        text.paint(DIM, &first.curl);
        text.push("\n");
        if let Some(said) = &first.said {
            let _ = writeln!(text, "    it said: {}", line(said));
        }
        for finding in group.iter().take(MOST) {
            let _ = writeln!(text, "    {}", line(&finding.told()));
            for each in differences(finding) {
                let code = match each.as_bytes().first() {
                    Some(b'-') => RED,
                    Some(b'+') => GREEN,
                    _ => DIM,
                };
                text.push("      ");
                text.paint(code, line(&each));
                text.push("\n");
            }
        }
        if group.len() > MOST {
            let _ = writeln!(text, "    … and {} more", group.len() - MOST);
        }
    }
}

/// Returns expected and actual as a diff, unless the message already says both.
fn differences(finding: &Finding) -> Vec<String> {
    match finding.compared() {
        Some((Some(expected), actual)) => diff(expected, actual),
        Some((None, Some(actual))) => diff_of_actual(actual),
        _ => Vec::new(),
    }
}

fn diff_of_actual(actual: &Value) -> Vec<String> {
    diff(&Value::Null, Some(actual)).into_iter().filter(|line| !line.starts_with('-')).collect()
}

#[cfg(test)]
mod tests {
    use super::{Explainer, Painted, Style};
    use crate::harness::compare::Kind;
    use crate::harness::outcome::{CaseReport, Finding};
    use crate::harness::suite::{Level, Suite};

    /// A report of forty pages hides the one other fault that it tells of.
    #[test]
    fn a_clause_that_every_answer_breaks_is_told_once_and_by_each_case_that_judges_it() {
        let suite = Suite::embedded().unwrap();
        let finding = |pointer: &str| Finding {
            clause: "usage/get-invoice/form".to_owned(),
            level: Level::Must,
            step: "get".to_owned(),
            status: 200,
            pointer: pointer.to_owned(),
            message: "is missing".to_owned(),
            expected: None,
            actual: None,
            curl: "curl 'http://localhost'".to_owned(),
            operation: "GET /a".to_owned(),
            said: None,
            kind: Kind::Format,
        };
        let report = |case: usize, pointers: &[&str], judges: bool| CaseReport {
            findings: pointers.iter().copied().map(finding).collect(),
            clauses: judges.then(|| "usage/get-invoice/form".to_owned()).into_iter().collect(),
            ..CaseReport::new(&suite.cases()[case])
        };
        let reports = [
            (report(0, &["/a"], false), true),
            (report(1, &["/a"], false), false),
            (report(2, &["/a"], true), true),
            (report(3, &["/a", "/b"], false), true),
            (report(4, &["/b"], false), false),
        ];
        let mut explainer = Explainer::new(&suite);
        for (report, whole) in &reports {
            let mut text = Painted::default();
            explainer.case(&mut text, report);
            let text = text.finish(Style { color: false });
            assert!(text.contains("must  usage/get-invoice/form"), "{text}");
            assert_eq!(text.contains("curl"), *whole, "{text}");
            assert_eq!(text.contains("form, as in "), !*whole, "{text}");
        }
    }
}
