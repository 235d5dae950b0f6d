//! Judging again what is kept in a bundle, without a network.

use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::file::{Bundle, Kept};
use super::played::Played;
use crate::harness::evidence::redaction::{Redaction, has_redactions, is_redacted};
use crate::harness::outcome::{
    Baseline, CaseReport, Finding, Verdict, case_json, json, read_finding,
};
use crate::harness::run::{
    Bench, Claims, Controls, Judge, Options, Others, Session, in_parallel, runner,
};
use crate::harness::subject::Target;
use crate::harness::suite::Suite;

/// The outcome of a bundle that was judged again.
#[derive(Debug)]
pub struct Verification {
    /// The number of cases that were judged again.
    pub cases: usize,
    /// The verdict of the run, judged again.
    pub verdict: String,
    /// The differences from what the bundle says.
    pub differences: Vec<Difference>,
    /// The cases of which a part rests on what was redacted, and is as the bundle says it.
    pub redacted: Vec<String>,
    /// The cases that cannot be judged again, since what was redacted told one record from another.
    pub unknown: Vec<String>,
}

/// Something that the bundle says and that its exchanges do not.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    /// The case, or nothing for the run as a whole.
    pub case: Option<String>,
    /// The difference: what is said and what is found, as a sentence without a full stop.
    pub what: String,
}

