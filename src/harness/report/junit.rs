//! The report as JUnit XML: a suite for each API, a test case for each case.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Style, explain};
use crate::harness::outcome::{CaseReport, Finding, RunReport, Verdict, telling};
use crate::harness::suite::{Level, Suite};
use crate::output::visible::line;

/// Returns the whole report.
///
/// # Errors
/// It cannot be written as XML.
pub fn junit(report: &RunReport, suite: &Suite) -> Result<String, String> {
    let mut whole = Report::new("etalon certify");
    whole.set_time(report.elapsed);
    for (api, _) in report.counts() {
        let mut of_api = TestSuite::new(api);
        let cases = report.cases.iter().filter(|case| case.api == api);
        of_api.add_test_cases(cases.map(|case| test_case(case, suite)));
        whole.add_test_suite(of_api);
    }
    whole.to_string().map_err(|error| error.to_string())
}

fn test_case(case: &CaseReport, suite: &Suite) -> TestCase {
    let mut status = match case.verdict {
        Verdict::Pass | Verdict::Advisory => TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::NotApplicable => TestCaseStatus::skipped(),
        Verdict::Blocked | Verdict::Inconclusive | Verdict::HarnessError => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
    };
    let explained = explain(case, suite, Style { color: false });
    if !case.verdict.is_good() {
        let mut findings = telling(&case.findings);
        let first = findings.clone().find(|it| it.level == Level::Must).or(findings.next());
        let message = first.map(told).or(case.reason.clone()).unwrap_or_default();
        status.set_message(line(&message));
        status.set_type(case.verdict.name());
        status.set_description(explained.clone());
    }
    let mut test = TestCase::new(case.id.as_str(), status);
    test.set_classname(case.api.as_str()).set_time(case.duration);
    if case.verdict == Verdict::Advisory {
        test.set_system_out(explained);
    }
    test
}

/// Returns a finding in a line: where and what is wrong, and what the target said.
fn told(finding: &Finding) -> String {
    match &finding.said {
        Some(said) => format!("{}; it said: {said}", finding.told()),
        None => finding.told(),
    }
}
