//! Judging again what is kept in a bundle, without a network. Whoever wrote it may have written anything:
//! all that it says of its verdict is found again from its exchanges, or is not believed.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::again::{Again, Cases, Learnt};
use super::difference::{Compared, Difference, compare, told};
use super::file::{Bundle, Kept};
use super::played::{Fit, Played};
use super::times;
use crate::harness::evidence::marks::Marks;
use crate::harness::evidence::redaction::Redaction;
use crate::harness::outcome::{
    Baseline, CaseReport, Exit, Refusal, RunReport, Verdict as CaseVerdict, case_json,
    check_report, json,
};
use crate::harness::run::{Bench, Judge, Options, in_parallel, runner};
use crate::harness::subject::Target;
use crate::harness::suite::Suite;

/// The outcome of a bundle that was judged again.
#[derive(Debug)]
pub struct Verification {
    /// The number of its cases.
    pub cases: usize,
    /// The differences from what the bundle says.
    pub differences: Vec<Difference>,
    /// The cases that rest on what was redacted, so that nothing is said of them.
    pub redacted: Vec<String>,
    /// What was found of the rest, in a line.
    pub headline: String,
    /// True if anything was judged again that was sent at all.
    is_judged: bool,
}

/// What can be said of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It says what its exchanges show.
    Verified,
    /// So it does, but for cases of which nothing can be said.
    VerifiedInPart,
    /// It says something else, or nothing of it could be judged again.
    NotVerified,
}

impl Verification {
    /// Returns what can be said of the bundle.
    pub fn verdict(&self) -> Verdict {
        match (self.differences.is_empty(), self.redacted.is_empty()) {
            (true, true) => Verdict::Verified,
            (true, false) if self.is_judged => Verdict::VerifiedInPart,
            _ => Verdict::NotVerified,
        }
    }
}

/// Judges every case of a bundle again and compares all that is said of it.
///
/// # Errors
/// It was judged by another version or suite, or what it says of its target or in its report is
/// nothing that a run says.
pub fn verify(suite: Arc<Suite>, bundle: &Bundle, threads: usize) -> Result<Verification, Refusal> {
    let run = &bundle.run;
    let (digest, version) = (suite.digest(), env!("CARGO_PKG_VERSION"));
    if (run.suite.as_str(), run.version.as_str()) != (&digest, version) {
        return Err(Refusal::usage(format!(
            "it was judged by suite {} of etalon {}, and this is etalon {version} with suite \
             {digest}: verify it with the version that wrote it",
            run.suite, run.version,
        )));
    }
    let failed = |sentence| Refusal { exit: Exit::Failed, sentence };
    let of_report = |fault: String| failed(format!("its report: {fault}"));
    let target = Target::of_record(run.target.clone(), &suite)
        .map_err(|fault| failed(format!("its target: {fault}")))?;
    let suite = suite.under(target.profile());
    check_report(&bundle.report, &suite).map_err(of_report)?;
    let (began, times) = times::contradictions(bundle).map_err(of_report)?;
    let baseline = Baseline::of_json(&bundle.report, &suite).map_err(of_report)?;
    let redaction = Redaction::of(&target);
    let options = Options { seed: run.seed, threads, ..Options::default() };
    let own = Redaction::of(&target);
    let judge = Judge::new(Bench::new(suite, target, options, own))?;

    let mut found = Found { differences: times, redacted: BTreeSet::new() };
    prepare(&judge, &redaction, bundle, &mut found);
    selected(&judge, bundle, &mut found);
    let cases = Cases::new(&judge, &redaction);
    let again = in_parallel(judge.threads(), &bundle.cases, |kept| {
        cases.again(kept, said_of(bundle, &kept.id))
    });
    let (mut reports, mut learnt) = (Vec::new(), Vec::new());
    for (kept, again) in bundle.cases.iter().zip(again) {
        match again {
            Ok(again) => {
                found.note(kept, &again);
                reports.push(again.report);
                learnt.push(again.learnt);
            }
            Err(what) => found.differs(Some(kept), what),
        }
    }
    if reports.len() < bundle.cases.len() {
        // What the others say of it cannot be found again.
        return Ok(found.into_verification(bundle, None));
    }
    unsent(&judge, bundle, &mut reports, &mut found);
    claimed(bundle, &reports, &learnt, &mut found);
    let concluded = runner::conclude(&judge, reports, &run.selection, began);
    let concluded = match &baseline {
        Some(baseline) => concluded.beside(baseline),
        None => concluded,
    };
    found.compare(&judge, &redaction, bundle, &concluded);
    Ok(found.into_verification(bundle, Some(&concluded)))
}