/// Judges every case of a bundle again and compares all that is said of it, but for times.
///
/// # Errors
/// A sentence: it was judged by another suite, or its target is of another version.
pub fn verify(suite: Arc<Suite>, bundle: &Bundle, threads: usize) -> Result<Verification, String> {
    let digest = suite.digest();
    if bundle.run.suite != digest {
        return Err(format!(
            "it was judged by suite {} of etalon {}, and this is etalon {} with suite {digest}: \
             verify it with the version that wrote it",
            bundle.run.suite,
            bundle.run.version,
            env!("CARGO_PKG_VERSION"),
        ));
    }
    let target = Target::of_record(bundle.run.target.clone())?;
    let options = Options { seed: bundle.run.seed, threads, ..Options::default() };
    let redaction = Redaction::of(&target);
    let bench = Bench::of_kept_exchanges(suite, target, options, redaction);
    let judge = Judge::of_prepared_run(bench, &bundle.run.bare, &bundle.run.heard);
    let judge = judge.map_err(|refusal| refusal.sentence)?;

    let said = bundle.report["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut differences = Vec::new();
    let mut differ = |case: Option<&str>, what: String| {
        differences.push(Difference { case: case.map(str::to_owned), what });
    };
    if said.len() != bundle.cases.len() {
        let (said, kept) = (said.len(), bundle.cases.len());
        differ(None, format!("the report has {said} cases, and {kept} are kept"));
    }
    let again = in_parallel(judge.threads(), &bundle.cases, |kept| again(&judge, kept, said));
    let mut reports = Vec::new();
    let (mut redacted, mut unknown) = (Vec::new(), Vec::new());
    for (kept, again) in bundle.cases.iter().zip(again) {
        match again {
            Ok(Again { report, part, differs }) => {
                differs.into_iter().for_each(|what| differ(Some(&kept.id), what));
                match part {
                    Part::Whole => {}
                    Part::Seen => redacted.push(kept.id.clone()),
                    Part::None => unknown.push(kept.id.clone()),
                }
                reports.push(report);
            }
            Err(what) => differ(Some(&kept.id), what),
        }
    }
    let narrowed = bundle.report["narrowed"].as_bool().unwrap_or_default();
    if !narrowed {
        let apis = judge.target().apis();
        let all = judge.suite().cases().iter().filter(|case| apis.contains(&case.api()));
        let left_out = all.filter(|case| !bundle.cases.iter().any(|kept| kept.id == case.id()));
        left_out.for_each(|case| differ(Some(case.id()), "it was left out".to_owned()));
    }
    let run = runner::conclude(&judge, reports, narrowed, began(&bundle.report)?);
    let run = match Baseline::of_json(&bundle.report)? {
        Some(baseline) => run.beside(&baseline),
        None => run,
    };
    let found = json(&run, judge.suite());
    for member in
        ["verdict", "without", "exitCode", "counts", "coverage", "clauses", "baseline", "lacks"]
    {
        let (said, found) = (&bundle.report[member], &found[member]);
        // Which clauses were judged, only a case tells that is judged again as a whole.
        let whole = unknown.is_empty() && redacted.is_empty();
        let open = !whole && matches!(member, "coverage" | "clauses");
        if said != found && !open {
            differ(None, format!("{member}: said is {said}, found is {found}"));
        }
    }
    let verdict = run.headline();
    Ok(Verification { cases: bundle.cases.len(), verdict, differences, redacted, unknown })
}

/// Returns when a run began, by its report: a baseline is borne until a day.
fn began(report: &Value) -> Result<SystemTime, String> {
    let began = report["started"].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    began.map(SystemTime::from).ok_or_else(|| "its report does not say when it began".to_owned())
}

/// A case that was judged again.
struct Again {
    report: CaseReport,
    part: Part,
    /// The things that are said of it otherwise than they are found.
    differs: Vec<String>,
}

/// The part of a case that could be judged again.
enum Part {
    Whole,
    /// All but what was redacted, which is taken as it is said.
    Seen,
    /// Nothing for certain: all is taken as it is said.
    None,
}

fn again(judge: &Judge, kept: &Kept, said: &[Value]) -> Result<Again, String> {
    let case = judge.suite().cases().iter().find(|case| case.id() == kept.id);
    let case = case.ok_or("the suite has no such case")?;
    let said = said.iter().find(|said| said["id"] == kept.id.as_str());
    let said = said.ok_or("the report does not have it")?;
    let verdict = said["verdict"].as_str().and_then(Verdict::named);
    let verdict = verdict.ok_or("its verdict is none")?;
    let reason = said["reason"].as_str();
    if kept.exchanges.is_empty() && verdict == Verdict::Inconclusive {
        // Nothing was sent any more: the target was taken for dead, or for another site.
        let mut report = CaseReport::new(case);
        report.end(verdict, reason.unwrap_or_default());
        return Ok(Again { report, part: Part::Whole, differs: Vec::new() });
    }
    let findings = said["findings"].as_array().into_iter().flatten().map(read_finding);
    let findings: Vec<_> = findings.collect::<Option<_>>().ok_or("a finding of it is none")?;
    let played = Played::new(&kept.exchanges);
    let (others, controls) = (Others::of(&kept.others), Controls::of(&kept.controls));
    let claims = Claims::of(&kept.redrawn, others, controls);
    let session = Session { transport: &played, claims: &claims, seed: judge.seed() };
    let mut report = judge.judge_in(case, session);
    let unseen = report.unseen || findings.iter().any(hides);
    let seen = findings.iter().filter(|finding| !hides(finding)).eq(&report.findings);
    let mut part = Part::Whole;
    if unseen && seen {
        (report.verdict, report.findings) = (verdict, findings.clone());
        part = Part::Seen;
    }
    let mut differs = compare(said, &report);
    differs.extend(played.strayed());
    if !differs.is_empty() && kept.exchanges.iter().any(has_redactions) {
        (report.verdict, report.findings) = (verdict, findings);
        report.reason = reason.map(str::to_owned);
        (part, differs) = (Part::None, Vec::new());
    }
    if !matches!(part, Part::Whole) && verdict.is_good() {
        // What rests on the bundle's word is taken by it whole: each clause of the case was judged.
        for clause in judge.suite().clauses_of(case) {
            report.judged.entry(clause.id.clone()).or_insert(clause.level);
        }
    }
    Ok(Again { report, part, differs })
}

/// Returns whether a finding is of what was redacted.
fn hides(finding: &Finding) -> bool {
    let values = [&finding.expected, &finding.actual].into_iter().flatten();
    is_redacted(finding.message.as_bytes())
        || values.into_iter().any(|value| is_redacted(value.to_string().as_bytes()))
}

/// Returns what is said of a case otherwise than it is found, but for how long it took and how it
/// was waited for.
fn compare(said: &Value, found: &CaseReport) -> Vec<String> {
    let found = case_json(found);
    let differs = |member: &&str| said[*member] != found[*member];
    let members = ["verdict", "clauses", "ledger", "reason", "findings"].into_iter();
    let told = |member| format!("{member}: said is {}, found is {}", said[member], found[member]);
    members.filter(differs).map(told).collect()
}
