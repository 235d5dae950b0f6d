//! The report for a reader at a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::digest::{advice, digest, where_more};
use super::explain::Explainer;
use super::style::{DIM, GREEN, Painted, RED, Style, YELLOW};
use super::told::{how_to_repeat, variables};
use super::unblock::{counted, unblock};
use crate::harness::outcome::{
    CaseReport, EntryStatus, KnownFailure, Left, Missing, RunReport, RunVerdict, Tally, Verdict,
    Waited, bases, gist,
};
use crate::harness::suite::Suite;
use crate::output::visible::line;

/// How much of what is not well is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// What probably caused it, on one screen.
    Digest,
    /// Each failure whole, and each advisory in a line.
    Failures,
    /// Each advisory whole, too.
    All,
}

/// Returns the whole report: what is not well, as far as it is asked for, then the counts, the digest
/// and the verdict.
pub fn terminal(report: &RunReport, suite: &Suite, details: Details, style: Style) -> String {
    let mut text = Painted::default();
    match details {
        Details::Digest => text.push(&unjudged(report)),
        Details::Failures | Details::All => whole(&mut text, report, suite, details),
    }
    for case in report.cases.iter().filter(|case| case.verdict.is_good()) {
        if let Some(fault) = &case.rerun {
            let fault = line(fault);
            let _ = writeln!(text, "{} ran again under new identifiers: {fault}\n", case.id);
        }
    }
    text.push(&known(report));
    text.push(&waited(report));
    text.push(&absent(report));
    text.push(&unblock(report, suite));
    text.push(&created(report));
    text.push(&left(report));
    text.push(&table(report));
    // A narrowed run says nothing of the rest.
    if !report.selection.narrows() {
        text.push(&coverage(report));
        text.push(&missing(report, suite));
    }
    let look_at = digest(&mut text, report, suite);
    if details == Details::Digest {
        advice(&mut text, report, suite, look_at.is_some());
        look_at.iter().for_each(|case| where_more(&mut text, case));
    }
    let headline = match report.verdict {
        RunVerdict::Conforms { .. } | RunVerdict::SelectedPassed => GREEN,
        RunVerdict::DoesNotConform | RunVerdict::HarnessError => RED,
        RunVerdict::NoNewFailures | RunVerdict::BaselineOutOfDate | RunVerdict::Inconclusive => {
            YELLOW
        }
    };
    text.push("\n");
    text.paint(headline, report.headline());
    text.push("\n");
    if report.target.get("insecure") == Some(&Value::Bool(true)) {
        let warning = "INSECURE: certificates were not verified; what answered may be anybody";
        text.paint(RED, warning);
        text.push("\n");
    }
    let facts = format!(
        "{}{} · {} cases in {:.2} s · seed {} · suite {}",
        product(&report.target),
        bases(&report.target),
        report.cases.len(),
        report.elapsed.as_secs_f64(),
        report.seed,
        report.suite
    );
    text.paint(DIM, facts);
    text.push("\n");
    text.finish(style)
}

/// Returns what the target is called and its version, before where it is, if anybody said so.
fn product(target: &Value) -> String {
    let named = ["product", "version"].iter().filter_map(|name| target[name].as_str());
    let named: Vec<_> = named.map(|text| line(text).into_owned()).collect();
    if named.is_empty() { String::new() } else { format!("{} at ", named.join(" ")) }
}

/// Returns the cases of which there is something to tell one by one: not those that are known to fail,
/// or lack a state, which is told once for all of them.
fn told(report: &RunReport) -> impl Iterator<Item = &CaseReport> {
    report.cases.iter().filter(|case| case.missing.is_none() && report.known(case).is_none())
}

/// Writes each case that is not well: failures, then what could not be judged, then advisories.
fn whole(text: &mut Painted, report: &RunReport, suite: &Suite, details: Details) {
    let mut explainer = Explainer::new(suite);
    let mut repeated = Vec::new();
    for verdicts in [
        &[Verdict::HarnessError, Verdict::Fail][..],
        &[Verdict::Blocked, Verdict::Inconclusive],
        &[Verdict::Advisory],
    ] {
        for case in told(report).filter(|case| verdicts.contains(&case.verdict)) {
            if case.verdict == Verdict::Advisory && details != Details::All {
                Explainer::advisory(text, case);
                continue;
            }
            explainer.case(text, case);
            text.push("\n");
            repeated.push(case);
        }
    }
    if told(report).any(|case| case.verdict == Verdict::Advisory) && details != Details::All {
        text.push("\n");
    }
    if let Some(how) = how_to_repeat(&variables(repeated)) {
        let _ = writeln!(text, "the lines that repeat a request take what lets in from: {how}\n");
    }
}

