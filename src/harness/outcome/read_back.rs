//! A JSON report that is read back: what it says of its run has to follow from what it says of its
//! cases.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::baseline::{Baseline, day};
use super::selection::Selection;
use super::verdict::{RunVerdict, Verdict};
use crate::harness::compare::CompiledSchemas;
use crate::harness::suite::Suite;
use crate::input::strict_json;

/// Reads a report of `--report json=FILE`.
///
/// # Errors
/// A sentence without a full stop: it is no JSON, says a thing twice or one that no report says, or
/// contradicts itself, and where.
pub fn read_report(bytes: &[u8], suite: &Suite) -> Result<Value, String> {
    let report = strict_json::read(bytes)?;
    check_report(&report, suite).map(|()| report)
}

/// Checks that a report has the form of one, and that no part of it contradicts another.
///
/// # Errors
/// A sentence without a full stop: what is wrong, and where, as a JSON pointer.
pub fn check_report(report: &Value, suite: &Suite) -> Result<(), String> {
    let schemas = CompiledSchemas::new(suite.schemas.clone());
    let mut faults = Vec::new();
    schemas.check("report.schema", report, &mut faults)?;
    if let Some(fault) = faults.first() {
        let at = if fault.pointer.is_empty() { "the whole" } else { &fault.pointer };
        return Err(format!("{at}: {}", fault.message));
    }
    Said::of(report)?.contradiction().map_or(Ok(()), Err)
}

/// What a report says.
struct Said<'r> {
    report: &'r Value,
    cases: Vec<Case<'r>>,
    selection: Selection,
}

struct Case<'r> {
    id: &'r str,
    verdict: Verdict,
    /// The clause and the level of each finding.
    findings: Vec<(&'r str, &'r str)>,
}