/// What was found so far.
struct Found {
    differences: Vec<Difference>,
    /// The cases that rest on what was redacted.
    redacted: BTreeSet<String>,
}

impl Found {
    fn differs(&mut self, case: Option<&Kept>, what: String) {
        self.differences.push(Difference { case: case.map(|kept| kept.id.clone()), what });
    }

    fn note(&mut self, kept: &Kept, again: &Again) {
        match &again.fit {
            _ if again.rests => drop(self.redacted.insert(kept.id.clone())),
            Fit::Exact => {}
            Fit::ButForRedaction => drop(self.redacted.insert(kept.id.clone())),
            Fit::None(why) => self.differs(Some(kept), why.clone()),
        }
    }

    /// Compares everything that is said with what is found.
    fn compare(&mut self, judge: &Judge, redaction: &Redaction, bundle: &Bundle, run: &RunReport) {
        for (kept, report) in bundle.cases.iter().zip(&run.cases) {
            let Some(said) = said_of(bundle, &kept.id) else { continue };
            if self.redacted.contains(&kept.id) {
                continue;
            }
            let mut found = case_json(report);
            // That it is the time of its exchanges, is seen where all times are.
            found["durationMs"] = said["durationMs"].clone();
            match compare(said, &found, Marks::of(redaction, &kept.exchanges)) {
                Compared::Same => {}
                Compared::ButForRedaction => drop(self.redacted.insert(kept.id.clone())),
                Compared::Different(whats) => {
                    whats.into_iter().for_each(|what| self.differs(Some(kept), what));
                }
            }
        }
        let found = json(run, judge.suite());
        for (member, found) in found.as_object().into_iter().flatten() {
            let seen = matches!(member.as_str(), "cases" | "started" | "durationMs");
            // What is counted over all cases is known where all were judged again.
            let of_run = ["tool", "narrowed", "selection", "seed", "suite", "target", "waits"];
            let can = self.redacted.is_empty() || of_run.contains(&member.as_str());
            let said = &bundle.report[member];
            if !seen && can && said != found {
                self.differs(None, told(member, said, found));
            }
        }
    }

    fn into_verification(self, bundle: &Bundle, run: Option<&RunReport>) -> Verification {
        let Found { differences, redacted } = self;
        let is_whole = |kept: &&Kept| !redacted.contains(&kept.id);
        let is_judged = bundle.cases.iter().filter(is_whole).any(|kept| !kept.exchanges.is_empty());
        let headline = match run {
            None => String::new(),
            Some(run) if redacted.is_empty() => run.headline(),
            Some(run) => {
                let whole = run.cases.iter().filter(|case| !redacted.contains(&case.id));
                let verdicts: Vec<_> = whole.map(|case| case.verdict).collect();
                let passed = verdicts.iter().filter(|verdict| verdict.is_good()).count();
                let failed = verdicts.iter().filter(|each| **each == CaseVerdict::Fail).count();
                format!("of the other {} cases {passed} passed and {failed} failed", verdicts.len())
            }
        };
        let redacted = redacted.into_iter().collect();
        Verification { cases: bundle.cases.len(), differences, redacted, headline, is_judged }
    }
}

/// Finds out again what the run found out before its first case.
fn prepare(judge: &Judge, redaction: &Redaction, bundle: &Bundle, found: &mut Found) {
    let played = Played::new(&bundle.before, redaction, Marks::of(redaction, &bundle.before));
    if let Err(refusal) = judge.prepare_again(&bundle.run.selection, &played) {
        let what = format!("before the first case the run would have ended: {}", refusal.sentence);
        return found.differs(None, what);
    }
    if let Fit::None(why) = played.fit() {
        found.differs(None, format!("before the first case: {why}"));
    }
}

