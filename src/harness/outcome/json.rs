//! The report as JSON, as `schemas/report.schema.json` describes it.

use serde_json::{Map, Value, json};

use super::compared::Compared;
use super::verdict::{RunVerdict, Verdict};
use super::{
    CaseReport, Cause, ClauseReport, Coverage, Created, Finding, Lack, Missing, RunReport, Tally,
    Waited, date_time,
};
use crate::harness::suite::Suite;

/// Returns the whole report.
pub fn json(report: &RunReport, suite: &Suite) -> Value {
    let counts: Map<String, Value> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            let count = report.cases.iter().filter(|case| case.verdict == verdict).count();
            (verdict.name().to_owned(), count.into())
        })
        .collect();
    let without: &[String] = match &report.verdict {
        RunVerdict::Conforms { without } => without,
        _ => &[],
    };
    json!({
        "tool": {"name": "etalon", "version": env!("CARGO_PKG_VERSION")},
        "started": date_time(report.started),
        "verdict": report.verdict.name(),
        "without": without,
        "exitCode": report.exit().code(),
        "narrowed": report.selection.narrows(),
        "selection": report.selection,
        "seed": report.seed,
        "suite": report.suite,
        "durationMs": report.elapsed.as_millis() as u64,
        "target": report.target,
        "counts": counts,
        "clauses": report.coverage.iter().flat_map(|coverage| &coverage.each).map(clause).collect::<Vec<_>>(),
        "coverage": report.coverage.iter().map(coverage).collect::<Vec<_>>(),
        "ended": report.ended,
        "waits": report.waits,
        "waited": report.waited().iter().map(waited).collect::<Vec<_>>(),
        "created": report.cases.iter().flat_map(|case| &case.created).map(created).collect::<Vec<_>>(),
        "choices": report.choices().to_json(),
        "left": report.cases.iter().flat_map(left).collect::<Vec<_>>(),
        "baseline": report.baseline.as_ref().map(Compared::json),
        "causes": report.causes().iter().map(Cause::json).collect::<Vec<_>>(),
        "lacks": report.lacks(suite).iter().map(lack).collect::<Vec<_>>(),
        "cases": report.cases.iter().map(case_json).collect::<Vec<_>>(),
    })
}

fn coverage(coverage: &Coverage) -> Value {
    let tally = |tally: Tally| json!({"checked": tally.checked, "judged": tally.judged, "hold": tally.hold});
    json!({
        "api": coverage.api,
        "clauses": coverage.clauses(),
        "must": tally(coverage.must),
        "should": tally(coverage.should),
        "unjudged": coverage.unjudged,
        "missing": coverage.missing.iter().map(missing).collect::<Vec<_>>(),
    })
}

fn missing(missing: &Missing) -> Value {
    let case = |(id, why): &(String, Option<String>)| json!({"case": id, "why": why});
    json!({
        "clause": missing.clause,
        "cases": missing.cases.iter().map(case).collect::<Vec<_>>(),
    })
}

fn clause(clause: &ClauseReport) -> Value {
    json!({
        "id": clause.id,
        "level": clause.level.name(),
        "status": clause.status.name(),
        "verdict": clause.verdict.name(),
    })
}

/// Returns what a report says of a case.
pub(crate) fn case_json(case: &CaseReport) -> Value {
    json!({
        "id": case.id,
        "api": case.api,
        "title": case.title,
        "file": case.file,
        "origin": case.origin.name(),
        "verdict": case.verdict.name(),
        "clauses": case.clauses,
        "ledger": case.ledger,
        "findings": case.findings.iter().map(finding).collect::<Vec<_>>(),
        "reason": case.reason,
        "rerun": case.rerun,
        "waits": case.waits,
        "durationMs": case.duration.as_millis() as u64,
    })
}

fn waited(waited: &Waited) -> Value {
    json!({"what": waited.what, "times": waited.times, "seconds": waited.seconds})
}

fn created(created: &Created) -> Value {
    json!({
        "api": created.api,
        "case": created.case,
        "method": created.method,
        "path": created.path,
        "identifier": created.identifier,
        "status": created.status,
        "deleted": created.deleted,
    })
}

fn left(case: &CaseReport) -> impl Iterator<Item = Value> {
    case.left.iter().map(|left| {
        json!({"case": case.id, "ledger": case.ledger, "what": left.what, "count": left.count})
    })
}

fn lack(lack: &Lack) -> Value {
    json!({
        "state": lack.state,
        "means": lack.means,
        "identifiers": lack.identifiers,
        "cases": lack.cases,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "clause": finding.clause,
        "level": finding.level.name(),
        "step": finding.step,
        "operation": finding.operation,
        "status": finding.status,
        "said": finding.said,
        "pointer": finding.pointer,
        "message": finding.message,
        "expected": finding.expected,
        "actual": finding.actual,
        "curl": finding.curl,
    })
}