impl<'r> Said<'r> {
    fn of(report: &'r Value) -> Result<Said<'r>, String> {
        let text = |value: &'r Value| value.as_str().unwrap_or_default();
        let cases = list(&report["cases"]).map(|case| {
            let findings = list(&case["findings"]);
            let verdict = Verdict::named(text(&case["verdict"]));
            Some(Case {
                id: text(&case["id"]),
                verdict: verdict?,
                findings: findings.map(|f| (text(&f["clause"]), text(&f["level"]))).collect(),
            })
        });
        let cases = cases.collect::<Option<_>>().ok_or("/cases: a verdict is none")?;
        let selection = serde_json::from_value(report["selection"].clone());
        let selection = selection.map_err(|error| format!("/selection: {error}"))?;
        Ok(Said { report, cases, selection })
    }

    /// Returns the first thing that contradicts another.
    fn contradiction(&self) -> Option<String> {
        self.of_cases()
            .or_else(|| self.of_counts())
            .or_else(|| self.of_clauses())
            .or_else(|| self.of_coverage())
            .or_else(|| self.of_verdict())
            .or_else(|| self.of_causes())
    }

    fn of_cases(&self) -> Option<String> {
        let mut ids = BTreeSet::new();
        for (index, case) in self.cases.iter().enumerate() {
            let must = case.findings.iter().any(|(_, level)| *level == "must");
            let fits = match case.verdict {
                Verdict::Pass => case.findings.is_empty(),
                Verdict::Advisory => !case.findings.is_empty() && !must,
                _ => true,
            };
            let id = case.id;
            if !ids.insert(id) {
                return Some(format!("/cases/{index}: {id} stands twice"));
            }
            if !self.selection.wants(id) {
                return Some(format!("/cases/{index}: {id} was not selected, as /selection says"));
            }
            if !fits {
                let verdict = case.verdict.name();
                return Some(format!(
                    "/cases/{index}: {id} is {verdict}, which its findings contradict"
                ));
            }
        }
        None
    }

    fn of_counts(&self) -> Option<String> {
        Verdict::ALL.into_iter().find_map(|verdict| {
            let name = verdict.name();
            let count = self.cases.iter().filter(|case| case.verdict == verdict).count();
            let said = &self.report["counts"][name];
            (said.as_u64() != Some(count as u64))
                .then(|| format!("/counts/{name} is {said}, and {count} of its cases are {name}"))
        })
    }

    /// A clause is broken where a finding says so, and nowhere else.
    fn of_clauses(&self) -> Option<String> {
        let reliable = self
            .cases
            .iter()
            .filter(|case| !matches!(case.verdict, Verdict::Inconclusive | Verdict::HarnessError));
        let broken: BTreeSet<_> = reliable.flat_map(|case| case.findings.iter().copied()).collect();
        let mut ids = BTreeSet::new();
        list(&self.report["clauses"]).enumerate().find_map(|(index, clause)| {
            let id = clause["id"].as_str().unwrap_or_default();
            let verdict = clause["verdict"].as_str().unwrap_or_default();
            let found = match (broken.contains(&(id, "must")), broken.contains(&(id, "should"))) {
                (true, _) => &["broken"][..],
                (false, true) => &["advisory"],
                (false, false) => &["holds", "not-judged"],
            };
            let twice = !ids.insert(id);
            match (twice, found.contains(&verdict)) {
                (true, _) => Some(format!("/clauses/{index}: {id} stands twice")),
                (_, true) => None,
                (_, false) => Some(format!(
                    "/clauses/{index}: {id} is {verdict}, which the findings contradict"
                )),
            }
        })
    }

    /// The causes are those of what fails and is not known to, and of nothing else.
    fn of_causes(&self) -> Option<String> {
        let is_borne = |it: &&Value| it["standing"] == "known" || it["standing"] == "expired";
        let known = list(&self.report["baseline"]["known"]).filter(is_borne);
        let known: BTreeSet<_> = known.filter_map(|known| known["case"].as_str()).collect();
        let new = |case: &&Case| case.verdict == Verdict::Fail && !known.contains(case.id);
        let failing = || self.cases.iter().filter(new);
        let cases: BTreeSet<_> = failing().map(|case| case.id).collect();
        let findings = failing().flat_map(|case| &case.findings);
        let clauses: BTreeSet<_> =
            findings.filter(|(_, level)| *level == "must").map(|(clause, _)| *clause).collect();
        let of_causes = |member: &str| -> BTreeSet<&str> {
            let each = list(&self.report["causes"]).flat_map(|cause| list(&cause[member]));
            each.filter_map(Value::as_str).collect()
        };
        for (member, found) in [("cases", cases), ("clauses", clauses)] {
            if of_causes(member) != found {
                return Some(format!("/causes: their {member} are not those that fail"));
            }
        }
        None
    }

    fn of_coverage(&self) -> Option<String> {
        let clauses = list(&self.report["clauses"]).count() as u64;
        let coverage = || list(&self.report["coverage"]);
        let sum = |pointer: &str| -> u64 {
            coverage().filter_map(|api| api.pointer(pointer)?.as_u64()).sum()
        };
        let counted = |level: &str| {
            let of_level = list(&self.report["clauses"])
                .filter(|clause| clause["level"] == level && clause["status"] == "checked");
            of_level.count() as u64
        };
        let unjudged: u64 = coverage().map(|api| list(&api["unjudged"]).count() as u64).sum();
        let checked = sum("/must/checked") + sum("/should/checked");
        let judged = sum("/must/judged") + sum("/should/judged");
        let agrees = sum("/clauses") == clauses
            && sum("/must/checked") == counted("must")
            && sum("/should/checked") == counted("should")
            && checked.checked_sub(judged) == Some(unjudged)
            && sum("/must/hold") <= sum("/must/judged")
            && sum("/should/hold") <= sum("/should/judged");
        (!agrees).then(|| "/coverage: its numbers are not those of /clauses".to_owned())
    }

    fn of_verdict(&self) -> Option<String> {
        let report = self.report;
        let narrowed = self.selection.narrows();
        if report["narrowed"] != narrowed {
            return Some("/narrowed is not what /selection says".to_owned());
        }
        let without = list(&report["without"]).filter_map(|each| each.as_str().map(str::to_owned));
        let without: Vec<_> = without.collect();
        let verdicts = || self.cases.iter().map(|case| case.verdict);
        let whole =
            narrowed || list(&report["coverage"]).all(|api| list(&api["missing"]).next().is_none());
        let mut verdict = RunVerdict::of(verdicts(), narrowed, without.clone()).on_whole(whole);
        match self.baseline() {
            Err(why) => return Some(why),
            Ok(None) => {}
            Ok(Some(compared)) => verdict = verdict.beside(verdicts(), &compared).on_whole(whole),
        }
        let (said, found) = (&report["verdict"], verdict.name());
        if *said != found {
            return Some(format!("/verdict is {said}, and its cases make it {found}"));
        }
        if report["exitCode"] != verdict.exit().code() {
            let code = verdict.exit().code();
            return Some(format!("/exitCode is not {code}, as with {found}"));
        }
        let absent = verdicts().any(|verdict| verdict == Verdict::NotApplicable);
        let conforms = matches!(verdict, RunVerdict::Conforms { .. });
        (without.is_empty() == (absent && conforms))
            .then(|| "/without is not what was not applicable".to_owned())
    }

    /// Returns the cases beside the baseline that the report has.
    ///
    /// # Errors
    /// It says of its baseline what its cases contradict.
    fn baseline(&self) -> Result<Option<super::Compared>, String> {
        let said = &self.report["baseline"];
        let Some(baseline) = Baseline::said(said).map_err(|why| format!("/baseline: {why}"))?
        else {
            return Ok(None);
        };
        let began = self.report["started"].as_str().and_then(|text| text.parse().ok());
        let began = began.ok_or("/started is no date and time")?;
        let verdicts: BTreeMap<_, _> =
            self.cases.iter().map(|case| (case.id, case.verdict)).collect();
        let order = self.cases.iter().map(|case| case.id);
        let compared = baseline.beside(day(began), &verdicts, order);
        match compared.json() == *said {
            true => Ok(Some(compared)),
            false => Err("/baseline is not what its cases make of it".to_owned()),
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