/// Compares the cases with those that were asked for.
fn selected(judge: &Judge, bundle: &Bundle, found: &mut Found) {
    let wanted = bundle.run.selection.cases(judge.suite(), &judge.target().apis());
    let wanted = match wanted {
        Ok(cases) => cases.into_iter().map(|case| case.id()).collect(),
        Err(_) => Vec::new(),
    };
    let kept: Vec<_> = bundle.cases.iter().map(|kept| kept.id.as_str()).collect();
    let said = bundle.report["cases"].as_array().into_iter().flatten();
    let said: Vec<_> = said.filter_map(|case| case["id"].as_str()).collect();
    for (ids, whose) in [(&kept, "the bundle"), (&said, "its report")] {
        let missing = wanted.iter().find(|id| !ids.contains(id));
        if let Some(missing) = missing {
            let what = format!("{whose} leaves out {missing}, which was selected");
            found.differs(None, what);
        } else if *ids != wanted {
            let what = format!("the cases of {whose} are not those that were selected, each once");
            found.differs(None, what);
        }
    }
}

/// Looks whether a case of which nothing was sent may have been left unsent.
fn unsent(judge: &Judge, bundle: &Bundle, reports: &mut [CaseReport], found: &mut Found) {
    let is_unanswered = |(kept, report): &(&Kept, &CaseReport)| {
        !kept.exchanges.is_empty() && report.verdict == CaseVerdict::Inconclusive
    };
    let unanswered = bundle.cases.iter().zip(&*reports).filter(is_unanswered).count();
    for kept in bundle.cases.iter().filter(|kept| is_unsent(kept, said_of(bundle, &kept.id))) {
        let said = said_of(bundle, &kept.id).and_then(|said| said["reason"].as_str());
        let reason = said.unwrap_or_default();
        let hopeless = || {
            let case = judge.suite().cases().iter().find(|case| case.id() == kept.id);
            case.and_then(|case| judge.why_hopeless(case.api()))
        };
        if !runner::may_be_unsent(unanswered, reason) && hopeless().as_deref() != Some(reason) {
            found.differs(Some(kept), "nothing was sent, and nothing shows why".to_owned());
        }
    }
}

/// Returns whether a case is said to have been left unsent.
pub(super) fn is_unsent(kept: &Kept, said: Option<&Value>) -> bool {
    kept.exchanges.is_empty()
        && said.is_some_and(|said| said["verdict"] == CaseVerdict::Inconclusive.name())
}

/// Looks whether what a case is said to have known of the others is what they did.
fn claimed(bundle: &Bundle, reports: &[CaseReport], learnt: &[Learnt], found: &mut Found) {
    for (index, (kept, report)) in bundle.cases.iter().zip(reports).enumerate() {
        let others = || learnt.iter().enumerate().filter(|(other, _)| *other != index);
        let drawn = |id: &&String| others().any(|(_, other)| other.drawn.contains(*id));
        let made = |key: &&String| {
            let by_other = others().any(|(_, other)| other.made.contains(*key));
            by_other || (report.rerun.is_some() && learnt[index].made.contains(*key))
        };
        let answered = |control: &&(String, Option<String>)| {
            others().any(|(_, other)| other.answered.contains(control))
        };
        let redrawn = kept.redrawn.iter().find(|id| !drawn(id));
        let foreign = kept.others.iter().find(|key| !made(key));
        let control = kept.controls.iter().find(|control| !answered(control));
        let what = redrawn
            .map(|id| format!("no other case drew {id}"))
            .or_else(|| foreign.map(|key| format!("no other case made {key}")))
            .or_else(|| {
                control
                    .map(|(key, _)| format!("no other case was answered so to the control {key}"))
            });
        match what {
            None => {}
            Some(what) if found.redacted.is_empty() => found.differs(Some(kept), what),
            // It may be one of those that cannot be judged again.
            Some(_) => drop(found.redacted.insert(kept.id.clone())),
        }
    }
}

/// Returns what the report says of a case.
fn said_of<'b>(bundle: &'b Bundle, id: &str) -> Option<&'b Value> {
    bundle.report["cases"].as_array()?.iter().find(|case| case["id"] == id)
}