/// Returns why cases could not be judged, a line for those reasons that are alike in all but what
/// differs from request to request, those first that most cases have.
fn unjudged(report: &RunReport) -> String {
    /// As many reasons are told.
    const MOST: usize = 8;
    let mut reasons: Vec<(&CaseReport, String, usize)> = Vec::new();
    let is_meant = |case: &&CaseReport| {
        matches!(case.verdict, Verdict::HarnessError | Verdict::Blocked | Verdict::Inconclusive)
    };
    for case in told(report).filter(is_meant) {
        let gist = gist(case.reason.as_deref().unwrap_or_default(), "");
        let same = |(other, known, _): &&mut (&CaseReport, String, usize)| {
            other.verdict == case.verdict && *known == gist
        };
        match reasons.iter_mut().find(same) {
            Some((_, _, count)) => *count += 1,
            None => reasons.push((case, gist, 1)),
        }
    }
    // What was not sent is not for a reason of its own.
    let follows = |case: &CaseReport| case.reason.iter().any(|why| why.contains("not sent: "));
    reasons.sort_by_key(|(case, _, count)| (follows(case), std::cmp::Reverse(*count)));
    let mut text = String::new();
    for (case, _, count) in reasons.iter().take(MOST) {
        let such = if *count == 1 { "" } else { "such as " };
        let reason = line(case.reason.as_deref().unwrap_or("it says not why"));
        let (verdict, cases) = (case.verdict.name(), counted(*count, "case"));
        let _ = writeln!(text, "{verdict}: {cases}, {such}{}: {reason}", case.id);
    }
    if let Some(more) = reasons.get(MOST..).filter(|more| !more.is_empty()) {
        let _ = writeln!(text, "… and {}: --details", counted(more.len(), "more reason"));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Returns what is known to fail, a line each, and what of the baseline is to be thought over.
fn known(report: &RunReport) -> String {
    let Some(compared) = &report.baseline else { return String::new() };
    let mut text = String::new();
    for (case, (known, standing)) in &compared.known {
        let KnownFailure { reason, owner, expires, .. } = known;
        let (reason, owner) = (line(reason), line(owner));
        let _ = match standing {
            EntryStatus::Failing => {
                writeln!(text, "known: {case}: {reason} ({owner}, until {expires})")
            }
            EntryStatus::Expired => writeln!(
                text,
                "expired: {case} still fails, and was borne until {expires}: {reason} ({owner})"
            ),
            EntryStatus::Passing => writeln!(
                text,
                "passing: {case} fails no more: take it out of the baseline ({owner}: {reason})"
            ),
            EntryStatus::NotJudged => writeln!(text, "not judged: {case} ({owner}: {reason})"),
        };
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Returns the requests that were sent again at the target's own wish.
fn waited(report: &RunReport) -> String {
    let mut text: String = report
        .waits
        .iter()
        .map(|wait| format!("before the first case: {}\n", line(wait)))
        .collect();
    for case in report.cases.iter().filter(|case| !case.waits.is_empty()) {
        let _ = writeln!(text, "{}: {}", case.id, line(&case.waits.join("; ")));
    }
    for Waited { what, times, seconds } in report.waited() {
        let _ = writeln!(
            text,
            "waited {seconds} s in all for {what}, {}",
            counted(times as usize, "time")
        );
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Returns how much the run made, and where each is named.
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

/// Returns what is left for other runs of what each uses up: of each kind the least.
fn left(report: &RunReport) -> String {
    let mut least: Vec<&Left> = Vec::new();
    for left in report.cases.iter().flat_map(|case| &case.left) {
        match least.iter_mut().find(|known| known.what == left.what) {
            Some(known) if left.count < known.count => *known = left,
            Some(_) => {}
            None => least.push(left),
        }
    }
    let told: Vec<_> = least.iter().map(|left| format!("{} {}", left.count, left.what)).collect();
    match told.is_empty() {
        true => String::new(),
        false => format!("left for other runs: {}\n\n", told.join(", ")),
    }
}

/// Returns what was not applicable, a line for each reason.
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
        let _ = writeln!(text, "not applicable: {}: {}", counted(*count, "case"), line(reason));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Returns the counts by API and verdict; a verdict that nothing came to has no column.
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

/// The requirements that apply and have no verdict, each with what kept the cases from judging it.
fn missing(report: &RunReport, suite: &Suite) -> String {
    let missing: Vec<_> = report.coverage.iter().flat_map(|of_api| &of_api.missing).collect();
    if missing.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "\n{} not judged, so that nobody knows whether the target conforms; load the fixtures \
         again, which does no harm, or supply what was missing:\n",
        match missing.len() {
            1 => "1 requirement was".to_owned(),
            count => format!("{count} requirements were"),
        }
    );
    for Missing { clause, cases } in missing {
        let requires = suite.clause(clause).map_or("", |clause| clause.requires.as_str());
        let _ = writeln!(text, "  {clause}: {requires}");
        for (case, why) in cases {
            let why = line(why.as_deref().unwrap_or("none of its answers gave occasion to"));
            let _ = writeln!(text, "    {case}: {why}");
        }
    }
    text
}

/// Returns how many of the clauses that are checked were judged, and of those how many hold.
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
